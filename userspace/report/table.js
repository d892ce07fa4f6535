/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A table of any length, of which only the rows in view are in the page. Sorted by a click on a
 * title, filtered by a click on a value or by words. The focus stays on the whole; arrows move the
 * cell that a screen reader is told of. Roles of rows and cells are those that a grid gives them.
 */
'use strict';

const TABLE_ROW_PIXELS = 30;
/* Rows beyond the view, on both sides */
const TABLE_MARGIN = 8;
/* What a table is drawn for at first, when it has no height yet */
const TABLE_VIEW_PIXELS = 520;
const TABLE_PRINTED = 400;
const TABLE_CELL_MAX = 44;
/* Fewer rows need no words to be found by. */
const TABLE_FILTERED = 9;
let tablesNr = 0;
const tablesOfPage = [];

/*
 * A column: {title, get(row), and if wanted: number(row) to sort by, link(row), meaning, isRight,
 * isFree: its values are too many to filter by}
 */
class DataTable {
	constructor(place, label, columns, rows, empty) {
		this.id = `table${++tablesNr}`;
		this.columns = columns;
		this.rows = rows;
		this.shown = rows;
		this.filters = [];
		this.words = '';
		this.sorted = { column: -1, isDown: false };
		this.active = { row: 0, column: 0 };
		this.printed = 0;
		this.build(place, label, empty);
	}

	build(place, label, empty) {
		if (!this.rows.length) {
			place.append(element('p', { class: 'empty' }, empty));
			return;
		}
		tablesOfPage.push(this);
		this.head = element('tr', { 'aria-rowindex': 1 });
		this.above = spacer(this.columns.length);
		this.below = spacer(this.columns.length);
		this.body = element('tbody', {}, this.above, this.below);
		this.table = element('table', {
			role: 'grid', tabindex: 0, 'aria-label': label, onkeydown: (event) => this.key(event), onclick: (event) => this.click(event),
		}, element('colgroup', {}, this.columns.map((column) => this.columnWidth(column))),
		element('thead', {}, this.head), this.body);
		/* told, and not found out from the rows that are there at the moment */
		this.table.style.width = `${this.columns.reduce((sum, column) => sum + column.width, 0)}ch`;
		this.scroller = element('div', { class: 'scroller', onscroll: () => this.later() }, this.table);
		this.tools = this.buildTools(label);
		place.append(this.tools, this.scroller);
		this.buildHead();
		this.update();
	}

	/* A few rows are seen at once. */
	buildTools(label) {
		this.input = element('input', {
			type: 'search', placeholder: 'words that a row must have', 'aria-label': `Filter ${label}`,
			oninput: () => { this.words = this.input.value.toLowerCase(); this.update(); },
		});
		this.input.hidden = this.rows.length < TABLE_FILTERED;
		this.chips = element('span', { class: 'chips' });
		this.count = element('span', { class: 'count', role: 'status' });
		return element('div', { class: 'tools' }, this.input, this.chips, this.count);
	}

	/* As wide as its widest value, so that nothing moves while one scrolls */
	columnWidth(column) {
		let widest = column.title.length + 3;

		for (const row of this.rows)
			widest = Math.max(widest, Math.min(column.get(row).length, TABLE_CELL_MAX));
		/* and the room beside it, of a mark too */
		column.width = widest + (column.dress ? 5 : 3);
		const node = element('col');

		node.style.width = `${column.width}ch`;
		return node;
	}

	buildHead() {
		refill(this.head, this.columns.map((column, index) => {
			const is = this.sorted.column === index;
			const arrow = is ? (this.sorted.isDown ? ' ▾' : ' ▴') : '';

			return element('th', {
				scope: 'col', class: column.isRight ? 'right' : null,
				'aria-sort': is ? (this.sorted.isDown ? 'descending' : 'ascending') : 'none',
				title: column.meaning ? `${column.title}: ${column.meaning}` : column.title,
			}, element('button', { type: 'button', onclick: (event) => this.sort(index, event) }, column.title + arrow));
		}));
	}

	sort(index, event) {
		event.stopPropagation();
		this.sorted = { column: index, isDown: this.sorted.column === index && !this.sorted.isDown };
		this.buildHead();
		this.update();
		this.head.children[index].firstChild.focus();
	}

	matches(row) {
		if (!this.filters.every((filter) => filter.column.get(row) === filter.value))
			return false;
		return !this.words || this.columns.some((column) => column.get(row).toLowerCase().includes(this.words));
	}

	order() {
		const column = this.columns[this.sorted.column];

		if (!column)
			return;
		const value = column.number || column.get;
		const sign = this.sorted.isDown ? -1 : 1;

		this.shown = this.shown.map((row) => [value(row), row])
			.sort(([a], [b]) => sign * (typeof a === 'number' && typeof b === 'number' ? a - b :
				String(a).localeCompare(String(b), 'en', { numeric: true })))
			.map(([, row]) => row);
	}

	update() {
		this.shown = this.filters.length || this.words ? this.rows.filter((row) => this.matches(row)) : this.rows;
		this.order();
		this.active.row = 0;
		this.scroller.scrollTop = 0;
		this.table.setAttribute('aria-rowcount', this.shown.length + 1);
		this.count.textContent = this.shown.length === this.rows.length ? plural(this.rows.length, 'row') :
			`${this.shown.length.toLocaleString('en')} of ${plural(this.rows.length, 'row')}`;
		this.drawChips();
		this.drawn = new Map();
		refill(this.body, this.above, this.below);
		this.draw();
	}

	drawChips() {
		refill(this.chips, this.filters.map((filter) => element('button', {
			type: 'button', class: 'chip', title: 'Take this filter away',
			onclick: () => { this.filters = this.filters.filter((one) => one !== filter); this.update(); this.table.focus(); },
		}, `${filter.column.title} = ${filter.value} `, element('span', { 'aria-hidden': 'true' }, '✕'))));
	}

	filterBy(column, value) {
		const has = this.filters.some((filter) => filter.column === column && filter.value === value);

		this.filters = this.filters.filter((filter) => filter.column !== column);
		if (!has)
			this.filters.push({ column, value });
		this.update();
	}

	/* From outside: by the title of a column */
	filterByTitle(title, value) {
		const column = this.columns.find((one) => one.title === title);

		if (column && this.scroller)
			this.filterBy(column, value);
	}

	later() {
		if (this.frame)
			return;
		this.frame = requestAnimationFrame(() => {
			this.frame = 0;
			this.draw();
		});
	}

	range() {
		if (this.printed)
			return [0, Math.min(this.printed, this.shown.length)];
		const first = Math.floor(this.scroller.scrollTop / TABLE_ROW_PIXELS) - TABLE_MARGIN;
		const inView = Math.ceil(Math.max(this.scroller.clientHeight, TABLE_VIEW_PIXELS) / TABLE_ROW_PIXELS);

		return [Math.max(0, first), Math.min(this.shown.length, first + inView + 2 * TABLE_MARGIN)];
	}

	draw() {
		const [first, end] = this.range(), drawn = new Map();
		let before = this.above;

		for (const [index, node] of this.drawn) {
			if (index < first || index >= end)
				node.remove();
		}
		for (let index = first; index < end; index++) {
			const node = this.drawn.get(index) || this.drawRow(index);

			if (before.nextSibling !== node)
				before.after(node);
			drawn.set(index, node);
			before = node;
		}
		this.drawn = drawn;
		this.above.firstChild.style.height = `${first * TABLE_ROW_PIXELS}px`;
		this.below.firstChild.style.height = `${this.printed ? 0 : (this.shown.length - end) * TABLE_ROW_PIXELS}px`;
		this.markActive();
	}

	/* The one cell that has an id */
	markActive() {
		const row = this.drawn.get(this.active.row), cell = row && row.cells[this.active.column];

		if (this.marked && this.marked !== cell) {
			this.marked.classList.remove('active');
			this.marked.removeAttribute('id');
		}
		this.marked = cell;
		if (!cell) {
			this.table.removeAttribute('aria-activedescendant');
			return;
		}
		cell.classList.add('active');
		cell.id = `${this.id}-active`;
		this.table.setAttribute('aria-activedescendant', cell.id);
	}

	drawRow(index) {
		const row = this.shown[index], node = document.createElement('tr');

		node.setAttribute('aria-rowindex', index + 2);
		node.className = index % 2 ? 'odd' : '';
		node.append(...this.columns.map((column) => this.drawCell(row, column)));
		return node;
	}

	drawCell(row, column) {
		const node = document.createElement('td'), value = column.get(row), link = column.link ? column.link(row) : null;

		node.className = `${column.isRight ? 'right ' : ''}${link || column.isFree ? '' : 'pick'}`;
		if (value.length > TABLE_CELL_MAX)
			node.title = value;
		if (link)
			node.append(element('a', { href: link, tabindex: -1 }, value));
		else if (column.dress)
			node.append(...column.dress(row, value));
		else
			node.textContent = value;
		return node;
	}

	click(event) {
		const cell = event.target.closest('tr[aria-rowindex] td');

		if (!cell || event.target.closest('a'))
			return;
		this.active = { row: cell.parentNode.ariaRowIndex - 2, column: cell.cellIndex };
		this.choose();
	}

	/* What Enter and a click do with a cell */
	choose() {
		const row = this.shown[this.active.row], column = this.columns[this.active.column];

		if (!row)
			return;
		if (column.link && column.link(row))
			location.hash = column.link(row);
		else if (!column.isFree)
			this.filterBy(column, column.get(row));
		else
			this.draw();
	}

	key(event) {
		const page = Math.max(1, Math.floor(this.scroller.clientHeight / TABLE_ROW_PIXELS) - 2);
		const moves = {
			ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-page, 0],
			PageDown: [page, 0], Home: [-this.shown.length, 0], End: [this.shown.length, 0],
		};

		if (event.target !== this.table)
			return;
		if (event.key === 'Enter')
			this.choose();
		else if (event.key === 'Escape' && this.filters.length)
			this.filters = [], this.update();
		else if (Object.hasOwn(moves, event.key))
			this.move(...moves[event.key]);
		else
			return;
		event.preventDefault();
		event.stopPropagation();
	}

	move(rows, columns) {
		const within = (value, nr) => Math.max(0, Math.min(nr - 1, value));

		this.active.row = within(this.active.row + rows, this.shown.length);
		this.active.column = within(this.active.column + columns, this.columns.length);
		this.reveal();
		this.draw();
	}

	reveal() {
		const top = this.active.row * TABLE_ROW_PIXELS, view = this.scroller.clientHeight - 2 * TABLE_ROW_PIXELS;
		const cell = this.head.children[this.active.column];

		if (top < this.scroller.scrollTop)
			this.scroller.scrollTop = top;
		else if (top > this.scroller.scrollTop + view)
			this.scroller.scrollTop = top - view;
		if (cell.offsetLeft < this.scroller.scrollLeft)
			this.scroller.scrollLeft = cell.offsetLeft;
		else if (cell.offsetLeft + cell.offsetWidth > this.scroller.scrollLeft + this.scroller.clientWidth)
			this.scroller.scrollLeft = cell.offsetLeft + cell.offsetWidth - this.scroller.clientWidth;
	}

	/* On paper nothing scrolls. */
	print(isBegin) {
		this.printed = isBegin ? TABLE_PRINTED : 0;
		this.draw();
		if (isBegin && this.shown.length > TABLE_PRINTED)
			this.count.textContent += `, of which the first ${TABLE_PRINTED} are printed`;
		else if (!isBegin)
			this.update();
	}
}

/* The room of rows that are not in the page */
function spacer(columns) {
	return element('tr', { 'aria-hidden': 'true', class: 'spacer' }, element('td', { colSpan: columns }));
}

addEventListener('beforeprint', () => tablesOfPage.forEach((table) => table.print(true)));
addEventListener('afterprint', () => tablesOfPage.forEach((table) => table.print(false)));

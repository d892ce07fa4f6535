/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The numbers at the top: how segments found their sockets since the module was loaded.
 */
'use strict';

const FAMILIES = ['tcp4', 'tcp6', 'udp4', 'udp6'];

function counterSum(rows, name) {
	const row = rows.find((one) => one.name === name);

	return row ? FAMILIES.reduce((sum, family) => sum + (typeof row[family] === 'number' ? row[family] : 0), 0) : 0;
}

function drawTile(number, words, link) {
	return element('a', { class: 'tile', href: link }, element('b', {}, number.toLocaleString('en')), ` ${words}`);
}

function viaCounts(rows) {
	const vias = rows.map((row) => row.name).filter((name) => name.startsWith('via:')).map((name) => name.slice(4));

	return vias.map((via) => ({ via, count: counterSum(rows, `via:${via}`) })).filter((one) => one.count);
}

function drawBar({ via, count }, seen) {
	const bar = element('span', { class: `bar-fill box-${BOX_OF_VIA[via] || 'unsearched'}` });

	bar.style.width = `${Math.max(0.4, 100 * count / Math.max(1, seen))}%`;
	return element('li', {}, element('span', { class: 'bar-name' }, via), element('span', { class: 'bar-room', 'aria-hidden': 'true' }, bar),
		element('span', { class: 'bar-count' }, count.toLocaleString('en'), element('small', {}, ` ${Math.round(100 * count / Math.max(1, seen))} %`)), element('span', { class: 'bar-meaning' }, meaning('via', via)));
}

function drawSummary(place, data) {
	const counters = data.table('counters').rows, seen = counterSum(counters, 'seen');
	const sum = (name) => data.table(name).rows.reduce((total, row) => total + (typeof row.count === 'number' ? row.count : 0), 0);

	refill(place, element('div', { class: 'tiles' },
		drawTile(seen, 'segments came in', '#summary'), drawTile(data.table('log').rows.length, 'of them in the log', '#segments'),
		drawTile(data.table('connections').rows.length, 'connections', '#connections'),
		drawTile(data.table('listeners').rows.length, 'listeners', '#listeners'),
		drawTile(sum('refused'), 'asked for what is not there', '#refused'), drawTile(sum('taken'), 'taken before the lookup', '#taken')),
	element('ul', { class: 'bars card' }, viaCounts(counters).map((one) => drawBar(one, seen))));
}

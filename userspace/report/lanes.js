/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The time line: a lane for each flow, drawn on a canvas that has only what is in view. A lane is
 * thin while it is a request, hatched while it waits for accept(), and solid from there on.
 */
'use strict';

const LANE_PIXELS = 22;
const STEP_PIXELS = 14;
const LANES_TOP = 20;
/* No browser scrolls further than some millions of pixels. */
const LANES_WIDTH_MAX = 2000000;
const MARK_RADIUS = 4.5;

/* The form of a mark says what its colour says. */
const MARK_FORMS = {
	assigned: 'diamond', early: 'disc', established: 'ring', request: 'half', program: 'diamond', exact: 'up', wildcard: 'down',
	multicast: 'square', nothing: 'cross', unsearched: 'square',
};

function drawMark(context, form, x, y, colour, back) {
	const r = MARK_RADIUS;

	context.fillStyle = context.strokeStyle = colour;
	context.lineWidth = 2;
	context.beginPath();
	if (form === 'disc' || form === 'ring' || form === 'half')
		context.arc(x, y, r - (form === 'disc' ? 0 : 0.5), 0, 2 * Math.PI);
	else if (form === 'square')
		context.rect(x - r, y - r, 2 * r, 2 * r);
	else
		drawLines(context, MARK_LINES[form], x, y, r);
	if (form === 'ring' || form === 'half')
		drawHollow(context, form, x, y, back);
	else if (form === 'cross')
		context.stroke();
	else
		context.fill();
}

const MARK_LINES = {
	diamond: [[[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]]], up: [[[0, -1.1], [1.1, 0.9], [-1.1, 0.9]]],
	down: [[[0, 1.1], [1.1, -0.9], [-1.1, -0.9]]], cross: [[[-1, -1], [1, 1]], [[1, -1], [-1, 1]]],
};

function drawLines(context, lines, x, y, r) {
	for (const line of lines) {
		line.forEach(([dx, dy], at) => context[at ? 'lineTo' : 'moveTo'](x + dx * r, y + dy * r));
		if (line.length > 2)
			context.closePath();
	}
}

function drawHollow(context, form, x, y, back) {
	const colour = context.strokeStyle;

	context.fillStyle = back;
	context.fill();
	context.stroke();
	if (form === 'ring')
		return;
	context.beginPath();
	context.arc(x, y, MARK_RADIUS - 0.5, Math.PI / 2, 3 * Math.PI / 2);
	context.fillStyle = colour;
	context.fill();
}

/* The colours of the style sheet, light or dark */
function readColours() {
	const style = getComputedStyle(document.documentElement);
	const read = (name) => style.getPropertyValue(name).trim();
	const colours = { ink: read('--ink'), soft: read('--soft'), line: read('--line'), card: read('--card'), hit: read('--hit'), wait: read('--wait') };

	for (const box of BOXES)
		colours[box.id] = read(`--box-${box.id}`);
	return colours;
}

/* What is on a canvas is drawn anew when they change: by the screen, and for paper, which comes before it is its turn. */
function onColours(draw) {
	const onPaper = (is) => {
		document.documentElement.toggleAttribute('data-print', is);
		draw();
	};

	for (const media of ['(prefers-color-scheme: dark)', 'print'])
		matchMedia(media).addEventListener('change', draw);
	addEventListener('beforeprint', () => onPaper(true));
	addEventListener('afterprint', () => onPaper(false));
}

class Lanes {
	constructor(place, moments, flows, onPick) {
		this.place = place;
		this.moments = moments;
		this.flows = flows.filter((flow) => flow.moments.length).sort((a, b) => a.moments[0] - b.moments[0]);
		this.flows.forEach((flow, lane) => { flow.lane = lane; });
		this.onPick = onPick;
		this.isByTime = false;
		this.current = 0;
		this.build();
	}

	build() {
		this.canvas = element('canvas', { 'aria-hidden': 'true' });
		this.room = element('div', { class: 'lanes-room' });
		refill(this.place, this.canvas, this.room);
		this.place.addEventListener('scroll', () => this.later());
		this.place.addEventListener('click', (event) => this.pick(event));
		new ResizeObserver(() => this.resize()).observe(this.place);
		onColours(() => this.resize());
		this.resize();
	}

	resize() {
		const ratio = devicePixelRatio || 1;

		this.colours = readColours();
		this.width = this.place.clientWidth;
		this.gutter = this.width < 500 ? 110 : 230;
		const height = Math.min(360, LANES_TOP + 8 + this.flows.length * LANE_PIXELS);

		this.place.style.height = `${height + 14}px`;
		this.height = height;
		this.canvas.width = this.width * ratio;
		this.canvas.height = height * ratio;
		this.canvas.style.width = `${this.width}px`;
		this.canvas.style.height = `${height}px`;
		this.context = this.canvas.getContext('2d');
		this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
		this.place_moments();
		this.draw();
	}

	/* Where each moment stands, from the left of the first */
	place_moments() {
		const nr = this.moments.length, firstNs = nr ? this.moments[0].ns : 0;
		const spanNs = nr ? Math.max(1, this.moments[nr - 1].ns - firstNs) : 1;
		const step = Math.min(STEP_PIXELS, LANES_WIDTH_MAX / Math.max(1, nr));
		const span = Math.max(this.width - this.gutter - 40, Math.min(LANES_WIDTH_MAX, nr * step));

		this.xs = this.moments.map((moment, index) => (this.isByTime ? span * (moment.ns - firstNs) / spanNs : index * step));
		this.span = this.isByTime ? span : Math.max(0, nr - 1) * step;
		this.room.style.width = `${this.gutter + this.span + 40}px`;
		this.room.style.height = `${LANES_TOP + 8 + this.flows.length * LANE_PIXELS - this.height}px`;
	}

	setScale(isByTime) {
		this.isByTime = isByTime;
		this.place_moments();
		this.show(this.current);
	}

	later() {
		if (this.frame)
			return;
		this.frame = requestAnimationFrame(() => {
			this.frame = 0;
			this.draw();
		});
	}

	x(index) {
		return this.gutter + 16 + this.xs[index] - this.place.scrollLeft;
	}

	y(lane) {
		return LANES_TOP + (lane + 0.5) * LANE_PIXELS - this.place.scrollTop;
	}

	/* Of the moments in view the first, and the one behind the last */
	range() {
		const left = this.place.scrollLeft - 30, right = left + this.width + 60;

		return [countUpTo(this.xs, left), countUpTo(this.xs, right)];
	}

	draw() {
		const context = this.context, [first, end] = this.range();
		const top = Math.max(0, Math.floor((this.place.scrollTop - LANES_TOP) / LANE_PIXELS));
		const bottom = Math.min(this.flows.length, top + Math.ceil(this.height / LANE_PIXELS) + 1);

		context.clearRect(0, 0, this.width, this.height);
		context.font = '12px ui-monospace, "DejaVu Sans Mono", monospace';
		context.textBaseline = 'middle';
		this.drawCurrent();
		for (let lane = top; lane < bottom; lane++)
			this.drawLane(this.flows[lane], lane, first, end);
		for (let index = first; index < end; index++)
			this.drawMoment(this.moments[index], index, top, bottom);
		this.drawGutter(top, bottom);
		this.drawHead(first, end);
	}

	drawCurrent() {
		const moment = this.moments[this.current], context = this.context;

		if (!moment)
			return;
		context.fillStyle = this.colours.hit;
		if (moment.flow)
			context.fillRect(0, this.y(moment.flow.lane) - LANE_PIXELS / 2, this.width, LANE_PIXELS);
		context.fillStyle = this.colours.ink;
		context.fillRect(this.x(this.current) - 0.75, 0, 1.5, this.height);
	}

	/* The parts of its life, from moment to moment */
	drawLane(flow, lane, first, end) {
		const y = this.y(lane), context = this.context;
		const index = (ns) => (typeof ns === 'number' ? flow.moments.find((at) => this.moments[at].ns >= ns) : undefined);
		const begin = flow.moments[0], last = flow.moments[flow.moments.length - 1];

		if (last < first - 1 && begin < first - 1)
			return;
		if (begin > end)
			return;
		const connected = flow.isConnection ? index(flow.connectedNs) ?? begin : last;
		const accepted = flow.waits() ? index(flow.acceptedNs) ?? last : connected;

		context.strokeStyle = this.colours.soft;
		this.stroke(begin, connected, y, 1, [2, 3]);
		context.strokeStyle = this.colours.wait;
		this.stroke(connected, accepted, y, 3, [3, 2]);
		context.strokeStyle = this.colours.soft;
		this.stroke(accepted, last, y, 2.5, []);
	}

	stroke(from, to, y, width, dashes) {
		if (to <= from)
			return;
		this.context.lineWidth = width;
		this.context.setLineDash(dashes);
		this.context.beginPath();
		this.context.moveTo(Math.max(this.gutter, this.x(from)), y);
		this.context.lineTo(Math.min(this.width + 10, this.x(to)), y);
		this.context.stroke();
		this.context.setLineDash([]);
	}

	drawMoment(moment, index, top, bottom) {
		const x = this.x(index), lane = moment.flow ? moment.flow.lane : -1;

		if (moment.kind === 'lost')
			return this.drawLost(x);
		if (lane < top || lane >= bottom)
			return undefined;
		if (moment.kind === 'segment') {
			const box = boxOf(moment.segment);

			return drawMark(this.context, MARK_FORMS[box], x, this.y(lane), this.colours[box], this.colours.card);
		}
		this.context.fillStyle = this.colours.ink;
		if (moment.kind === 'accepted')
			this.context.fillRect(x - 1.5, this.y(lane) - 7, 3, 14);
		else
			this.context.fillRect(x - 4, this.y(lane) - 4, 8, 8);
		return undefined;
	}

	drawLost(x) {
		this.context.strokeStyle = this.colours.nothing;
		this.context.setLineDash([4, 4]);
		this.context.beginPath();
		this.context.moveTo(x, 0);
		this.context.lineTo(x, this.height);
		this.context.stroke();
		this.context.setLineDash([]);
	}

	drawGutter(top, bottom) {
		const context = this.context, width = this.gutter - 6;

		context.fillStyle = this.colours.card;
		context.fillRect(0, 0, this.gutter, this.height);
		for (let lane = top; lane < bottom; lane++) {
			const flow = this.flows[lane], moment = this.moments[this.current];

			if (moment && moment.flow === flow) {
				context.fillStyle = this.colours.hit;
				context.fillRect(0, this.y(lane) - LANE_PIXELS / 2, this.gutter, LANE_PIXELS);
			}
			context.fillStyle = this.colours.ink;
			context.fillText(fit(context, laneName(flow, this.gutter), width), 4, this.y(lane));
		}
		context.fillStyle = this.colours.line;
		context.fillRect(this.gutter - 1, 0, 1, this.height);
	}

	/* Clock times at the top, as many as have room */
	drawHead(first, end) {
		const context = this.context;
		let free = this.gutter;

		context.fillStyle = this.colours.card;
		context.fillRect(0, 0, this.width, LANES_TOP - 2);
		context.fillStyle = this.colours.soft;
		for (let index = first; index < end; index++) {
			const moment = this.moments[index], x = this.x(index);

			if (x < free || x > this.width - 60 || !moment.segment)
				continue;
			context.fillText(`${clockOf(moment.segment.time).slice(0, 12)}`, x, LANES_TOP / 2);
			context.fillRect(x - 4, 4, 1, LANES_TOP - 8);
			free = x + 130;
		}
	}

	/* Bring a moment into view. */
	show(index) {
		this.current = index;
		const moment = this.moments[index];

		if (!moment)
			return;
		const left = this.xs[index], view = this.width - this.gutter - 60;

		if (left < this.place.scrollLeft + view * 0.1 || left > this.place.scrollLeft + view * 0.9)
			this.place.scrollLeft = Math.max(0, left - view * 0.4);
		if (moment.flow)
			this.showLane(moment.flow.lane);
		this.later();
	}

	showLane(lane) {
		const top = lane * LANE_PIXELS, view = this.height - LANES_TOP - 2 * LANE_PIXELS;

		if (top < this.place.scrollTop + LANE_PIXELS || top > this.place.scrollTop + view)
			this.place.scrollTop = Math.max(0, top - view * 0.5);
	}

	/* The moment of the lane that is nearest to the pointer */
	pick(event) {
		const box = this.canvas.getBoundingClientRect();
		const x = event.clientX - box.left, y = event.clientY - box.top;
		const lane = Math.floor((y - LANES_TOP + this.place.scrollTop) / LANE_PIXELS);
		const flow = this.flows[lane];

		if (!flow)
			return;
		const nearest = flow.moments.reduce((best, index) =>
			(Math.abs(this.x(index) - x) < Math.abs(this.x(best) - x) ? index : best), flow.moments[0]);

		this.onPick(x < this.gutter ? flow.moments[0] : nearest);
	}
}

function laneName(flow, gutter) {
	const port = flow.local.slice(flow.local.lastIndexOf(':'));

	return gutter < 200 ? flow.foreign.slice(flow.foreign.lastIndexOf(':')) + ' → ' + port : `${flow.foreign} → ${port}`;
}

function fit(context, text, width) {
	if (context.measureText(text).width <= width)
		return text;
	while (text.length > 4 && context.measureText(`…${text}`).width > width)
		text = text.slice(1);
	return `…${text}`;
}

/* What the boxes do not say already */
function drawLegend(place) {
	const entry = (mark, words) => element('li', {}, element('span', { class: mark, 'aria-hidden': 'true' }), words);

	refill(place, entry('waits', 'waits for accept()'), entry('bar', 'accepted'), entry('end', 'closed'));
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The boxes that a segment walks through, and the segment as a mark that moves between them.
 */
'use strict';

class Boxes {
	constructor(place, segments, moments) {
		this.place = place;
		this.boxes = boxesOf(segments);
		this.counts = countBoxes(this.boxes, moments);
		this.nodes = new Map(this.boxes.map((box) => [box.id, this.build(box)]));
		this.token = element('li', { class: 'token', 'aria-hidden': 'true', hidden: true });
		refill(place, [...this.nodes.values()].map((node) => node.box), this.token);
	}

	build(box) {
		const verdict = element('span', { class: 'verdict' });
		const count = element('span', { class: 'box-count' });
		const sign = element('canvas', { class: 'sign', width: 36, height: 36, 'aria-hidden': 'true' });
		const node = element('li', { class: `box box-${box.id}` },
			element('span', { class: 'box-title' }, sign, box.title),
			element('span', { class: 'box-detail' }, box.detail), verdict, count);

		return { box: node, verdict, count, sign };
	}

	/* The marks of the time line, in the colours of now */
	drawSigns() {
		const colours = readColours();

		for (const [id, { sign }] of this.nodes) {
			const context = sign.getContext('2d');

			context.setTransform(2, 0, 0, 2, 0, 0);
			context.clearRect(0, 0, 18, 18);
			drawMark(context, MARK_FORMS[id], 9, 9, colours[id], colours.card);
		}
	}

	setState(id, state, words) {
		const node = this.nodes.get(id);

		if (!node)
			return;
		node.box.dataset.state = state;
		node.verdict.textContent = words;
	}

	/* A moment as it is in the end; or on its way, when it has come as far as @step */
	draw(moment, step) {
		const segment = moment && moment.kind === 'segment' ? moment.segment : null;
		const way = segment ? [...passedBy(segment), boxOf(segment)] : [];
		const reached = Math.min(step, way.length - 1);

		for (const box of this.boxes)
			this.setState(box.id, 'idle', '');
		way.forEach((id, at) => {
			if (at > reached)
				this.setState(id, 'ahead', '');
			else if (at < way.length - 1)
				this.setState(id, 'passed', 'not here');
			else
				this.setState(id, 'stopped', stoppedWord(segment));
		});
		this.drawCounts(moment, reached === way.length - 1);
		this.drawToken(segment, way[reached]);
	}

	/* The one that is on its way does not count yet. */
	drawCounts(moment, hasArrived) {
		const at = moment ? moment.index + (hasArrived ? 1 : 0) : 0;

		for (const box of this.boxes)
			this.nodes.get(box.id).count.textContent = this.counts.get(box.id)[at].toLocaleString('en');
	}

	drawToken(segment, id) {
		const node = segment && this.nodes.get(id);

		this.token.hidden = !node;
		if (!node)
			return;
		this.token.textContent = tokenWord(segment);
		const box = node.box;

		this.token.style.transform = `translate(${box.offsetLeft + box.offsetWidth / 2}px, ${box.offsetTop - 11}px) translateX(-50%)`;
	}

	steps(moment) {
		return moment && moment.kind === 'segment' ? passedBy(moment.segment).length + 1 : 1;
	}
}

function tokenWord(segment) {
	if (segment.proto.startsWith('udp'))
		return 'UDP';
	return segment.len > 0 ? 'data' : kindOf(segment);
}

const STOPPED_BY_MATCH = {
	established: 'a connection', request: 'its request', 'time-wait': 'a TIME_WAIT', listener: 'a listener', bound: 'a socket',
	connected: 'a connected socket',
};

function stoppedWord(segment) {
	const found = Object.hasOwn(STOPPED_BY_MATCH, segment.match) ? STOPPED_BY_MATCH[segment.match] : null;

	if (!found)
		return segment.outcome;
	return segment.outcome === 'handed' ? `found: ${found}` : `${found}, ${segment.outcome}`;
}

/* For each box, how many segments had stopped there before moment n */
function countBoxes(boxes, moments) {
	const counts = new Map(boxes.map((box) => [box.id, new Uint32Array(moments.length + 1)]));

	moments.forEach((moment, index) => {
		for (const list of counts.values())
			list[index + 1] = list[index];
		if (moment.kind === 'segment')
			counts.get(boxOf(moment.segment))[index + 1]++;
	});
	return counts;
}

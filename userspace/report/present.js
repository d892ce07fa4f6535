/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sockets that are there at a moment of the replay: each listener with its requests and
 * connections, those that moved last first.
 */
'use strict';

const PRESENT_FLOWS = 6;
const PRESENT_LISTENERS = 8;

const STATE_WORDS = {
	request: 'request', waiting: 'waits for accept()', accepted: 'accepted', connected: 'connected', closed: 'closed',
};

class Present {
	constructor(place, sockets) {
		this.place = place;
		this.sockets = sockets;
		this.listeners = [...sockets.listeners.values()].filter((listener) => listener.moments.length ||
			listener.flows.some((flow) => flow.moments.length));
		this.listeners.sort((a, b) => firstMoment(a) - firstMoment(b));
		const born = new Set(this.listeners.flatMap((listener) => listener.flows));

		this.others = [...sockets.flows.values()].filter((flow) => flow.isConnection && flow.moments.length && !born.has(flow));
	}

	draw(moment) {
		if (!moment)
			return;
		const groups = this.inView(moment).map((listener) => this.drawListener(listener, moment));
		const left = this.listeners.length - groups.length;
		const others = this.drawFlows(this.others, moment);

		if (left > 0)
			groups.push(element('p', { class: 'more' }, `and ${plural(left, 'listener')} more`));
		if (others.length)
			groups.push(element('div', { class: 'group' }, element('p', { class: 'group-head' }, element('b', {}, 'no listener of this log')), others));
		refill(this.place, groups.length ? groups : element('p', { class: 'empty' }, 'None that the log knows of.'));
		this.reveal(this.place.querySelector('.flow.hit') || this.place.querySelector('.hit'));
	}

	/* In its own room: the page stays where it is. */
	reveal(node) {
		if (!node)
			return;
		const top = node.getBoundingClientRect().top - this.place.getBoundingClientRect().top + this.place.scrollTop;

		if (top < this.place.scrollTop || top + node.offsetHeight > this.place.scrollTop + this.place.clientHeight)
			this.place.scrollTop = Math.max(0, top - this.place.clientHeight / 2);
	}

	/* All, if they are few; else those that moved last, in the order in which they came */
	inView(moment) {
		if (this.listeners.length <= PRESENT_LISTENERS)
			return this.listeners;
		const chosen = new Set([...this.listeners].sort((a, b) => lastMoment(b, moment) - lastMoment(a, moment))
			.slice(0, PRESENT_LISTENERS));

		return this.listeners.filter((listener) => chosen.has(listener));
	}

	drawListener(listener, moment) {
		const matched = countUpTo(listener.moments, moment.index);
		const isHit = listener.moments[matched - 1] === moment.index;
		const head = element('p', { class: 'group-head' }, element('b', {}, listener.name()), ` ${show(listener.proto)} `,
			element('span', { class: 'who' }, listener.who()), element('span', { class: 'hits' }, plural(matched, 'segment')));

		return element('div', { class: isHit ? 'group hit' : 'group' }, head, this.drawFlows(listener.flows, moment));
	}

	drawFlows(flows, moment) {
		const alive = flows.map((flow) => ({ flow, last: countUpTo(flow.moments, moment.index), state: flow.stateAt(moment.ns) }))
			.filter(({ flow, state }) => state !== 'absent' && (state !== 'closed' || moment.flow === flow));
		const recent = alive.map((one) => ({ ...one, at: one.last ? one.flow.moments[one.last - 1] : -1 }))
			.sort((a, b) => b.at - a.at);
		const nodes = recent.slice(0, PRESENT_FLOWS).map((one) => this.drawFlow(one.flow, one.state, moment));

		if (alive.length > PRESENT_FLOWS)
			nodes.push(element('li', { class: 'more' }, `and ${(alive.length - PRESENT_FLOWS).toLocaleString('en')} more`));
		return nodes.length ? element('ul', {}, nodes) : [];
	}

	drawFlow(flow, state, moment) {
		const link = flowLink(flow);
		const words = state === 'accepted' ? `accepted by ${processOf(flow.row)}` : STATE_WORDS[state];

		return element('li', { class: `flow ${state}${moment.flow === flow ? ' hit' : ''}` },
			element('span', { class: 'state-mark', 'aria-hidden': 'true' }),
			link ? element('a', { href: link }, flow.foreign) : flow.foreign, element('span', { class: 'state' }, words));
	}
}

function firstMoment(listener) {
	const flows = listener.flows.filter((flow) => flow.moments.length).map((flow) => flow.moments[0]);

	return Math.min(...listener.moments.slice(0, 1), ...flows.slice(0, 1), Infinity);
}

function lastMoment(listener, moment) {
	const own = countUpTo(listener.moments, moment.index);
	let last = own ? listener.moments[own - 1] : -1;

	for (const flow of listener.flows) {
		const nr = countUpTo(flow.moments, moment.index);

		if (nr)
			last = Math.max(last, flow.moments[nr - 1]);
	}
	return last;
}

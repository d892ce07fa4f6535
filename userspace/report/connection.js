/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page of one connection: its ends, its listener, who accepted it and when, its segments.
 */
'use strict';

function factNodes(facts) {
	return element('dl', { class: 'facts' }, facts.filter(([, value]) => value !== null)
		.map(([name, ...value]) => [element('dt', {}, name), element('dd', {}, ...value)]));
}

function timeOf(row, key) {
	return isKnown(row[key]) ? `${dayOf(row[key])} ${clockOf(row[key])} UTC` : show(row[key]);
}

function acceptedFact(row) {
	if (row.role !== 'server')
		return ['Opened', `by ${processOf(row)}`];
	if (isKnown(row.accepted_ns))
		return ['Accepted', `by ${processOf(row)} at ${timeOf(row, 'accepted')}, after ${spanOf(row.waited_ns)} in the queue`];
	if (row.pid === null)
		return ['Accepted', typeof row.waited_ns === 'number' ? `by nobody; it has waited ${spanOf(row.waited_ns)}` : 'by nobody'];
	return ['Accepted', `by ${processOf(row)}; when is not known`];
}

function closedFact(row) {
	if (!isKnown(row.closed_ns))
		return ['Closed', row.closed_ns === null ? 'no' : show(row.closed_ns)];
	const reason = isKnown(row.close_reason) ? `: ${row.close_reason}, ${meaning('close_reason', row.close_reason)}` : '';

	return ['Closed', `at ${timeOf(row, 'closed')}${reason}`];
}

class ConnectionPage {
	constructor(place, sockets, tables) {
		this.place = place;
		this.sockets = sockets;
		this.tables = tables;
	}

	hide() {
		this.place.hidden = true;
	}

	/* Returns false if there is none of that key. */
	open(key) {
		const flow = this.sockets.flows.get(key);

		if (!flow || !flow.isConnection)
			return false;
		this.place.hidden = false;
		this.draw(flow);
		this.place.scrollIntoView();
		byId('connection-title').focus();
		return true;
	}

	draw(flow) {
		refill(this.place,
			element('a', { href: '#connections', class: 'back' }, '‹ all connections'),
			element('h2', { id: 'connection-title', tabindex: -1 }, `${flow.foreign} → ${flow.local}`),
			factNodes([['Protocol', flow.proto], ...this.facts(flow)]),
			flow.row ? this.allColumns(flow.row) : null);
		this.drawSegments(flow);
	}

	facts(flow) {
		const row = flow.row, listener = this.sockets.listener(flow.listener);
		const facts = [['Listener', listener ? this.listenerLink(listener) : 'none that is known']];

		if (!row)
			return [...facts, ['Row', 'it is not in the table of connections any more: the log alone knows of it']];
		return [['State', `${row.state}, ${row.role}`], ...facts, acceptedFact(row),
			['First segment', timeOf(row, 'first')], ['Last segment', timeOf(row, 'last')], closedFact(row),
			['Segments', `${plural(row.segments, 'segment')}: ${row.early_demux} by early demux, ${row.searched} searched for, ${show(row.request)} as a request`]];
	}

	listenerLink(listener) {
		return element('a', {
			href: '#listeners', onclick: () => this.tables.listeners.filterByTitle('Cookie', show(listener.cookie)),
		}, `${listener.name()}, opened by ${listener.who()}, cookie ${show(listener.cookie)}`);
	}

	allColumns(row) {
		const facts = Object.entries(row).filter(([key]) => key !== 'flow').map(([key, value]) => [key, show(value)]);

		return element('details', {}, element('summary', {}, 'All columns'), factNodes(facts));
	}

	drawSegments(flow) {
		const segments = this.sockets.segments;

		this.place.append(element('h3', {}, 'Its segments'));
		new DataTable(this.place, `Segments of ${flow.foreign}`, segmentColumns(), flow.segments,
			segments.length ? 'None of its segments is in the log.' : 'The log is not in this report.');
	}
}

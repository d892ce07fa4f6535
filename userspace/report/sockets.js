/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets as log and tables together tell them. A flow is a lane of the time line: a connection
 * from its SYN on, which matched the listener, or where no connection came of it all that had one
 * tuple. A cookie names a socket for good; a tuple may come again.
 */
'use strict';

class Flow {
	constructor(key, row, segment) {
		const named = row || segment;

		this.key = key;
		this.row = row;
		this.proto = named.proto;
		this.local = endOf(named, 'local');
		this.foreign = endOf(named, 'foreign');
		this.listener = row ? row.listener_cookie : null;
		this.segments = [];
		/* indices of its moments, in their order */
		this.moments = [];
		this.requestNs = null;
		this.connectedNs = row ? row.first_ns : null;
		this.acceptedNs = row ? row.accepted_ns : null;
		this.closedNs = row ? row.closed_ns : null;
		this.isConnection = Boolean(row);
	}

	/* What this segment made of it */
	add(segment) {
		this.segments.push(segment);
		segment.flow = this;
		if (isConnectionMatch(segment))
			this.addMatch(segment);
		else if (beginsRequest(segment))
			this.requestNs = segment.time_ns;
	}

	addMatch(segment) {
		this.isConnection = true;
		if (isKnown(segment.listener_cookie))
			this.listener = segment.listener_cookie;
		if (segment.match === 'request' && segment.outcome !== 'handed') {
			this.requestNs = this.requestNs || segment.time_ns;
			return;
		}
		if (!this.isConnectedInLog && this.requestNs)
			this.connectedNs = segment.time_ns;
		else if (!isKnown(this.connectedNs))
			this.connectedNs = segment.time_ns;
		this.isConnectedInLog = true;
	}

	/* at a time: absent, request, waiting, accepted, connected or closed */
	stateAt(ns) {
		if (isAt(this.closedNs, ns))
			return 'closed';
		if (isAt(this.acceptedNs, ns))
			return 'accepted';
		if (isAt(this.connectedNs, ns) && this.isConnection)
			return this.waits() ? 'waiting' : 'connected';
		return isAt(this.requestNs, ns) ? 'request' : 'absent';
	}

	/* Of a server, and it is known when somebody accepted it, or that nobody has. */
	waits() {
		return Boolean(this.row) && this.row.role === 'server' && this.row.proto.startsWith('tcp') &&
			(isKnown(this.acceptedNs) || this.row.pid === null);
	}
}

function isAt(whenNs, ns) {
	return typeof whenNs === 'number' && whenNs <= ns;
}

const CONNECTION_MATCHES = new Set(['established', 'request', 'time-wait', 'connected']);

function isConnectionMatch(segment) {
	return CONNECTION_MATCHES.has(segment.match) && isKnown(segment.cookie);
}

/* A SYN that a listener took */
function beginsRequest(segment) {
	return segment.match === 'listener' && segment.outcome === 'handed' && /^[^.]*S[^.]*$/.test(segment.flags || '');
}

function tupleOf(row) {
	return `${row.netns} ${row.proto} ${endOf(row, 'local')} ${endOf(row, 'foreign')}`;
}

/*
 * The connection that a SYN leads to is that of the next segment of its tuple which names one, if
 * that is in the log: read from the end.
 */
function linkSyns(segments) {
	const next = new Map();

	for (let i = segments.length - 1; i >= 0; i--) {
		const segment = segments[i], tuple = tupleOf(segment);

		if (isConnectionMatch(segment)) {
			next.set(tuple, segment.cookie);
			segment.flowKey = segment.cookie;
		} else if (beginsRequest(segment) && next.has(tuple)) {
			segment.flowKey = next.get(tuple);
			next.delete(tuple);
		} else {
			segment.flowKey = null;
		}
	}
}

class Listener {
	constructor(cookie, row) {
		this.cookie = cookie;
		this.row = row;
		this.local = row ? endOf(row, 'local') : null;
		this.proto = row ? row.proto : null;
		/* indices of the moments in which a segment matched it */
		this.moments = [];
		this.flows = [];
	}

	who() {
		return this.row ? processOf(this.row) : 'not in the table';
	}

	name() {
		return this.row ? this.local : `socket ${this.cookie}`;
	}
}

class Sockets {
	constructor(data) {
		this.segments = data.table('log').rows;
		this.rows = new Map(data.table('connections').rows.filter((row) => isKnown(row.cookie))
			.map((row) => [row.cookie, row]));
		this.flows = new Map();
		this.listeners = new Map();
		for (const row of data.table('listeners').rows)
			this.listeners.set(isKnown(row.cookie) ? row.cookie : `row ${this.listeners.size}`,
				new Listener(row.cookie, row));
		this.segments.forEach((segment, index) => { segment.number = index + 1; });
		linkSyns(this.segments);
		this.segments.forEach((segment) => this.flowOf(segment).add(segment));
		this.addSilent(data.table('connections').rows);
		this.addChildren();
	}

	flow(key, row, segment) {
		if (!this.flows.has(key))
			this.flows.set(key, new Flow(key, row, segment));
		return this.flows.get(key);
	}

	flowOf(segment) {
		if (segment.flowKey !== null)
			return this.flow(segment.flowKey, this.rows.get(segment.flowKey) || null, segment);
		return this.flow(`tuple ${tupleOf(segment)}`, null, segment);
	}

	/* Connections without a segment in the log */
	addSilent(rows) {
		rows.forEach((row, index) => {
			row.flow = this.flow(isKnown(row.cookie) ? row.cookie : `row ${index}`, row, null);
		});
	}

	listener(cookie) {
		if (!isKnown(cookie))
			return null;
		if (!this.listeners.has(cookie))
			this.listeners.set(cookie, new Listener(cookie, null));
		return this.listeners.get(cookie);
	}

	addChildren() {
		for (const flow of this.flows.values()) {
			const listener = this.listener(flow.listener) || this.firstListener(flow);

			if (listener)
				listener.flows.push(flow);
		}
	}

	/* Of a request that came to nothing, the listener of its SYN */
	firstListener(flow) {
		const segment = flow.segments.find((one) => one.match === 'listener');

		return segment ? this.listener(segment.cookie) : null;
	}
}

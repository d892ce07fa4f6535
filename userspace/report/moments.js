/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the replay steps through: segments, and what processes did with sockets between them, in
 * their order.
 */
'use strict';

function segmentMoments(log) {
	const moments = [];
	let gap = 0;

	log.rows.forEach((segment, index) => {
		for (; gap < log.gaps.length && log.gaps[gap].before <= index; gap++)
			moments.push({ kind: 'lost', ns: segment.time_ns, lost: log.gaps[gap].lost, flow: null });
		moments.push({ kind: 'segment', ns: segment.time_ns, segment, flow: segment.flow });
	});
	return moments;
}

/* Those that were before the log's first segment are no part of the replay. */
function socketMoments(sockets, sinceNs) {
	const moments = [];

	for (const flow of sockets.flows.values()) {
		for (const kind of ['accepted', 'closed']) {
			const ns = flow[`${kind}Ns`];

			if (typeof ns === 'number' && ns >= sinceNs)
				moments.push({ kind, ns, flow });
		}
	}
	return moments;
}

/* The log is in order but for what two CPUs did at once; a sort keeps that as it is. */
function makeMoments(data, sockets) {
	const segments = segmentMoments(data.table('log'));
	const sinceNs = segments.length ? segments[0].ns : 0;
	const moments = segments.concat(socketMoments(sockets, sinceNs)).sort((a, b) => a.ns - b.ns);

	moments.forEach((moment, index) => enter(moment, index, sockets));
	return moments;
}

/* Let flow and listener know of it. */
function enter(moment, index, sockets) {
	moment.index = index;
	if (moment.flow)
		moment.flow.moments.push(index);
	if (moment.kind !== 'segment')
		return;
	moment.segment.moment = index;
	if (moment.segment.match === 'listener' || moment.segment.match === 'bound') {
		const listener = sockets.listener(moment.segment.cookie);

		if (listener)
			listener.moments.push(index);
	}
}

/* How many numbers of a sorted list are not greater than one */
function countUpTo(list, number) {
	let low = 0, high = list.length;

	while (low < high) {
		const middle = (low + high) >> 1;

		if (list[middle] <= number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

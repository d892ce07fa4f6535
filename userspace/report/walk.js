/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way of a segment: the boxes where the kernel looked for its socket, and the one where it
 * stopped. A request stands in the kernel's table of established ones too; it has its own box here,
 * since it is what a handshake is about.
 */
'use strict';

const BOXES = [
	{ id: 'assigned', title: 'Brought along', detail: 'by TPROXY or BPF', isRare: true },
	{ id: 'early', title: 'Early demux', detail: 'before routing' },
	{ id: 'established', title: 'Established', detail: 'the whole tuple fits' },
	{ id: 'request', title: 'Requests', detail: 'a handshake in progress' },
	{ id: 'program', title: 'BPF sk_lookup', detail: 'a program chooses', isRare: true },
	{ id: 'exact', title: 'Exact listeners', detail: 'this address, this port' },
	{ id: 'wildcard', title: 'Wildcard listeners', detail: 'any address, this port' },
	{ id: 'multicast', title: 'Multicast', detail: 'all that have joined', isRare: true },
	{ id: 'nothing', title: 'Nothing', detail: 'no socket is there' },
	{ id: 'unsearched', title: 'Not searched', detail: 'dropped before, or not known', isRare: true },
];

const BOX_OF_VIA = {
	assigned: 'assigned', 'early-demux': 'early', ehash: 'established', 'sk-lookup': 'program',
	'listener-addr': 'exact', 'listener-any': 'wildcard', 'udp-connected': 'established',
	'udp-addr': 'exact', 'udp-any': 'wildcard', multicast: 'multicast', none: 'nothing',
};

const TCP_ORDER = ['early', 'established', 'request', 'exact', 'wildcard', 'nothing'];
const UDP_ORDER = ['early', 'established', 'exact', 'wildcard', 'nothing'];
/* What nothing was searched before */
const UNSEARCHED = new Set(['assigned', 'multicast', 'unsearched']);

function boxOf(segment) {
	if (segment.via === 'ehash' && segment.match === 'request')
		return 'request';
	return Object.hasOwn(BOX_OF_VIA, segment.via) ? BOX_OF_VIA[segment.via] : 'unsearched';
}

/* Those that it passed before it stopped, in their order */
function passedBy(segment) {
	const box = boxOf(segment);
	const order = segment.proto.startsWith('udp') ? UDP_ORDER : TCP_ORDER;

	if (UNSEARCHED.has(box))
		return [];
	if (box === 'program')
		return order.slice(0, order.indexOf('exact'));
	return order.slice(0, order.indexOf(box));
}

/* The boxes of this log: the rare ones only where a segment stopped in them */
function boxesOf(segments) {
	const used = new Set(segments.map(boxOf));

	return BOXES.filter((box) => !box.isRare || used.has(box.id));
}

function boxById(id) {
	return BOXES.find((box) => box.id === id);
}

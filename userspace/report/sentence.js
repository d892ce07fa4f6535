/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A moment of the replay in words: what one sees, for who does not.
 */
'use strict';

const PASSED_WORDS = {
	early: 'not by early demux', established: 'not in the established table', request: 'no request',
	exact: 'no exact listener', wildcard: 'no wildcard listener',
};

const STOPPED_WORDS = {
	assigned: 'it was brought along, by TPROXY or a BPF program', early: 'early demux found its connection',
	established: 'the established table has its connection', request: 'its request is there',
	program: 'a BPF program chose its socket', exact: 'an exact listener fits',
	wildcard: 'a wildcard listener fits', multicast: 'it goes to all that have joined',
	nothing: 'nothing is there', unsearched: 'it was not searched for, or that is not known',
};

function passedSentence(segment) {
	const passed = passedBy(segment).map((box) => PASSED_WORDS[box]);

	return passed.length ? `${capital(passed.join(', '))}: ` : '';
}

function stoppedSentence(segment, sockets) {
	const box = boxOf(segment);
	const isUdp = segment.proto.startsWith('udp');
	let words = STOPPED_WORDS[box];

	if (segment.match === 'request' && box === 'early')
		words = 'early demux found its request';
	if (segment.match === 'time-wait')
		words += ', in TIME_WAIT';
	if (isUdp && box === 'exact')
		words = 'a socket on this address fits';
	if (isUdp && box === 'wildcard')
		words = 'a socket on any address fits';
	if (segment.match === 'listener' || segment.match === 'bound')
		words += listenerWords(sockets.listener(segment.cookie));
	return words + ownerWords(segment);
}

function listenerWords(listener) {
	return listener && listener.row ? `, ${listener.name()} of ${listener.who()}` : '';
}

/* Who has the connection, if somebody had by then */
function ownerWords(segment) {
	const row = segment.flow.row;

	if (segment.match !== 'established' || !row || !isKnown(row.pid))
		return '';
	return isAt(row.accepted_ns, segment.time_ns) || row.role === 'client' ? `, which is ${processOf(row)}'s` : ', which nobody has accepted yet';
}

/* Only what is not as one would expect it */
function rareSentence(segment) {
	const words = [];

	if (isKnown(segment.relookup))
		words.push(`A second search was needed: ${meaning('relookup', segment.relookup) || segment.relookup}.`);
	if (isKnown(segment.member))
		words.push(`Of a group of ${segment.group}, ${show(segment.chooser)} chose member ${segment.member}.`);
	if (isKnown(segment.asked_address))
		words.push(`Its sender asked for ${endOf(segment, 'asked')}, before NAT.`);
	return words.join(' ');
}

function outcomeSentence(segment) {
	const reason = isKnown(segment.reason) ? ` (${segment.reason})` : '';

	if (beginsRequest(segment))
		return 'A request begins.';
	if (segment.match === 'request' && segment.outcome === 'handed')
		return 'The handshake ends: the request becomes a connection.';
	if (segment.outcome === 'handed')
		return '';
	return `${capital(segment.outcome)}: ${meaning('outcome', segment.outcome)}${reason}.`;
}

function segmentSentence(segment, sockets) {
	const device = isKnown(segment.dev) ? ` on ${segment.dev}` : '';
	const came = `${capital(kindOf(segment))} from ${endOf(segment, 'foreign')} to ${endOf(segment, 'local')}${device}.`;
	const found = `${passedSentence(segment)}${stoppedSentence(segment, sockets)}.`;

	return [came, capital(found), rareSentence(segment), outcomeSentence(segment)].filter(Boolean).join(' ');
}

function acceptedSentence(flow) {
	const waited = typeof flow.row.waited_ns === 'number' ? `, after ${spanOf(flow.row.waited_ns)} in the queue` : '';

	return `${capital(processOf(flow.row))} accepts ${flow.foreign} on ${flow.local}${waited}.`;
}

function closedSentence(flow) {
	const reason = flow.row.close_reason;
	const why = isKnown(reason) ? `: ${reason}, ${meaning('close_reason', reason)}` : '';

	return `The connection of ${flow.foreign} to ${flow.local} is closed${why}.`;
}

function momentSentence(moment, sockets) {
	switch (moment.kind) {
	case 'segment': return segmentSentence(moment.segment, sockets);
	case 'accepted': return acceptedSentence(moment.flow);
	case 'closed': return closedSentence(moment.flow);
	default: return `${plural(moment.lost, 'segment')} not in the log here.`;
	}
}

/* All of the way in a cell of a table */
function walkText(segment) {
	return [...passedBy(segment), boxOf(segment)].map((id) => boxById(id).title).join(' › ');
}

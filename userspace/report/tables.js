/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tables of the page: which columns they have, and where their values lead to.
 */
'use strict';

function textColumn(table, key, title, more) {
	return { title, meaning: columnMeaning(table, key), get: (row) => show(row[key]), ...more };
}

function numberColumn(table, key, title, more) {
	return textColumn(table, key, title, {
		isRight: true, number: (row) => (typeof row[key] === 'number' ? row[key] : -1), isFree: true, ...more,
	});
}

function endColumn(table, key, title, more) {
	return { title, meaning: columnMeaning(table, key), get: (row) => endOf(row, key), ...more };
}

function timeColumn(table, key, title) {
	return {
		title, meaning: columnMeaning(table, `${key}_ns`), get: (row) => clockOf(row[key]), isFree: true,
		number: (row) => (typeof row[`${key}_ns`] === 'number' ? row[`${key}_ns`] : -1),
	};
}

function spanColumn(table, key, title) {
	return {
		title, meaning: columnMeaning(table, key), get: (row) => spanOf(row[key]), isRight: true, isFree: true,
		number: (row) => (typeof row[key] === 'number' ? row[key] : -1),
	};
}

function flowLink(flow) {
	return flow && flow.isConnection ? `#connection/${encodeURIComponent(flow.key)}` : null;
}

/* A word with the mark of its box */
function dressBox(segment, value) {
	return [element('span', { class: `dot box-${boxOf(segment)}`, 'aria-hidden': 'true' }), value];
}

function segmentColumns() {
	return [
		{ title: '#', meaning: 'its number in the log; leads to the replay', isRight: true, number: (row) => row.number,
			get: (row) => String(row.number), link: (row) => `#segment/${row.number}` },
		{ ...timeColumn('log', 'time', 'Time (UTC)'), meaning: columnMeaning('log', 'time_ns') },
		textColumn('log', 'proto', 'Proto'),
		textColumn('log', 'flags', 'Flags'),
		numberColumn('log', 'len', 'Length'),
		endColumn('log', 'foreign', 'Foreign', { link: (row) => flowLink(row.flow) }),
		endColumn('log', 'local', 'Local'),
		textColumn('log', 'via', 'Via', { dress: dressBox }),
		textColumn('log', 'match', 'Match'),
		textColumn('log', 'state', 'State'),
		textColumn('log', 'outcome', 'Outcome'),
		textColumn('log', 'reason', 'Reason'),
		textColumn('log', 'dev', 'Device'),
		textColumn('log', 'cookie', 'Cookie'),
		{ title: 'The way it went', meaning: 'where the kernel looked, in its order', get: walkText },
	];
}

function connectionColumns() {
	return [
		endColumn('connections', 'foreign', 'Foreign', { link: (row) => flowLink(row.flow) }),
		endColumn('connections', 'local', 'Local'),
		textColumn('connections', 'proto', 'Proto'),
		textColumn('connections', 'state', 'State'),
		textColumn('connections', 'role', 'Role'),
		{ title: 'Process', meaning: columnMeaning('connections', 'pid'), get: processOf },
		endColumn('connections', 'listener', 'Listener'),
		timeColumn('connections', 'accepted', 'Accepted (UTC)'),
		spanColumn('connections', 'waited_ns', 'Waited'),
		numberColumn('connections', 'segments', 'Segments'),
		numberColumn('connections', 'early_demux', 'Early demux'),
		numberColumn('connections', 'searched', 'Searched'),
		timeColumn('connections', 'closed', 'Closed (UTC)'),
		textColumn('connections', 'close_reason', 'Why closed'),
		textColumn('connections', 'cgroup', 'Cgroup'),
		textColumn('connections', 'cookie', 'Cookie'),
		textColumn('connections', 'listener_cookie', 'Listener cookie'),
	];
}

function listenerColumns() {
	return [
		endColumn('listeners', 'local', 'Local'),
		textColumn('listeners', 'proto', 'Proto'),
		textColumn('listeners', 'state', 'State'),
		{ title: 'Opened by', meaning: columnMeaning('listeners', 'pid'), get: processOf },
		{ title: 'Queue', meaning: 'connections that wait for accept(), of how many that may; of UDP, bytes', isRight: true, isFree: true,
			number: (row) => row.queue || 0, get: (row) => `${show(row.queue)}/${show(row.backlog)}` },
		numberColumn('listeners', 'segments', 'Segments'),
		numberColumn('listeners', 'syns', 'SYNs'),
		numberColumn('listeners', 'children', 'Connections'),
		numberColumn('listeners', 'accepted', 'Accepted'),
		numberColumn('listeners', 'overflows', 'Queue full'),
		numberColumn('listeners', 'group', 'Group'),
		{ title: 'Share/fair %', meaning: columnMeaning('listeners', 'share'), isRight: true, isFree: true,
			number: (row) => row.share || 0, get: (row) => `${show(row.share)}/${show(row.expected)}` },
		textColumn('listeners', 'flags', 'Flags'),
		textColumn('listeners', 'dev', 'Device'),
		textColumn('listeners', 'accepted_by', 'Accepted by (pid: how many)'),
		timeColumn('listeners', 'closed', 'Closed (UTC)'),
		textColumn('listeners', 'cgroup', 'Cgroup'),
		textColumn('listeners', 'cookie', 'Cookie'),
	];
}

function refusedColumns() {
	return [
		textColumn('refused', 'proto', 'Proto'),
		endColumn('refused', 'local', 'Asked for'),
		numberColumn('refused', 'count', 'Segments'),
		numberColumn('refused', 'refused', 'Refused'),
		numberColumn('refused', 'syns', 'SYNs'),
		timeColumn('refused', 'last', 'Last (UTC)'),
		endColumn('refused', 'last_foreign', 'From'),
		endColumn('refused', 'nearest_local', 'Nearest socket'),
		textColumn('refused', 'nearest', 'But it is', {
			get: (row) => (isKnown(row.nearest) ? meaning('nearest', row.nearest) || row.nearest : show(row.nearest)) }),
	];
}

function takenColumns() {
	return [
		textColumn('taken', 'proto', 'Proto'),
		endColumn('taken', 'local', 'Was for'),
		numberColumn('taken', 'count', 'Packets'),
		numberColumn('taken', 'syns', 'SYNs'),
		textColumn('taken', 'by', 'Taken by', {
			get: (row) => (isKnown(row.by) ? meaning('by', row.by) || row.by : show(row.by)) }),
		textColumn('taken', 'who', 'Who'),
		textColumn('taken', 'reason', 'Reason'),
		timeColumn('taken', 'last', 'Last (UTC)'),
		endColumn('taken', 'last_foreign', 'From'),
	];
}

function missingWords(data) {
	return data.report.scope ? 'It is of the whole host, and not in this report.' : 'It is not among the files that this report was made of.';
}

function makeTables(data) {
	const make = (name, label, columns, empty) => {
		const table = data.table(name === 'segments' ? 'log' : name);

		return new DataTable(byId(name), label, columns, table.rows, table.head || name === 'segments' ? empty : missingWords(data));
	};

	return {
		segments: make('segments', 'Segments', segmentColumns(), data.table('log').head ?
			'No segment is in the log.' : 'The log is not in this report: who made it could not read it.'),
		connections: make('connections', 'Connections', connectionColumns(), 'There was no connection.'),
		listeners: make('listeners', 'Listeners', listenerColumns(), 'There was no listener.'),
		refused: make('refused', 'Refused', refusedColumns(), 'Nothing was asked for that was not there.'),
		taken: make('taken', 'Taken', takenColumns(), 'Nothing was taken before it came to TCP or UDP.'),
	};
}

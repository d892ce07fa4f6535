/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words of the rows for people. Their meanings come with the data, from the module's own headers.
 */
'use strict';

const vocabulary = { words: {}, columns: {} };

function meaning(list, word) {
	const meanings = vocabulary.words[list];

	return meanings && Object.hasOwn(meanings, word) ? meanings[word] : '';
}

function columnMeaning(table, column) {
	const meanings = vocabulary.columns[table];

	return meanings && Object.hasOwn(meanings, column) ? meanings[column] : '';
}

function capital(text) {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

/* null is none; '?' and 'hidden' are words for what is not known, or not told. */
function isKnown(value) {
	return value !== null && value !== undefined && value !== '?' && value !== 'hidden';
}

/* A value of any kind in a cell */
function show(value) {
	if (value === null || value === undefined)
		return '–';
	if (Array.isArray(value))
		return value.length ? value.join(', ') : '–';
	if (typeof value === 'object') {
		const pairs = Object.entries(value);

		return pairs.length ? pairs.map(([key, number]) => `${key}: ${number}`).join(', ') : '–';
	}
	return String(value);
}

function plural(number, word) {
	return `${number.toLocaleString('en')} ${word}${number === 1 ? '' : 's'}`;
}

/* The end of a row that is named so: address and port, an IPv6 one in brackets */
function endOf(row, name) {
	const address = row[`${name}_address`], port = row[`${name}_port`];

	if (!isKnown(address))
		return show(address);
	return `${address.includes(':') ? `[${address}]` : address}:${port === null ? '*' : port}`;
}

/* "187/nc"; what is not known is said so */
function processOf(row) {
	return isKnown(row.pid) ? `${row.pid}/${show(row.comm)}` : show(row.pid);
}

const FLAG_NAMES = { S: 'SYN', F: 'FIN', R: 'RST', P: 'PSH', U: 'URG', '.': 'ACK' };

/* What came, in a word or two */
function kindOf(segment) {
	if (segment.proto.startsWith('udp'))
		return `datagram of ${plural(segment.len || 0, 'byte')}`;
	const flags = segment.flags || '';

	if (segment.len > 0 && !/[SFR]/.test(flags))
		return plural(segment.len, 'byte') + ' of data';
	return [...flags].filter((flag) => flag !== 'P')
		.map((flag) => FLAG_NAMES[flag] || flag).join('+') || 'segment without flags';
}

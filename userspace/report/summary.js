/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The numbers at the top: how segments found their sockets since the module was loaded.
 */
'use strict';

const FAMILIES = ['tcp4', 'tcp6', 'udp4', 'udp6'];

function counterSum(rows, name) {
	const row = rows.find((one) => one.name === name);

	return row ? FAMILIES.reduce((sum, family) => sum + (typeof row[family] === 'number' ? row[family] : 0), 0) : 0;
}

function drawTile(number, words, link) {
	return element('a', { class: 'tile', href: link }, element('b', {}, number.toLocaleString('en')), ` ${words}`);
}

function viaCounts(rows) {
	const vias = rows.map((row) => row.name).filter((name) => name.startsWith('via:')).map((name) => name.slice(4));

	return vias.map((via) => ({ via, count: counterSum(rows, `via:${via}`) })).filter((one) => one.count);
}

function drawBar({ via, count }, seen) {
	const bar = element('span', { class: `bar-fill box-${BOX_OF_VIA[via] || 'unsearched'}` });

	bar.style.width = `${Math.max(0.4, 100 * count / Math.max(1, seen))}%`;
	return element('li', {}, element('span', { class: 'bar-name' }, via), element('span', { class: 'bar-room', 'aria-hidden': 'true' }, bar),
		element('span', { class: 'bar-count' }, count.toLocaleString('en'), element('small', {}, ` ${Math.round(100 * count / Math.max(1, seen))} %`)), element('span', { class: 'bar-meaning' }, meaning('via', via)));
}

function drawSummary(place, data) {
	const counters = data.table('counters').rows, seen = counterSum(counters, 'seen');
	const sum = (name) => data.table(name).rows.reduce((total, row) => total + (typeof row.count === 'number' ? row.count : 0), 0);

	const isWhole = Boolean(data.table('counters').head);

	refill(place, element('div', { class: 'tiles' },
		isWhole ? drawTile(seen, 'segments came in', '#summary') : null,
		drawTile(data.table('log').rows.length, isWhole ? 'of them in the log' : 'segments in the log', '#segments'),
		drawTile(data.table('connections').rows.length, 'connections', '#connections'),
		drawTile(data.table('listeners').rows.length, 'listeners', '#listeners'),
		isWhole ? drawTile(sum('refused'), 'asked for what is not there', '#refused') : null,
		data.table('taken').head ? drawTile(sum('taken'), 'taken before the lookup', '#taken') : null),
	isWhole ? element('ul', { class: 'bars card' }, viaCounts(counters).map((one) => drawBar(one, seen))) : drawLogBars(data.table('log').rows));
}

/* Of a part of the host there are no counters, but segments to count. */
function drawLogBars(segments) {
	const counts = new Map();

	for (const segment of segments)
		counts.set(segment.via, (counts.get(segment.via) || 0) + 1);
	return segments.length ? element('ul', { class: 'bars card' },
		[...counts].map(([via, count]) => drawBar({ via, count }, segments.length))) : null;
}

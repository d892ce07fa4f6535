/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page, put together; and what its address says: #segment/12, #connection/COOKIE.
 */
'use strict';

const PARTS = [
	['summary', 'Summary'], ['replay', 'Replay'], ['transcript', 'Transcript'], ['segments', 'Segments'], ['connections', 'Connections'],
	['listeners', 'Listeners'], ['refused', 'Refused'], ['taken', 'Taken'], ['explain', 'Explained'],
];

function notice(text) {
	byId('notices').append(element('p', { class: 'notice', role: 'alert' }, text));
}

function hostOf(data) {
	const head = data.table('connections').head || {};
	const host = data.report.host || noteOf(data, 'host'), kernel = data.report.kernel || noteOf(data, 'kernel');
	const parts = [data.report.scope ? `what came in for: ${data.report.scope}` : null, host, kernel ? `Linux ${kernel}` : null, `network namespace ${show(head.netns)}`,
		isKnown(head.now) ? `${dayOf(head.now)} ${clockOf(head.now).slice(0, 8)} UTC` : null];

	return parts.filter(Boolean).join(' · ');
}

function drawFrame(data) {
	const from = data.report.from ? `from ${data.report.from}` : 'from the running kernel';

	const isShown = ([id]) => id !== 'transcript' || data.transcript !== null;
	/* of a chapter the text comes first */
	const rank = ([id]) => (id === 'transcript' && data.chapters.length ? 0 : 1);
	const parts = PARTS.filter(isShown).sort((a, b) => rank(a) - rank(b));

	refill(byId('nav'), parts.map(([id, title]) => element('a', { href: `#${id}` }, title)));
	byId('where').textContent = hostOf(data);
	byId('made').textContent = `Made by tuplewatch ${data.report.report} ${from}. The words of the columns are explained in tuplewatch_proc(5), and where the pointer rests on a title.`;
}

function drawNotices(data) {
	const lost = data.table('log').gaps.reduce((sum, gap) => sum + gap.lost, 0);

	if (!data.table('log').head)
		notice('The log is not in this report, since who made it could not read it: there is no replay. Root can (sudo tuplewatch report).');
	if (lost)
		notice(`${plural(lost, 'segment')} came in and are not in this log: there was no room left for them.`);
	for (const [name, table] of data.tables) {
		if (table.head && table.head.watching === 'no')
			notice(`The module was not watching when ${name} was read: its hooks did not fire.`);
	}
}

function startReplay(data, sockets) {
	const moments = makeMoments(data, sockets);

	if (moments.length && sockets.segments.length)
		return new Player(data, sockets, moments);
	refill(byId('replay'), byId('replay-title'), element('p', { class: 'empty' }, 'There is no segment to replay.'));
	return null;
}

/* The part of the page that an address is about */
function follow(player, connection) {
	const [part, name] = location.hash.slice(1).split('/');

	if (part === 'connection' && name && connection.open(decode(name)))
		return;
	connection.hide();
	if (part === 'segment' && player)
		player.goSegment(Number(name));
	const target = byId(part === 'segment' ? 'replay' : part);

	if (target)
		target.scrollIntoView();
}

function decode(name) {
	try {
		return decodeURIComponent(name);
	} catch {
		return name;
	}
}

function isTyping(target) {
	return target.closest('input, select, button, textarea, a, summary, [role=grid], [role=application]');
}

function listenForKeys(player) {
	document.addEventListener('keydown', (event) => {
		if (event.key === '/' && !event.target.closest('input'))
			focusFilter(event);
		else if (player && !isTyping(event.target))
			player.key(event);
	});
}

/* That of the table in view, else of the first */
function focusFilter(event) {
	const inputs = [...document.querySelectorAll('.tools input')].filter((input) => input.offsetParent);
	const input = inputs.find((one) => one.getBoundingClientRect().bottom > 60) || inputs[0];

	if (!input)
		return;
	event.preventDefault();
	input.focus();
}

function start() {
	const data = readData(byId('data').textContent, wantedChapter());
	const sockets = new Sockets(data);

	drawFrame(data);
	drawNotices(data);
	drawSummary(byId('summary-body'), data);
	const player = startReplay(data, sockets);

	if (data.transcript !== null)
		new Transcript(byId('transcript'), data, sockets);
	const connection = new ConnectionPage(byId('connection'), sockets, makeTables(data));

	drawExplain(byId('explain'), data.table('explain'));
	listenForKeys(player);
	addEventListener('hashchange', () => follow(player, connection));
	follow(player, connection);
	document.documentElement.dataset.ready = 'yes';
}

try {
	start();
} catch (error) {
	notice(`This page cannot be drawn: ${error.message}`);
	throw error;
}

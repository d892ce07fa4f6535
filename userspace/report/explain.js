/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A search that explain has told, drawn: each bucket as the chain that it is, the candidates in
 * their order with their scores, and why each lost.
 */
'use strict';

const STEP_TITLES = {
	'early-demux': 'Early demux', established: 'Established table', 'sk-lookup': 'BPF sk_lookup', 'listener-addr': 'Exact listeners',
	'listener-any': 'Wildcard listeners', 'udp-addr': 'UDP, this address', 'udp-any': 'UDP, any address', 'udp-port': 'UDP, this port',
	multicast: 'Multicast',
};

const WINNER_FATES = new Set(['best', 'group-stops', 'group-goes-on', 'copy', 'match']);

function socketName(row) {
	const cookie = isKnown(row.cookie) ? `cookie ${row.cookie}` : '';
	const who = isKnown(row.pid) ? processOf(row) : '';

	return [endOf(row, 'local'), isKnown(row.dev) ? `on ${row.dev}` : '', who, cookie].filter(Boolean).join(', ');
}

function drawScore(row) {
	if (typeof row.score !== 'number')
		return null;
	const points = Object.entries(row.points || {});
	const words = points.map(([name, number]) => `${name} ${number}`).join(' + ');
	const meanings = points.map(([name]) => `${name}: ${meaning('points', name)}`).join('; ');

	return element('p', { class: 'score', title: meanings }, element('span', { class: 'pips', 'aria-hidden': 'true' },
		Array.from({ length: Math.min(row.score, 12) }, () => element('span'))), element('b', {}, `score ${row.score}`),
	words ? ` = ${words}` : '');
}

function drawCandidate(row, result) {
	const isResult = result && isKnown(result.cookie) && result.cookie === row.cookie;
	const hasWon = isResult || WINNER_FATES.has(row.fate);

	return element('li', { class: `candidate${hasWon ? ' better' : ''}${isResult ? ' result' : ''}` },
		element('p', { class: 'candidate-head' }, element('span', { class: 'place' }, show(row.place)), socketName(row)),
		drawScore(row),
		element('p', { class: 'fate' }, element('b', {}, row.fate), meaning('fate', row.fate) ? `: ${meaning('fate', row.fate)}` : '', memberOf(row)),
		isResult ? element('p', { class: 'won' }, 'The search ends with this one.') : null);
}

function memberOf(row) {
	return isKnown(row.member) ? `; ${show(row.chooser)} chose member ${row.member} of ${row.group}, cookie ${show(row.chosen_cookie)}` : '';
}

function bucketWords(step) {
	if (!isKnown(step.bucket))
		return meaning('step_state', step.fate) || show(step.fate);
	const others = step.other_netns ? `, ${step.other_netns} of them of other namespaces` : '';

	return `bucket ${step.bucket} has ${plural(step.sockets, 'socket')}${others}: ${meaning('step_state', step.fate) || step.fate}`;
}

function drawStep(step, rows, result) {
	const sockets = rows.filter((row) => row.row === 'socket' && row.step === step.step);
	const seeks = isKnown(step.local_address) ? ` ${endOf(step, 'local')}` : '';

	return element('li', { class: `step ${step.fate}` },
		element('p', { class: 'step-head' }, element('b', {}, STEP_TITLES[step.name] || step.name), seeks),
		element('p', { class: 'bucket' }, bucketWords(step)),
		sockets.length ? element('ol', { class: 'chain', 'aria-label': 'The chain of this bucket, in its order' },
			sockets.map((row) => drawCandidate(row, result))) : null);
}

function isBind(rows) {
	return rows.some((row) => row.row === 'result' && row.name === 'bind');
}

function questionWords(head, rows) {
	if (isBind(rows))
		return `bind() of TCP to ${endOf(head, 'local')}${isKnown(head.dev) ? ` on ${head.dev}` : ''}`;
	return `${head.proto === 'udp' ? 'A datagram' : 'A SYN'} from ${endOf(head, 'foreign')} to ${endOf(head, 'local')}, coming in on ${show(head.dev)}`;
}

/* Where the CPU decides there is one for each. */
function drawResults(rows) {
	const results = rows.filter((row) => row.row === 'result');

	if (!results.length)
		return [element('p', { class: 'result-line' }, 'The answer has no result.')];
	return results.map((row) => element('p', { class: 'result-line' }, resultWords(row, results.length > 1)));
}

function resultWords(result, hasOthers) {
	const cpu = hasOthers && typeof result.cpu === 'number' ? ` on CPU ${result.cpu}` : '';

	if (result.name === 'bind')
		return `Result: ${result.fate}, ${meaning('bind', result.fate)}.`;
	if (result.fate === 'none')
		return 'The search finds no socket.';
	if (result.fate === '?')
		return 'What the search finds is not known: a program decides.';
	return `The search finds${cpu}: ${socketName(result)}, ${result.fate}.`;
}

/* What stands before the lookup is told by what it does, what comes after it by what it is. */
function drawGate(row) {
	const words = row.row === 'after' && meaning('after', row.name) ? meaning('after', row.name) : meaning('gate_fate', row.fate) || show(row.fate);
	const ends = row.fate === 'translates' ? `: ${endOf(row, 'foreign')} to ${endOf(row, 'local')}` : '';

	return element('li', {}, element('b', {}, row.name), isKnown(row.who) ? ` ${row.who}` : '', `: ${words}${ends}`);
}

function drawGates(rows, kind, title) {
	const gates = rows.filter((row) => row.row === kind);

	return gates.length ? [element('h3', {}, title), element('ul', { class: 'gates' }, gates.map(drawGate))] : [];
}

/* Only what keeps it from getting to the lookup, or may */
function drawArrival(rows) {
	return rows.filter((row) => row.row === 'arrives' && row.fate !== 'passes').map((row) =>
		element('p', { class: 'result-line' }, row.fate === 'decides' || row.fate === '?' ?
			'Whether it comes to the lookup is not known. If it does:' :
			`It does not come to the lookup: what stands there ${meaning('gate_fate', row.fate) || show(row.fate)}. If it came there:`));
}

function drawNearest(rows) {
	return rows.filter((row) => row.row === 'nearest').map((row) =>
		element('li', {}, element('b', {}, socketName(row)), `: ${meaning('nearest', row.name) || show(row.name)}`));
}

function drawKernel(rows, result) {
	const row = rows.find((one) => one.row === 'kernel');
	const isNone = result && result.fate === 'none' && row && row.fate === 'agrees';

	return row ? element('p', {}, "The kernel's own lookup, asked the same: ", element('b', {}, row.fate),
		isNone ? ', it finds nothing either.' : `, ${meaning('agreement', row.fate)}.`) : null;
}

function drawHolders(rows) {
	const holders = rows.filter((row) => row.row === 'holder');

	return holders.length ? [element('h3', {}, 'Who has the port'), element('ul', { class: 'gates' }, holders.map((row) =>
		element('li', {}, element('b', {}, socketName(row)), `: ${meaning('hold', row.fate) || show(row.fate)}`)))] : [];
}

/* Rows that this page does not know, of newer modules */
function drawOthers(rows) {
	const known = new Set(['before', 'arrives', 'step', 'socket', 'result', 'after', 'kernel', 'nearest', 'holder']);
	const others = rows.filter((row) => !known.has(row.row));

	return others.length ? element('ul', { class: 'gates' }, others.map((row) =>
		element('li', {}, element('b', {}, row.row), ` ${socketName(row)}: ${show(row.fate)}`))) : null;
}

function drawExplain(place, table) {
	if (!table.head || !table.rows.length) {
		place.append(element('p', { class: 'empty' },
			'No search was explained. Ask a running kernel, and the answer is drawn here: tuplewatch report -o FILE.html tcp FOREIGN LOCAL'));
		return;
	}
	const rows = table.rows, result = rows.find((row) => row.row === 'result'), nearest = drawNearest(rows);

	place.append(element('p', { class: 'lead' }, questionWords(table.head, rows)),
		...drawGates(rows, 'before', 'Before the lookup'), ...drawArrival(rows),
		element('ol', { class: 'steps' }, rows.filter((row) => row.row === 'step').map((step) => drawStep(step, rows, result))),
		...drawResults(rows), ...[drawKernel(rows, result), drawOthers(rows)].filter(Boolean),
		...drawGates(rows, 'after', 'At that socket'), ...drawHolders(rows));
	if (nearest.length)
		place.append(element('h3', {}, 'What nearly fits'), element('ul', { class: 'gates' }, nearest));
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was typed and printed while the segments came, if that was kept: of a lab, of the story. Its
 * times and its foreign ends lead to their segments in the replay. A page of several chapters shows
 * one at a time.
 */
'use strict';

const TRANSCRIPT_TOKEN = /\d\d:\d\d:\d\d\.\d{6}|\[[0-9a-f:.]+\]:\d+|\d+\.\d+\.\d+\.\d+:\d+/g;
const TRANSCRIPT_COMMAND = /^[\w.-]+# /;

class Transcript {
	constructor(place, data, sockets) {
		this.place = place;
		this.numbers = new Map();
		for (const segment of sockets.segments)
			this.learn(segment);
		place.hidden = false;
		if (data.chapters.length)
			this.drawChapters(data);
		place.append(...this.drawText(data.transcript).flat(Infinity));
	}

	/* A time is one segment's; an end, that of the first that came from there. */
	learn(segment) {
		const foreign = endOf(segment, 'foreign');

		this.numbers.set(clockOf(segment.time), segment.number);
		if (!this.numbers.has(foreign))
			this.numbers.set(foreign, segment.number);
	}

	drawChapters(data) {
		byId('transcript-title').textContent = data.chapters[data.chapter];
		byId('summary').before(this.place);
		this.place.prepend(element('nav', { 'aria-label': 'Chapters' }, element('ol', { class: 'chapters' },
			data.chapters.map((title, index) => element('li', {}, element('a', {
				href: `?chapter=${index + 1}`, 'aria-current': index === data.chapter ? 'page' : null,
			}, title))))));
	}

	/* With fences it is a page of text, without them all of it was printed. */
	drawText(text) {
		if (!/^```$/m.test(text))
			return [this.drawPrinted(text.split('\n'))];
		return text.split(/^```$\n?/m).map((part, index) => (index % 2 ? this.drawPrinted(part.trimEnd().split('\n')) :
			this.drawProse(part)));
	}

	drawPrinted(lines) {
		return element('pre', { class: 'printed', tabindex: 0, role: 'group', 'aria-label': 'What was typed and printed' }, lines.map((line) => {
			const nodes = this.link(line);

			return [TRANSCRIPT_COMMAND.test(line) ? element('b', {}, nodes) : nodes, '\n'];
		}));
	}

	link(line) {
		const nodes = [];
		let at = 0;

		for (const match of line.matchAll(TRANSCRIPT_TOKEN)) {
			const number = this.numbers.get(match[0]);

			if (number === undefined)
				continue;
			nodes.push(line.slice(at, match.index), element('a', { href: `#segment/${number}`, title: `Segment ${number}` }, match[0]));
			at = match.index + match[0].length;
		}
		nodes.push(line.slice(at));
		return nodes;
	}

	drawProse(part) {
		return part.split(/\n\s*\n/).map((text) => text.trim()).filter((text) => text && !/^(!\[|# )/.test(text))
			.map((text) => {
				if (/^#+ /.test(text))
					return element('h3', {}, text.replace(/^#+ /, ''));
				if (/^[|]/.test(text))
					return element('pre', { class: 'printed' }, text);
				return text.split(/\n(?=[-*] |\d+\. )/).map((item) => element('p', {}, this.drawWords(item)));
			});
	}

	/* `code`, **strong**, *emphasis*, and of links their words */
	drawWords(text) {
		const plain = text.replace(/\s*\n\s*/g, ' ').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/^[-*] /, '• ');

		return plain.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*)/).map((part, index) => {
			if (index % 2 === 0)
				return part;
			if (part[0] === '`')
				return element('code', {}, this.link(part.slice(1, -1)));
			return part.startsWith('**') ? element('strong', {}, part.slice(2, -2)) : element('em', {}, part.slice(1, -1));
		});
	}
}

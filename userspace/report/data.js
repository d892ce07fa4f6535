/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The JSON lines that the reader wrote into the page: before each table an object with its name.
 */
'use strict';

const NO_TABLE = Object.freeze({ head: null, rows: [], gaps: [] });

/* Rows go to the table whose head came last. */
class Data {
	constructor() {
		this.tables = new Map();
		this.report = {};
		this.current = null;
		/* titles, if there are several */
		this.chapters = [];
		this.chapter = 0;
		this.transcript = null;
	}

	table(name) {
		return this.tables.get(name) || NO_TABLE;
	}

	begin(head) {
		this.current = { head, rows: [], gaps: [] };
		this.tables.set(head.table, this.current);
	}

	/* A head, and the meanings of words, have keys that no row has; rows that are lost have one key alone. */
	take(line) {
		if (Object.hasOwn(line, 'table') && Object.hasOwn(line, 'format'))
			this.begin(line);
		else if (Object.hasOwn(line, 'report'))
			this.report = line;
		else if (Object.hasOwn(line, 'meanings'))
			this.takeMeanings(line);
		else if (Object.hasOwn(line, 'transcript'))
			this.transcript = line.transcript;
		else if (Object.hasOwn(line, 'lost') && Object.keys(line).length === 1)
			this.current.gaps.push({ before: this.current.rows.length, lost: line.lost });
		else
			this.current.rows.push(line);
	}

	takeMeanings(line) {
		if (line.words)
			vocabulary.words[line.words] = line.meanings;
		else
			vocabulary.columns[line.columns] = line.meanings;
	}
}

const CHAPTER = '{"chapter":';

/* Of several chapters, which begin with a line of their own, one is read. Throws an Error that names the line. */
function readData(text, chapter) {
	const data = new Data();
	let isRead = true;

	data.chapter = chapter;
	text.split('\n').forEach((line, index) => {
		try {
			if (line.startsWith(CHAPTER))
				isRead = data.chapters.push(JSON.parse(line).chapter) - 1 === chapter;
			else if (line && isRead)
				data.take(JSON.parse(line));
		} catch (error) {
			throw new Error(`row ${index} of this page is damaged: ${error.message}`);
		}
	});
	return data;
}

/* That which the address of the page names, else the first */
function wantedChapter() {
	return Math.max(1, Number(new URLSearchParams(location.search).get('chapter')) || 1) - 1;
}

/* What the file "saved" says under a name */
function noteOf(data, name) {
	const row = data.table('saved').rows.find((note) => note.name === name);

	return row ? row.value : null;
}

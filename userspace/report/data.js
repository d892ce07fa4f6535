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

/* Throws an Error that names the line. */
function readData(text) {
	const data = new Data();
	const lines = text.split('\n');

	lines.forEach((line, index) => {
		if (!line)
			return;
		try {
			data.take(JSON.parse(line));
		} catch (error) {
			throw new Error(`row ${index} of this page is damaged: ${error.message}`);
		}
	});
	return data;
}

/* What the file "saved" says under a name */
function noteOf(data, name) {
	const row = data.table('saved').rows.find((note) => note.name === name);

	return row ? row.value : null;
}

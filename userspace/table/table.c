// SPDX-License-Identifier: GPL-2.0
/*
 * The table parser. It trusts nothing: a file may be cut short, come from another version, or
 * be no table at all, and each of these ends with an error that names file and line. All memory
 * it takes is bounded by TPR_LINE_BYTES and TPR_TABLE_COLUMNS_NR, whatever comes in.
 */
#include "table/table.h"

#include "lib/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES	65536

enum state {
	STATE_FACTS,
	STATE_COLUMNS,
	STATE_ROWS,
};

/**
 * tpr_table_create() - start to read a table
 * @path: name of the file, for error messages; copied
 * @shape: what the table must have; must outlive the table
 *
 * Return: the table, for tpr_table_destroy(), or NULL without memory.
 */
struct tpr_table *tpr_table_create(const char *path, const struct tpr_shape *shape)
{
	struct tpr_table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->shape = shape;
	if (tpr_lines_init(&table->lines, path)) {
		free(table);
		return NULL;
	}
	return table;
}

/**
 * tpr_table_destroy() - free a table
 * @table: from tpr_table_create(), or NULL
 */
void tpr_table_destroy(struct tpr_table *table)
{
	size_t i;

	if (!table)
		return;
	for (i = 0; i < table->facts_nr; i++) {
		free(table->facts[i].key);
		free(table->facts[i].value);
	}
	for (i = 0; i < table->columns_nr; i++)
		free(table->columns[i].name);
	free(table->facts);
	free(table->columns);
	free(table->fields);
	free(table->name);
	tpr_lines_exit(&table->lines);
	free(table);
}

/**
 * tpr_table_error() - why the last event was TPR_EVENT_ERROR
 * @table: the table
 *
 * Return: "FILE:LINE: what is wrong", valid as long as the table.
 */
const char *tpr_table_error(const struct tpr_table *table)
{
	return table->lines.error ? table->lines.error : "out of memory";
}

/* End the table with an error about its current line, from a function that gives events. */
#define fail(table, ...)	(tpr_lines_fail(&(table)->lines, __VA_ARGS__), TPR_EVENT_ERROR)

/* The same from one that gives whether all went well. */
#define reject(table, ...)	(tpr_lines_fail(&(table)->lines, __VA_ARGS__), false)

/* Cut the next word off the line; NULL at its end. */
static char *take_word(char **cursor)
{
	const unsigned char *c = (const unsigned char *)*cursor;
	char *word;

	/* lines have no other control characters than tabs; strspn() takes longer to begin than this */
	while (*c == ' ' || *c == '\t')
		c++;
	word = (char *)c;
	while (*c > ' ')
		c++;
	*cursor = (char *)c;
	if (word == *cursor)
		return NULL;
	if (*c)
		*(*cursor)++ = '\0';
	return word;
}

/**
 * tpr_table_is_value() - whether a field holds a value at all
 * @field: the field
 *
 * Return: false for "-" (none), "?" (not known) and "hidden" (not told to us).
 */
bool tpr_table_is_value(const char *field)
{
	if (field[0] == '-' || field[0] == '?')
		return field[1];
	return !tpr_table_is_hidden(field);
}

/**
 * tpr_table_is_hidden() - whether a field has a value that we have no right to
 * @field: the field
 *
 * Return: whether it has.
 */
bool tpr_table_is_hidden(const char *field)
{
	return !strcmp(field, TPW_HIDDEN);
}

static bool is_of_kind(enum tpr_kind kind, const char *text)
{
	uint64_t number;
	int64_t integer;

	if (kind == TPR_KIND_SIGNED)
		return tpr_text_s64(text, &integer);
	return !tpr_kind_is_number(kind) || tpr_text_u64(text, &number);
}

/* Check one value against its kind. False after an error. */
static bool check_value(struct tpr_table *table, const char *name, enum tpr_kind kind,
			const char *text)
{
	if (!tpr_table_is_value(text) || is_of_kind(kind, text))
		return true;
	return reject(table, "%.40s: '%.40s' is not a number", name, text);
}

/* Decode one value. False after an error. */
static bool decode_value(struct tpr_table *table, const char *name, char *text)
{
	return !strchr(text, '\\') || tpr_text_unescape(text) ||
	       reject(table, "%.40s: the value has a bad octal escape", name);
}

/* A table of all namespaces says so where others have the number of theirs. */
static bool is_all(const char *key, const char *value)
{
	return !strcmp(key, "netns") && !strcmp(value, "all");
}

/* One key=value of line 1. False after an error. */
static bool read_fact(struct tpr_table *table, char *word)
{
	char *equals = strchr(word, '=');

	if (!equals || equals == word)
		return reject(table, "'%.40s' is not key=value", word);
	*equals = '\0';
	if (tpr_table_fact(table, word))
		return reject(table, "%.40s stands there twice", word);
	if (table->facts_nr == TPR_TABLE_COLUMNS_NR)
		return reject(table, "more than %d facts", TPR_TABLE_COLUMNS_NR);
	if (!is_all(word, equals + 1) &&
	    !check_value(table, word, tpr_fact_kind(table->name, word), equals + 1))
		return false;
	if (!decode_value(table, word, equals + 1))
		return false;
	if (tpr_table_set_fact(table, word, equals + 1))
		return reject(table, "out of memory");
	return true;
}

static bool is_listed(const char *word, const char *const *list)
{
	for (; *list; list++) {
		if (!strcmp(word, *list))
			return true;
	}
	return false;
}

/* False after an error. */
static bool check_format(struct tpr_table *table, uint64_t format)
{
	if (format == TPW_FORMAT)
		return true;
	if (format == 1)
		return reject(table, "format 1: it was written by tuplewatch 1.0; this reader, %s, "
			      "reads format %d", TPW_VERSION, TPW_FORMAT);
	return reject(table, "format %" PRIu64 ": this reader, %s, reads format %d; use the "
		      "tuplewatch that came with the module", format, TPW_VERSION, TPW_FORMAT);
}

/* "# tuplewatch FORMAT NAME" at the start of line 1. False after an error. */
static bool read_name(struct tpr_table *table, char **cursor)
{
	const char *mark = take_word(cursor);
	const char *program = take_word(cursor);
	const char *format = take_word(cursor);
	const char *name = take_word(cursor);
	uint64_t number;

	if (!mark || strcmp(mark, "#") || !program || strcmp(program, "tuplewatch") || !name ||
	    !tpr_text_u64(format, &number))
		return reject(table, "not a table of tuplewatch: those begin '# tuplewatch %d'",
			      TPW_FORMAT);
	if (!check_format(table, number))
		return false;
	if (!is_listed(name, table->shape->names))
		return reject(table, "this is the table '%.40s', not '%s'", name,
			      table->shape->names[0]);
	table->name = strdup(name);
	return table->name || reject(table, "out of memory");
}

/* Line 1. False after an error. */
static bool read_facts(struct tpr_table *table, char *line)
{
	const char *const *key;
	char *word;

	if (!read_name(table, &line))
		return false;
	while ((word = take_word(&line))) {
		if (!read_fact(table, word))
			return false;
	}
	for (key = table->shape->facts; *key; key++) {
		if (!tpr_table_fact(table, *key))
			return reject(table, "no %s= in line 1", *key);
	}
	table->state = STATE_COLUMNS;
	return true;
}

/* One name of line 2. False after an error. */
static bool read_column(struct tpr_table *table, const char *name)
{
	if (tpr_table_column(table, name) >= 0)
		return reject(table, "column '%.40s' stands there twice", name);
	if (table->columns_nr == TPR_TABLE_COLUMNS_NR)
		return reject(table, "more than %d columns", TPR_TABLE_COLUMNS_NR);
	return !tpr_table_add_column(table, name) || reject(table, "out of memory");
}

/* Line 2. */
static enum tpr_event read_columns(struct tpr_table *table, char *line)
{
	const char *const *name;
	char *word;

	table->columns = calloc(TPR_TABLE_COLUMNS_NR, sizeof(*table->columns));
	table->fields = calloc(TPR_TABLE_COLUMNS_NR, sizeof(*table->fields));
	if (!table->columns || !table->fields)
		return fail(table, "out of memory");
	while ((word = take_word(&line))) {
		if (!read_column(table, word))
			return TPR_EVENT_ERROR;
	}
	for (name = table->shape->columns; *name; name++) {
		if (tpr_table_column(table, *name) < 0)
			return fail(table, "no column '%s'", *name);
	}
	table->state = STATE_ROWS;
	return TPR_EVENT_HEAD;
}

/*
 * A line of the table that begins with '#'. Only "# lost N" says something; others are skipped,
 * since a newer module may have more to say.
 */
static enum tpr_event read_remark(struct tpr_table *table, char *line)
{
	const char *word, *number;

	line++;
	word = take_word(&line);
	if (!word || strcmp(word, "lost"))
		return TPR_EVENT_WAIT;
	number = take_word(&line);
	if (!number || !tpr_text_u64(number, &table->lost) || take_word(&line))
		return fail(table, "'# lost' without a number of rows");
	return TPR_EVENT_LOST;
}

static enum tpr_event read_row(struct tpr_table *table, char *line)
{
	bool is_escaped = strchr(line, '\\');
	size_t nr = 0, i;
	char *word;

	while ((word = take_word(&line))) {
		if (nr == table->columns_nr)
			return fail(table, "more fields than the %zu columns of line 2", nr);
		table->fields[nr++] = word;
	}
	if (nr != table->columns_nr)
		return fail(table, "%zu fields, but line 2 names %zu columns", nr,
			    table->columns_nr);
	for (i = 0; i < nr; i++) {
		const struct tpr_column *column = &table->columns[i];

		if (!check_value(table, column->name, column->kind, table->fields[i]))
			return TPR_EVENT_ERROR;
		if (is_escaped && !decode_value(table, column->name, table->fields[i]))
			return TPR_EVENT_ERROR;
	}
	return TPR_EVENT_ROW;
}

/* Deal with one line; TPR_EVENT_WAIT if it makes no event. */
static enum tpr_event read_line(struct tpr_table *table, char *line)
{
	switch (table->state) {
	case STATE_FACTS:
		return read_facts(table, line) ? TPR_EVENT_WAIT : TPR_EVENT_ERROR;
	case STATE_COLUMNS:
		return read_columns(table, line);
	default:
		return line[0] == '#' ? read_remark(table, line) : read_row(table, line);
	}
}

/* All lines were read: was it a table? */
static enum tpr_event read_end(struct tpr_table *table)
{
	if (table->state == STATE_FACTS)
		return fail(table, "the file is empty");
	if (table->state == STATE_COLUMNS)
		return fail(table, "no line 2 with column names: the file was cut short");
	return TPR_EVENT_END;
}

/**
 * tpr_table_next() - take the next event from the bytes that were pushed
 * @table: the table
 *
 * Return: the event; TPR_EVENT_WAIT when all whole lines are used up.
 */
enum tpr_event tpr_table_next(struct tpr_table *table)
{
	enum tpr_event event = TPR_EVENT_WAIT;
	char *line;

	while (event == TPR_EVENT_WAIT) {
		switch (tpr_lines_take(&table->lines, &line)) {
		case TPR_LINE_WAIT:
			return TPR_EVENT_WAIT;
		case TPR_LINE_TEXT:
			event = read_line(table, line);
			break;
		case TPR_LINE_END:
			return read_end(table);
		default:
			return TPR_EVENT_ERROR;
		}
	}
	return event;
}

/**
 * tpr_table_push() - give the parser more bytes
 * @table: the table
 * @data: the bytes; copied
 * @bytes: how many
 *
 * Take all events with tpr_table_next() between two calls, else the buffer grows with each.
 */
void tpr_table_push(struct tpr_table *table, const void *data, size_t bytes)
{
	tpr_lines_push(&table->lines, data, bytes);
}

/**
 * tpr_table_finish() - tell the parser that no more bytes will come
 * @table: the table
 */
void tpr_table_finish(struct tpr_table *table)
{
	tpr_lines_finish(&table->lines);
}

/**
 * tpr_table_read() - take the next event, reading from a file as needed
 * @table: the table
 * @fd: the file; if it is non-blocking and has nothing now, the event is TPR_EVENT_WAIT
 *
 * Return: the event.
 */
enum tpr_event tpr_table_read(struct tpr_table *table, int fd)
{
	char chunk[READ_BYTES];
	enum tpr_event event;

	while ((event = tpr_table_next(table)) == TPR_EVENT_WAIT) {
		ssize_t bytes = read(fd, chunk, sizeof(chunk));

		if (bytes > 0)
			tpr_table_push(table, chunk, (size_t)bytes);
		else if (bytes == 0)
			tpr_table_finish(table);
		else if (errno == EAGAIN)
			return TPR_EVENT_WAIT;
		else if (errno != EINTR)
			return fail(table, "%s", strerror(errno));
	}
	return event;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * JSON lines. A row is an object with the columns as keys, typed by their kinds and never by their
 * values: numbers, strings, a list as an array, a map as an object of numbers. An endpoint X
 * becomes two keys, X_address and X_port. Where line 1 tells the wall time, a key X stands before
 * each time X_ns, and "time" before all others. The object {"table":...} before a table holds the
 * facts of its line 1 in the same way, and {"lost":N} stands where N rows are missing; neither has
 * the keys of a row.
 *
 * "-" (none) is null, of a list [] and of a map {}. "?" (not known) and "hidden" (not told to us)
 * stay strings in any column, since null already says that there is nothing.
 */
#include "show/json.h"

#include "lib/text.h"
#include "table/clock.h"

#include <inttypes.h>
#include <string.h>

/* Room for the longest name of a time */
#define NAME_BYTES	64

/* Room for any 64-bit number, with its NUL */
#define NUMBER_BYTES	24

/* A number, or whatever stands in its place as a string. */
static void write_number(FILE *out, const char *text, size_t bytes)
{
	char copy[NUMBER_BYTES];
	uint64_t number;

	snprintf(copy, sizeof(copy), "%.*s", (int)bytes, text);
	if (bytes < sizeof(copy) && tpr_text_u64(copy, &number))
		fprintf(out, "%" PRIu64, number);
	else
		tpr_text_json_part(out, text, bytes);
}

static void write_signed(FILE *out, const char *text)
{
	int64_t number;

	if (tpr_text_s64(text, &number))
		fprintf(out, "%" PRId64, number);
	else
		tpr_text_json(out, text);
}

/* "key:number", or a key alone */
static void write_pair(FILE *out, const char *text, size_t bytes)
{
	const char *colon = memrchr(text, ':', bytes);
	size_t key_bytes = colon ? (size_t)(colon - text) : bytes;

	tpr_text_json_part(out, text, key_bytes);
	fputc(':', out);
	if (colon)
		write_number(out, colon + 1, bytes - key_bytes - 1);
	else
		fputs("null", out);
}

static void write_parts(FILE *out, const char *text,
			void (*write)(FILE *out, const char *text, size_t bytes))
{
	if (!strcmp(text, "-"))
		return;
	for (;;) {
		size_t bytes = strcspn(text, ",");

		write(out, text, bytes);
		if (!text[bytes])
			return;
		fputc(',', out);
		text += bytes + 1;
	}
}

static void write_list(FILE *out, const char *text)
{
	fputc('[', out);
	write_parts(out, text, tpr_text_json_part);
	fputc(']', out);
}

static void write_map(FILE *out, const char *text)
{
	fputc('{', out);
	write_parts(out, text, write_pair);
	fputc('}', out);
}

static void write_value(FILE *out, enum tpr_kind kind, const char *text)
{
	bool is_none = !strcmp(text, "-");

	if (!is_none && !tpr_table_is_value(text))
		tpr_text_json(out, text);
	else if (kind == TPR_KIND_LIST)
		write_list(out, text);
	else if (kind == TPR_KIND_MAP)
		write_map(out, text);
	else if (is_none)
		fputs("null", out);
	else if (kind == TPR_KIND_SIGNED)
		write_signed(out, text);
	else if (tpr_kind_is_number(kind))
		write_number(out, text, strlen(text));
	else
		tpr_text_json(out, text);
}

/**
 * tpr_json_endpoint() - write an endpoint as two members
 * @out: where to
 * @name: of the column
 * @text: address, an IPv6 one in brackets, and port; or a mark, which is both
 */
void tpr_json_endpoint(FILE *out, const char *name, const char *text)
{
	const char *colon = strrchr(text, ':');
	size_t bytes = colon ? (size_t)(colon - text) : strlen(text);
	bool has_brackets = bytes > 1 && text[0] == '[' && text[bytes - 1] == ']';

	fprintf(out, "\"%s_address\":", name);
	if (tpr_table_is_value(text))
		tpr_text_json_part(out, text + has_brackets, bytes - 2 * has_brackets);
	else
		write_value(out, TPR_KIND_TEXT, text);
	fprintf(out, ",\"%s_port\":", name);
	if (colon)
		write_number(out, colon + 1, strlen(colon + 1));
	else
		write_value(out, TPR_KIND_TEXT, tpr_table_is_value(text) ? "-" : text);
}

static void write_member(FILE *out, const char *name, enum tpr_kind kind, const char *text)
{
	if (kind == TPR_KIND_ENDPOINT) {
		tpr_json_endpoint(out, name, text);
		return;
	}
	tpr_text_json(out, name);
	fputc(':', out);
	write_value(out, kind, text);
}

/* "first" for "first_ns", a time. False for a name that has no wall time beside it. */
static bool make_wall_name(char *wall, const char *name, enum tpr_kind kind)
{
	size_t bytes = strlen(name);

	if (kind != TPR_KIND_TIME || bytes <= 3 || bytes >= NAME_BYTES ||
	    strcmp(name + bytes - 3, "_ns"))
		return false;
	snprintf(wall, NAME_BYTES, "%.*s", (int)bytes - 3, name);
	return true;
}

/* The wall time of a time, with a comma behind it, if line 1 tells it. */
static void write_wall(FILE *out, const struct tpr_table *table, const char *wall, const char *time)
{
	char text[TPR_CLOCK_BYTES] = "?";
	int64_t wall_ns;

	if (!tpr_clock_has_wall(table))
		return;
	if (tpr_clock_wall(table, time, &wall_ns))
		tpr_clock_utc(text, wall_ns);
	fprintf(out, "\"%s\":", wall);
	write_value(out, TPR_KIND_TEXT, tpr_table_is_value(time) ? text : time);
	fputc(',', out);
}

/**
 * tpr_json_head() - write the object that goes before the rows of a table
 * @out: where to
 * @table: the table, at TPR_EVENT_HEAD
 */
void tpr_json_head(FILE *out, const struct tpr_table *table)
{
	char wall[NAME_BYTES];
	size_t i;

	fputs("{\"table\":", out);
	tpr_text_json(out, table->name);
	fprintf(out, ",\"format\":%d", TPW_FORMAT);
	for (i = 0; i < table->facts_nr; i++) {
		const struct tpr_fact *fact = &table->facts[i];

		fputc(',', out);
		/* "forgotten" is a fact itself, and no key may stand there twice */
		if (make_wall_name(wall, fact->key, fact->kind) && !tpr_table_fact(table, wall) &&
		    !tpr_fact_is_known(table->name, wall))
			write_wall(out, table, wall, fact->value);
		write_member(out, fact->key, fact->kind, fact->value);
	}
	fputs("}\n", out);
}

/* The wall time beside a column, if it has one that no other column is named like. */
static void write_column_wall(FILE *out, const struct tpr_table *table, char *const *fields,
			      int column)
{
	const struct tpr_column *look = &table->columns[column];
	char wall[NAME_BYTES];

	if (make_wall_name(wall, look->name, look->kind) && tpr_table_column(table, wall) < 0)
		write_wall(out, table, wall, fields[column]);
}

/**
 * tpr_json_open() - write a row, and leave its object open for more members
 * @out: where to
 * @table: the table, for the names and kinds of its columns
 * @fields: one for each column; those of the table, or what stands for them
 */
void tpr_json_open(FILE *out, const struct tpr_table *table, char *const *fields)
{
	int first = tpr_table_column(table, "time_ns"), i;

	fputc('{', out);
	if (first >= 0)
		write_column_wall(out, table, fields, first);
	for (i = 0; i < (int)table->columns_nr; i++) {
		if (i)
			fputc(',', out);
		if (i != first)
			write_column_wall(out, table, fields, i);
		write_member(out, table->columns[i].name, table->columns[i].kind, fields[i]);
	}
}

/**
 * tpr_json_row() - write a row
 * @out: where to
 * @table: the table, for the names and kinds of its columns
 * @fields: one for each column; those of the table, or what stands for them
 */
void tpr_json_row(FILE *out, const struct tpr_table *table, char *const *fields)
{
	tpr_json_open(out, table, fields);
	fputs("}\n", out);
}

/**
 * tpr_json_lost() - write what stands in the place of missing rows
 * @out: where to
 * @lost_nr: how many are missing
 */
void tpr_json_lost(FILE *out, uint64_t lost_nr)
{
	fprintf(out, "{\"lost\":%" PRIu64 "}\n", lost_nr);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * JSON lines. A row is an object with the columns as keys; "time" comes first where line 1 tells
 * the wall time. The object {"table":...} before a table holds the facts of its line 1, and
 * {"lost":N} stands where N rows are missing; neither has the keys of a row. "-" (none) is null.
 * "?" (not known) stays "?" in any column, since null already says that there is nothing.
 */
#include "show/json.h"

#include "lib/text.h"
#include "table/clock.h"

#include <inttypes.h>
#include <string.h>

static void write_value(FILE *out, enum tpr_kind kind, const char *text)
{
	uint64_t number;
	int64_t integer;

	if (!strcmp(text, "-"))
		fputs("null", out);
	else if ((kind == TPR_KIND_NUMBER || kind == TPR_KIND_NETNS) &&
		 tpr_text_u64(text, &number))
		fprintf(out, "%" PRIu64, number);
	else if (kind == TPR_KIND_SIGNED && tpr_text_s64(text, &integer))
		fprintf(out, "%" PRId64, integer);
	else
		tpr_text_json(out, text);
}

static void write_member(FILE *out, const char *name, enum tpr_kind kind, const char *text)
{
	tpr_text_json(out, name);
	fputc(':', out);
	write_value(out, kind, text);
}

/**
 * tpr_json_head() - write the object that goes before the rows of a table
 * @out: where to
 * @table: the table, at TPR_EVENT_HEAD
 */
void tpr_json_head(FILE *out, const struct tpr_table *table)
{
	size_t i;

	fputs("{\"table\":", out);
	tpr_text_json(out, table->name);
	fprintf(out, ",\"format\":%d", TPW_FORMAT);
	for (i = 0; i < table->facts_nr; i++) {
		fputc(',', out);
		write_member(out, table->facts[i].key, table->facts[i].kind,
			     table->facts[i].value);
	}
	fputs("}\n", out);
}

/* "time", if this row has one. Returns whether it was written. */
static bool write_time(FILE *out, const struct tpr_table *table, char *const *fields)
{
	int column = tpr_table_column(table, "time_ns");
	char text[TPR_CLOCK_BYTES];
	int64_t wall_ns;

	if (column < 0 || tpr_table_column(table, "time") >= 0 ||
	    !tpr_clock_wall(table, fields[column], &wall_ns))
		return false;
	tpr_clock_utc(text, wall_ns);
	write_member(out, "time", TPR_KIND_TEXT, text);
	return true;
}

/**
 * tpr_json_open() - write a row, and leave its object open for more members
 * @out: where to
 * @table: the table, for the names and kinds of its columns
 * @fields: one for each column; those of the table, or what stands for them
 */
void tpr_json_open(FILE *out, const struct tpr_table *table, char *const *fields)
{
	bool needs_comma;
	size_t i;

	fputc('{', out);
	needs_comma = write_time(out, table, fields);
	for (i = 0; i < table->columns_nr; i++) {
		if (needs_comma)
			fputc(',', out);
		needs_comma = true;
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

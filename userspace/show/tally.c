// SPDX-License-Identifier: GPL-2.0
/*
 * Rows counted by the values of a column. What is kept is bounded, since a peer can make up as many
 * addresses as it likes: a value that came after so many others is not told apart any more, and is
 * counted with its like. What is told of each value that is told apart is exact.
 *
 * Values are found in a tree that stays balanced, whatever they are.
 */
#include "show/tally.h"

#include "lib/message.h"
#include "lib/nearest.h"
#include "lib/text.h"
#include "show/grid.h"
#include "show/json.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

/* All values together: a field may be as long as a line. */
#define VALUES_BYTES	(4 * 1024 * 1024)

/* Room for a number */
#define NUMBER_BYTES	24

/** enum part - what of its column a word stands for */
enum part {
	PART_WHOLE,
	PART_ADDRESS,
	PART_PORT,
};

/** struct alias - a word that is no column */
struct alias {
	/** @word: on the command line */
	const char *word;
	/** @column: that it is about */
	const char *column;
	/** @part: of that */
	enum part part;
};

static const struct alias aliases[] = {
	{ "peer", "foreign", PART_ADDRESS },
	{ "port", "local", PART_PORT },
};

#define ALIASES_NR	(sizeof(aliases) / sizeof(aliases[0]))

/** struct group - the rows of one value */
struct group {
	/** @rows_nr: how many */
	uint64_t rows_nr;
	/** @segments: of all of them, if the table has such a column */
	uint64_t segments;
	/** @is_vague: the segments of one are hidden, or not known */
	bool is_vague;
	/** @value: of all of them */
	char value[];
};

/** struct tpr_tally - rows, counted */
struct tpr_tally {
	/** @options: of the command line */
	const struct tpr_options *options;
	/** @column: that they are counted by */
	int column;
	/** @kind: of that */
	enum tpr_kind kind;
	/** @part: of that */
	enum part part;
	/** @segments: the column of that name, or -1 */
	int segments;
	/** @tree: @groups by value */
	void *tree;
	/** @groups: as they came, sorted when they are printed */
	struct group **groups;
	/** @nr: number of @groups */
	size_t nr;
	/** @bytes: of all their values */
	size_t bytes;
	/** @others: rows of further values */
	struct group others;
	/** @lost_nr: rows that were overwritten before they were read */
	uint64_t lost_nr;
	/** @key: has the value of the row that is being counted */
	struct group *key;
	/** @key_bytes: room for that value */
	size_t key_bytes;
};

static const struct alias *find_alias(const char *word)
{
	size_t i;

	for (i = 0; i < ALIASES_NR; i++) {
		if (!strcmp(aliases[i].word, word))
			return &aliases[i];
	}
	return NULL;
}

/* Of listeners, what they count tells each from all others: rows are counted by what names something. */
static bool has_word(const char *table, const char *column)
{
	if (!tpr_column_is_known(table, column))
		return false;
	if (strcmp(table, "listeners"))
		return true;
	switch (tpr_column_kind(table, column)) {
	case TPR_KIND_TEXT:
	case TPR_KIND_NUMBER:
	case TPR_KIND_COOKIE:
	case TPR_KIND_ENDPOINT:
	case TPR_KIND_LIST:
		return true;
	default:
		return false;
	}
}

/**
 * tpr_tally_words() - all that rows of a table can be counted by
 * @table: its name
 * @words: filled in, with a NULL behind: room for TPR_TALLY_WORDS_NR
 */
void tpr_tally_words(const char *table, const char **words)
{
	const char *name;
	size_t i;

	for (i = 0; i < ALIASES_NR; i++) {
		if (has_word(table, aliases[i].column))
			*words++ = aliases[i].word;
	}
	for (i = 0; i < TPR_TABLE_COLUMNS_NR && (name = tpr_column_name(table, i)); i++) {
		if (has_word(table, name))
			*words++ = name;
	}
	*words = NULL;
}

static void explain(const char *table, const char *word)
{
	const char *words[TPR_TALLY_WORDS_NR];
	char *text;

	tpr_tally_words(table, words);
	text = tpr_nearest_text(word, words);
	if (tpr_column_is_known(table, word))
		tpr_message("--by: rows of %s are not counted by '%s'%s", table, word,
			    text ? text : "");
	else
		tpr_message("--by: the table %s has no column '%s'%s", table, word,
			    text ? text : "");
	free(text);
}

/**
 * tpr_tally_check() - whether rows of a table can be counted by a word
 * @table: name of the table
 * @word: as it was given, or NULL if rows are not to be counted
 *
 * Return: 0, or -EDOM after a message.
 */
int tpr_tally_check(const char *table, const char *word)
{
	const struct alias *alias = word ? find_alias(word) : NULL;

	if (!word || has_word(table, alias ? alias->column : word))
		return 0;
	explain(table, word);
	return -EDOM;
}

/**
 * tpr_tally_create() - begin to count rows
 * @options: of the command line, with --by
 *
 * Return: the tally, for tpr_tally_destroy(), or NULL without memory.
 */
struct tpr_tally *tpr_tally_create(const struct tpr_options *options)
{
	struct tpr_tally *tally = calloc(1, sizeof(*tally));

	if (!tally)
		return NULL;
	tally->options = options;
	tally->segments = -1;
	tally->groups = calloc(TPR_TALLY_VALUES, sizeof(*tally->groups));
	if (!tally->groups) {
		free(tally);
		return NULL;
	}
	return tally;
}

static void keep(void *group)
{
	(void)group;
}

/**
 * tpr_tally_destroy() - free a tally
 * @tally: from tpr_tally_create(), or NULL
 */
void tpr_tally_destroy(struct tpr_tally *tally)
{
	size_t i;

	if (!tally)
		return;
	tdestroy(tally->tree, keep);
	for (i = 0; i < tally->nr; i++)
		free(tally->groups[i]);
	free(tally->groups);
	free(tally->key);
	free(tally);
}

/**
 * tpr_tally_head() - the columns of the table are known
 * @tally: the tally
 * @table: the table
 *
 * Return: 0, or -EDOM after a message: it has no such column.
 */
int tpr_tally_head(struct tpr_tally *tally, const struct tpr_table *table)
{
	const struct alias *alias = find_alias(tally->options->by);
	const char *column = alias ? alias->column : tally->options->by;

	tally->column = tpr_table_column(table, column);
	if (tally->column < 0) {
		tpr_message("--by: the table %s of this file has no column '%s'", table->name,
			    column);
		return -EDOM;
	}
	tally->kind = table->columns[tally->column].kind;
	tally->part = alias ? alias->part : PART_WHOLE;
	if (strcmp(column, "segments"))
		tally->segments = tpr_table_column(table, "segments");
	return 0;
}

/* The value that a row is counted by, in @tally->key. Returns its size, or 0 without memory. */
static size_t take_value(struct tpr_tally *tally, const char *field)
{
	const char *colon = tally->part == PART_WHOLE ? NULL : strrchr(field, ':');
	size_t bytes;

	if (colon && tally->part == PART_PORT)
		field = colon + 1;
	bytes = colon && tally->part == PART_ADDRESS ? (size_t)(colon - field) : strlen(field);
	if (bytes >= tally->key_bytes) {
		struct group *moved = realloc(tally->key, sizeof(*moved) + bytes + 1);

		if (!moved)
			return 0;
		tally->key = moved;
		tally->key_bytes = bytes + 1;
	}
	memcpy(tally->key->value, field, bytes);
	tally->key->value[bytes] = '\0';
	return bytes + 1;
}

static int compare_values(const void *a, const void *b)
{
	return strcmp(((const struct group *)a)->value, ((const struct group *)b)->value);
}

/* A group that is not in the tree yet, or NULL without memory. */
static struct group *add_group(struct tpr_tally *tally, size_t bytes)
{
	struct group *group = calloc(1, sizeof(*group) + bytes);

	if (!group)
		return NULL;
	memcpy(group->value, tally->key->value, bytes);
	if (!tsearch(group, &tally->tree, compare_values)) {
		free(group);
		return NULL;
	}
	tally->groups[tally->nr++] = group;
	tally->bytes += bytes;
	return group;
}

/* Where the value of a row is counted, or NULL without memory. */
static struct group *find_group(struct tpr_tally *tally, const char *field)
{
	size_t bytes = take_value(tally, field);
	void *node;

	if (!bytes)
		return NULL;
	node = tfind(tally->key, &tally->tree, compare_values);
	if (node)
		return *(struct group **)node;
	if (tally->nr == TPR_TALLY_VALUES || bytes > VALUES_BYTES - tally->bytes)
		return &tally->others;
	return add_group(tally, bytes);
}

/**
 * tpr_tally_count() - count a row with a value that is not that of its column
 * @tally: the tally; tpr_tally_head() came before
 * @fields: those of the row
 * @value: what it is counted by
 *
 * Return: 0 or -ENOMEM.
 */
int tpr_tally_count(struct tpr_tally *tally, char *const *fields, const char *value)
{
	struct group *group = find_group(tally, value);
	uint64_t segments;

	if (!group)
		return -ENOMEM;
	group->rows_nr++;
	if (tally->segments < 0)
		return 0;
	if (tpr_text_u64(fields[tally->segments], &segments))
		group->segments += segments;
	else
		group->is_vague = true;
	return 0;
}

/**
 * tpr_tally_row() - count a row
 * @tally: the tally; tpr_tally_head() came before
 * @fields: those of the row
 *
 * Return: 0 or -ENOMEM.
 */
int tpr_tally_row(struct tpr_tally *tally, char *const *fields)
{
	return tpr_tally_count(tally, fields, fields[tally->column]);
}

/**
 * tpr_tally_lost() - rows are missing
 * @tally: the tally
 * @rows_nr: how many
 */
void tpr_tally_lost(struct tpr_tally *tally, uint64_t rows_nr)
{
	tally->lost_nr += rows_nr;
}

/* Most first; what is as many, as people would sort it. */
static int compare_groups(const void *a, const void *b)
{
	const struct group *one = *(struct group *const *)a, *other = *(struct group *const *)b;

	if (one->rows_nr != other->rows_nr)
		return one->rows_nr < other->rows_nr ? 1 : -1;
	return strverscmp(one->value, other->value);
}

static void write_segments(FILE *out, const struct tpr_tally *tally, const struct group *group)
{
	if (tally->segments >= 0 && group->is_vague)
		fputs(",\"segments\":\"?\"", out);
	else if (tally->segments >= 0)
		fprintf(out, ",\"segments\":%" PRIu64, group->segments);
	fputs("}\n", out);
}

static void write_value(FILE *out, const struct tpr_tally *tally, const char *value)
{
	bool is_number = tally->part == PART_PORT || tpr_kind_is_number(tally->kind);
	uint64_t number;

	if (!strcmp(value, "-"))
		fputs("null", out);
	else if (is_number && tpr_text_u64(value, &number))
		fprintf(out, "%" PRIu64, number);
	else
		tpr_text_json(out, value);
}

static void print_json(const struct tpr_tally *tally)
{
	size_t i;

	for (i = 0; i < tally->nr; i++) {
		fputc('{', stdout);
		tpr_text_json(stdout, tally->options->by);
		fputc(':', stdout);
		write_value(stdout, tally, tally->groups[i]->value);
		printf(",\"rows\":%" PRIu64, tally->groups[i]->rows_nr);
		write_segments(stdout, tally, tally->groups[i]);
	}
	if (tally->others.rows_nr) {
		printf("{\"others\":%" PRIu64, tally->others.rows_nr);
		write_segments(stdout, tally, &tally->others);
	}
	if (tally->lost_nr)
		tpr_json_lost(stdout, tally->lost_nr);
}

static void put_number(struct tpr_grid *grid, uint64_t number)
{
	char text[NUMBER_BYTES];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	tpr_grid_cell(grid, text, TPR_COLOUR_NONE);
}

static void put_group(const struct tpr_tally *tally, struct tpr_grid *grid,
		      const struct group *group, const char *value)
{
	put_number(grid, group->rows_nr);
	if (tally->segments >= 0 && group->is_vague)
		tpr_grid_cell(grid, "?", TPR_COLOUR_NONE);
	else if (tally->segments >= 0)
		put_number(grid, group->segments);
	tpr_grid_cell(grid, value, TPR_COLOUR_NONE);
}

static int put_lost(const struct tpr_tally *tally, struct tpr_grid *grid)
{
	char *text = NULL;

	if (!tally->lost_nr)
		return 0;
	if (asprintf(&text, "-- lost %" PRIu64 " row%s: overwritten before they were read --",
		     tally->lost_nr, tpr_text_plural(tally->lost_nr, "", "s")) < 0)
		return -ENOMEM;
	tpr_grid_note(grid, text, TPR_COLOUR_YELLOW);
	free(text);
	return 0;
}

static int print_people(const struct tpr_tally *tally, const char *title, bool has_colour)
{
	const struct tpr_grid_column rows_look = { .title = "Rows", .is_right = true };
	const struct tpr_grid_column segments_look = { .title = "Segs", .is_right = true };
	const struct tpr_grid_column value_look = { .title = title, .is_ragged = true };
	struct tpr_grid_column looks[] = { rows_look, segments_look, value_look };
	size_t looks_nr = 3, i;
	struct tpr_grid *grid;
	int error;

	if (tally->segments < 0)
		looks[--looks_nr - 1] = value_look;
	grid = tpr_grid_create(stdout, looks, looks_nr);
	if (!grid)
		return -ENOMEM;
	tpr_grid_colour(grid, has_colour);
	if (!tally->options->has_no_header)
		tpr_grid_titles(grid);
	for (i = 0; i < tally->nr; i++)
		put_group(tally, grid, tally->groups[i], tally->groups[i]->value);
	if (tally->others.rows_nr)
		put_group(tally, grid, &tally->others, "(others)");
	error = put_lost(tally, grid);
	if (!error)
		error = tpr_grid_flush(grid);
	tpr_grid_destroy(grid);
	return error;
}

/**
 * tpr_tally_print() - print what was counted
 * @tally: the tally
 * @has_colour: whether the output has colours
 *
 * Return: 0 or -errno.
 */
int tpr_tally_print(struct tpr_tally *tally, bool has_colour)
{
	char *title;
	int error;

	qsort(tally->groups, tally->nr, sizeof(*tally->groups), compare_groups);
	if (tally->options->is_json) {
		print_json(tally);
		return 0;
	}
	title = strdup(tally->options->by);
	if (!title)
		return -ENOMEM;
	title[0] = (char)toupper((unsigned char)title[0]);
	error = print_people(tally, title, has_colour);
	free(title);
	return error;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes through the parser, both printers and the counting of rows. Besides what the sanitizers find: the events
 * must not depend on how the bytes were cut, and no output may hold a control character.
 */
#include "lib/text.h"
#include "table/table.h"
#include "show/grid.h"
#include "show/json.h"
#include "show/tally.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

const char *const fuzz_words[] = {
	"# tuplewatch 2 counters", "# tuplewatch 1 log", "# lost 7\n", "# lost ", "\n", "\n\n",
	"hidden", ",", ":", "[", "]", "flags", "points", "foreign",
	" ", "\t", "-", "?", "=", "netns=", "wall_offset_ns=-9223372036854775808", "\\", "\\040",
	"\\000", "\\377", "\\134", "18446744073709551615", "18446744073709551616", "-1", "0x",
	"time_ns", "tcp4", "\r\n", "\033[", "\xc3", "\xe2\x82\xac", "\xf4\x90", "seq time_ns\n", NULL,
};

static const char *const none[] = { NULL };
static const char *const names[] = {
	"counters", "log", "log_pipe", "hooks", "listeners", "connections", "refused", "explain",
	NULL,
};
static const struct tpr_shape shape = { .names = names, .columns = none, .facts = none };

static const struct tpr_options by_peer = { .by = "peer" };

/* Where there is something to count by. */
static void count_head(struct tpr_tally **tally, const struct tpr_table *table)
{
	if (tpr_table_column(table, "foreign") < 0)
		return;
	*tally = tpr_tally_create(&by_peer);
	if (tpr_tally_head(*tally, table))
		abort();
}

static void show(struct tpr_table *table, enum tpr_event event, FILE *out, struct tpr_grid *grid,
		 struct tpr_tally **tally)
{
	size_t i;

	if (event == TPR_EVENT_HEAD) {
		tpr_json_head(out, table);
		count_head(tally, table);
	} else if (event == TPR_EVENT_LOST) {
		tpr_json_lost(out, table->lost);
	} else if (event == TPR_EVENT_ROW) {
		tpr_json_row(out, table, table->fields);
		if (*tally && tpr_tally_row(*tally, table->fields))
			abort();
		for (i = 0; i < table->columns_nr; i++)
			tpr_grid_cell(grid, table->fields[i], TPR_COLOUR_NONE);
	}
}

/* All that a table gives, as text to be freed, when its bytes come in pieces of this size. */
static char *read_all(const uint8_t *data, size_t bytes, size_t piece)
{
	static const struct tpr_grid_column look = { .title = "ANY", .width = 4 };
	struct tpr_table *table = tpr_table_create("fuzz", &shape);
	enum tpr_event event;
	char *text = NULL;
	size_t text_bytes;
	FILE *out = open_memstream(&text, &text_bytes);
	struct tpr_grid *grid = tpr_grid_create(out, &look, 1);
	struct tpr_tally *tally = NULL;

	while ((event = tpr_table_next(table)) != TPR_EVENT_END && event != TPR_EVENT_ERROR) {
		if (event == TPR_EVENT_WAIT && !bytes) {
			tpr_table_finish(table);
		} else if (event == TPR_EVENT_WAIT) {
			size_t now = bytes < piece ? bytes : piece;

			tpr_table_push(table, data, now);
			data += now;
			bytes -= now;
		} else {
			show(table, event, out, grid, &tally);
		}
	}
	tpr_grid_flush(grid);
	if (event == TPR_EVENT_ERROR)
		tpr_text_show(out, tpr_table_error(table));
	tpr_grid_destroy(grid);
	tpr_tally_destroy(tally);
	fclose(out);
	tpr_table_destroy(table);
	return text;
}

/**
 * LLVMFuzzerTestOneInput() - try one input; the name is libFuzzer's
 * @data: the bytes of a table
 * @bytes: how many
 *
 * Return: 0. It aborts if something is wrong.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char *whole = read_all(data, bytes, bytes + 1);
	char *pieces = read_all(data, bytes, 1 + bytes % 7);
	const char *c;

	if (strcmp(whole, pieces))
		abort();
	for (c = whole; *c; c++) {
		if (((unsigned char)*c < ' ' && *c != '\n') || *c == 0x7f)
			abort();
	}
	free(whole);
	free(pieces);
	return 0;
}

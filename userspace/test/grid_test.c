// SPDX-License-Identifier: GPL-2.0
/*
 * Aligned columns, to the blank.
 */
#include "show/grid.h"

#include "test/unit.h"

static const struct tpr_grid_column looks[] = {
	{ .title = "NAME" }, { .title = "N", .is_right = true }, { .title = "WHAT" },
};

static void put(struct tpr_grid *grid, const char *a, const char *b, const char *c)
{
	tpr_grid_cell(grid, a, TPR_COLOUR_NONE);
	tpr_grid_cell(grid, b, TPR_COLOUR_RED);
	tpr_grid_cell(grid, c, TPR_COLOUR_NONE);
}

static void content_widths(void)
{
	struct unit_output output;
	struct tpr_grid *grid = tpr_grid_create(unit_open(&output), looks, 3);

	tpr_grid_titles(grid);
	put(grid, "seen", "7", "x");
	put(grid, "via:ehash", "12345", "");
	put(grid, "a b", "", "long last cells widen nothing");
	CHECK_STRING(unit_text_of(&output), "");
	CHECK_NUMBER(tpr_grid_flush(grid), 0);
	CHECK_STRING(unit_text_of(&output),
		     "NAME          N WHAT\n"
		     "seen          7 x\n"
		     "via:ehash 12345\n"
		     "a b             long last cells widen nothing\n");
	tpr_grid_destroy(grid);
	unit_close(&output);
}

static void stream_widths(void)
{
	static const struct tpr_grid_column stream[] = {
		{ .title = "A", .width = 3 }, { .title = "B", .width = 2 }, { .title = "C" },
	};
	struct unit_output output;
	struct tpr_grid *grid = tpr_grid_create(unit_open(&output), stream, 3);

	put(grid, "1", "2", "3");
	tpr_grid_flush(grid);
	put(grid, "12345", "2", "3");
	tpr_grid_note(grid, "note", TPR_COLOUR_YELLOW);
	tpr_grid_flush(grid);
	put(grid, "1", "2", "3");
	tpr_grid_flush(grid);
	tpr_grid_flush(grid);
	CHECK_STRING(unit_text_of(&output),
		     "1   2  3\n"
		     "12345 2  3\n"
		     "note\n"
		     "1     2  3\n");
	tpr_grid_destroy(grid);
	unit_close(&output);
}

static void limits(void)
{
	static const struct tpr_grid_column some[] = {
		{ .title = "A" }, { .title = "B", .is_ragged = true }, { .title = "C" },
	};
	struct unit_output output;
	struct tpr_grid *grid = tpr_grid_create(unit_open(&output), some, 3);

	tpr_grid_limit(grid, 9);
	put(grid, "12345678", "b", "c");
	put(grid, "123456789", "bb", "c");
	put(grid, "1", "bbbbbbbbbb", "c");
	tpr_grid_flush(grid);
	CHECK_STRING(unit_text_of(&output),
		     "12345678 b c\n"
		     "123456789 bb c\n"
		     "1        bbbbbbbbbb c\n");
	tpr_grid_destroy(grid);
	unit_close(&output);
}

static void back_in_line(void)
{
	static const struct tpr_grid_column some[] = {
		{ .title = "", .width = 2 }, { .title = "", .width = 3, .is_right = true },
		{ .title = "", .width = 5 }, { .title = "" },
	};
	struct unit_output output;
	struct tpr_grid *grid = tpr_grid_create(unit_open(&output), some, 4);
	static const char *const cells[] = {
		"a", "1", "b", "c", "abcd", "1", "b", "c", "abcdef", "123", "bbb", "c",
		"abcdefghijklmno", "1", "b", "c",
	};
	size_t i;

	tpr_grid_limit(grid, 13);
	for (i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
		tpr_grid_cell(grid, cells[i], TPR_COLOUR_NONE);
	tpr_grid_flush(grid);
	CHECK_STRING(unit_text_of(&output),
		     "a    1 b     c\n"
		     "abcd 1 b     c\n"
		     "abcdef 123 bbb c\n"
		     "abcdefghijklmno 1 b c\n");
	tpr_grid_destroy(grid);
	unit_close(&output);
}

static void long_titles(void)
{
	static const struct tpr_grid_column some[] = {
		{ .title = "SEGMENT" }, { .title = "" }, { .title = "NEXT", .is_right = true },
		{ .title = "LAST", .is_right = true },
	};
	struct unit_output output;
	struct tpr_grid *grid = tpr_grid_create(unit_open(&output), some, 4);
	int i;

	tpr_grid_titles(grid);
	for (i = 0; i < 4; i++)
		tpr_grid_cell(grid, "S.", TPR_COLOUR_NONE);
	tpr_grid_flush(grid);
	CHECK_STRING(unit_text_of(&output),
		     "SEGMENT NEXT LAST\n"
		     "S. S.   S.   S.\n");
	tpr_grid_destroy(grid);
	unit_close(&output);
}

static void colours(void)
{
	struct unit_output output;
	struct tpr_grid *grid = tpr_grid_create(unit_open(&output), looks, 3);

	tpr_grid_colour(grid, true);
	tpr_grid_titles(grid);
	put(grid, "a", "12", "c");
	tpr_grid_note(grid, "lost", TPR_COLOUR_YELLOW);
	tpr_grid_flush(grid);
	CHECK_STRING(unit_text_of(&output),
		     "\033[1mNAME\033[0m  \033[1mN\033[0m \033[1mWHAT\033[0m\n"
		     "a    \033[31m12\033[0m c\n"
		     "\033[33mlost\033[0m\n");
	tpr_grid_destroy(grid);
	unit_close(&output);
}

static void many_rows(void)
{
	struct unit_output output;
	struct tpr_grid *grid = tpr_grid_create(unit_open(&output), looks, 3);
	size_t rows_nr = 50000, i;

	for (i = 0; i < rows_nr; i++)
		put(grid, "\033", "1", "c");
	/* a table that does not end is not kept in memory */
	CHECK_NUMBER(output.bytes > 0 || unit_text_of(&output)[0], true);
	tpr_grid_flush(grid);
	unit_text_of(&output);
	CHECK_NUMBER(output.bytes, rows_nr * sizeof("\\033 1 c"));
	tpr_grid_destroy(grid);
	unit_close(&output);
}

static void wrapped(void)
{
	static const struct tpr_grid_column some[] = {
		{ .title = "A" }, { .title = "B", .is_wrapped = true },
		{ .title = "", .is_wrapped = true },
	};
	struct unit_output output;
	struct tpr_grid *grid = tpr_grid_create(unit_open(&output), some, 3);

	tpr_grid_wrap(grid, 20);
	tpr_grid_titles(grid);
	put(grid, "1", "2", "k=v");
	put(grid, "12345678901", "nine/nine", "");
	put(grid, "1", "2", "it does not fit here");
	put(grid, "1", "2", "neither-does-this-word nor this");
	put(grid, "1", "", "");
	tpr_grid_wrap(grid, 0);
	tpr_grid_flush(grid);
	put(grid, "1", "2", "it does not fit here");
	tpr_grid_flush(grid);
	tpr_grid_wrap(grid, 20);
	put(grid, "1", "2", "k=v");
	put(grid, "12345678901", "nine/nine", "");
	put(grid, "1", "2", "it does not fit here");
	put(grid, "1", "2", "neither-does-this-word nor this");
	put(grid, "1", "", "");
	tpr_grid_flush(grid);
	CHECK_STRING(unit_text_of(&output),
		     "A           B\n"
		     "1           2 k=v\n"
		     "12345678901 nine/nine\n"
		     "1           2 it does not fit here\n"
		     "1           2 neither-does-this-word nor this\n"
		     "1\n"
		     "1           2 it does not fit here\n"
		     "1           2 k=v\n"
		     "12345678901\n"
		     "        nine/nine\n"
		     "1           2\n"
		     "        it does not\n"
		     "        fit here\n"
		     "1           2\n"
		     "        neither-does-this-word\n"
		     "        nor this\n"
		     "1\n");
	tpr_grid_destroy(grid);
	unit_close(&output);
}

static void filled(void)
{
	static const struct tpr_grid_column some[] = {
		{ .title = "", .width = 4 }, { .title = "", .width = 4 },
		{ .title = "", .is_wrapped = true, .is_filled = true },
	};
	struct unit_output output;
	struct tpr_grid *grid = tpr_grid_create(unit_open(&output), some, 3);

	tpr_grid_wrap(grid, 20);
	put(grid, "1", "2", "it fits");
	put(grid, "1", "2", "it does not fit here");
	put(grid, "1", "2", "neither-does-this-word nor this");
	tpr_grid_flush(grid);
	CHECK_STRING(unit_text_of(&output),
		     "1    2    it fits\n"
		     "1    2    it does\n"
		     "        not fit here\n"
		     "1    2    neither-does-this-word\n"
		     "        nor this\n");
	tpr_grid_destroy(grid);
	unit_close(&output);
}

static void tight(void)
{
	static const struct tpr_grid_column some[] = {
		{ .title = "A", .width = 4 }, { .title = "B", .width = 4, .is_right = true },
		{ .title = "", .is_wrapped = true },
	};
	struct unit_output output;
	struct tpr_grid *grid = tpr_grid_create(unit_open(&output), some, 3);

	tpr_grid_limit(grid, 10);
	tpr_grid_wrap(grid, 10);
	put(grid, "1", "2", "k=v");
	put(grid, "1", "1234567", "");
	put(grid, "123456", "1", "");
	put(grid, "123456789012", "1", "x");
	put(grid, "1", "2", "k");
	tpr_grid_flush(grid);
	CHECK_STRING(unit_text_of(&output),
		     "1       2\n"
		     "        k=v\n"
		     "1 1234567\n"
		     "123456  1\n"
		     "123456789012 1\n"
		     "        x\n"
		     "1       2\n"
		     "        k\n");
	tpr_grid_destroy(grid);
	unit_close(&output);
}

const struct unit_case unit_grid[] = {
	UNIT_CASE(content_widths, "grid: a table that ends has the widths of its content"),
	UNIT_CASE(stream_widths, "grid: columns of a stream keep their widths and can grow"),
	UNIT_CASE(limits, "grid: a cell past the limit pushes its own row only"),
	UNIT_CASE(back_in_line, "grid: a pushed row comes back into line where there is room"),
	UNIT_CASE(long_titles, "grid: a long title runs on over empty ones"),
	UNIT_CASE(colours, "grid: colours do not count as width"),
	UNIT_CASE(many_rows, "grid: 50000 rows are written in batches, escaped"),
	UNIT_CASE(wrapped, "grid: what does not fit goes to lines of its own"),
	UNIT_CASE(filled, "grid: a row that is filled begins in its line"),
	UNIT_CASE(tight, "grid: a row that is too wide for its columns closes up"),
	{ 0 },
};

// SPDX-License-Identifier: GPL-2.0
/*
 * Aligned columns. Cells are kept as offsets into one block of text, and both grow together and
 * are emptied together by a flush, so a long stream needs no more memory than its largest batch.
 * Without memory the grid stops taking cells and the next flush says so.
 */
#include "show/grid.h"

#include "lib/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A table that ends is printed in batches of this many cells at most, a bound on memory. */
#define BATCH_CELLS	65536

/* A note or the titles take a row of their own: this in place of a column's number */
#define ROW_NOTE	((size_t)-1)
#define ROW_TITLES	((size_t)-2)

/* Where a line begins that goes on with a row */
#define INDENT		8

struct cell {
	size_t column;
	size_t offset;
	/* characters that it takes */
	size_t width;
	enum tpr_colour colour;
};

struct tpr_grid {
	FILE *out;
	struct tpr_grid_column *columns;
	size_t columns_nr;
	/* where the next cell goes */
	size_t column;
	struct cell *cells;
	size_t cells_nr;
	size_t cells_max;
	char *text;
	size_t text_bytes;
	size_t text_max;
	/* characters that the padded columns may take together, or 0 for no limit */
	size_t limit;
	/* width of a line that a wrapped cell may fill, or 0 for no end */
	size_t wrap;
	bool has_colour;
	bool has_failed;
	/* while a row is written: characters in it so far, and where the next column begins */
	size_t at;
	size_t begin;
	/* the row would be too wide in its columns: only blanks between its cells */
	bool is_tight;
};

/**
 * tpr_grid_create() - make an empty grid
 * @out: where flushes write to
 * @columns: how the columns look; copied, but for the titles, which must outlive the grid
 * @nr: number of columns, at least 1
 *
 * Return: the grid, for tpr_grid_destroy(), or NULL without memory.
 */
struct tpr_grid *tpr_grid_create(FILE *out, const struct tpr_grid_column *columns, size_t nr)
{
	struct tpr_grid *grid = calloc(1, sizeof(*grid));

	if (!grid)
		return NULL;
	grid->out = out;
	grid->columns_nr = nr;
	grid->columns = calloc(nr, sizeof(*columns));
	if (!grid->columns) {
		free(grid);
		return NULL;
	}
	memcpy(grid->columns, columns, nr * sizeof(*columns));
	return grid;
}

/**
 * tpr_grid_destroy() - free a grid; what was not flushed is gone
 * @grid: from tpr_grid_create(), or NULL
 */
void tpr_grid_destroy(struct tpr_grid *grid)
{
	if (!grid)
		return;
	free(grid->columns);
	free(grid->cells);
	free(grid->text);
	free(grid);
}

/**
 * tpr_grid_colour() - say whether the output is for a terminal
 * @grid: the grid
 * @has_colour: whether colours are written; not before this is called
 */
void tpr_grid_colour(struct tpr_grid *grid, bool has_colour)
{
	grid->has_colour = has_colour;
}

/**
 * tpr_grid_limit() - keep one long cell from widening all other rows
 * @grid: the grid
 * @width: characters; a column grows as long as all columns but the last and the ragged ones
 *	stay within them. A cell that is longer still is never cut: it pushes the rest of its row.
 */
void tpr_grid_limit(struct tpr_grid *grid, size_t width)
{
	grid->limit = width;
}

/**
 * tpr_grid_wrap() - break wrapped columns into lines
 * @grid: the grid
 * @width: characters of a line, or 0 for lines without an end, as before this is called
 */
void tpr_grid_wrap(struct tpr_grid *grid, size_t width)
{
	grid->wrap = width;
}

static bool is_padded(const struct tpr_grid *grid, size_t column)
{
	const struct tpr_grid_column *look = &grid->columns[column];

	return !look->is_ragged && !look->is_wrapped && (look->is_right || column + 1 < grid->columns_nr);
}

/* Make a column wide enough, if it may be. */
static void widen(struct tpr_grid *grid, size_t column, size_t width)
{
	size_t total = 0, i;

	if (width <= grid->columns[column].width)
		return;
	for (i = 0; i < grid->columns_nr; i++) {
		if (is_padded(grid, i))
			total += (i == column ? width : grid->columns[i].width) + 1;
	}
	if (is_padded(grid, column) && (!grid->limit || total <= grid->limit))
		grid->columns[column].width = width;
}

/* Make room for one more item. Returns the array, perhaps moved, or NULL without memory. */
static void *grow(void *items, size_t *max, size_t needed, size_t item_bytes)
{
	size_t wanted = needed + needed / 2 + 16;
	void *moved;

	if (needed <= *max)
		return items;
	moved = realloc(items, wanted * item_bytes);
	if (moved)
		*max = wanted;
	return moved;
}

static void keep(struct tpr_grid *grid, size_t column, const char *text, size_t width,
		 enum tpr_colour colour)
{
	size_t bytes = strlen(text) + 1;
	struct cell *cells;
	char *block;

	if (grid->has_failed)
		return;
	cells = grow(grid->cells, &grid->cells_max, grid->cells_nr + 1, sizeof(*cells));
	if (cells)
		grid->cells = cells;
	block = grow(grid->text, &grid->text_max, grid->text_bytes + bytes, 1);
	if (block)
		grid->text = block;
	if (!cells || !block) {
		grid->has_failed = true;
		return;
	}
	memcpy(block + grid->text_bytes, text, bytes);
	cells[grid->cells_nr++] = (struct cell){
		.column = column, .offset = grid->text_bytes, .width = width, .colour = colour,
	};
	grid->text_bytes += bytes;
}

/**
 * tpr_grid_cell() - add the next cell; the one for the last column ends the row
 * @grid: the grid
 * @text: its text; copied; may be ""
 * @colour: how it stands out
 */
void tpr_grid_cell(struct tpr_grid *grid, const char *text, enum tpr_colour colour)
{
	size_t width = tpr_text_width(text);

	keep(grid, grid->column, text, width, colour);
	widen(grid, grid->column, width);
	if (++grid->column < grid->columns_nr)
		return;
	grid->column = 0;
	if (grid->cells_nr >= BATCH_CELLS)
		tpr_grid_flush(grid);
}

/**
 * tpr_grid_titles() - add the row of titles
 * @grid: the grid, between two rows
 */
void tpr_grid_titles(struct tpr_grid *grid)
{
	size_t i;

	keep(grid, ROW_TITLES, "", 0, TPR_COLOUR_BOLD);
	for (i = 0; i < grid->columns_nr; i++) {
		if (i + 1 < grid->columns_nr && !grid->columns[i + 1].title[0])
			continue;
		widen(grid, i, tpr_text_width(grid->columns[i].title));
	}
}

/**
 * tpr_grid_note() - add a row that is one text across all columns
 * @grid: the grid, between two rows
 * @text: the text; copied
 * @colour: how it stands out
 */
void tpr_grid_note(struct tpr_grid *grid, const char *text, enum tpr_colour colour)
{
	keep(grid, ROW_NOTE, text, tpr_text_width(text), colour);
}

/**
 * tpr_grid_paint() - write text in a colour
 * @out: a terminal
 * @text: the text
 * @colour: the colour
 */
void tpr_grid_paint(FILE *out, const char *text, enum tpr_colour colour)
{
	static const char *const codes[] = {
		[TPR_COLOUR_BOLD] = "\033[1m",
		[TPR_COLOUR_RED] = "\033[31m",
		[TPR_COLOUR_YELLOW] = "\033[33m",
		[TPR_COLOUR_GREEN] = "\033[1;32m",
		[TPR_COLOUR_DIM] = "\033[2m",
	};

	if (colour != TPR_COLOUR_NONE)
		fputs(codes[colour], out);
	tpr_text_show(out, text);
	if (colour != TPR_COLOUR_NONE)
		fputs("\033[0m", out);
}

static void write_blanks(FILE *out, size_t nr)
{
	while (nr--)
		putc_unlocked(' ', out);
}

/* Write text at a place in the row, or after one blank where an earlier one is in the way. */
static void write_at(struct tpr_grid *grid, size_t place, const char *text, size_t width,
		     enum tpr_colour colour)
{
	size_t blanks = grid->at > 0;

	if (!width)
		return;
	if (place > grid->at && !grid->is_tight)
		blanks = place - grid->at;
	write_blanks(grid->out, blanks);
	tpr_grid_paint(grid->out, text, grid->has_colour ? colour : TPR_COLOUR_NONE);
	grid->at += blanks + width;
}

static void end_row(struct tpr_grid *grid)
{
	grid->is_tight = false;
	putc_unlocked('\n', grid->out);
	grid->at = 0;
	grid->begin = 0;
}

/*
 * Where in the row a cell goes: where its column begins or, for numbers, so that it ends with its
 * column. A row that was pushed comes back into line at the next cell that leaves room.
 */
static size_t place_of(const struct tpr_grid *grid, size_t column, size_t begin, size_t width)
{
	const struct tpr_grid_column *look = &grid->columns[column];

	return look->is_right && width < look->width ? begin + look->width - width : begin;
}

static size_t after(const struct tpr_grid *grid, size_t column, size_t begin)
{
	const struct tpr_grid_column *look = &grid->columns[column];

	return begin + (look->is_ragged || look->is_wrapped ? 0 : look->width + 1);
}

/* How wide a row gets in its columns, but for what can go to another line. */
static size_t row_width(const struct tpr_grid *grid, const struct cell *cells)
{
	size_t at = 0, begin = 0, i;

	for (i = 0; i < grid->columns_nr; i++) {
		size_t width = cells[i].width;
		size_t place = place_of(grid, i, begin, width);

		if (grid->columns[i].is_wrapped)
			continue;
		if (width)
			at = (place > at ? place : at + (at > 0)) + width;
		begin = after(grid, i, begin);
	}
	return at;
}

static void write_cell(struct tpr_grid *grid, size_t column, const char *text, size_t width,
		       enum tpr_colour colour)
{
	write_at(grid, place_of(grid, column, grid->begin, width), text, width, colour);
	grid->begin = after(grid, column, grid->begin);
}

/* Write a cell word by word, each in this line if it fits, else at the beginning of another. */
static void write_words(struct tpr_grid *grid, char *text, enum tpr_colour colour, size_t place)
{
	char *rest = NULL;
	char *word;

	for (word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		size_t width = tpr_text_width(word);

		if (grid->at > INDENT && grid->at + 1 + width > grid->wrap)
			end_row(grid);
		write_at(grid, grid->at ? place : INDENT, word, width, colour);
		place = 0;
	}
}

/* All of it in this line, or in lines of its own, or from this line on. */
static void write_wrapped(struct tpr_grid *grid, size_t column, char *text, size_t width,
			  enum tpr_colour colour)
{
	bool is_filled = grid->columns[column].is_filled;
	size_t place = grid->at ? grid->at + 1 : grid->begin;

	if (!*text)
		return;
	if (grid->begin > place && !grid->is_tight)
		place = grid->begin;
	if (!grid->wrap || place + width <= grid->wrap) {
		write_at(grid, grid->begin, text, width, colour);
		return;
	}
	if (grid->at && !is_filled)
		end_row(grid);
	write_words(grid, text, colour, is_filled ? grid->begin : 0);
}

static void write_titles(struct tpr_grid *grid)
{
	size_t i;

	for (i = 0; i < grid->columns_nr; i++)
		write_cell(grid, i, grid->columns[i].title,
			   tpr_text_width(grid->columns[i].title), TPR_COLOUR_BOLD);
	end_row(grid);
}

/**
 * tpr_grid_flush() - write all whole rows
 * @grid: the grid, between two rows
 *
 * Return: 0, or -ENOMEM if some cells could not be kept.
 */
int tpr_grid_flush(struct tpr_grid *grid)
{
	size_t i;

	for (i = 0; i < grid->cells_nr && !grid->has_failed; i++) {
		const struct cell *cell = &grid->cells[i];
		char *text = grid->text + cell->offset;

		if (cell->column == ROW_TITLES) {
			write_titles(grid);
		} else if (cell->column == ROW_NOTE) {
			write_at(grid, 0, text, cell->width, cell->colour);
			end_row(grid);
		} else {
			if (!cell->column)
				grid->is_tight = grid->wrap && row_width(grid, cell) > grid->wrap;
			if (grid->columns[cell->column].is_wrapped)
				write_wrapped(grid, cell->column, text, cell->width, cell->colour);
			else
				write_cell(grid, cell->column, text, cell->width,
					   cell->colour);
			if (cell->column + 1 == grid->columns_nr)
				end_row(grid);
		}
	}
	grid->cells_nr = 0;
	grid->text_bytes = 0;
	return grid->has_failed ? -ENOMEM : 0;
}

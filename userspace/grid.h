/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text in aligned columns for a person. Rows are kept until a flush, so that a table that ends
 * gets the widths that its content needs; a stream starts from given widths, flushes often, and
 * its columns can only grow.
 */
#ifndef TPW_GRID_H
#define TPW_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/**
 * enum tpw_colour - how a cell stands out; on a terminal only
 * @TPW_COLOUR_NONE: not
 * @TPW_COLOUR_BOLD: titles
 * @TPW_COLOUR_RED: something was refused or dropped, or nothing is watched
 * @TPW_COLOUR_YELLOW: something is missing or not known
 */
enum tpw_colour {
	TPW_COLOUR_NONE,
	TPW_COLOUR_BOLD,
	TPW_COLOUR_RED,
	TPW_COLOUR_YELLOW,
};

/** struct tpw_grid_column - how one column looks */
struct tpw_grid_column {
	/** @title: its title; one that is too long runs on over "" titles to its right */
	const char *title;
	/** @width: characters to begin with */
	size_t width;
	/** @is_right: numbers stand at the right edge */
	bool is_right;
	/** @is_ragged: the next column follows after one blank, wherever that is */
	bool is_ragged;
	/** @is_wrapped: ragged, and what does not fit into the line goes to lines of its own */
	bool is_wrapped;
};

struct tpw_grid;

struct tpw_grid *tpw_grid_create(FILE *out, const struct tpw_grid_column *columns, size_t nr);
void tpw_grid_destroy(struct tpw_grid *grid);
void tpw_grid_colour(struct tpw_grid *grid, bool has_colour);
void tpw_grid_limit(struct tpw_grid *grid, size_t width);
void tpw_grid_wrap(struct tpw_grid *grid, size_t width);
void tpw_grid_titles(struct tpw_grid *grid);
void tpw_grid_cell(struct tpw_grid *grid, const char *text, enum tpw_colour colour);
void tpw_grid_note(struct tpw_grid *grid, const char *text, enum tpw_colour colour);
int tpw_grid_flush(struct tpw_grid *grid);

void tpw_grid_paint(FILE *out, const char *text, enum tpw_colour colour);

#endif

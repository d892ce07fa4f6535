/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text in aligned columns for a person. Rows are kept until a flush, so that a table that ends
 * gets the widths that its content needs; a stream starts from given widths, flushes often, and
 * its columns can only grow.
 */
#ifndef TPR_GRID_H
#define TPR_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/**
 * enum tpr_colour - how a cell stands out; on a terminal only
 * @TPR_COLOUR_NONE: not
 * @TPR_COLOUR_BOLD: titles
 * @TPR_COLOUR_RED: something was refused or dropped, or nothing is watched
 * @TPR_COLOUR_YELLOW: something is missing or not known
 * @TPR_COLOUR_GREEN: what was found
 * @TPR_COLOUR_DIM: what came to nothing
 */
enum tpr_colour {
	TPR_COLOUR_NONE,
	TPR_COLOUR_BOLD,
	TPR_COLOUR_RED,
	TPR_COLOUR_YELLOW,
	TPR_COLOUR_GREEN,
	TPR_COLOUR_DIM,
};

/** struct tpr_grid_column - how one column looks */
struct tpr_grid_column {
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
	/** @is_filled: what is wrapped begins in the line all the same */
	bool is_filled;
};

struct tpr_grid;

struct tpr_grid *tpr_grid_create(FILE *out, const struct tpr_grid_column *columns, size_t nr);
void tpr_grid_destroy(struct tpr_grid *grid);
void tpr_grid_colour(struct tpr_grid *grid, bool has_colour);
void tpr_grid_limit(struct tpr_grid *grid, size_t width);
void tpr_grid_wrap(struct tpr_grid *grid, size_t width);
void tpr_grid_titles(struct tpr_grid *grid);
void tpr_grid_cell(struct tpr_grid *grid, const char *text, enum tpr_colour colour);
void tpr_grid_note(struct tpr_grid *grid, const char *text, enum tpr_colour colour);
int tpr_grid_flush(struct tpr_grid *grid);

void tpr_grid_paint(FILE *out, const char *text, enum tpr_colour colour);

#endif

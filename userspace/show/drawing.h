/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What can be drawn on the terminal behind stdout: lines of Unicode or of ASCII, in colour or not,
 * and how wide. Where there is no terminal nothing is drawn.
 */
#ifndef TPR_DRAWING_H
#define TPR_DRAWING_H

#include "show/grid.h"

#include <stdbool.h>
#include <stddef.h>

/** struct tpr_glyphs - what lines are made of, a column each */
struct tpr_glyphs {
	/** @down: from a line to the next */
	const char *down;
	/** @branch: the same, with something to the right of it */
	const char *branch;
	/** @last: the last thing to the right of it */
	const char *last;
	/** @skipped: as @down, where nobody comes along */
	const char *skipped;
	/** @across: to the right */
	const char *across;
	/** @top_left: of a box */
	const char *top_left;
	/** @top_right: of a box */
	const char *top_right;
	/** @bottom_left: of a box */
	const char *bottom_left;
	/** @bottom_right: of a box */
	const char *bottom_right;
	/** @below: something begins below a box */
	const char *below;
	/** @full: something that was looked at; the full part of a bar */
	const char *full;
	/** @hollow: something that was not */
	const char *hollow;
	/** @pointer: to what stands left of it */
	const char *pointer;
	/** @block: of a bar */
	const char *block;
	/** @mark: what a bar should reach */
	const char *mark;
};

/** struct tpr_drawing - the terminal */
struct tpr_drawing {
	/** @is_terminal: there is one */
	bool is_terminal;
	/** @has_colour: its owner does not mind */
	bool has_colour;
	/** @width: its columns, as far as lines go */
	size_t width;
	/** @glyphs: what it can show */
	const struct tpr_glyphs *glyphs;
};

struct tpr_drawing tpr_drawing_of_stdout(void);
const struct tpr_glyphs *tpr_drawing_glyphs(void);
void tpr_drawing_say(const struct tpr_drawing *drawing, const char *first, const char *rest,
		     const char *text, enum tpr_colour colour);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page that "top" shows, as lines of text: what shows them need not know what they say.
 */
#ifndef TPR_TOP_LINES_H
#define TPR_TOP_LINES_H

#include "show/drawing.h"

#include <stddef.h>

/** enum tpr_style - how a line stands out */
enum tpr_style {
	/** @TPR_STYLE_PLAIN: not */
	TPR_STYLE_PLAIN,
	/** @TPR_STYLE_BOLD: what there is to know at a glance */
	TPR_STYLE_BOLD,
	/** @TPR_STYLE_TITLES: names of columns */
	TPR_STYLE_TITLES,
	/** @TPR_STYLE_ALARM: nothing is watched, a queue overflows, a member of a group starves */
	TPR_STYLE_ALARM,
	/** @TPR_STYLE_WAITS: nobody has accepted it */
	TPR_STYLE_WAITS,
	/** @TPR_STYLE_PAST: it is closed, or in TIME_WAIT */
	TPR_STYLE_PAST,
	/** @TPR_STYLE_RULE: between two parts */
	TPR_STYLE_RULE,
};

/** struct tpr_line - one line */
struct tpr_page_line {
	/** @text: without a newline; what could drive a terminal is escaped */
	char *text;
	/** @style: how it stands out */
	enum tpr_style style;
};

/** struct tpr_page - all lines */
struct tpr_page {
	/** @lines: from top to bottom */
	struct tpr_page_line *lines;
	/** @nr: number of @lines */
	size_t nr;
};

/** struct tpr_paper - what a page is for */
struct tpr_paper {
	/** @width: columns */
	size_t width;
	/** @height: lines */
	size_t height;
	/** @glyphs: what is drawn on it, or NULL: text alone */
	const struct tpr_glyphs *glyphs;
};

int tpr_page_add_text(struct tpr_page *page, enum tpr_style style, const char *text, size_t bytes);
__attribute__((format(printf, 3, 4)))
int tpr_page_add(struct tpr_page *page, enum tpr_style style, const char *fmt, ...);
void tpr_page_free(struct tpr_page *page);

#endif

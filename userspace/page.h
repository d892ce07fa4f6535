/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page that "top" shows, as lines of text: what shows them need not know what they say.
 */
#ifndef TPW_PAGE_H
#define TPW_PAGE_H

#include "rate.h"
#include "rows.h"

/** enum tpw_style - how a line stands out */
enum tpw_style {
	/** @TPW_STYLE_PLAIN: not */
	TPW_STYLE_PLAIN,
	/** @TPW_STYLE_BOLD: what there is to know at a glance */
	TPW_STYLE_BOLD,
	/** @TPW_STYLE_TITLES: names of columns */
	TPW_STYLE_TITLES,
	/** @TPW_STYLE_ALARM: nothing is watched, a queue overflows, a member of a group starves */
	TPW_STYLE_ALARM,
};

/** struct tpw_line - one line */
struct tpw_page_line {
	/** @text: without a newline; what could drive a terminal is escaped */
	char *text;
	/** @style: how it stands out */
	enum tpw_style style;
};

/** struct tpw_page - all lines */
struct tpw_page {
	/** @lines: from top to bottom */
	struct tpw_page_line *lines;
	/** @nr: number of @lines */
	size_t nr;
};

/** struct tpw_moment - the tables at one moment, and what they are compared with */
struct tpw_moment {
	/** @counters: of the namespace */
	struct tpw_rows counters;
	/** @listeners: live and remembered */
	struct tpw_rows listeners;
	/** @connections: live and remembered */
	struct tpw_rows connections;
	/** @counters_last: when the last page was made */
	struct tpw_mark counters_last;
	/** @listeners_last: when the last page was made */
	struct tpw_mark listeners_last;
	/** @connections_last: when the last page was made */
	struct tpw_mark connections_last;
	/** @listeners_first: when top began: shares are since then */
	struct tpw_mark listeners_first;
	/** @seconds: since the last page */
	double seconds;
	/** @total_seconds: since top began */
	double total_seconds;
};

int tpw_page_make(struct tpw_page *page, const struct tpw_options *options,
		  const struct tpw_moment *moment, size_t width, size_t height);
__attribute__((format(printf, 3, 4)))
int tpw_page_add(struct tpw_page *page, enum tpw_style style, const char *fmt, ...);
void tpw_page_free(struct tpw_page *page);

#endif

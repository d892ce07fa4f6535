/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What kind of value stands under each name that the tables use, for columns and for the facts
 * of line 1. The parser checks against it and JSON takes its types from it.
 */
#ifndef TPW_COLUMN_H
#define TPW_COLUMN_H

/**
 * enum tpw_kind - what a value is
 * @TPW_KIND_TEXT: a word; also cookies, whose hex digits may happen to be all decimal
 * @TPW_KIND_NUMBER: unsigned decimal
 * @TPW_KIND_SIGNED: decimal, perhaps with a minus sign
 * @TPW_KIND_NETNS: inode number of a network namespace, or "all"; it counts nothing
 */
enum tpw_kind {
	TPW_KIND_TEXT,
	TPW_KIND_NUMBER,
	TPW_KIND_SIGNED,
	TPW_KIND_NETNS,
};

enum tpw_kind tpw_column_kind(const char *name);

#endif

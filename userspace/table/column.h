/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What kind of value stands under each name that the tables use, for columns and for the facts
 * of line 1. The parser checks against it and JSON takes its types from it.
 */
#ifndef TPR_COLUMN_H
#define TPR_COLUMN_H

/**
 * enum tpr_kind - what a value is
 * @TPR_KIND_TEXT: a word; also cookies, whose hex digits may happen to be all decimal
 * @TPR_KIND_NUMBER: unsigned decimal
 * @TPR_KIND_SIGNED: decimal, perhaps with a minus sign
 * @TPR_KIND_NETNS: inode number of a network namespace, or "all"; it counts nothing
 */
enum tpr_kind {
	TPR_KIND_TEXT,
	TPR_KIND_NUMBER,
	TPR_KIND_SIGNED,
	TPR_KIND_NETNS,
};

enum tpr_kind tpr_column_kind(const char *name);

#endif

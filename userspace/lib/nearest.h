/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The word of a list that somebody may have meant.
 */
#ifndef TPR_NEAREST_H
#define TPR_NEAREST_H

const char *tpr_nearest(const char *word, const char *const *list);
char *tpr_nearest_text(const char *word, const char *const *list);

#endif

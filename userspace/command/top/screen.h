/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A terminal that shows pages and takes keys; the only user of ncurses.
 */
#ifndef TPR_SCREEN_H
#define TPR_SCREEN_H

#include "command/top/lines.h"

#include <stdbool.h>

/**
 * enum tpr_key - what was typed
 * @TPR_KEY_NONE: nothing, until the time was over
 * @TPR_KEY_QUIT: q
 * @TPR_KEY_PAUSE: the space bar
 * @TPR_KEY_SORT: s
 * @TPR_KEY_STATES: t
 * @TPR_KEY_OTHER: something else; the size of the terminal may have changed
 */
enum tpr_key {
	TPR_KEY_NONE,
	TPR_KEY_QUIT,
	TPR_KEY_PAUSE,
	TPR_KEY_SORT,
	TPR_KEY_STATES,
	TPR_KEY_OTHER,
};

bool tpr_screen_is_built(void);
bool tpr_screen_open(void);
void tpr_screen_close(void);
void tpr_screen_size(size_t *width, size_t *height);
void tpr_screen_show(const struct tpr_page *page, const char *keys);
enum tpr_key tpr_screen_wait(int timeout_ms);

#endif

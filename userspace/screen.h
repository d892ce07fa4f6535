/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A terminal that shows pages and takes keys; the only user of ncurses.
 */
#ifndef TPW_SCREEN_H
#define TPW_SCREEN_H

#include "page.h"

/**
 * enum tpw_key - what was typed
 * @TPW_KEY_NONE: nothing, until the time was over
 * @TPW_KEY_QUIT: q
 * @TPW_KEY_PAUSE: the space bar
 * @TPW_KEY_OTHER: something else; the size of the terminal may have changed
 */
enum tpw_key {
	TPW_KEY_NONE,
	TPW_KEY_QUIT,
	TPW_KEY_PAUSE,
	TPW_KEY_OTHER,
};

bool tpw_screen_is_built(void);
bool tpw_screen_open(void);
void tpw_screen_close(void);
void tpw_screen_size(size_t *width, size_t *height);
void tpw_screen_show(const struct tpw_page *page, bool is_paused);
enum tpw_key tpw_screen_wait(int timeout_ms);

#endif

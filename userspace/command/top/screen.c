// SPDX-License-Identifier: GPL-2.0
/*
 * The terminal through ncurses, or nothing at all if this program was built without it.
 */
#include "command/top/screen.h"

#ifdef TPR_HAS_NCURSES
#include <ncurses.h>

#include <locale.h>
#include <unistd.h>

static const int attributes[] = {
	[TPR_STYLE_PLAIN] = A_NORMAL,
	[TPR_STYLE_BOLD] = A_BOLD,
	[TPR_STYLE_TITLES] = A_REVERSE,
	[TPR_STYLE_ALARM] = A_BOLD,
};

/**
 * tpr_screen_is_built() - whether this program can show pages at all
 *
 * Return: whether it was built with ncurses.
 */
bool tpr_screen_is_built(void)
{
	return true;
}

/**
 * tpr_screen_open() - take over the terminal
 *
 * Return: false if it cannot do what we need.
 */
bool tpr_screen_open(void)
{
	SCREEN *screen;

	setlocale(LC_CTYPE, "");
	/* initscr() would end the program */
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return false;
	set_term(screen);
	cbreak();
	noecho();
	curs_set(0);
	keypad(stdscr, TRUE);
	if (has_colors()) {
		start_color();
		use_default_colors();
		init_pair(1, COLOR_RED, -1);
	}
	return true;
}

/**
 * tpr_screen_close() - give the terminal back
 */
void tpr_screen_close(void)
{
	endwin();
}

/**
 * tpr_screen_size() - how much room there is
 * @width: set to the number of columns
 * @height: set to the number of lines for the page
 */
void tpr_screen_size(size_t *width, size_t *height)
{
	*width = (size_t)COLS;
	/* the last line is for the keys */
	*height = LINES > 1 ? (size_t)LINES - 1 : 1;
}

/**
 * tpr_screen_show() - show a page
 * @page: the page; what does not fit is cut off
 * @keys: the last line: what the keys do
 */
void tpr_screen_show(const struct tpr_page *page, const char *keys)
{
	int i;

	erase();
	for (i = 0; i < (int)page->nr && i < LINES - 1; i++) {
		attr_t attribute = (attr_t)attributes[page->lines[i].style];

		if (page->lines[i].style == TPR_STYLE_ALARM && has_colors())
			attribute |= (attr_t)COLOR_PAIR(1);
		attrset(attribute);
		mvaddnstr(i, 0, page->lines[i].text, COLS);
		if (page->lines[i].style == TPR_STYLE_TITLES)
			chgat(-1, A_REVERSE, 0, NULL);
	}
	attrset(A_NORMAL);
	mvaddnstr(LINES - 1, 0, keys, COLS);
	refresh();
}

/**
 * tpr_screen_wait() - wait for a key
 * @timeout_ms: how long
 *
 * Return: what was typed. A signal ends the wait too.
 */
enum tpr_key tpr_screen_wait(int timeout_ms)
{
	int key;

	timeout(timeout_ms);
	key = getch();
	switch (key) {
	case ERR:
		return TPR_KEY_NONE;
	case 'q':
	case 'Q':
		return TPR_KEY_QUIT;
	case ' ':
		return TPR_KEY_PAUSE;
	case 's':
		return TPR_KEY_SORT;
	case 't':
		return TPR_KEY_STATES;
	default:
		return TPR_KEY_OTHER;
	}
}

#else

bool tpr_screen_is_built(void)
{
	return false;
}

bool tpr_screen_open(void)
{
	return false;
}

void tpr_screen_close(void)
{
}

void tpr_screen_size(size_t *width, size_t *height)
{
	*width = 100;
	*height = 40;
}

void tpr_screen_show(const struct tpr_page *page, const char *keys)
{
	(void)page;
	(void)keys;
}

enum tpr_key tpr_screen_wait(int timeout_ms)
{
	(void)timeout_ms;
	return TPR_KEY_QUIT;
}
#endif

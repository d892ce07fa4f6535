// SPDX-License-Identifier: GPL-2.0
/*
 * The terminal through ncurses, or nothing at all if this program was built without it.
 */
#include "command/top/screen.h"

#ifdef TPR_HAS_NCURSES
#include <ncurses.h>

#include "show/print.h"

#include <locale.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

/** struct look - how a style looks */
struct look {
	/** @attribute: without colour too */
	attr_t attribute;
	/** @colour: besides, or -1 */
	short colour;
};

static const struct look looks[] = {
	[TPR_STYLE_PLAIN] = { A_NORMAL, -1 },
	[TPR_STYLE_BOLD] = { A_BOLD, -1 },
	[TPR_STYLE_TITLES] = { A_REVERSE, -1 },
	[TPR_STYLE_ALARM] = { A_BOLD, COLOR_RED },
	[TPR_STYLE_WAITS] = { A_NORMAL, COLOR_YELLOW },
	[TPR_STYLE_PAST] = { A_DIM, -1 },
	[TPR_STYLE_RULE] = { A_BOLD, COLOR_CYAN },
};

#define LOOKS_NR	(sizeof(looks) / sizeof(looks[0]))

/* Those who mind colours have said so. */
static bool has_colours;

/**
 * tpr_screen_is_built() - whether this program can show pages at all
 *
 * Return: whether it was built with ncurses.
 */
bool tpr_screen_is_built(void)
{
	return true;
}

/* A pair for each style */
static void start_colours(void)
{
	size_t i;

	start_color();
	use_default_colors();
	for (i = 0; i < LOOKS_NR; i++) {
		if (looks[i].colour >= 0)
			init_pair((short)(i + 1), looks[i].colour, -1);
	}
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
	has_colours = has_colors() && tpr_print_has_colour();
	if (has_colours)
		start_colours();
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

/* Bytes of a text that have room in so many columns: what is too long would go on in the next line. */
static int bytes_for(const char *text, int columns)
{
	mbstate_t state = { 0 };
	const char *at = text;

	while (*at) {
		wchar_t character;
		size_t bytes = mbrtowc(&character, at, strlen(at), &state);
		bool is_whole = bytes != (size_t)-1 && bytes != (size_t)-2;
		int width = is_whole ? wcwidth(character) : -1;

		/* what is no character here is shown by a code */
		columns -= width < 0 ? 4 : width;
		if (columns < 0)
			break;
		at += is_whole ? bytes : 1;
		if (!is_whole)
			memset(&state, 0, sizeof(state));
	}
	return (int)(at - text);
}

static void show_line(int y, const struct tpr_page_line *line)
{
	const struct look *look = &looks[line->style];
	attr_t attribute = look->attribute;

	if (has_colours && look->colour >= 0)
		attribute |= (attr_t)COLOR_PAIR((int)line->style + 1);
	attrset(attribute);
	mvaddnstr(y, 0, line->text, bytes_for(line->text, COLS));
	if (line->style == TPR_STYLE_TITLES)
		mvchgat(y, 0, -1, A_REVERSE, 0, NULL);
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
	for (i = 0; i < (int)page->nr && i < LINES - 1; i++)
		show_line(i, &page->lines[i]);
	attrset(A_NORMAL);
	mvaddnstr(LINES - 1, 0, keys, bytes_for(keys, COLS));
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

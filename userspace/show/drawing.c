// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a terminal can show the lines of Unicode is for its locale to say; no other locale is
 * set for that, as nothing else in this program depends on one.
 */
#include "show/drawing.h"

#include "lib/text.h"
#include "show/print.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Lines are no longer than in a file, and no shorter than what stands before them makes sense. */
#define WIDTH_MAX	100
#define WIDTH_MIN	60
/* Of a terminal that does not know it */
#define WIDTH_USUAL	80

/* What is left of a line for a text, however far it is indented */
#define ROOM_MIN	8

static const struct tpr_glyphs unicode = {
	.down = "│", .branch = "├", .last = "└", .skipped = "┊", .across = "─",
	.top_left = "┌", .top_right = "┐", .bottom_left = "└", .bottom_right = "┘", .below = "┬",
	.full = "●", .hollow = "○", .pointer = "◄", .block = "█", .mark = "│",
};

static const struct tpr_glyphs ascii = {
	.down = "|", .branch = "|", .last = "`", .skipped = ":", .across = "-",
	.top_left = "+", .top_right = "+", .bottom_left = "+", .bottom_right = "+", .below = "+",
	.full = "*", .hollow = "o", .pointer = "<", .block = "#", .mark = "|",
};

static bool is_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool is;

	if (!locale)
		return false;
	is = !strcmp(nl_langinfo_l(CODESET, locale), "UTF-8");
	freelocale(locale);
	return is;
}

static size_t width_of(bool is_terminal)
{
	struct winsize size;

	if (!is_terminal)
		return WIDTH_MAX;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return WIDTH_USUAL;
	if (size.ws_col < WIDTH_MIN)
		return WIDTH_MIN;
	return size.ws_col < WIDTH_MAX ? size.ws_col : WIDTH_MAX;
}

/**
 * tpr_drawing_glyphs() - what lines can be made of on a terminal
 *
 * Return: characters of Unicode in a UTF-8 locale, if TERM is not "dumb"; else of ASCII.
 */
const struct tpr_glyphs *tpr_drawing_glyphs(void)
{
	const char *term = getenv("TERM");
	bool is_dumb = !term || !*term || !strcmp(term, "dumb");

	return !is_dumb && is_utf8() ? &unicode : &ascii;
}

/**
 * tpr_drawing_of_stdout() - what can be drawn
 *
 * Return: see there.
 */
struct tpr_drawing tpr_drawing_of_stdout(void)
{
	bool is_terminal = isatty(STDOUT_FILENO);

	return (struct tpr_drawing){
		.is_terminal = is_terminal,
		.has_colour = tpr_print_has_colour(),
		.width = width_of(is_terminal),
		.glyphs = tpr_drawing_glyphs(),
	};
}

/* What tpr_text_show() makes of it, to be freed: all of it can be counted and cut then. */
static char *make_shown(const char *text)
{
	char *shown = NULL;
	size_t bytes;
	FILE *out = open_memstream(&shown, &bytes);

	if (!out)
		return NULL;
	tpr_text_show(out, text);
	return fclose(out) ? NULL : shown;
}

static size_t character_bytes(const char *text)
{
	size_t bytes = 1;

	while (((unsigned char)text[bytes] & 0xc0) == 0x80)
		bytes++;
	return bytes;
}

/* Bytes of one line: up to the last blank that fits, or as much of a word as there is room for */
static size_t line_bytes(const char *text, size_t room)
{
	size_t at = 0, blank = 0, columns = 0;

	while (text[at]) {
		if (text[at] == ' ')
			blank = at;
		if (++columns > room)
			return blank ? blank : at;
		at += character_bytes(text + at);
	}
	return at;
}

/**
 * tpr_drawing_say() - write a text in as many lines as it needs
 * @drawing: the terminal
 * @first: what stands before the first line, or "" if that has begun
 * @rest: before the others; as wide as what stands before the first
 * @text: the text; what could drive a terminal is escaped
 * @colour: of the text
 */
void tpr_drawing_say(const struct tpr_drawing *drawing, const char *first, const char *rest,
		     const char *text, enum tpr_colour colour)
{
	size_t margin = tpr_text_width(rest);
	size_t room = drawing->width > margin + ROOM_MIN ? drawing->width - margin : ROOM_MIN;
	char *shown = make_shown(text), *at = shown;

	if (!shown)
		return;
	do {
		size_t bytes = line_bytes(at, room), end = bytes;
		char *line;

		while (end && at[end - 1] == ' ')
			end--;
		line = strndup(at, end);
		fputs(first, stdout);
		if (line)
			tpr_grid_paint(stdout, line, drawing->has_colour ? colour : TPR_COLOUR_NONE);
		putchar('\n');
		free(line);
		at += bytes;
		while (*at == ' ')
			at++;
		first = rest;
	} while (*at);
	free(shown);
}

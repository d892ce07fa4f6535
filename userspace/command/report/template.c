// SPDX-License-Identifier: GPL-2.0
/*
 * The assembler takes the files of report/ in as they are, so that the installed reader is one
 * program. It looks for them from where the compiler runs, which is the directory of the Makefile.
 */
#include "command/report/template.h"

/* Those of the script in their order: what is named at the top of a file comes from one before it */
#define TEMPLATE_SCRIPTS(X)						\
	X(element, "element.js")					\
	X(words, "words.js")						\
	X(clock, "clock.js")						\
	X(data, "data.js")						\
	X(walk, "walk.js")						\
	X(sockets, "sockets.js")					\
	X(moments, "moments.js")					\
	X(sentence, "sentence.js")					\
	X(table, "table.js")						\
	X(tables, "tables.js")						\
	X(boxes, "boxes.js")						\
	X(lanes, "lanes.js")						\
	X(present, "present.js")					\
	X(player, "player.js")						\
	X(connection, "connection.js")					\
	X(explain, "explain.js")					\
	X(summary, "summary.js")					\
	X(transcript, "transcript.js")					\
	X(report, "report.js")

#define TEMPLATE_INCLUDE(id, name)					\
	__asm__(".section .rodata\n"					\
		".global tpr_template_" #id "_begin\n"			\
		".hidden tpr_template_" #id "_begin\n"			\
		".global tpr_template_" #id "_end\n"			\
		".hidden tpr_template_" #id "_end\n"			\
		"tpr_template_" #id "_begin:\n"			\
		".incbin \"report/" name "\"\n"				\
		"tpr_template_" #id "_end:\n"				\
		".byte 0\n"						\
		".previous\n");						\
	extern const char tpr_template_##id##_begin[], tpr_template_##id##_end[];

TEMPLATE_INCLUDE(html, "report.html")
TEMPLATE_INCLUDE(style, "report.css")
TEMPLATE_SCRIPTS(TEMPLATE_INCLUDE)

#define TEMPLATE_WRITE(id, name)					\
	write_part(out, tpr_template_##id##_begin, tpr_template_##id##_end);

static void write_part(FILE *out, const char *begin, const char *end)
{
	fwrite(begin, 1, (size_t)(end - begin), out);
}

/**
 * tpr_template_html() - the page, with names in the places that are to be filled
 *
 * Return: the text.
 */
struct tpr_template tpr_template_html(void)
{
	return (struct tpr_template){
		.text = tpr_template_html_begin,
		.bytes = (size_t)(tpr_template_html_end - tpr_template_html_begin),
	};
}

/**
 * tpr_template_write_style() - write how the page looks
 * @out: where to
 */
void tpr_template_write_style(FILE *out)
{
	TEMPLATE_WRITE(style, "report.css")
}

/**
 * tpr_template_write_script() - write what the page does
 * @out: where to
 */
void tpr_template_write_script(FILE *out)
{
	TEMPLATE_SCRIPTS(TEMPLATE_WRITE)
}

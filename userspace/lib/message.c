// SPDX-License-Identifier: GPL-2.0
/*
 * Messages to the person at the terminal. They may quote words from files that nobody vouched
 * for, so whatever could drive a terminal is shown as an octal escape.
 */
#include "lib/message.h"

#include "lib/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/**
 * tpr_message() - say one line on stderr
 * @fmt: printf format of the line, without "tuplewatch: " before it and newline after it
 */
void tpr_message(const char *fmt, ...)
{
	char *text = NULL;
	va_list args;
	int bytes;

	va_start(args, fmt);
	bytes = vasprintf(&text, fmt, args);
	va_end(args);

	fputs("tuplewatch: ", stderr);
	if (bytes < 0) {
		fputs("out of memory", stderr);
	} else {
		tpr_text_show(stderr, text);
		free(text);
	}
	fputc('\n', stderr);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Lines of a page.
 */
#include "command/top/lines.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * tpr_page_add_text() - add a line as it is
 * @page: the page
 * @style: how it stands out
 * @text: the line
 * @bytes: of @text
 *
 * Return: 0 or -ENOMEM.
 */
int tpr_page_add_text(struct tpr_page *page, enum tpr_style style, const char *text, size_t bytes)
{
	struct tpr_page_line *lines = realloc(page->lines, (page->nr + 1) * sizeof(*lines));

	if (!lines)
		return -ENOMEM;
	page->lines = lines;
	lines[page->nr] = (struct tpr_page_line){ .text = strndup(text, bytes), .style = style };
	if (!lines[page->nr].text)
		return -ENOMEM;
	page->nr++;
	return 0;
}

/**
 * tpr_page_add() - add a line
 * @page: the page
 * @style: how it stands out
 * @fmt: printf format of the line
 *
 * Return: 0 or -ENOMEM.
 */
int tpr_page_add(struct tpr_page *page, enum tpr_style style, const char *fmt, ...)
{
	char *text = NULL;
	va_list args;
	int error;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	error = text ? tpr_page_add_text(page, style, text, strlen(text)) : -ENOMEM;
	free(text);
	return error;
}

/**
 * tpr_page_free() - free a page
 * @page: from tpr_page_make()
 */
void tpr_page_free(struct tpr_page *page)
{
	size_t i;

	for (i = 0; i < page->nr; i++)
		free(page->lines[i].text);
	free(page->lines);
	*page = (struct tpr_page){ 0 };
}

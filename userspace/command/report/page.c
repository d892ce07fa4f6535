// SPDX-License-Identifier: GPL-2.0
/*
 * Template and rows made one page. Names of commands and all else in the rows may come from
 * anybody: as data they stand in a script element that is not run, in which no character can end
 * it; and the browser runs only scripts with a number that was drawn for this page, after the rows
 * were written.
 */
#include "command/report/page.h"

#include "command/report/template.h"
#include "lib/message.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

#define NONCE_BYTES	16

/** struct page - what goes into the template */
struct page {
	/** @nonce: in hexadecimal */
	char nonce[2 * NONCE_BYTES + 1];
	/** @data: JSON lines */
	const char *data;
	/** @bytes: size of @data */
	size_t bytes;
};

static int draw_nonce(struct page *page)
{
	unsigned char bytes[NONCE_BYTES];
	size_t i;

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return -EIO;
	for (i = 0; i < sizeof(bytes); i++)
		sprintf(page->nonce + 2 * i, "%02x", bytes[i]);
	return 0;
}

/*
 * In JSON these stand in strings only, where they may be written in this way too. U+2028 and U+2029
 * end a line for a script, but not for JSON.
 */
static size_t write_escaped(FILE *out, const char *text, size_t left)
{
	bool is_separator = left >= 3 && !memcmp(text, "\xe2\x80", 2) &&
			    ((unsigned char)text[2] & 0xfe) == 0xa8;

	if (is_separator) {
		fprintf(out, "\\u20%02x", (unsigned char)text[2] - 0x80);
		return 3;
	}
	if (strchr("<>&", *text) && *text)
		fprintf(out, "\\u%04x", *text);
	else
		fputc(*text, out);
	return 1;
}

static size_t plain_bytes(const char *text, size_t left)
{
	size_t bytes = 0;

	while (bytes < left && !strchr("<>&\xe2", text[bytes]))
		bytes++;
	return bytes;
}

static void write_data(FILE *out, const struct page *page)
{
	size_t at = 0;

	while (at < page->bytes) {
		size_t plain = plain_bytes(page->data + at, page->bytes - at);

		fwrite(page->data + at, 1, plain, out);
		at += plain;
		if (at < page->bytes)
			at += write_escaped(out, page->data + at, page->bytes - at);
	}
}

static void write_style(FILE *out, const struct page *page)
{
	(void)page;
	tpr_template_write_style(out);
}

static void write_script(FILE *out, const struct page *page)
{
	(void)page;
	tpr_template_write_script(out);
}

static void write_nonce(FILE *out, const struct page *page)
{
	fputs(page->nonce, out);
}

static const struct {
	const char *name;
	void (*write)(FILE *out, const struct page *page);
} places[] = {
	{ "@NONCE@", write_nonce },
	{ "@STYLE@", write_style },
	{ "@DATA@", write_data },
	{ "@SCRIPT@", write_script },
};

/* Returns how much of the template it took. */
static size_t write_place(FILE *out, const struct page *page, const char *at, size_t left)
{
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		size_t bytes = strlen(places[i].name);

		if (left < bytes || memcmp(at, places[i].name, bytes))
			continue;
		places[i].write(out, page);
		return bytes;
	}
	fputc(*at, out);
	return 1;
}

/**
 * tpr_page_write() - write a page
 * @out: where to
 * @data: JSON lines
 * @bytes: size of @data
 *
 * Return: 0, or -errno after a message; errors of @out stay there.
 */
int tpr_page_write(FILE *out, const char *data, size_t bytes)
{
	struct tpr_template html = tpr_template_html();
	struct page page = { .data = data, .bytes = bytes };
	size_t at = 0;

	if (draw_nonce(&page)) {
		tpr_message("report: no random numbers");
		return -EIO;
	}
	while (at < html.bytes) {
		const char *mark = memchr(html.text + at, '@', html.bytes - at);
		size_t plain = (mark ? (size_t)(mark - html.text) : html.bytes) - at;

		fwrite(html.text + at, 1, plain, out);
		at += plain;
		if (mark)
			at += write_place(out, &page, mark, html.bytes - at);
	}
	return 0;
}

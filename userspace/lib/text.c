// SPDX-License-Identifier: GPL-2.0
/*
 * Strings and numbers of the tables. Process and device names can hold any byte but NUL, and a
 * saved file can hold anything: every string on its way out passes one of two filters, one for
 * terminals and one for JSON. Text that is well-formed UTF-8 stays readable in both.
 */
#include "lib/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/**
 * tpr_text_unescape() - turn the octal escapes of a field into the bytes they stand for
 * @text: NUL-terminated field, changed in place; it can only become shorter
 *
 * Return: false for a backslash without three octal digits of a value from 1 to 255 behind it;
 * @text is then useless.
 */
bool tpr_text_unescape(char *text)
{
	char *out = text;

	while (*text) {
		unsigned int value;

		if (*text != '\\') {
			*out++ = *text++;
			continue;
		}
		if (!is_octal(text[1]) || !is_octal(text[2]) || !is_octal(text[3]))
			return false;
		value = (text[1] - '0') * 64u + (text[2] - '0') * 8u + (text[3] - '0');
		if (value == 0 || value > 255)
			return false;
		*out++ = (char)value;
		text += 4;
	}
	*out = '\0';
	return true;
}

/*
 * Length of the well-formed UTF-8 sequence at s, or 0: no overlong forms, no surrogates, nothing
 * past U+10FFFF. A NUL is never a continuation byte, so this cannot run past the end.
 */
static size_t utf8_length(const unsigned char *s)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t length, i;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	length = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	if (s[1] < low || s[1] > high)
		return 0;
	for (i = 2; i < length; i++) {
		if (s[i] < 0x80 || s[i] > 0xbf)
			return 0;
	}
	return length;
}

/* Bytes at s that a terminal may see as they are: one character, or 0 if it must be escaped. */
static size_t printable_length(const unsigned char *s)
{
	size_t length = utf8_length(s);

	if (length == 1)
		return *s >= 0x20 && *s != 0x7f;
	/* U+0080 to U+009F are control characters, some of which start escape sequences */
	if (length == 2 && s[0] == 0xc2 && s[1] < 0xa0)
		return 0;
	return length;
}

/* Bytes at s that are one column each whatever is beside them: nearly all that there are. */
static size_t plain_length(const unsigned char *s)
{
	size_t length = 0;

	while (s[length] >= 0x20 && s[length] < 0x7f)
		length++;
	return length;
}

/**
 * tpr_text_width() - columns that tpr_text_show() will use, one for each character
 * @text: NUL-terminated
 *
 * Return: the number of columns.
 */
size_t tpr_text_width(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t width = plain_length(s);

	s += width;
	while (*s) {
		size_t length = printable_length(s);

		width += length ? 1 : 4;
		s += length ? length : 1;
	}
	return width;
}

/**
 * tpr_text_show() - write text for a person: what could drive a terminal as octal escapes
 * @out: where to
 * @text: NUL-terminated
 */
void tpr_text_show(FILE *out, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	while (*s) {
		size_t length = plain_length(s);

		if (!length)
			length = printable_length(s);
		if (length) {
			fwrite_unlocked(s, 1, length, out);
			s += length;
		} else {
			fprintf(out, "\\%03o", *s++);
		}
	}
}

/**
 * tpr_text_json_part() - write a part of a text as a JSON string, quotes included
 * @out: where to
 * @text: the text; bytes that are not UTF-8 become U+FFFD, since JSON has no bytes
 * @bytes: how many of it; no character may go on behind them
 */
void tpr_text_json_part(FILE *out, const char *text, size_t bytes)
{
	const unsigned char *s = (const unsigned char *)text, *end = s + bytes;

	fputc('"', out);
	while (s < end) {
		size_t length = utf8_length(s);

		if (length == 0) {
			fputs("\\ufffd", out);
			length = 1;
		} else if (*s == '"' || *s == '\\') {
			fprintf(out, "\\%c", *s);
		} else if (*s < 0x20 || *s == 0x7f) {
			fprintf(out, "\\u%04x", *s);
		} else {
			fwrite(s, 1, length, out);
		}
		s += length;
	}
	fputc('"', out);
}

/**
 * tpr_text_json() - write text as a JSON string, quotes included
 * @out: where to
 * @text: NUL-terminated
 */
void tpr_text_json(FILE *out, const char *text)
{
	tpr_text_json_part(out, text, strlen(text));
}

/**
 * tpr_text_join() - make one text of words
 * @argc: how many
 * @argv: the words
 *
 * Return: them with blanks between, to be freed; NULL without memory.
 */
char *tpr_text_join(int argc, char **argv)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);
	int i;

	if (!out)
		return NULL;
	for (i = 0; i < argc; i++)
		fprintf(out, "%s%s", i ? " " : "", argv[i]);
	return fclose(out) ? NULL : text;
}

/**
 * tpr_text_has_word() - whether a word is in a list
 * @list: words with commas between them
 * @word: the word
 *
 * Return: whether it is one of them.
 */
bool tpr_text_has_word(const char *list, const char *word)
{
	size_t bytes = strlen(word);

	for (;;) {
		size_t length = strcspn(list, ",");

		if (length == bytes && !memcmp(list, word, bytes))
			return true;
		if (!list[length])
			return false;
		list += length + 1;
	}
}

/**
 * tpr_text_u64() - read a whole string as an unsigned decimal number
 * @text: digits and nothing else
 * @value: set when it is one
 *
 * Return: false if anything but digits is there, or if it does not fit.
 */
bool tpr_text_u64(const char *text, uint64_t *value)
{
	uint64_t number = 0;

	/* not strtoull, which takes blanks and signs too, and three times as long: most fields are numbers */
	do {
		unsigned int digit = (unsigned char)*text - '0';

		if (digit > 9 || __builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, digit, &number))
			return false;
	} while (*++text);
	*value = number;
	return true;
}

/**
 * tpr_text_s64() - read a whole string as a decimal number that may have a minus sign
 * @text: an optional minus sign, digits and nothing else
 * @value: set when it is one
 *
 * Return: false if it is something else, or if it does not fit.
 */
bool tpr_text_s64(const char *text, int64_t *value)
{
	long long number;
	char *end;

	if (!isdigit((unsigned char)text[text[0] == '-']))
		return false;
	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno || *end)
		return false;
	*value = number;
	return true;
}

/**
 * tpr_text_plural() - what stands behind a number
 * @nr: the number
 * @one: if it is 1
 * @many: else
 *
 * Return: one of these.
 */
const char *tpr_text_plural(uint64_t nr, const char *one, const char *many)
{
	return nr == 1 ? one : many;
}

/**
 * tpr_text_plural_of() - what stands behind a number in a table
 * @nr: the number as it is written there, or a mark
 * @one: if it is 1
 * @many: else
 *
 * Return: one of these.
 */
const char *tpr_text_plural_of(const char *nr, const char *one, const char *many)
{
	return strcmp(nr, "1") ? many : one;
}

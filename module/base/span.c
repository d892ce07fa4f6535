// SPDX-License-Identifier: GPL-2.0
/*
 * Taking apart what somebody has written.  Compiles in user space too.
 */
#include "base/span.h"

/**
 * tpw_span_number() - read a decimal number
 * @s: its digits and nothing else
 * @most: the largest that is taken
 * @number: set to it
 *
 * Context: any.
 * Return: true if it is one, not above @most.
 */
bool tpw_span_number(struct tpw_span s, __u32 most, __u32 *number)
{
	__u64 n = 0;
	size_t i;

	for (i = 0; i < s.len; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
		n = 10 * n + s.at[i] - '0';
		if (n > most)
			return false;
	}
	*number = n;
	return s.len;
}

/**
 * tpw_span_is_printable() - is it printable ASCII without blanks?
 * @s: the text
 *
 * Context: any.
 * Return: true if it is, or of no length.
 */
bool tpw_span_is_printable(struct tpw_span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.at[i] <= ' ' || s.at[i] >= 0x7f)
			return false;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/**
 * tpw_span_word() - take the next word
 * @text: the text, which is shortened by it
 * @is_first: nothing was taken from it before
 *
 * Words end at blanks; a line whose first word begins with # is skipped.
 *
 * Context: any.
 * Return: the word, of no length if there is none left.
 */
struct tpw_span tpw_span_word(struct tpw_span *text, bool is_first)
{
	bool is_line_start = is_first;
	struct tpw_span word;
	size_t n = 0;

	for (; text->len; *text = tpw_span_skip(*text, 1)) {
		if (is_line_start && tpw_span_starts(*text, '#'))
			*text = tpw_span_skip(*text,
					      tpw_span_find(*text, '\n'));
		if (!text->len || !is_blank(*text->at))
			break;
		is_line_start |= *text->at == '\n';
	}
	while (n < text->len && !is_blank(text->at[n]))
		n++;
	word = tpw_span_cut(*text, n);
	*text = tpw_span_skip(*text, n);
	return word;
}

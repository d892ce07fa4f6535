/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A part of a text that somebody has written, for those who read it.  Compiles
 * in user space too.
 */
#ifndef _TPW_SPAN_H
#define _TPW_SPAN_H

#include <linux/string.h>
#include <linux/types.h>

/**
 * struct tpw_span - a part of a text
 * @at: where it begins; need not end with 0
 * @len: its bytes
 */
struct tpw_span {
	const char *at;
	size_t len;
};

/** tpw_span_skip() - Return: @s without its first @n bytes. */
static inline struct tpw_span tpw_span_skip(struct tpw_span s, size_t n)
{
	return (struct tpw_span){ s.at + n, s.len - n };
}

/** tpw_span_cut() - Return: the first @n bytes of @s. */
static inline struct tpw_span tpw_span_cut(struct tpw_span s, size_t n)
{
	return (struct tpw_span){ s.at, n };
}

/** tpw_span_find() - Return: where @c first stands in @s, or its length. */
static inline size_t tpw_span_find(struct tpw_span s, char c)
{
	const char *at = s.len ? memchr(s.at, c, s.len) : NULL;

	return at ? (size_t)(at - s.at) : s.len;
}

/** tpw_span_is() - Return: true if @s is @text and nothing else. */
static inline bool tpw_span_is(struct tpw_span s, const char *text)
{
	return s.len == strlen(text) && !memcmp(s.at, text, s.len);
}

/** tpw_span_starts() - Return: true if @s begins with @c. */
static inline bool tpw_span_starts(struct tpw_span s, char c)
{
	return s.len && *s.at == c;
}

bool tpw_span_number(struct tpw_span s, __u32 most, __u32 *number);
bool tpw_span_is_printable(struct tpw_span s);
struct tpw_span tpw_span_word(struct tpw_span *text, bool is_first);

#endif /* _TPW_SPAN_H */

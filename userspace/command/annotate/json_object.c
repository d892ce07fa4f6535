// SPDX-License-Identifier: GPL-2.0
/*
 * Texts are decoded where they stand: none gets longer. A list of texts becomes one with commas, an object
 * in an object is passed over.
 */
#include "command/annotate/json_object.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX	16

static void skip_blanks(char **at)
{
	while (**at == ' ' || **at == '\t' || **at == '\r' || **at == '\n')
		(*at)++;
}

static bool take(char **at, char c)
{
	skip_blanks(at);
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* Four hexadecimal digits; what is no character of one byte becomes UTF-8 of it alone. */
static bool take_unicode(char **at, char **to)
{
	unsigned int code = 0;
	int i;

	for (i = 0; i < 4; i++, (*at)++) {
		if (!isxdigit((unsigned char)**at))
			return false;
		code = code * 16 + (unsigned int)(isdigit((unsigned char)**at) ? **at - '0' :
						  (**at | 32) - 'a' + 10);
	}
	if (!code)
		return false;
	if (code >= 0x800)
		*(*to)++ = (char)(0xe0 | code >> 12);
	if (code >= 0x80) {
		*(*to)++ = (char)(code >= 0x800 ? 0x80 | (code >> 6 & 0x3f) : 0xc0 | code >> 6);
		*(*to)++ = (char)(0x80 | (code & 0x3f));
	} else {
		*(*to)++ = (char)code;
	}
	return true;
}

static bool take_escape(char **at, char **to)
{
	static const char letters[] = "bfnrt\"\\/", meanings[] = "\b\f\n\r\t\"\\/";
	const char *letter;

	if (**at == 'u') {
		(*at)++;
		return take_unicode(at, to);
	}
	letter = **at ? strchr(letters, **at) : NULL;
	if (!letter)
		return false;
	*(*to)++ = meanings[letter - letters];
	(*at)++;
	return true;
}

/* A text, written to @to, where it ends without a NUL. @at may be there as well, or behind. */
static bool take_text(char **at, char **to)
{
	if (!take(at, '"'))
		return false;
	while (**at != '"') {
		if (!**at)
			return false;
		if (**at != '\\') {
			*(*to)++ = *(*at)++;
			continue;
		}
		(*at)++;
		if (!take_escape(at, to))
			return false;
	}
	(*at)++;
	return true;
}

static bool take_word(char **at, char **to)
{
	static const char others[] = "+-.";
	char *start = *at;

	while (isalnum((unsigned char)**at) || (**at && strchr(others, **at)))
		(*at)++;
	if (*at == start)
		return false;
	if (*at - start == 4 && !memcmp(start, "null", 4)) {
		*(*to)++ = '-';
		return true;
	}
	memmove(*to, start, (size_t)(*at - start));
	*to += *at - start;
	return true;
}

static bool take_scalar(char **at, char **to)
{
	skip_blanks(at);
	return **at == '"' ? take_text(at, to) : take_word(at, to);
}

static bool take_list(char **at, char **to)
{
	if (take(at, ']')) {
		*(*to)++ = '-';
		return true;
	}
	while (take_scalar(at, to)) {
		if (take(at, ']'))
			return true;
		if (!take(at, ','))
			return false;
		*(*to)++ = ',';
	}
	return false;
}

/* An object in the object, whose members nobody asks for */
static bool pass_over(char **at)
{
	char *unused, *start;
	int depth = 1;

	while (depth && **at) {
		start = *at;
		if (*start == '"') {
			unused = start;
			if (!take_text(at, &unused))
				return false;
			continue;
		}
		depth += (*start == '{' || *start == '[') - (*start == '}' || *start == ']');
		(*at)++;
		if (depth > DEPTH_MAX)
			return false;
	}
	return !depth;
}

static bool take_value(char **at, char **to)
{
	if (take(at, '['))
		return take_list(at, to);
	if (take(at, '{'))
		return pass_over(at);
	return take_scalar(at, to);
}

/* What was decoded is not behind what is read: a NUL fits where the quote or comma was. */
static bool take_member(struct tpr_json_object *object, char **at)
{
	char *key, *value, *to;

	if (object->nr == TPR_JSON_MEMBERS)
		return false;
	skip_blanks(at);
	key = to = *at;
	if (!take_text(at, &to))
		return false;
	*to = '\0';
	if (!take(at, ':'))
		return false;
	/* the colon's place, so that a number has room for its end */
	value = to = *at - 1;
	if (!take_value(at, &to))
		return false;
	*to = '\0';
	object->keys[object->nr] = key;
	object->values[object->nr++] = value;
	return true;
}

/**
 * tpr_json_object_parse() - read a line
 * @object: filled in
 * @line: the line, which is changed
 *
 * Return: false if it is no object.
 */
bool tpr_json_object_parse(struct tpr_json_object *object, char *line)
{
	char *at = line;

	object->nr = 0;
	if (!take(&at, '{'))
		return false;
	while (take_member(object, &at)) {
		if (take(&at, '}')) {
			skip_blanks(&at);
			return !*at;
		}
		if (!take(&at, ','))
			return false;
	}
	return false;
}

/**
 * tpr_json_object_get() - the value of a member
 * @object: the object
 * @key: its name
 *
 * Return: the text; NULL if there is no such member.
 */
const char *tpr_json_object_get(const struct tpr_json_object *object, const char *key)
{
	size_t i;

	for (i = 0; i < object->nr; i++) {
		if (!strcmp(object->keys[i], key))
			return object->values[i];
	}
	return NULL;
}

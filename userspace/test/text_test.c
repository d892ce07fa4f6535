// SPDX-License-Identifier: GPL-2.0
/*
 * Escapes, filters and numbers.
 */
#include "lib/text.h"

#include "test/unit.h"

#include <string.h>

static void check_unescape(const char *text, bool is_good, const char *expected)
{
	char copy[64];

	strcpy(copy, text);
	CHECK_NUMBER(tpr_text_unescape(copy), is_good);
	if (is_good)
		CHECK_STRING(copy, expected);
}

static void unescape(void)
{
	check_unescape("", true, "");
	check_unescape("plain", true, "plain");
	check_unescape("a\\040b", true, "a b");
	check_unescape("\\134", true, "\\");
	check_unescape("\\012\\011", true, "\n\t");
	check_unescape("\\001\\377", true, "\001\377");
	check_unescape("\\134060", true, "\\060");
	check_unescape("\\", false, NULL);
	check_unescape("\\0", false, NULL);
	check_unescape("\\04", false, NULL);
	check_unescape("\\048", false, NULL);
	check_unescape("\\x41", false, NULL);
	check_unescape("\\000", false, NULL);
	check_unescape("\\400", false, NULL);
}

static void check_show(const char *text, const char *expected)
{
	struct unit_output output;

	tpr_text_show(unit_open(&output), text);
	CHECK_STRING(unit_text_of(&output), expected);
	CHECK_NUMBER(tpr_text_width(text), tpr_text_width(expected));
	unit_close(&output);
}

static void show(void)
{
	static const char unicode[] = "d\xc3\xb6ner \xe2\x82\xac \xf0\x9f\x90\xa7";

	check_show("tmux: server \\ \"x\"", "tmux: server \\ \"x\"");
	check_show("\033[2J", "\\033[2J");
	check_show("a\nb\tc\r\x7f", "a\\012b\\011c\\015\\177");
	check_show(unicode, unicode);
	CHECK_NUMBER(tpr_text_width(unicode), 9);
	/* U+009B begins an escape sequence on some terminals */
	check_show("\xc2\x9b" "31m", "\\302\\23331m");
	check_show("\xc2\xa0", "\xc2\xa0");
	/* overlong, surrogate, too big, stray continuation, cut short */
	check_show("\xc0\xaf", "\\300\\257");
	check_show("\xe0\x80\xaf", "\\340\\200\\257");
	check_show("\xed\xa0\x80", "\\355\\240\\200");
	check_show("\xf0\x80\x80\x80", "\\360\\200\\200\\200");
	check_show("\xf4\x90\x80\x80", "\\364\\220\\200\\200");
	check_show("\xf5", "\\365");
	check_show("\x80", "\\200");
	check_show("\xe2\x82", "\\342\\202");
}

static void check_json(const char *text, const char *expected)
{
	struct unit_output output;

	tpr_text_json(unit_open(&output), text);
	CHECK_STRING(unit_text_of(&output), expected);
	unit_close(&output);
}

static void json(void)
{
	check_json("", "\"\"");
	check_json("v0", "\"v0\"");
	check_json("a\"b\\c/d", "\"a\\\"b\\\\c/d\"");
	check_json("\n\t\001\x7f", "\"\\u000a\\u0009\\u0001\\u007f\"");
	check_json("\xc3\xb6", "\"\xc3\xb6\"");
	check_json("a\xff" "b\xc3", "\"a\\ufffdb\\ufffd\"");
}

static void words(void)
{
	CHECK_NUMBER(tpr_text_has_word("a", "a"), true);
	CHECK_NUMBER(tpr_text_has_word("reuseaddr,reuseport,mptcp", "reuseport"), true);
	CHECK_NUMBER(tpr_text_has_word("reuseaddr,reuseport,mptcp", "reuseaddr"), true);
	CHECK_NUMBER(tpr_text_has_word("reuseaddr,reuseport,mptcp", "mptcp"), true);
	CHECK_NUMBER(tpr_text_has_word("reuseaddr,reuseport", "reuse"), false);
	CHECK_NUMBER(tpr_text_has_word("reuse", "reuseport"), false);
	CHECK_NUMBER(tpr_text_has_word("a,b", "a,b"), false);
	CHECK_NUMBER(tpr_text_has_word("-", "a"), false);
	CHECK_NUMBER(tpr_text_has_word("", "a"), false);
	CHECK_NUMBER(tpr_text_has_word("a,", ""), true);
}

static void check_u64(const char *text, bool is_good, uint64_t expected)
{
	uint64_t value = 4711;

	CHECK_NUMBER(tpr_text_u64(text, &value), is_good);
	CHECK_NUMBER(value, is_good ? expected : 4711);
}

static void unsigned_numbers(void)
{
	check_u64("0", true, 0);
	check_u64("007", true, 7);
	check_u64("18446744073709551615", true, UINT64_MAX);
	check_u64("18446744073709551616", false, 0);
	check_u64("", false, 0);
	check_u64("-", false, 0);
	check_u64("-1", false, 0);
	check_u64("+1", false, 0);
	check_u64(" 1", false, 0);
	check_u64("1 ", false, 0);
	check_u64("0x1", false, 0);
	check_u64("1e3", false, 0);
}

static void check_s64(const char *text, bool is_good, int64_t expected)
{
	int64_t value = 4711;

	CHECK_NUMBER(tpr_text_s64(text, &value), is_good);
	CHECK_NUMBER(value, is_good ? expected : 4711);
}

static void signed_numbers(void)
{
	check_s64("0", true, 0);
	check_s64("-5", true, -5);
	check_s64("9223372036854775807", true, INT64_MAX);
	check_s64("-9223372036854775808", true, INT64_MIN);
	check_s64("9223372036854775808", false, 0);
	check_s64("-9223372036854775809", false, 0);
	check_s64("", false, 0);
	check_s64("-", false, 0);
	check_s64("--1", false, 0);
	check_s64("+1", false, 0);
	check_s64("1x", false, 0);
}

static void plural(void)
{
	CHECK_STRING(tpr_text_plural(0, "is", "are"), "are");
	CHECK_STRING(tpr_text_plural(1, "is", "are"), "is");
	CHECK_STRING(tpr_text_plural(11, "is", "are"), "are");
	CHECK_STRING(tpr_text_plural_of("1", "is", "are"), "is");
	CHECK_STRING(tpr_text_plural_of("21", "is", "are"), "are");
	CHECK_STRING(tpr_text_plural_of("?", "is", "are"), "are");
}

const struct unit_case unit_text[] = {
	UNIT_CASE(unescape, "text: octal escapes are decoded, bad ones refused"),
	UNIT_CASE(show, "text: nothing that drives a terminal gets through"),
	UNIT_CASE(json, "text: JSON strings are escaped and valid UTF-8"),
	UNIT_CASE(words, "text: a word of a list is whole"),
	UNIT_CASE(unsigned_numbers, "text: unsigned numbers are whole strings that fit"),
	UNIT_CASE(signed_numbers, "text: signed numbers are whole strings that fit"),
	UNIT_CASE(plural, "text: one is told from many"),
	{ 0 },
};

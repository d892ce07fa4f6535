// SPDX-License-Identifier: GPL-2.0
/*
 * Wall time. test/run sets TZ=UTC.
 */
#include "table/clock.h"

#include "test/unit.h"

#include <string.h>

static const char *const none[] = { NULL };
static const char *const names[] = { "log", NULL };
static const struct tpr_shape shape = { .names = names, .columns = none, .facts = none };

static struct tpr_table *make_table(const char *line_1)
{
	struct tpr_table *table = tpr_table_create("t", &shape);

	tpr_table_push(table, line_1, strlen(line_1));
	tpr_table_push(table, "\ntime_ns\n", strlen("\ntime_ns\n"));
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_HEAD);
	return table;
}

static void check_wall(const char *line_1, const char *time_ns, bool is_good, int64_t expected)
{
	struct tpr_table *table = make_table(line_1);
	int64_t wall_ns = 4711;

	CHECK_NUMBER(tpr_clock_wall(table, time_ns, &wall_ns), is_good);
	CHECK_NUMBER(wall_ns, is_good ? expected : wall_ns);
	tpr_table_destroy(table);
}

static void wall(void)
{
	check_wall("# tuplewatch 2 log wall_offset_ns=1000", "234", true, 1234);
	check_wall("# tuplewatch 2 log wall_offset_ns=-1000", "234", true, -766);
	check_wall("# tuplewatch 2 log wall_offset_ns=-1", "9223372036854775808", true, INT64_MAX);
	check_wall("# tuplewatch 2 log wall_offset_ns=0", "9223372036854775808", false, 0);
	check_wall("# tuplewatch 2 log wall_offset_ns=0", "18446744073709551615", false, 0);
	check_wall("# tuplewatch 2 log wall_offset_ns=1", "-", false, 0);
	check_wall("# tuplewatch 2 log wall_offset_ns=?", "5", false, 0);
	check_wall("# tuplewatch 2 log", "5", false, 0);
}

static void check_has_wall(const char *line_1, bool expected)
{
	struct tpr_table *table = make_table(line_1);

	CHECK_NUMBER(tpr_clock_has_wall(table), expected);
	tpr_table_destroy(table);
}

static void has_wall(void)
{
	check_has_wall("# tuplewatch 2 log wall_offset_ns=0", true);
	check_has_wall("# tuplewatch 2 log wall_offset_ns=-5", true);
	check_has_wall("# tuplewatch 2 log wall_offset_ns=?", false);
	check_has_wall("# tuplewatch 2 log wall_offset_ns=-", false);
	check_has_wall("# tuplewatch 2 log now_ns=5", false);
}

static void texts(void)
{
	char text[TPR_CLOCK_BYTES];

	tpr_clock_local(text, 1753081234000001999);
	CHECK_STRING(text, "07:00:34.000001");
	tpr_clock_utc(text, 1753081234000001999);
	CHECK_STRING(text, "2025-07-21T07:00:34.000001999Z");
	tpr_clock_utc(text, -1);
	CHECK_STRING(text, "1969-12-31T23:59:59.999999999Z");
	tpr_clock_local(text, INT64_MIN);
	CHECK_STRING(text, "00:12:43.145224");
	tpr_clock_utc(text, INT64_MAX);
	CHECK_STRING(text, "2262-04-11T23:47:16.854775807Z");
}

static void spans(void)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0.0 us" }, { 999, "1.0 us" }, { 333257, "333 us" }, { 999999, "1000 us" },
		{ 1000000, "1.0 ms" }, { 5539809, "5.5 ms" }, { 9949999, "9.9 ms" },
		{ 9950000, "10 ms" }, { 1000000000, "1.0 s" }, { 119000000000, "119 s" },
		{ 120000000000, "2.0 min" }, { 7200000000000, "2.0 h" },
		{ 172800000000000, "2.0 d" }, { UINT64_MAX, "213504 d" },
	};
	char text[TPR_CLOCK_BYTES];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tpr_clock_span(text, cases[i].ns);
		CHECK_STRING(text, cases[i].text);
	}
}

const struct unit_case unit_clock[] = {
	UNIT_CASE(wall, "clock: time and offset add up, or say that they do not"),
	UNIT_CASE(has_wall, "clock: a table tells the wall time, or does not"),
	UNIT_CASE(texts, "clock: every 64-bit time has a text"),
	UNIT_CASE(spans, "clock: lengths of time"),
	{ 0 },
};

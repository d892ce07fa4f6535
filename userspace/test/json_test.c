// SPDX-License-Identifier: GPL-2.0
/*
 * JSON lines, to the byte.
 */
#include "show/json.h"

#include "test/unit.h"

#include <string.h>

static const char *const none[] = { NULL };
static const char *const names[] = { "log", "counters", NULL };
static const struct tpr_shape shape = { .names = names, .columns = none, .facts = none };

static void check_json(const char *text, const char *expected)
{
	struct tpr_table *table = tpr_table_create("t", &shape);
	struct unit_output output;
	FILE *out = unit_open(&output);
	enum tpr_event event;

	tpr_table_push(table, text, strlen(text));
	tpr_table_finish(table);
	while ((event = tpr_table_next(table)) != TPR_EVENT_END && event != TPR_EVENT_ERROR) {
		if (event == TPR_EVENT_HEAD)
			tpr_json_head(out, table);
		else if (event == TPR_EVENT_ROW)
			tpr_json_row(out, table, table->fields);
		else if (event == TPR_EVENT_LOST)
			tpr_json_lost(out, table->lost);
	}
	CHECK_NUMBER(event, TPR_EVENT_END);
	CHECK_STRING(unit_text_of(&output), expected);
	tpr_table_destroy(table);
	unit_close(&output);
}

static void types(void)
{
	/* cookie 123 is hex and stays a string; so does a column that is not known */
	check_json("# tuplewatch 1 counters netns=4026531840 watching=yes new=7\n"
		   "name tcp4 cookie novel\n"
		   "seen 007 123 9\n"
		   "via:x - - -\n"
		   "via:? ? ? ?\n",
		   "{\"table\":\"counters\",\"format\":1,\"netns\":4026531840,"
		   "\"watching\":\"yes\",\"new\":\"7\"}\n"
		   "{\"name\":\"seen\",\"tcp4\":7,\"cookie\":\"123\",\"novel\":\"9\"}\n"
		   "{\"name\":\"via:x\",\"tcp4\":null,\"cookie\":null,\"novel\":null}\n"
		   "{\"name\":\"via:?\",\"tcp4\":\"?\",\"cookie\":\"?\",\"novel\":\"?\"}\n");
}

static void lost_and_time(void)
{
	check_json("# tuplewatch 1 log wall_offset_ns=1753000000000000000\n"
		   "time_ns dev\n"
		   "81234000001000 a\\040\\042b\n"
		   "# lost 3\n"
		   "- v0\n",
		   "{\"table\":\"log\",\"format\":1,\"wall_offset_ns\":1753000000000000000}\n"
		   "{\"time\":\"2025-07-21T07:00:34.000001000Z\",\"time_ns\":81234000001000,"
		   "\"dev\":\"a \\\"b\"}\n"
		   "{\"lost\":3}\n"
		   "{\"time_ns\":null,\"dev\":\"v0\"}\n");
}

static void extremes(void)
{
	check_json("# tuplewatch 1 log wall_offset_ns=-9223372036854775808\n"
		   "seq time time_ns\n"
		   "18446744073709551615 noon 1\n",
		   "{\"table\":\"log\",\"format\":1,\"wall_offset_ns\":-9223372036854775808}\n"
		   "{\"seq\":18446744073709551615,\"time\":\"noon\",\"time_ns\":1}\n");
}

const struct unit_case unit_json[] = {
	UNIT_CASE(types, "json: a type follows the column; - is null, ? stays ?"),
	UNIT_CASE(lost_and_time, "json: lost rows stand in place, rows have wall time"),
	UNIT_CASE(extremes, "json: 64-bit numbers are whole, no key comes twice"),
	{ 0 },
};

// SPDX-License-Identifier: GPL-2.0
/*
 * JSON lines, to the byte.
 */
#include "show/json.h"

#include "test/unit.h"

#include <string.h>

static const char *const none[] = { NULL };
static const char *const names[] = {
	"log", "counters", "listeners", "connections", "explain", NULL,
};
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
	check_json("# tuplewatch 2 listeners netns=4026531840 watching=yes new=7\n"
		   "comm segments cookie novel\n"
		   "seen 007 123 9\n"
		   "via:x - - -\n"
		   "via:? ? ? ?\n"
		   "hidden hidden hidden hidden\n",
		   "{\"table\":\"listeners\",\"format\":2,\"netns\":4026531840,"
		   "\"watching\":\"yes\",\"new\":\"7\"}\n"
		   "{\"comm\":\"seen\",\"segments\":7,\"cookie\":\"123\",\"novel\":\"9\"}\n"
		   "{\"comm\":\"via:x\",\"segments\":null,\"cookie\":null,\"novel\":null}\n"
		   "{\"comm\":\"via:?\",\"segments\":\"?\",\"cookie\":\"?\",\"novel\":\"?\"}\n"
		   "{\"comm\":\"hidden\",\"segments\":\"hidden\",\"cookie\":\"hidden\","
		   "\"novel\":\"hidden\"}\n");
}

/* One name, two kinds: the table says which. */
static void kinds(void)
{
	check_json("# tuplewatch 2 listeners\nflags\nreuseport\n",
		   "{\"table\":\"listeners\",\"format\":2}\n{\"flags\":[\"reuseport\"]}\n");
	check_json("# tuplewatch 2 log\nflags\nS\n",
		   "{\"table\":\"log\",\"format\":2}\n{\"flags\":\"S\"}\n");
	check_json("# tuplewatch 2 counters\nflags\n9\n",
		   "{\"table\":\"counters\",\"format\":2}\n{\"flags\":\"9\"}\n");
}

static void endpoints(void)
{
	check_json("# tuplewatch 2 connections\n"
		   "local foreign\n"
		   "10.0.0.1:80 [::1]:*\n"
		   "[fe80::1%eth0]:065 0.0.0.0%lo:x\n"
		   "- ?\n"
		   "hidden 10.0.0.1\n"
		   "[]:1 [\n",
		   "{\"table\":\"connections\",\"format\":2}\n"
		   "{\"local_address\":\"10.0.0.1\",\"local_port\":80,"
		   "\"foreign_address\":\"::1\",\"foreign_port\":\"*\"}\n"
		   "{\"local_address\":\"fe80::1%eth0\",\"local_port\":65,"
		   "\"foreign_address\":\"0.0.0.0%lo\",\"foreign_port\":\"x\"}\n"
		   "{\"local_address\":null,\"local_port\":null,"
		   "\"foreign_address\":\"?\",\"foreign_port\":\"?\"}\n"
		   "{\"local_address\":\"hidden\",\"local_port\":\"hidden\","
		   "\"foreign_address\":\"10.0.0.1\",\"foreign_port\":null}\n"
		   "{\"local_address\":\"\",\"local_port\":1,"
		   "\"foreign_address\":\"[\",\"foreign_port\":null}\n");
}

static void lists(void)
{
	check_json("# tuplewatch 2 explain\n"
		   "flags points progs\n"
		   "reuseaddr,reuseport device:2,ipv4:1 12,hidden\n"
		   "- - -\n"
		   "? ? ?\n"
		   "hidden hidden hidden\n"
		   "a\\042b, x,y:z:007,w: ,\n",
		   "{\"table\":\"explain\",\"format\":2}\n"
		   "{\"flags\":[\"reuseaddr\",\"reuseport\"],\"points\":{\"device\":2,\"ipv4\":1},"
		   "\"progs\":[\"12\",\"hidden\"]}\n"
		   "{\"flags\":[],\"points\":{},\"progs\":[]}\n"
		   "{\"flags\":\"?\",\"points\":\"?\",\"progs\":\"?\"}\n"
		   "{\"flags\":\"hidden\",\"points\":\"hidden\",\"progs\":\"hidden\"}\n"
		   "{\"flags\":[\"a\\\"b\",\"\"],\"points\":{\"x\":null,\"y:z\":7,\"w\":\"\"},"
		   "\"progs\":[\"\",\"\"]}\n");
}

static void lost_and_time(void)
{
	check_json("# tuplewatch 2 log wall_offset_ns=1753000000000000000\n"
		   "seq time_ns dev\n"
		   "4 81234000001000 a\\040\\042b\n"
		   "# lost 3\n"
		   "8 - v0\n"
		   "9 hidden v0\n"
		   "10 18446744073709551615 v0\n",
		   "{\"table\":\"log\",\"format\":2,\"wall_offset_ns\":1753000000000000000}\n"
		   "{\"time\":\"2025-07-21T07:00:34.000001000Z\",\"seq\":4,"
		   "\"time_ns\":81234000001000,\"dev\":\"a \\\"b\"}\n"
		   "{\"lost\":3}\n"
		   "{\"time\":null,\"seq\":8,\"time_ns\":null,\"dev\":\"v0\"}\n"
		   "{\"time\":\"hidden\",\"seq\":9,\"time_ns\":\"hidden\",\"dev\":\"v0\"}\n"
		   "{\"time\":\"?\",\"seq\":10,\"time_ns\":18446744073709551615,\"dev\":\"v0\"}\n");
}

/* Each time has its wall time before it, a length of time has none. */
static void times(void)
{
	check_json("# tuplewatch 2 connections now_ns=81234000001000 "
		   "wall_offset_ns=1753000000000000000 forgotten_ns=5\n"
		   "first_ns waited_ns closed_ns\n"
		   "81234000001000 7 -\n",
		   "{\"table\":\"connections\",\"format\":2,"
		   "\"now\":\"2025-07-21T07:00:34.000001000Z\",\"now_ns\":81234000001000,"
		   "\"wall_offset_ns\":1753000000000000000,\"forgotten_ns\":5}\n"
		   "{\"first\":\"2025-07-21T07:00:34.000001000Z\",\"first_ns\":81234000001000,"
		   "\"waited_ns\":7,\"closed\":null,\"closed_ns\":null}\n");
	check_json("# tuplewatch 2 connections now_ns=5 wall_offset_ns=?\n"
		   "first_ns\n"
		   "81234000001000\n",
		   "{\"table\":\"connections\",\"format\":2,\"now_ns\":5,\"wall_offset_ns\":\"?\"}\n"
		   "{\"first_ns\":81234000001000}\n");
}

static void facts(void)
{
	check_json("# tuplewatch 2 explain netns=all held=hidden max=7 foreign=[::1]:1 local=? "
		   "dev=- cpu=0 error=-\n"
		   "row\n",
		   "{\"table\":\"explain\",\"format\":2,\"netns\":\"all\",\"held\":\"hidden\","
		   "\"max\":7,\"foreign_address\":\"::1\",\"foreign_port\":1,"
		   "\"local_address\":\"?\",\"local_port\":\"?\",\"dev\":null,\"cpu\":0,"
		   "\"error\":null}\n");
}

static void extremes(void)
{
	check_json("# tuplewatch 2 log wall_offset_ns=-9223372036854775808\n"
		   "seq time time_ns\n"
		   "18446744073709551615 noon 1\n",
		   "{\"table\":\"log\",\"format\":2,\"wall_offset_ns\":-9223372036854775808}\n"
		   "{\"seq\":18446744073709551615,\"time\":\"noon\",\"time_ns\":1}\n");
}

const struct unit_case unit_json[] = {
	UNIT_CASE(types, "json: a type follows the column; - is null, ? and hidden stay"),
	UNIT_CASE(kinds, "json: a type follows the table too"),
	UNIT_CASE(endpoints, "json: an endpoint is an address and a port"),
	UNIT_CASE(lists, "json: lists are arrays, maps are objects of numbers"),
	UNIT_CASE(lost_and_time, "json: lost rows stand in place, rows have wall time"),
	UNIT_CASE(times, "json: each time has its wall time, if line 1 tells it"),
	UNIT_CASE(facts, "json: facts follow the same rules"),
	UNIT_CASE(extremes, "json: 64-bit numbers are whole, no key comes twice"),
	{ 0 },
};

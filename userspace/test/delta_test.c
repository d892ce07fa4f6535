// SPDX-License-Identifier: GPL-2.0
/*
 * Differences between two readings.
 */
#include "table/delta.h"

#include "test/unit.h"

#include <errno.h>
#include <string.h>

static const char *const none[] = { NULL };
static const char *const names[] = { "counters", NULL };
static const struct tpr_shape shape = { .names = names, .columns = none, .facts = none };

static const char head[] = "# tuplewatch 2 counters\nnetns name tcp4 tcp6\n";

static struct tpr_table *make_table(const char *rows)
{
	struct tpr_table *table = tpr_table_create("t", &shape);

	tpr_table_push(table, head, strlen(head));
	tpr_table_push(table, rows, strlen(rows));
	tpr_table_finish(table);
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_HEAD);
	return table;
}

static void keep_all(struct tpr_delta *delta, const char *rows)
{
	struct tpr_table *table = make_table(rows);

	while (tpr_table_next(table) == TPR_EVENT_ROW)
		CHECK_NUMBER(tpr_delta_keep(delta, table, table->fields), 0);
	tpr_table_destroy(table);
}

static void check_row(struct tpr_delta *delta, struct tpr_table *table, const char *netns,
		      const char *tcp4, const char *tcp6, bool is_zero)
{
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_ROW);
	CHECK_NUMBER(tpr_delta_row(delta, table, table->fields), 0);
	CHECK_STRING(tpr_delta_fields(delta)[0], netns);
	CHECK_STRING(tpr_delta_fields(delta)[2], tcp4);
	CHECK_STRING(tpr_delta_fields(delta)[3], tcp6);
	CHECK_NUMBER(tpr_delta_is_zero(delta), is_zero);
}

static void rows(void)
{
	struct tpr_delta *delta = tpr_delta_create();
	struct tpr_table *table;

	keep_all(delta, "1 seen 10 0\n2 seen 100 5\n1 gone 1 1\n1 dash - ?\n");
	table = make_table("2 seen 100 5\n1 seen 18446744073709551615 1\n1 new 0 3\n1 dash 4 ?\n");
	check_row(delta, table, "2", "0", "0", true);
	check_row(delta, table, "1", "18446744073709551605", "1", false);
	check_row(delta, table, "1", "0", "3", false);
	check_row(delta, table, "1", "4", "?", false);
	tpr_table_destroy(table);
	tpr_delta_destroy(delta);
}

/* The number of a CPU counts nothing, and neither does a time. */
static void kinds(void)
{
	static const char lines[] = "# tuplewatch 2 log\ncpu len time_ns\n";
	static const char *const log_names[] = { "log", NULL };
	static const struct tpr_shape log = { .names = log_names, .columns = none, .facts = none };
	struct tpr_delta *delta = tpr_delta_create();
	struct tpr_table *table = tpr_table_create("t", &log);

	tpr_table_push(table, lines, strlen(lines));
	tpr_table_push(table, "1 10 7\n0 15 7\n1 12 7\n", strlen("1 10 7\n0 15 7\n1 12 7\n"));
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_HEAD);
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_ROW);
	CHECK_NUMBER(tpr_delta_keep(delta, table, table->fields), 0);
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_ROW);
	CHECK_NUMBER(tpr_delta_row(delta, table, table->fields), 0);
	CHECK_STRING(tpr_delta_fields(delta)[0], "0");
	CHECK_STRING(tpr_delta_fields(delta)[1], "15");
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_ROW);
	CHECK_NUMBER(tpr_delta_row(delta, table, table->fields), 0);
	CHECK_STRING(tpr_delta_fields(delta)[0], "1");
	CHECK_STRING(tpr_delta_fields(delta)[1], "2");
	CHECK_STRING(tpr_delta_fields(delta)[2], "7");
	tpr_table_destroy(table);
	tpr_delta_destroy(delta);
}

static void backwards(void)
{
	struct tpr_delta *delta = tpr_delta_create();
	struct tpr_table *table;

	keep_all(delta, "1 seen 10 0\n");
	table = make_table("1 seen 9 0\n");
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_ROW);
	CHECK_NUMBER(tpr_delta_row(delta, table, table->fields), -ERANGE);
	tpr_table_destroy(table);
	tpr_delta_destroy(delta);
}

static void many(void)
{
	struct tpr_delta *delta = tpr_delta_create();
	struct tpr_table *table;
	char text[64];
	int i;

	for (i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "%d seen %d 0\n", i, i);
		keep_all(delta, text);
	}
	for (i = 999; i >= 0; i--) {
		char netns[16];

		snprintf(text, sizeof(text), "%d seen %d 0\n", i, 2 * i);
		snprintf(netns, sizeof(netns), "%d", i);
		table = make_table(text);
		check_row(delta, table, netns, netns, "0", i == 0);
		tpr_table_destroy(table);
	}
	tpr_delta_destroy(delta);
}

const struct unit_case unit_delta[] = {
	UNIT_CASE(rows, "delta: rows are told by their words and namespace; new ones count from 0"),
	UNIT_CASE(kinds, "delta: counts and bytes are subtracted, all else tells rows apart"),
	UNIT_CASE(backwards, "delta: a counter that went down is an error"),
	UNIT_CASE(many, "delta: 1000 rows in another order"),
	{ 0 },
};

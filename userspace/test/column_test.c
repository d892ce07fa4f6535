// SPDX-License-Identifier: GPL-2.0
/*
 * Names of columns and facts: what kind they are of, and that those that commands cannot do
 * without are there. Names that commands ask for one by one are in test/columns.
 */
#include "table/column.h"

#include "command.h"
#include "command/explain/explain.h"
#include "command/filter.h"
#include "show/listing.h"
#include "show/verdict_line.h"
#include "test/unit.h"

#include <string.h>

static void kinds(void)
{
	CHECK_NUMBER(tpr_column_kind("listeners", "segments"), TPR_KIND_COUNT);
	CHECK_NUMBER(tpr_column_kind("listeners", "share"), TPR_KIND_PERCENT);
	CHECK_NUMBER(tpr_column_kind("listeners", "waits_us"), TPR_KIND_MAP);
	CHECK_NUMBER(tpr_column_kind("connections", "first_ns"), TPR_KIND_TIME);
	CHECK_NUMBER(tpr_column_kind("connections", "waited_ns"), TPR_KIND_DURATION);
	CHECK_NUMBER(tpr_column_kind("connections", "listener"), TPR_KIND_ENDPOINT);
	CHECK_NUMBER(tpr_column_kind("connections", "pid"), TPR_KIND_NUMBER);
	CHECK_NUMBER(tpr_column_kind("refused", "last_foreign"), TPR_KIND_ENDPOINT);
	CHECK_NUMBER(tpr_column_kind("log", "len"), TPR_KIND_BYTES);
	CHECK_NUMBER(tpr_column_kind("log_pipe", "cookie"), TPR_KIND_COOKIE);
	CHECK_NUMBER(tpr_column_kind("filter", "rules"), TPR_KIND_TEXT);
	CHECK_NUMBER(tpr_fact_kind("log", "wall_offset_ns"), TPR_KIND_SIGNED);
	CHECK_NUMBER(tpr_fact_kind("explain", "foreign"), TPR_KIND_ENDPOINT);
}

/* The same name may be another thing in another table, or in line 1. */
static void places(void)
{
	CHECK_NUMBER(tpr_column_kind("listeners", "flags"), TPR_KIND_LIST);
	CHECK_NUMBER(tpr_column_kind("log", "flags"), TPR_KIND_TEXT);
	CHECK_NUMBER(tpr_column_kind("explain", "cpu"), TPR_KIND_NUMBER);
	CHECK_NUMBER(tpr_column_is_known("connections", "flags"), false);
	CHECK_NUMBER(tpr_column_is_known("connections", "share"), false);
	CHECK_NUMBER(tpr_column_is_known("connections", "now_ns"), false);
	CHECK_NUMBER(tpr_fact_is_known("connections", "now_ns"), true);
	CHECK_NUMBER(tpr_fact_is_known("connections", "foreign"), false);
	CHECK_NUMBER(tpr_fact_is_known("explain", "now_ns"), true);
	CHECK_NUMBER(tpr_column_kind("listeners", "novel"), TPR_KIND_TEXT);
	CHECK_NUMBER(tpr_column_kind("novel", "segments"), TPR_KIND_TEXT);
	CHECK_NUMBER(tpr_fact_kind("novel", "now_ns"), TPR_KIND_TEXT);
}

static void groups(void)
{
	static const enum tpr_kind numbers[] = {
		TPR_KIND_COUNT, TPR_KIND_BYTES, TPR_KIND_TIME, TPR_KIND_DURATION, TPR_KIND_PERCENT,
		TPR_KIND_NUMBER,
	};
	unsigned int numbers_nr = 0, counted_nr = 0, kind;
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		CHECK_NUMBER(tpr_kind_is_number(numbers[i]), true);
	for (kind = TPR_KIND_TEXT; kind <= TPR_KIND_MAP; kind++) {
		numbers_nr += tpr_kind_is_number(kind);
		counted_nr += tpr_kind_is_counted(kind);
	}
	CHECK_NUMBER(numbers_nr, 6);
	CHECK_NUMBER(counted_nr, 2);
	CHECK_NUMBER(tpr_kind_is_counted(TPR_KIND_COUNT), true);
	CHECK_NUMBER(tpr_kind_is_counted(TPR_KIND_BYTES), true);
}

static void check_names(const char *table, const char *const *list,
			bool (*is_known)(const char *table, const char *name))
{
	for (; *list; list++) {
		if (!is_known(table, *list))
			CHECK_STRING(*list, table);
	}
}

static void shapes(void)
{
	static const struct tpr_shape *const all[] = {
		&tpr_connections_shape, &tpr_counters_shape, &tpr_hooks_shape,
		&tpr_listeners_shape, &tpr_refused_shape, &tpr_taken_shape, &tpr_filter_shape, &tpr_explain_shape,
		&tpr_verdict_shape,
	};
	const char *const *name;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		for (name = all[i]->names; *name; name++) {
			check_names(*name, all[i]->columns, tpr_column_is_known);
			check_names(*name, all[i]->facts, tpr_fact_is_known);
		}
	}
}

static void listings(void)
{
	static const struct tpr_listing_kind *const all[] = {
		&tpr_connections_kind, &tpr_listeners_kind, &tpr_refused_kind, &tpr_taken_kind,
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		check_names(all[i]->file, all[i]->shown, tpr_column_is_known);
}

const struct unit_case unit_column[] = {
	UNIT_CASE(kinds, "column: each name has its kind"),
	UNIT_CASE(places, "column: a name has its kind in its own table only"),
	UNIT_CASE(groups, "column: which kinds are numbers, and which are counted"),
	UNIT_CASE(shapes, "column: what commands need is in the tables"),
	UNIT_CASE(listings, "column: what listings show is in the tables"),
	{ 0 },
};

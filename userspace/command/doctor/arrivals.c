// SPDX-License-Identifier: GPL-2.0
/*
 * What came in the last minute for an endpoint here, and met no socket: refused, or taken before
 * the lookup by a firewall, IPVS or a queue.
 */
#include "command.h"

#include "lib/text.h"
#include "command/doctor/examine.h"
#include "command/doctor/trouble.h"
#include "table/clock.h"
#include "table/rows.h"

#include <string.h>

#define RECENT_NS	60000000000ULL

static const char *of(const struct tpr_rows *rows, size_t row, const char *column)
{
	return tpr_rows_get(rows, row, column);
}

static uint64_t recent(const struct tpr_rows *rows, size_t row, const char *column)
{
	uint64_t last_ns = tpr_rows_number(rows, row, "last_ns");

	if (!last_ns || tpr_rows_fact(rows, "now_ns") > last_ns + RECENT_NS)
		return 0;
	return tpr_rows_number(rows, row, column);
}

/* What is no SYN belonged to a connection that is gone. */
static uint64_t unwanted(const struct tpr_rows *refused, size_t row)
{
	bool is_tcp = !strncmp(of(refused, row, "proto"), "tcp", 3);

	return recent(refused, row, is_tcp ? "syns" : "refused");
}

static uint64_t withheld(const struct tpr_rows *taken, size_t row)
{
	return recent(taken, row, "count");
}

static void put_ago(char *text, const struct tpr_rows *rows, size_t row)
{
	uint64_t last_ns = tpr_rows_number(rows, row, "last_ns");
	uint64_t now_ns = tpr_rows_fact(rows, "now_ns");

	tpr_clock_span(text, now_ns > last_ns ? now_ns - last_ns : 0);
}

static void tell_unwanted(struct tpr_findings *findings, const struct tpr_rows *refused, size_t row)
{
	bool is_tcp = !strncmp(of(refused, row, "proto"), "tcp", 3);
	const char *count = of(refused, row, is_tcp ? "syns" : "refused");
	char ago[TPR_CLOCK_BYTES];

	put_ago(ago, refused, row);
	tpr_finding(findings, TPR_HEALTH_WARN, "refused", "tuplewatch refused",
		    "%s %s: %s %s%s met no socket, the last %s ago; nearest: %s",
		    of(refused, row, "proto"), of(refused, row, "local"), count,
		    is_tcp ? "SYN" : "datagram", tpr_text_plural_of(count, "", "s"), ago,
		    of(refused, row, "nearest"));
}

static void tell_withheld(struct tpr_findings *findings, const struct tpr_rows *taken, size_t row)
{
	char ago[TPR_CLOCK_BYTES];

	put_ago(ago, taken, row);
	tpr_finding(findings, TPR_HEALTH_WARN, "taken", "tuplewatch taken",
		    "%s %s: %s packet%s taken at %s (%s), the last %s ago",
		    of(taken, row, "proto"), of(taken, row, "local"), of(taken, row, "count"),
		    tpr_text_plural_of(of(taken, row, "count"), "", "s"),
		    of(taken, row, "by"), of(taken, row, "reason"), ago);
}

static const struct tpr_trouble of_refused = {
	unwanted, tell_unwanted, "more endpoints were asked for in the last minute, in vain",
	"tuplewatch refused"
};

static const struct tpr_trouble of_taken = {
	withheld, tell_withheld, "more endpoints had packets taken in the last minute",
	"tuplewatch taken"
};

static void examine(struct tpr_findings *findings, const char *name, const struct tpr_shape *shape,
		    const struct tpr_trouble *trouble)
{
	struct tpr_rows rows;

	if (!tpr_examine_load(findings, &rows, name, shape))
		tpr_trouble_examine(findings, name, trouble, &rows);
	tpr_rows_free(&rows);
}

/**
 * tpr_examine_arrivals() - what met no socket lately
 * @findings: where the findings go
 */
void tpr_examine_arrivals(struct tpr_findings *findings)
{
	examine(findings, "refused", &tpr_refused_shape, &of_refused);
	examine(findings, "taken", &tpr_taken_shape, &of_taken);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Wall time. The tables count nanoseconds of the monotonic clock, which no one can set; line 1
 * says what to add for the time of day. People get local time, as tcpdump prints it, and JSON
 * gets UTC with the date.
 */
#include "table/clock.h"

#include "lib/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define NS_PER_S	1000000000LL

/**
 * tpr_clock_has_wall() - whether a table tells the wall time of its times
 * @table: the table
 *
 * Return: whether its line 1 has wall_offset_ns.
 */
bool tpr_clock_has_wall(const struct tpr_table *table)
{
	const char *offset = tpr_table_fact(table, "wall_offset_ns");
	int64_t offset_ns;

	return offset && tpr_text_s64(offset, &offset_ns);
}

/**
 * tpr_clock_wall() - wall time of a record
 * @table: the table it is in; its line 1 may have wall_offset_ns
 * @time_ns: the field of the record
 * @wall_ns: set to nanoseconds since 1970 in UTC
 *
 * Return: false if the field or the offset has no value, or one that no clock can show.
 */
bool tpr_clock_wall(const struct tpr_table *table, const char *time_ns, int64_t *wall_ns)
{
	const char *offset = tpr_table_fact(table, "wall_offset_ns");
	int64_t offset_ns;
	uint64_t ns;

	if (!offset || !tpr_text_s64(offset, &offset_ns) || !tpr_text_u64(time_ns, &ns))
		return false;
	return !__builtin_add_overflow(ns, offset_ns, wall_ns);
}

/* Whole seconds and the nanoseconds past them, which are never negative. */
static time_t split(int64_t wall_ns, long *rest_ns)
{
	int64_t seconds = wall_ns / NS_PER_S;
	int64_t rest = wall_ns % NS_PER_S;

	if (rest < 0) {
		rest += NS_PER_S;
		seconds--;
	}
	*rest_ns = (long)rest;
	return (time_t)seconds;
}

/**
 * tpr_clock_local() - the local time of day, HH:MM:SS.mmmmmm
 * @text: at least TPR_CLOCK_BYTES
 * @wall_ns: nanoseconds since 1970 in UTC
 */
void tpr_clock_local(char *text, int64_t wall_ns)
{
	struct tm tm = { 0 };
	long rest_ns;
	time_t seconds = split(wall_ns, &rest_ns);

	localtime_r(&seconds, &tm);
	snprintf(text, TPR_CLOCK_BYTES, "%02d:%02d:%02d.%06ld", tm.tm_hour, tm.tm_min, tm.tm_sec,
		 rest_ns / 1000);
}

/**
 * tpr_clock_utc() - date and time in UTC, as RFC 3339 has it, to the nanosecond
 * @text: at least TPR_CLOCK_BYTES
 * @wall_ns: nanoseconds since 1970 in UTC
 */
void tpr_clock_utc(char *text, int64_t wall_ns)
{
	struct tm tm = { 0 };
	long rest_ns;
	time_t seconds = split(wall_ns, &rest_ns);
	size_t bytes;

	gmtime_r(&seconds, &tm);
	bytes = strftime(text, TPR_CLOCK_BYTES, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + bytes, TPR_CLOCK_BYTES - bytes, ".%09ldZ", rest_ns);
}

/**
 * tpr_clock_span() - a length of time, in the unit that suits it
 * @text: at least TPR_CLOCK_BYTES
 * @ns: nanoseconds
 */
void tpr_clock_span(char *text, uint64_t ns)
{
	static const struct {
		uint64_t below_ns;
		uint64_t unit_ns;
		const char *unit;
	} units[] = {
		{ 1000000, 1000, "us" },
		{ 1000000000, 1000000, "ms" },
		{ 120ULL * 1000000000, 1000000000, "s" },
		{ 7200ULL * 1000000000, 60ULL * 1000000000, "min" },
		{ 172800ULL * 1000000000, 3600ULL * 1000000000, "h" },
		{ UINT64_MAX, 86400ULL * 1000000000, "d" },
	};
	double number;
	size_t i = 0;

	while (ns >= units[i].below_ns && units[i].below_ns != UINT64_MAX)
		i++;
	number = (double)ns / (double)units[i].unit_ns;
	/* below 9.95 of them: compared as whole numbers, which are the same on all machines */
	snprintf(text, TPR_CLOCK_BYTES, "%.*f %s", ns < units[i].unit_ns / 20 * 199 ? 1 : 0, number,
		 units[i].unit);
}

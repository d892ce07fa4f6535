// SPDX-License-Identifier: GPL-2.0
/*
 * Times of captures, where they begin and end, against numbers that were worked out with as many digits as it takes.
 */
#include "capture/time.h"

#include "test/unit.h"

/* In nanoseconds; -1 for none */
static int64_t time_of(uint8_t resolution, int64_t offset_s, uint64_t time)
{
	struct tpr_interface interface = { .resolution = resolution, .offset_s = offset_s };
	int64_t ns;

	return tpr_capture_time(&interface, (uint32_t)(time >> 32), (uint32_t)time, &ns) ? ns : -1;
}

static void decimal(void)
{
	CHECK_NUMBER(time_of(6, 0, 1700000000123456), 1700000000123456000);
	CHECK_NUMBER(time_of(9, 0, 1700000000123456789), 1700000000123456789);
	CHECK_NUMBER(time_of(12, 0, 1700000000123456789), 1700000000123456);
	CHECK_NUMBER(time_of(0, 0, 1700000000), 1700000000000000000);
	CHECK_NUMBER(time_of(19, 0, UINT64_MAX), 1844674407);
	CHECK_NUMBER(time_of(20, 0, UINT64_MAX), 184467440);
	CHECK_NUMBER(time_of(63, 0, UINT64_MAX), 0);
	CHECK_NUMBER(time_of(64, 0, 0), -1);
}

static void binary(void)
{
	CHECK_NUMBER(time_of(0x80 | 10, 0, 1024 * UINT64_C(1700000000) + 512), 1700000000500000000);
	CHECK_NUMBER(time_of(0x80 | 31, 0, UINT64_MAX), 8589934591999999999);
	CHECK_NUMBER(time_of(0x80 | 32, 0, UINT64_MAX), 4294967295999999999);
	CHECK_NUMBER(time_of(0x80 | 34, 0, UINT64_MAX), 1073741823999999999);
	CHECK_NUMBER(time_of(0x80 | 63, 0, UINT64_MAX), 1999999999);
	CHECK_NUMBER(time_of(0x80 | 63, 0, UINT64_C(0xdeadbeefcafebabe)), 1739677302);
	CHECK_NUMBER(time_of(0x80 | 64, 0, 0), -1);
}

/* The last time that there is, and the first that is none; seconds to add that bring it back */
static void limits(void)
{
	CHECK_NUMBER(time_of(9, 0, UINT64_C(9223371976999999999)), 9223371976999999999);
	CHECK_NUMBER(time_of(9, 0, UINT64_C(9223371977000000000)), -1);
	CHECK_NUMBER(time_of(9, 0, INT64_MAX), -1);
	CHECK_NUMBER(time_of(0, 0, UINT64_MAX), -1);
	CHECK_NUMBER(time_of(0, INT64_MIN, (uint64_t)INT64_MAX + 3), 2000000000);
	CHECK_NUMBER(time_of(0, INT64_MIN, INT64_MAX), -1);
	CHECK_NUMBER(time_of(0, INT64_MAX, UINT64_MAX), -1);
	CHECK_NUMBER(time_of(0, INT64_MAX, 0), -1);
	CHECK_NUMBER(time_of(6, -1, 999999), -1);
	CHECK_NUMBER(time_of(6, -1, 1000001), 1000);
	CHECK_NUMBER(time_of(6, 60, 1), 60000001000);
}

const struct unit_case unit_capture[] = {
	UNIT_CASE(decimal, "capture: times in powers of ten"),
	UNIT_CASE(binary, "capture: times in powers of two"),
	UNIT_CASE(limits, "capture: times at their limits"),
	{ 0 },
};

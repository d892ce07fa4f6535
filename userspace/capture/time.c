// SPDX-License-Identifier: GPL-2.0
/*
 * The unit is a negative power of ten or, with the high bit, of two. Seconds and what is past them are counted apart:
 * not every machine has numbers of more than 64 bits.
 */
#include "capture/time.h"

#define NS_PER_S	1000000000
#define NS_DIGITS	9
#define BINARY		0x80

/* No power beyond has any use. */
#define POWER_MAX	63

/* The largest power of ten that has 64 bits */
#define DECIMAL_MAX	19

/** struct moment - a time of at least 0 */
struct moment {
	/** @seconds: whole ones */
	uint64_t seconds;
	/** @ns: nanoseconds past them, less than a second */
	uint64_t ns;
};

static uint64_t power_of_ten(unsigned int power)
{
	uint64_t value = 1;

	while (power--)
		value *= 10;
	return value;
}

static struct moment from_decimal(uint64_t time, unsigned int power)
{
	struct moment moment = { 0, time };

	if (power <= DECIMAL_MAX) {
		moment.seconds = time / power_of_ten(power);
		moment.ns = time % power_of_ten(power);
	}
	if (power <= NS_DIGITS)
		moment.ns *= power_of_ten(NS_DIGITS - power);
	while (power-- > NS_DIGITS)
		moment.ns /= 10;
	return moment;
}

/* The product of what is left and 10^9 has 93 bits: its halves, the upper with what the lower carries. */
static struct moment from_binary(uint64_t time, unsigned int power)
{
	uint64_t rest = time & ((UINT64_C(1) << power) - 1);
	uint64_t low = (rest & UINT32_MAX) * NS_PER_S;
	uint64_t high = (rest >> 32) * NS_PER_S + (low >> 32);

	return (struct moment){ time >> power, power < 32 ? low >> power : high >> (power - 32) };
}

/* False if the sum is negative, or more than we count. */
static bool add_seconds(struct moment *moment, int64_t offset_s)
{
	uint64_t back = 0 - (uint64_t)offset_s;

	if (offset_s >= 0)
		return !__builtin_add_overflow(moment->seconds, (uint64_t)offset_s, &moment->seconds) &&
		       moment->seconds <= TPR_CAPTURE_SECONDS_MAX;
	if (moment->seconds < back)
		return false;
	moment->seconds -= back;
	return moment->seconds <= TPR_CAPTURE_SECONDS_MAX;
}

/**
 * tpr_capture_time() - when a packet was captured
 * @interface: where
 * @high: the high half of its time
 * @low: the low half
 * @time_ns: set to it, since 1970
 *
 * Return: false if that is no time that we know.
 */
bool tpr_capture_time(const struct tpr_interface *interface, uint32_t high, uint32_t low,
		      int64_t *time_ns)
{
	unsigned int power = interface->resolution & (BINARY - 1);
	uint64_t time = (uint64_t)high << 32 | low;
	struct moment moment;

	if (power > POWER_MAX)
		return false;
	moment = interface->resolution & BINARY ? from_binary(time, power) : from_decimal(time, power);
	if (!add_seconds(&moment, interface->offset_s))
		return false;
	*time_ns = (int64_t)(moment.seconds * NS_PER_S + moment.ns);
	return true;
}

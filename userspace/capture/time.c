// SPDX-License-Identifier: GPL-2.0
/*
 * The unit is a negative power of ten or, with the high bit, of two.
 */
#include "capture/time.h"

#define NS_PER_S	1000000000
#define BINARY		0x80

/* No power beyond has any use, and these cannot overflow. */
#define POWER_MAX	63

static __int128 from_decimal(uint64_t time, unsigned int power)
{
	__int128 ns = (__int128)time * NS_PER_S;

	while (power--)
		ns /= 10;
	return ns;
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
	__int128 ns;

	if (power > POWER_MAX)
		return false;
	if (interface->resolution & BINARY)
		ns = ((__int128)time * NS_PER_S) >> power;
	else
		ns = from_decimal(time, power);
	ns += (__int128)interface->offset_s * NS_PER_S;
	if (ns < 0 || ns > INT64_MAX)
		return false;
	*time_ns = (int64_t)ns;
	return true;
}

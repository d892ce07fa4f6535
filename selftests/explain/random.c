// SPDX-License-Identifier: GPL-2.0
/*
 * Random numbers that can be had again: the seed is printed.
 */
#include "explain.h"

#include <stdlib.h>

static uint64_t state;

void random_init(void)
{
	const char *seed = getenv("TPW_SEED");

	state = seed ? strtoull(seed, NULL, 0) : now_ns();
	diag("TPW_SEED=%llu", (unsigned long long)state);
	state = state * 0x9e3779b97f4a7c15ULL | 1;
}

/* xorshift64* */
unsigned int below(unsigned int n)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 0x2545f4914f6cdd1dULL >> 33) % n;
}

bool chance(unsigned int percent)
{
	return below(100) < percent;
}

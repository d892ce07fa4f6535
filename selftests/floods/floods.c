// SPDX-License-Identifier: GPL-2.0
/*
 * The two ends, and what they share.
 */
#include "floods.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t random_state;

void die(const char *format, ...)
{
	int err = errno;
	va_list ap;

	va_start(ap, format);
	fputs("floods: ", stderr);
	vfprintf(stderr, format, ap);
	fprintf(stderr, ": %s\n", strerror(err));
	va_end(ap);
	exit(1);
}

/* splitmix64 */
uint32_t random_next(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z >> 32;
}

uint32_t random_below(uint32_t limit)
{
	return (uint64_t)random_next() * limit >> 32;
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "serve"))
		return serve_main(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "send"))
		return send_main(argc - 1, argv + 1);
	fputs("Usage: floods serve\n       floods send DEVICE KIND 4|6|any NR SEED\n", stderr);
	return 2;
}

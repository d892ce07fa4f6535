// SPDX-License-Identifier: GPL-2.0
/*
 * What was found, as KTAP. Every line has the numbers that were compared.
 */
#include "check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Of all processes of a topic: they speak in turns. */
static struct {
	unsigned int planned;
	unsigned int passed;
	unsigned int failed;
	unsigned int skipped;
} *sum;

static unsigned int number(void)
{
	return sum->passed + sum->failed + sum->skipped;
}

/* How many results there will be. */
void result_plan(unsigned int nr)
{
	sum = mmap(NULL, sizeof(*sum), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sum == MAP_FAILED)
		bail("mmap");
	sum->planned = nr;
	printf("KTAP version 1\n1..%u\n", nr);
	fflush(stdout);
}

void result(bool ok, const char *fmt, ...)
{
	va_list ap;

	++*(ok ? &sum->passed : &sum->failed);
	printf("%sok %u ", ok ? "" : "not ", number());
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

/* Two numbers that must be the same. */
void result_is(const char *name, uint64_t got, uint64_t want)
{
	result(got == want, "%s: %llu %s %llu", name, (unsigned long long)got,
	       got == want ? "=" : "!=", (unsigned long long)want);
}

void result_skip(const char *name, const char *why)
{
	sum->skipped++;
	printf("ok %u %s # SKIP %s\n", number(), name, why);
	fflush(stdout);
}

void diag(const char *fmt, ...)
{
	va_list ap;

	printf("# ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

/* Nothing more can be tested. */
void bail(const char *fmt, ...)
{
	int err = errno;
	va_list ap;

	printf("Bail out! ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf(" (%s)\n", err ? strerror(err) : "no error");
	fflush(stdout);
	_Exit(EXIT_FAILURE);
}

int result_finish(void)
{
	printf("# Totals: pass:%u fail:%u xfail:0 xpass:0 skip:%u error:0\n", sum->passed,
	       sum->failed, sum->skipped);
	if (sum->failed || number() != sum->planned)
		return EXIT_FAILURE;
	return sum->passed ? EXIT_SUCCESS : 4;
}

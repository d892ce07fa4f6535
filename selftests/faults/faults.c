// SPDX-License-Identifier: GPL-2.0
/*
 * The commands, and what they share.
 */
#include "faults.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	int (*main)(int argc, char **argv);
	const char *help;
} commands[] = {
	{ "files", files_main, "SECONDS THREADS SEED   whatever one can do to a file, at random" },
	{ "load", load_main, "KO FROM STEP PARAMETERS  insert a module whose nth allocation fails" },
	{ "netns", netns_main, "NR                     namespaces, each with some traffic in it" },
	{ "readers", readers_main, "FILE...               one for each, as long as there is one" },
};

void die(const char *format, ...)
{
	int err = errno;
	va_list ap;

	va_start(ap, format);
	fputs("faults: ", stderr);
	vfprintf(stderr, format, ap);
	fprintf(stderr, ": %s\n", strerror(err));
	va_end(ap);
	exit(1);
}

unsigned long number(const char *text)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || !*text || *end) {
		fprintf(stderr, "faults: \"%s\" is not a number\n", text);
		exit(2);
	}
	return value;
}

/* splitmix64 */
uint32_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z >> 32;
}

uint32_t random_below(uint64_t *state, uint32_t limit)
{
	return (uint64_t)random_next(state) * limit >> 32;
}

static int usage(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(stderr, "Usage: faults %s %s\n", commands[i].name, commands[i].help);
	return 2;
}

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 1 && i < ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].main(argc - 1, argv + 1);
	return usage();
}

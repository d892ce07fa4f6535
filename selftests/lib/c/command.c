// SPDX-License-Identifier: GPL-2.0
#include "command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *command_program = "?";

/**
 * die() - end the program with a message
 * @format: what could not be done; errno says why
 */
void die(const char *format, ...)
{
	int err = errno;
	va_list ap;

	va_start(ap, format);
	fprintf(stderr, "%s: ", command_program);
	vfprintf(stderr, format, ap);
	fprintf(stderr, ": %s\n", strerror(err));
	va_end(ap);
	exit(1);
}

/**
 * number() - a number of the command line
 * @text: it
 *
 * Return: the number; ends the program if it is none.
 */
unsigned long number(const char *text)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || !*text || *end) {
		fprintf(stderr, "%s: \"%s\" is not a number\n", command_program, text);
		exit(2);
	}
	return value;
}

/**
 * random_next() - the next of a row of random numbers, by splitmix64
 * @state: of the row; to begin with, its seed
 *
 * Return: any number of 32 bits.
 */
uint32_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z >> 32;
}

/**
 * random_below() - a random number
 * @state: as for random_next()
 * @limit: it is less than that
 *
 * Return: the number.
 */
uint32_t random_below(uint64_t *state, uint32_t limit)
{
	return (uint64_t)random_next(state) * limit >> 32;
}

/**
 * commands_usage() - say which commands there are
 * @commands: they
 * @nr: how many
 *
 * Return: exit status of the program.
 */
int commands_usage(const struct command *commands, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		fprintf(stderr, "Usage: %s %s %s: %s\n", command_program, commands[i].name,
			commands[i].arguments, commands[i].help);
	return 2;
}

/**
 * commands_main() - run the command that argv[0] names
 * @commands: those that there are
 * @nr: how many
 * @argc: number of words from the command on
 * @argv: these words
 *
 * Return: exit status of the program.
 */
int commands_main(const struct command *commands, size_t nr, int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 0 && i < nr; i++)
		if (!strcmp(argv[0], commands[i].name))
			return commands[i].main(argc, argv);
	return commands_usage(commands, nr);
}

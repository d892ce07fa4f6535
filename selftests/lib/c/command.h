/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A program of several commands, and what all such programs need.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct command - one command
 * @name: as on the command line
 * @main: what it does; gets its own name as argv[0]
 * @arguments: what may stand behind the name
 * @help: what it does, in some words
 */
struct command {
	const char *name;
	int (*main)(int argc, char **argv);
	const char *arguments;
	const char *help;
};

extern const char *command_program;	/* for messages */

int commands_main(const struct command *commands, size_t nr, int argc, char **argv);
int commands_usage(const struct command *commands, size_t nr);

void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
unsigned long number(const char *text);
uint32_t random_next(uint64_t *state);
uint32_t random_below(uint64_t *state, uint32_t limit);

#endif /* COMMAND_H */

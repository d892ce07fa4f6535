// SPDX-License-Identifier: GPL-2.0
/*
 * The commands.
 */
#include "faults.h"

static const struct command commands[] = {
	{ "files", files_main, "SECONDS THREADS SEED", "whatever one can do to a file, at random" },
	{ "load", load_main, "KO FROM STEP PARAMETERS", "insert a module whose nth allocation fails" },
	{ "netns", netns_main, "NR", "namespaces, each with some traffic in it" },
	{ "readers", readers_main, "FILE...", "one for each, as long as there is one" },
};

int main(int argc, char **argv)
{
	command_program = "faults";
	return commands_main(commands, ARRAY_SIZE(commands), argc - 1, argv + 1);
}

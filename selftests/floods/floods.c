// SPDX-License-Identifier: GPL-2.0
/*
 * The two ends.
 */
#include "floods.h"

uint64_t random_state;

static const struct command commands[] = {
	{ "send", send_main, "DEVICE KIND 4|6|any NR SEED", "the flood" },
	{ "serve", serve_main, "", "the sockets that it meets" },
};

int main(int argc, char **argv)
{
	command_program = "floods";
	return commands_main(commands, ARRAY_SIZE(commands), argc - 1, argv + 1);
}

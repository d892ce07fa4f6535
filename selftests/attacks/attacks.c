// SPDX-License-Identifier: GPL-2.0
/*
 * The commands, who plays them, and what they share.
 */
#define _GNU_SOURCE
#include "attacks.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static const struct command commands[] = {
	{ "churn", churn_main, "NR KEEP", "namespaces that end with files open, KEEP of them late" },
	{ "connections", connections_main, "NR", "one after the other, to a server of our own" },
	{ "datagrams", datagrams_main, "NR", "to ourselves" },
	{ "explain", explain_main, "MS QUESTION [NR]", "ask it for so long, NR at most" },
	{ "flood", flood_main, "MS read|poll", "datagrams, and one who follows them" },
	{ "group", group_main, "PORT NR", "UDP sockets that share it" },
	{ "hold", hold_main, "udp|fed|tcp NR", "sockets, and keep them" },
	{ "many", many_main, "NR SOCKETS", "namespaces, each with sockets, connections, datagrams" },
	{ "open", open_main, "PATH...", "how that ends" },
	{ "reopen", reopen_main, "PATH NR", "again and again, and then nothing for as long" },
	{ "serve", serve_main, "PORT LISTENERS NR CLOSED", "connections that are kept, and some that are not" },
	{ "stall", stall_main, "own|host read|write:PATH...", "calls that never return" },
	{ "users", users_main, "PORT [time-wait]", "sockets of each kind, and some that have ended" },
	{ "wait", wait_main, "PATH NR", "threads in read()" },
	{ "watch", watch_main, "PATH PROCESSES NR", "epoll instances of each process, on one open file" },
};

void say(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

void ready(void)
{
	say("ready");
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	int c;

	command_program = "attacks";
	/* Options of commands, if there are any, are theirs. */
	while ((c = getopt(argc, argv, "+uc")) != -1) {
		if (c == 'u') {
			become_nobody();
		} else if (c == 'c') {
			own_network();
		} else {
			fputs("Before the command: -u as nobody, -c in a container of his own\n", stderr);
			return commands_usage(commands, ARRAY_SIZE(commands));
		}
	}
	return commands_main(commands, ARRAY_SIZE(commands), argc - optind, argv + optind);
}

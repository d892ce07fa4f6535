// SPDX-License-Identifier: GPL-2.0
/*
 * The commands, who plays them, and what they share.
 */
#define _GNU_SOURCE
#include "attacks.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	int (*main)(int argc, char **argv);
	const char *arguments;
	const char *help;
} commands[] = {
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

void die(const char *format, ...)
{
	int err = errno;
	va_list ap;

	va_start(ap, format);
	fputs("attacks: ", stderr);
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
		fprintf(stderr, "attacks: \"%s\" is not a number\n", text);
		exit(2);
	}
	return value;
}

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

static int usage(void)
{
	size_t i;

	fprintf(stderr, "Usage: attacks [-u] [-c] COMMAND: -u as nobody, -c in a container of his own\n");
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(stderr, "       attacks %s %s: %s\n", commands[i].name,
			commands[i].arguments, commands[i].help);
	return 2;
}

int main(int argc, char **argv)
{
	size_t i;
	int c;

	/* Options of commands, if there are any, are theirs. */
	while ((c = getopt(argc, argv, "+uc")) != -1) {
		if (c == 'u')
			become_nobody();
		else if (c == 'c')
			own_network();
		else
			return usage();
	}
	for (i = 0; optind < argc && i < ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[optind], commands[i].name))
			return commands[i].main(argc - optind, argv + optind);
	return usage();
}

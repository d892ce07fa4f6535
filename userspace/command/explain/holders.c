// SPDX-License-Identifier: GPL-2.0
/*
 * Who has a port, and what that means for bind(): behind a refusal, where it is why the server is
 * not there, and as a question of its own.
 */
#include "command/explain/explain.h"

#include "lib/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static bool is_in_the_way(const struct tpr_explained *explained, size_t row)
{
	return tpr_explain_is(explained, row, "fate", TPR_HOLD_IN_THE_WAY);
}

/**
 * tpr_explain_is_taken() - would a server's bind() fail?
 * @explained: the answer
 *
 * Return: true if a socket is in the way.
 */
bool tpr_explain_is_taken(const struct tpr_explained *explained)
{
	size_t row = 0;

	for (; (row = tpr_explain_find(explained, row, "holder")) != TPR_EXPLAIN_NONE; row++) {
		if (is_in_the_way(explained, row))
			return true;
	}
	return false;
}

static const struct {
	const char *state;
	const char *words;
} states[] = {
	{ "CLOSE", "bound, and does not listen" },
	{ "LISTEN", "listens" },
	{ "TIME_WAIT", "what is left of a connection (TIME_WAIT)" },
};

static const char *state_of(const struct tpr_explained *explained, size_t row)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		if (tpr_explain_is(explained, row, "state", states[i].state))
			return states[i].words;
	}
	return "a connection";
}

static void say_holder(const struct tpr_explained *explained, size_t row)
{
	char *socket = tpr_explain_socket(explained, row);

	if (socket)
		tpr_explain_say("HOLDER", "%s: %s; %s.", socket, state_of(explained, row),
				is_in_the_way(explained, row) ? "in the way of a bind()" :
								"not in the way");
	free(socket);
}

/**
 * tpr_explain_holders() - who has the port, a paragraph each
 * @explained: the answer
 */
void tpr_explain_holders(const struct tpr_explained *explained)
{
	size_t row = 0;

	for (; (row = tpr_explain_find(explained, row, "holder")) != TPR_EXPLAIN_NONE; row++)
		say_holder(explained, row);
}

/**
 * tpr_explain_is_bind() - is the answer about a bind()?
 * @explained: the answer
 *
 * Return: whether it is.
 */
bool tpr_explain_is_bind(const struct tpr_explained *explained)
{
	size_t row = tpr_explain_find(explained, 0, "result");

	return row != TPR_EXPLAIN_NONE && tpr_explain_is(explained, row, "name", "bind");
}

static const struct {
	const char *result;
	const char *words;
} results[] = {
	{ TPR_BIND_SUCCEEDS, "it succeeds: nobody who has the port is in the way." },
	{ TPR_BIND_IN_USE, "it fails with EADDRINUSE, \"Address already in use\"." },
	{ TPR_BIND_NOT_HERE, "it fails with EADDRNOTAVAIL: no address of this host." },
	{ TPR_BIND_INVALID, "it fails with EINVAL: TCP has no multicast, and an IPv4-mapped address none "
			    "with IPV6_V6ONLY." },
	{ TPR_BIND_UNKNOWN, "? a BPF program of a cgroup decides, or too many sockets have the "
			    "port." },
};

static unsigned int first_unprivileged(void)
{
	FILE *file = fopen("/proc/sys/net/ipv4/ip_unprivileged_port_start", "re");
	unsigned int port = 1024;

	if (file && fscanf(file, "%u", &port) != 1)
		port = 1024;
	if (file)
		fclose(file);
	return port;
}

static void say_privilege(const struct tpr_explained *explained)
{
	const char *colon = strrchr(tpr_explain_fact(explained, "local"), ':');
	unsigned int first = first_unprivileged();

	if (colon && strtoul(colon + 1, NULL, 10) < first)
		tpr_explain_say("NOTE", "a port below %u needs CAP_NET_BIND_SERVICE, else it fails "
				"with EACCES.", first);
}

/**
 * tpr_explain_bind() - what comes of a bind(), and why
 * @explained: the answer
 */
void tpr_explain_bind(const struct tpr_explained *explained)
{
	size_t row = tpr_explain_find(explained, 0, "result"), i;

	for (i = 0; i < ARRAY_SIZE(results); i++) {
		if (tpr_explain_is(explained, row, "fate", results[i].result))
			tpr_explain_say("RESULT", "%s", results[i].words);
	}
	tpr_explain_holders(explained);
	if (!explained->options->from)
		say_privilege(explained);
}

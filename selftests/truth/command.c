// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that set up what a play needs beyond sockets, in the namespace of
 * either side.
 */
#include "truth.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Return: the exit status, or -1 */
static int run(bool in_client, const char *command, char *said, size_t size)
{
	char line[COMMAND_LEN + 16];
	size_t n = 0;
	FILE *f;

	snprintf(line, sizeof(line), "{ %s\n} 2>&1", command);
	if (place_enter(in_client))
		return -1;
	f = popen(line, "r");
	if (place_enter(false) || !f)
		return -1;
	n = fread(said, 1, size - 1, f);
	said[n] = '\0';
	return pclose(f);
}

static bool is_in_client(const struct play *p, enum end side)
{
	return side == CLIENT && p->place != PLACE_LO;
}

/*
 * What iproute2 and iptables say of something that this kernel was built without:
 * their words, as they have no status of its own for it.
 */
static bool is_unknown(const char *said)
{
	static const char *const words[] = {
		"not supported", "not implemented", "algorithm not found", "Unknown device type",
		"No such file or directory",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(said, words[i]))
			return true;
	return false;
}

/*
 * Run a command in the namespace of @side. If the kernel says that there is no
 * such thing, it was built without @config and the play is skipped; with a
 * @config of NULL, and for any other reason, the play has failed.
 */
void command(struct play *p, enum end side, const char *config, const char *fmt, ...)
{
	char text[COMMAND_LEN], said[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!run(is_in_client(p, side), text, said, sizeof(said)))
		return;
	if (config && is_unknown(said))
		play_skip(p, config);
	errno = 0;
	said[strcspn(said, "\n")] = '\0';
	play_fail(p, "%.60s: %s", text, said);
}

/* The same, and what it has to say. */
void command_output(struct play *p, enum end side, char *said, size_t size, const char *fmt, ...)
{
	char text[COMMAND_LEN];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	errno = 0;
	if (run(is_in_client(p, side), text, said, size))
		play_fail(p, "%.60s: %.100s", text, said);
}

/*
 * What workers of the kernel's do after commands have ended: a device that has just got
 * its carrier drops what it is given until its queue is in place, and the first answer
 * would be sent a second later; and an address of IPv6 has no route at first.
 */
void command_settle(struct play *p, enum end side)
{
	command(p, side, NULL, "for try in $(seq 200); do "
		"! ip link show up | grep -q 'qdisc noop ' && { [ ! -e /proc/net/if_inet6 ] || "
		"awk 'FNR == NR { if ($2 == 80) routes[$1]; next } !($1 in routes) { exit 1 }' "
		"/proc/net/ipv6_route /proc/net/if_inet6; } && exit 0; sleep 0.02; done; exit 1");
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that set up what a play needs beyond sockets, in the namespace of
 * either side, and those that take it down again.
 */
#define _GNU_SOURCE
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
	said[strcspn(said, "\n")] = '\0';
	return pclose(f);
}

static bool is_in_client(const struct play *p, enum end side)
{
	return side == CLIENT && p->place != PLACE_LO;
}

/* What the tools say of something that this kernel was built without. */
static bool is_unknown(const char *said)
{
	static const char *const words[] = {
		"not supported", "Unknown device type", "unknown", "No such file or directory",
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
	char text[COMMAND_LEN], said[100];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!run(is_in_client(p, side), text, said, sizeof(said)))
		return;
	if (config && is_unknown(said))
		play_skip(p, config);
	errno = 0;
	play_fail(p, "%.60s: %s", text, said);
}

/* ESTAB 0 0 10.9.0.1:80 10.9.0.2:1024 ...: the second word with a colon. */
static uint16_t foreign_port(const char *line)
{
	const char *word = line;
	int colons = 0;

	for (word += strspn(word, " "); *word; word += strspn(word, " ")) {
		size_t len = strcspn(word, " ");

		if (memchr(word, ':', len) && ++colons == 2)
			return strtoul((const char *)memrchr(word, ':', len) + 1, NULL, 10);
		word += len;
	}
	return 0;
}

/*
 * A name for the one socket of the server that this command of ss lists: no
 * program may hold it, but the kernel tells its cookie to who asks. Return: the
 * port at its other end, or 0
 */
uint16_t command_cookie(struct play *p, const char *name, const char *fmt, ...)
{
	char text[COMMAND_LEN], said[600];
	const char *cookie;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	errno = 0;
	if (run(false, text, said, sizeof(said)))
		play_fail(p, "%.60s: %.100s", text, said);
	cookie = strstr(said, "sk:");
	if (!cookie)
		play_fail(p, "%.60s lists no socket", text);
	play_add_cookie(p, name, strtoull(cookie + 3, NULL, 16));
	return foreign_port(said);
}

/* Run this when the play is over, however it ends; the last one first. */
void command_afterwards(struct play *p, enum end side, const char *fmt, ...)
{
	unsigned int i = p->afterwards_nr;
	va_list ap;

	if (i == ARRAY_SIZE(p->afterwards))
		play_fail(p, "too many commands");
	p->afterwards[i].in_client = is_in_client(p, side);
	va_start(ap, fmt);
	vsnprintf(p->afterwards[i].text, sizeof(p->afterwards[i].text), fmt, ap);
	va_end(ap);
	p->afterwards_nr++;
}

/* What command_afterwards() was told. */
void command_end(struct play *p)
{
	char said[100];
	unsigned int i;

	for (i = p->afterwards_nr; i-- > 0;)
		if (run(p->afterwards[i].in_client, p->afterwards[i].text, said, sizeof(said)))
			printf("# %s: %s\n", p->afterwards[i].text, said);
}

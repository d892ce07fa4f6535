// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's own counters of the server's namespace: a witness that knows
 * nothing of the module.
 */
#include "truth.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX	32768

struct mib {
	char text[TEXT_MAX];
};

/* One that the kernel does not have adds nothing. */
static size_t append(char *text, size_t len, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	while (fd >= 0 && (n = read(fd, text + len, TEXT_MAX - 1 - len)) > 0)
		len += n;
	if (fd >= 0)
		close(fd);
	return len;
}

/* A snapshot, of @all or of the commonest. Return: it, or NULL without memory */
struct mib *mib_read(bool all)
{
	struct mib *m = calloc(1, sizeof(*m));
	size_t len = 0;

	if (!m)
		return NULL;
	len = append(m->text, len, "/proc/net/snmp");
	if (!all)
		return m;
	len = append(m->text, len, "/proc/net/netstat");
	len = append(m->text, len, "/proc/net/snmp6");
	append(m->text, len, "/proc/net/xfrm_stat");
	return m;
}

/* "Tcp: a b c" with "Tcp: 1 2 3" below it. */
static bool from_pair(const struct mib *m, const char *name, long *value)
{
	size_t len = strcspn(name, ":") + 1;
	const char *names = m->text, *values, *word;
	unsigned int nth = 0, at;

	while (names && strncmp(names, name, len)) {
		names = strchr(names, '\n');
		names = names ? names + 1 : NULL;
	}
	values = names ? strchr(names, '\n') : NULL;
	if (!values)
		return false;
	word = names + len;
	do {
		word += strspn(word, " ");
		at = strcspn(word, " \n");
		if (at == strlen(name + len) && !strncmp(word, name + len, at))
			break;
		word += at;
		nth++;
	} while (*word != '\n');
	if (*word == '\n')
		return false;
	for (values += 1 + len; nth--; values += strcspn(values, " "))
		values += strspn(values, " ");
	*value = strtol(values, NULL, 10);
	return true;
}

/* "Udp6InDatagrams   1" */
static bool from_line(const struct mib *m, const char *name, long *value)
{
	const char *line = m->text;
	size_t len = strlen(name);

	while (line && (strncmp(line, name, len) || !strchr(" \t", line[len]))) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	if (line)
		*value = strtol(line + len, NULL, 10);
	return line;
}

/*
 * How much a counter grew: Tcp:InSegs or XfrmInNoPols; IPv6 has its own of
 * what is named Udp:, Ip: and Icmp:. Return: false if there is none
 */
bool mib_growth(const struct mib *before, const struct mib *after, int family,
		const char *name, long *growth)
{
	const char *colon = strchr(name, ':');
	char own[64];
	long was, is;
	bool found;

	if (colon && (family == AF_INET || !strncmp(name, "Tcp", 3))) {
		found = from_pair(before, name, &was) && from_pair(after, name, &is);
	} else {
		snprintf(own, sizeof(own), "%.*s%s%s", colon ? (int)(colon - name) : 64, name,
			 colon ? "6" : "", colon ? colon + 1 : "");
		found = from_line(before, own, &was) && from_line(after, own, &is);
	}
	*growth = found ? is - was : 0;
	return found;
}

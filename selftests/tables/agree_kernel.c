// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets as the kernel's own files, ss and our tables tell them, each as a
 * line of the same form.
 */
#define _GNU_SOURCE
#include "agree.h"
#include "tables.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* By TCP_ESTABLISHED = 1 ...; the words of ours and of ss. */
static const struct {
	const char *name;
	const char *ss;
} states[] = {
	[1] = { "ESTABLISHED", "ESTAB" }, { "SYN_SENT", "SYN-SENT" },
	{ "SYN_RECV", "SYN-RECV" }, { "FIN_WAIT1", "FIN-WAIT-1" },
	{ "FIN_WAIT2", "FIN-WAIT-2" }, { "TIME_WAIT", "TIME-WAIT" },
	{ "-", "UNCONN" }, { "CLOSE_WAIT", "CLOSE-WAIT" }, { "LAST_ACK", "LAST-ACK" },
	{ "LISTEN", "LISTEN" }, { "CLOSING", "CLOSING" },
};

void lines_add(struct lines *l, const char *fmt, ...)
{
	va_list ap;

	if (l->nr == l->room) {
		l->room = l->room ? l->room * 2 : 1024;
		l->line = realloc(l->line, l->room * sizeof(*l->line));
	}
	va_start(ap, fmt);
	if (!l->line || vasprintf(&l->line[l->nr], fmt, ap) < 0)
		bail("no memory");
	va_end(ap);
	l->nr++;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void lines_sort(struct lines *l)
{
	qsort(l->line, l->nr, sizeof(*l->line), compare);
}

void lines_free(struct lines *l)
{
	size_t i;

	for (i = 0; i < l->nr; i++)
		free(l->line[i]);
	free(l->line);
	memset(l, 0, sizeof(*l));
}

/* Requests and TIME_WAITs have no owner any more, or not yet. */
static bool has_owner(const char *state, uint64_t inode)
{
	return inode || (strcmp(state, "TIME_WAIT") && strcmp(state, "SYN_RECV"));
}

static void add_socket(struct lines *l, const char *proto, const char *local, const char *foreign,
		       const char *state, uint64_t uid, uint64_t inode, uint64_t queue)
{
	if (!strcmp(state, "LISTEN") || !strcmp(state, "-"))
		lines_add(l, "%s %s %s uid %llu inode %llu queue %llu", proto, local, state,
			  (unsigned long long)uid, (unsigned long long)inode,
			  (unsigned long long)queue);
	else if (has_owner(state, inode))
		lines_add(l, "%s %s %s %s uid %llu inode %llu", proto, local, foreign, state,
			  (unsigned long long)uid, (unsigned long long)inode);
	else
		lines_add(l, "%s %s %s %s", proto, local, foreign, state);
}

/* "0100007F:1F90", words as they lie in memory. */
static void parse_end(const char *hex, bool is6, char text[ENDPOINT_LEN])
{
	char word[9] = "";
	union address a = { .sa.sa_family = is6 ? AF_INET6 : AF_INET };
	unsigned int i, words = is6 ? 4 : 1;
	uint16_t port = strtoul(hex + words * 8 + 1, NULL, 16);

	for (i = 0; i < words; i++) {
		uint32_t *to = is6 ? &a.in6.sin6_addr.s6_addr32[i] : &a.in.sin_addr.s_addr;

		memcpy(word, hex + i * 8, 8);
		*to = strtoul(word, NULL, 16);
	}
	if (is6)
		a.in6.sin6_port = htons(port);
	else
		a.in.sin_port = htons(port);
	address_format(&a, text);
}

static void read_proc_file(struct lines *l, const char *proto)
{
	char path[32], local[ENDPOINT_LEN], foreign[ENDPOINT_LEN], ends[2][64];
	char *text, *line, *save = NULL;
	unsigned long long rx, uid, inode;
	unsigned int state;
	bool is6 = strchr(proto, '6');

	snprintf(path, sizeof(path), "/proc/net/%s", proto);
	text = file_read(path, NULL);
	strtok_r(text, "\n", &save);
	while ((line = strtok_r(NULL, "\n", &save))) {
		if (sscanf(line, "%*s %63s %63s %x %*[0-9A-F]:%llx %*s %*s %llu %*s %llu", ends[0],
			   ends[1], &state, &rx, &uid, &inode) != 6 || state >= ARRAY_SIZE(states))
			bail("%s: %s", path, line);
		parse_end(ends[0], is6, local);
		parse_end(ends[1], is6, foreign);
		add_socket(l, proto, local, foreign, states[state].name, uid, inode, rx);
	}
	free(text);
}

/* What the kernel's own files say. */
void lines_read_proc(struct lines *l)
{
	read_proc_file(l, "tcp");
	read_proc_file(l, "tcp6");
	read_proc_file(l, "udp");
	read_proc_file(l, "udp6");
	lines_sort(l);
}

static void read_ours(struct lines *l, struct lines *by_cookie, const char *path)
{
	bool has_queue = !strcmp(path, LISTENERS);
	struct table t;
	size_t i;

	table_read(&t, path);
	for (i = 0; i < t.rows; i++) {
		const char *state = table_cell(&t, i, "state");
		uint64_t inode = table_number(&t, i, "inode"), uid = table_number(&t, i, "uid");
		uint64_t queue = has_queue ? table_number(&t, i, "queue") : 0;

		if (!strcmp(state, "CLOSED"))
			continue;
		add_socket(l, table_cell(&t, i, "proto"), table_cell(&t, i, "local"),
			   has_queue ? "" : table_cell(&t, i, "foreign"), state, uid, inode, queue);
		lines_add(by_cookie, "%s %s uid %llu inode %llu queue %llu backlog %llu",
			  table_cell(&t, i, "cookie"), state, (unsigned long long)uid,
			  (unsigned long long)inode, (unsigned long long)queue,
			  has_queue ? (unsigned long long)table_number(&t, i, "backlog") : 0);
	}
	table_free(&t);
}

/* What our tables say, twice: as the kernel's files do, and as ss does. */
void lines_read_ours(struct lines *l, struct lines *by_cookie)
{
	read_ours(l, by_cookie, LISTENERS);
	read_ours(l, by_cookie, CONNECTIONS);
	lines_sort(l);
	lines_sort(by_cookie);
}

static const char *state_of_ss(const char *name)
{
	size_t i;

	for (i = 1; i < ARRAY_SIZE(states); i++)
		if (!strcmp(states[i].ss, name))
			return states[i].name;
	return name;
}

static unsigned long long number_after(const char *line, const char *key)
{
	const char *at = strstr(line, key);

	return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

/* What ss says. */
void lines_read_ss(struct lines *l)
{
	FILE *f = popen("ss -H -O -t -u -a -n -e", "r");
	unsigned long long queue, backlog;
	char line[1024], state[32], cookie[32];
	const char *name, *sk;

	while (f && fgets(line, sizeof(line), f)) {
		sk = strstr(line, " sk:");
		if (!sk || sscanf(sk, " sk:%31s", cookie) != 1 ||
		    sscanf(line, "%*s %31s %llu %llu", state, &queue, &backlog) != 3)
			bail("ss: %s", line);
		name = state_of_ss(state);
		if (strcmp(name, "LISTEN"))
			backlog = 0;
		if (strcmp(name, "LISTEN") && strcmp(name, "-"))
			queue = 0;
		lines_add(l, "%s %s uid %llu inode %llu queue %llu backlog %llu", cookie, name,
			  has_owner(name, number_after(line, " ino:")) ?
				number_after(line, " uid:") : 0,
			  number_after(line, " ino:"), queue, backlog);
	}
	if (!f || pclose(f))
		bail("ss");
	lines_sort(l);
}

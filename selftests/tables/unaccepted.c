// SPDX-License-Identifier: GPL-2.0
/*
 * The experiment that no other tool explains: two listeners share a port, four
 * clients connect, nobody calls accept(). Who holds each of the four?
 */
#include "tables.h"
#include "unaccepted.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CLIENTS		4

/**
 * struct waiting - a connection that nobody has accepted
 * @foreign: its client
 * @cookie: what the table says, of itself
 * @listener: and of its listener
 * @waited_ns: for how long
 */
struct waiting {
	char foreign[ENDPOINT_LEN];
	char cookie[20];
	char listener[20];
	uint64_t waited_ns;
};

static size_t row_of(const struct table *t, const struct waiting *w)
{
	size_t row = table_find_tuple(t, "127.0.0.1:7001", w->foreign);

	if (row == NO_ROW)
		bail("no row of the connection from %s", w->foreign);
	return row;
}

static bool look_first(const struct table *t, struct waiting *w)
{
	size_t row = row_of(t, w);

	snprintf(w->cookie, sizeof(w->cookie), "%s", table_cell(t, row, "cookie"));
	snprintf(w->listener, sizeof(w->listener), "%s", table_cell(t, row, "listener_cookie"));
	w->waited_ns = table_number(t, row, "waited_ns");
	return table_is(t, row, "accepted_ns", "-") && table_is(t, row, "pid", "-") &&
	       table_is(t, row, "state", "ESTABLISHED") && table_is(t, row, "role", "server") &&
	       table_is(t, row, "listener", "0.0.0.0:7001");
}

/* Between two looks it has grown by the time between them. */
static bool look_again(const struct table *t, const struct table *first, const struct waiting *w)
{
	uint64_t grown = table_number(t, row_of(t, w), "waited_ns") - w->waited_ns;

	return grown >= t->before_ns - first->after_ns && grown <= t->after_ns - first->before_ns;
}

static bool is_in(const struct waiting *waiting, const char *foreign, uint64_t cookie,
		  uint64_t listener)
{
	char hex[2][20];
	int i;

	snprintf(hex[0], sizeof(hex[0]), "%llx", (unsigned long long)cookie);
	snprintf(hex[1], sizeof(hex[1]), "%llx", (unsigned long long)listener);
	for (i = 0; i < CLIENTS; i++)
		if (!strcmp(waiting[i].foreign, foreign))
			return !strcmp(waiting[i].cookie, hex[0]) &&
			       !strcmp(waiting[i].listener, hex[1]);
	return false;
}

/* A part of the topic "lineage". */
void unaccepted_run(void)
{
	int fds[2], clients[CLIENTS], i, child, right = 0, accepted[2] = { 0, 0 };
	struct waiting waiting[CLIENTS];
	unsigned int unaccepted = 0, grown = 0;
	struct table first, second;
	char foreign[ENDPOINT_LEN];
	struct netns ns;

	module_load("");
	netns_new(&ns);
	for (i = 0; i < 2; i++)
		fds[i] = sock_listen("0.0.0.0", 7001, OPT_REUSEPORT, 8);
	for (i = 0; i < CLIENTS; i++) {
		clients[i] = sock_connect("127.0.0.1", 7001, 0);
		sock_name(clients[i], waiting[i].foreign);
	}
	fence();
	table_read(&first, CONNECTIONS);
	for (i = 0; i < CLIENTS; i++)
		unaccepted += look_first(&first, &waiting[i]);
	table_read(&second, CONNECTIONS);
	for (i = 0; i < CLIENTS; i++)
		grown += look_again(&second, &first, &waiting[i]);
	result_is("unaccepted, with a listener", unaccepted, CLIENTS);
	result_is("waited_ns grows as the clock does", grown, CLIENTS);
	for (i = 0; i < 2; i++)
		for (; (child = sock_try_accept(fds[i])) >= 0; accepted[i]++) {
			sock_peer(child, foreign);
			right += is_in(waiting, foreign, sock_cookie(child), sock_cookie(fds[i]));
			close(child);
		}
	result(right == CLIENTS && accepted[0] + accepted[1] == CLIENTS,
	       "foretold who would accept: right for %d of %d (%d : %d)", right, CLIENTS,
	       accepted[0], accepted[1]);
	for (i = 0; i < CLIENTS; i++)
		close(clients[i]);
	close(fds[0]);
	close(fds[1]);
	table_free(&first);
	table_free(&second);
}

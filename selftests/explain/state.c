// SPDX-License-Identifier: GPL-2.0
/*
 * What stands in the table of connections: connections, requests, TIME_WAITs.
 */
#include "explain.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PORT	700

/* As @a's end would receive from its peer. */
static void question_for(int fd, char text[QUESTION_LEN])
{
	char here[ENDPOINT_LEN], there[ENDPOINT_LEN];

	sock_name(fd, here);
	sock_peer(fd, there);
	snprintf(text, QUESTION_LEN, "tcp %s %s", there, here);
}

static bool result_has(const struct answer *a, const char *row, const char *column, uint64_t cookie)
{
	size_t at = answer_row(a, row);

	return at != NO_ROW && strtoull(table_cell(&a->t, at, column), NULL, 16) == cookie;
}

static bool result_is_a(const struct answer *a, const char *match)
{
	return table_is(&a->t, answer_row(a, "result"), "fate", match) && a->is_agreed;
}

/**
 * struct pair - a connection
 * @listener: what it was born from
 * @client: its end that connected
 * @server: its end that was accepted
 * @question: about a segment to @server
 */
struct pair {
	int listener;
	int client;
	int server;
	char question[QUESTION_LEN];
};

static void pair_make(struct pair *p, const char *address)
{
	p->listener = sock_listen(address, PORT, OPT_NO_ABORT, 4);
	p->client = sock_connect(address, PORT, OPT_NO_ABORT);
	p->server = sock_accept(p->listener);
	question_for(p->server, p->question);
}

static void connections(const char *address)
{
	struct answer a;
	struct pair p;

	pair_make(&p, address);
	ask(&a, p.question);
	result(a.cookie == sock_cookie(p.server) && result_is_a(&a, "established") &&
	       result_has(&a, "result", "listener_cookie", sock_cookie(p.listener)),
	       "%s: a connection, and the listener it was born from", address);
	result(table_is(&a.t, table_find(&a.t, "name", "listener-addr"), "fate", "not-reached") &&
	       table_find(&a.t, "row", "otherwise") == NO_ROW,
	       "%s: the listeners are not reached", address);
	answer_free(&a);
	close(p.client);
	close(p.server);
	close(p.listener);
}

/* The server closes first, so that the TIME_WAIT stands where the listener is. */
static void time_wait(const char *address)
{
	struct answer a;
	uint64_t cookie;
	struct pair p;
	char byte;

	pair_make(&p, address);
	cookie = sock_cookie(p.server);
	close(p.server);
	if (read(p.client, &byte, 1))
		bail("the server did not close");
	close(p.client);
	fence();
	ask(&a, p.question);
	result(a.cookie == cookie && result_is_a(&a, "time-wait"), "%s: a TIME_WAIT: %llx = %llx",
	       address, (unsigned long long)a.cookie, (unsigned long long)cookie);
	result(result_has(&a, "otherwise", "cookie", sock_cookie(p.listener)),
	       "%s: and the listener, should it give way", address);
	answer_free(&a);
	close(p.listener);
}

static void request(const char *address)
{
	char question[QUESTION_LEN], here[ENDPOINT_LEN], there[ENDPOINT_LEN];
	struct answer a;
	int listener, client;
	size_t row;

	listener = sock_listen(address, PORT, 0, 4);
	sock_drop_all_but_syns(listener);
	client = sock_try_connect(address, PORT, 0);
	fence();
	/* The client is connected, the server is not. */
	sock_name(client, here);
	sock_peer(client, there);
	snprintf(question, sizeof(question), "tcp %s %s", here, there);
	ask(&a, question);
	row = answer_row(&a, "result");
	result(result_is_a(&a, "request") && table_is(&a.t, row, "state", "SYN_RECV") &&
	       result_has(&a, "result", "listener_cookie", sock_cookie(listener)),
	       "%s: a request, and its listener", address);
	answer_free(&a);
	close(client);
	close(listener);
}

static void run(void)
{
	static const char *const addresses[] = { "127.0.0.1", "::1" };
	unsigned int i;

	place_make();
	module_load("");
	for (i = 0; i < ARRAY_SIZE(addresses); i++) {
		connections(addresses[i]);
		time_wait(addresses[i]);
		request(addresses[i]);
	}
	result_is("disagreements counted", disagreements(), 0);
}

const struct topic explain_state_topic = {
	.name = "state",
	.results = 11,
	.run = run,
};

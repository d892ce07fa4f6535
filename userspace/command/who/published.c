// SPDX-License-Identifier: GPL-2.0
/*
 * A port that this namespace publishes and NAT leads to a container. In the namespace of the
 * container nothing is left of it; here connection tracking knows where each connection went, and
 * explain asks that.
 */
#include "command/who/published.h"

#include "lib/endpoint.h"
#include "lib/message.h"
#include "lib/words.h"
#include "system/procfs.h"
#include "command/explain/explain.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* Each is a question to the module */
#define ASKED_MAX	1000
#define END_BYTES	80
#define MAPPED_BYTES	12

/* In the form that explain takes, without the ::ffff: of IPv4 at a socket of both. */
static void write_end(char *text, const uint8_t *addr, uint16_t port)
{
	static const uint8_t mapped[MAPPED_BYTES] = { [10] = 0xff, [11] = 0xff };
	char address[INET6_ADDRSTRLEN];

	if (!memcmp(addr, mapped, sizeof(mapped))) {
		inet_ntop(AF_INET, addr + MAPPED_BYTES, address, sizeof(address));
		snprintf(text, END_BYTES, "%s:%u", address, port);
	} else {
		inet_ntop(AF_INET6, addr, address, sizeof(address));
		snprintf(text, END_BYTES, "[%s]:%u", address, port);
	}
}

static bool are_same(const char *a, const char *b)
{
	struct tpr_endpoint one, other;

	return tpr_endpoint_parse(a, &one) && tpr_endpoint_parse(b, &other) &&
	       !tpr_endpoint_compare(&one, &other);
}

/*
 * Does NAT here make this connection of what was sent from its foreign end to that address?
 * -errno after a message.
 */
static int leads_to(struct tpr_explained *explained, const struct tpr_rows *rows, size_t row,
		     const char *published)
{
	const char *proto = tpr_rows_get(rows, row, "proto");
	struct tpr_endpoint foreign;
	char from[END_BYTES], question[2 * END_BYTES + 16];
	size_t found = 0;
	int error;

	if (!tpr_endpoint_parse(tpr_rows_get(rows, row, "foreign"), &foreign))
		return 0;
	write_end(from, foreign.addr, foreign.port);
	if (!strchr(from, ']') != !strchr(published, ']'))
		return 0;
	snprintf(question, sizeof(question), "%.3s %s %s", proto, from, published);
	error = tpr_explain_ask(explained, question);
	if (error)
		return error;
	for (; (found = tpr_explain_find(explained, found, "before")) != TPR_EXPLAIN_NONE; found++) {
		if (tpr_explain_is(explained, found, "fate", TPR_GATE_FATE_TRANSLATES))
			return are_same(tpr_explain_get(explained, found, "local"),
					tpr_rows_get(rows, row, "local")) &&
			       are_same(tpr_explain_get(explained, found, "foreign"),
					tpr_rows_get(rows, row, "foreign"));
	}
	return 0;
}

/* Is it a live one of a server, and of that client if two ends were given? */
static bool may_be(const struct tpr_inquiry *inquiry, size_t row, unsigned int end)
{
	const struct tpr_rows *rows = &inquiry->connections;
	const struct tpr_question *question = &inquiry->question;
	const char *state = tpr_rows_get(rows, row, "state");
	struct tpr_endpoint foreign;

	return !strcmp(tpr_rows_get(rows, row, "role"), "server") &&
	       strcmp(state, "CLOSED") && strcmp(state, "TIME_WAIT") &&
	       (!question->proto ||
		!strncmp(question->proto, tpr_rows_get(rows, row, "proto"), 3)) &&
	       (question->ends_nr < 2 ||
		(tpr_endpoint_parse(tpr_rows_get(rows, row, "foreign"), &foreign) &&
		 tpr_endpoint_is(&foreign, &question->ends[!end])));
}

static void follow(struct tpr_inquiry *inquiry, struct tpr_explained *explained, unsigned int end,
		   void (*tell)(struct tpr_inquiry *inquiry, size_t row))
{
	const struct tpr_prefix *prefix = &inquiry->question.ends[end];
	char published[END_BYTES];
	size_t asked = 0, row;
	int leads = 0;

	if (prefix->bits < 8 * sizeof(prefix->addr) || !prefix->has_port)
		return;
	write_end(published, prefix->addr, prefix->port);
	inquiry->published = published;
	for (row = 0; row < inquiry->connections.nr && asked < ASKED_MAX && leads >= 0; row++) {
		if (!may_be(inquiry, row, end))
			continue;
		asked++;
		leads = leads_to(explained, &inquiry->connections, row, published);
		if (leads > 0)
			tell(inquiry, row);
	}
	inquiry->published = NULL;
	if (asked == ASKED_MAX)
		tpr_message("who: connection tracking was asked for the first %u connections only: "
			    "give both ends", ASKED_MAX);
}

/**
 * tpr_published_answer() - tell of the connections to which NAT of this namespace has led what
 *	was sent to an end that was asked for
 * @inquiry: what is asked, and the connections of all namespaces
 * @tell: told of each
 */
void tpr_published_answer(struct tpr_inquiry *inquiry,
			  void (*tell)(struct tpr_inquiry *inquiry, size_t row))
{
	struct tpr_options here = inquiry->options;
	struct tpr_explained explained;
	unsigned int end;

	here.is_all = false;
	if (!tpr_procfs_has(&here, TPR_PROCFS_EXPLAIN) || tpr_explain_open(&explained, &here))
		return;
	for (end = 0; end < inquiry->question.ends_nr; end++)
		follow(inquiry, &explained, end, tell);
	tpr_explain_close(&explained);
}

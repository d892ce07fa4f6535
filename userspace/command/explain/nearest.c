// SPDX-License-Identifier: GPL-2.0
/*
 * The last part of an answer for people, where nothing was found: what comes nearest, and what to
 * do about it.
 */
#include "command/explain/explain.h"

#include "lib/text.h"
#include "lib/words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define NS_PER_S	1000000000

/* The address alone, of "address:port". */
static char *address_of(const char *endpoint)
{
	const char *colon = strrchr(endpoint, ':');

	return strndup(endpoint, colon ? (size_t)(colon - endpoint) : strlen(endpoint));
}

static bool is_loopback(const char *local)
{
	return !strncmp(local, "127.", 4) || !strncmp(local, "[::1]", 5) ||
	       !strncmp(local, "[::ffff:127.", 12);
}

static bool is_udp(const struct tpr_explained *explained)
{
	return !strcmp(tpr_explain_fact(explained, "proto"), "udp");
}

static const char *any_of(const struct tpr_explained *explained)
{
	return *tpr_explain_fact(explained, "local") == '[' ? "[::]" : "0.0.0.0";
}

static void put_address(FILE *out, const struct tpr_explained *explained)
{
	char *address = address_of(tpr_explain_fact(explained, "local"));

	fputs(address ? address : "?", out);
	free(address);
}

static void here_now(FILE *why, FILE *advice, const struct tpr_explained *explained, size_t row)
{
	(void)explained;
	(void)row;
	fputs("it fits, and is there now.", why);
	fputs("ask again.", advice);
}

static void other_address(FILE *why, FILE *advice, const struct tpr_explained *explained,
			  size_t row)
{
	fputs(is_loopback(tpr_explain_get(explained, row, "local")) ?
		      "right port, but for this host only." : "right port, but another address.", why);
	fprintf(advice, "bind to %s or to ", any_of(explained));
	put_address(advice, explained);
	fputc('.', advice);
}

static void only_ipv6(FILE *why, FILE *advice, const struct tpr_explained *explained, size_t row)
{
	bool is_any = !strncmp(tpr_explain_get(explained, row, "local"), "[::]:", 5);

	fputs(is_any ? "right port, but it takes IPv6 only." :
		       "right port, but an address of IPv6.", why);
	fprintf(advice, "%sbind to 0.0.0.0 or to ",
		is_any ? "clear IPV6_V6ONLY before bind(), or " : "");
	put_address(advice, explained);
	fputs(" as well.", advice);
}

static void only_ipv4(FILE *why, FILE *advice, const struct tpr_explained *explained, size_t row)
{
	(void)row;
	fputs("right port, but it takes IPv4 only.", why);
	fputs("bind to [::] with IPV6_V6ONLY cleared, or to ", advice);
	put_address(advice, explained);
	fputs(" as well.", advice);
}

static void other_device(FILE *why, FILE *advice, const struct tpr_explained *explained,
			 size_t row)
{
	const char *dev = tpr_explain_fact(explained, "dev");

	fprintf(why, "right port, but bound to device %s.", tpr_explain_get(explained, row, "dev"));
	fprintf(advice, "bind it to device %s, or to none.", dev);
}

static void other_peer(FILE *why, FILE *advice, const struct tpr_explained *explained, size_t row)
{
	fprintf(why, "right port, but connected: it takes datagrams from %s only.",
		tpr_explain_get(explained, row, "foreign"));
	fputs("receive on a socket that is not connected.", advice);
}

static bool has_holders(const struct tpr_explained *explained)
{
	return tpr_explain_find(explained, 0, "holder") != TPR_EXPLAIN_NONE;
}

static void closed(FILE *why, FILE *advice, const struct tpr_explained *explained, size_t row)
{
	uint64_t now_ns = 0, closed_ns = 0;

	tpr_text_u64(tpr_explain_fact(explained, "asked_ns"), &now_ns);
	tpr_text_u64(tpr_explain_get(explained, row, "closed_ns"), &closed_ns);
	fprintf(why, "closed %" PRIu64 " s ago.",
		now_ns > closed_ns ? (now_ns - closed_ns) / NS_PER_S : 0);
	if (tpr_explain_is_taken(explained))
		fputs("start it again when that is gone: until then bind() fails with EADDRINUSE.",
		      advice);
	else if (has_holders(explained))
		fputs("start it again, with SO_REUSEADDR; or find out why it closed its socket.",
		      advice);
	else
		fputs("start it again, or find out why it closed its socket.", advice);
}

static void other_netns(FILE *why, FILE *advice, const struct tpr_explained *explained, size_t row)
{
	fprintf(why, "it is in network namespace %s.", tpr_explain_get(explained, row, "netns"));
	fprintf(advice, "reach it by an address of that namespace, or forward the port to it.");
}

static void other_proto(FILE *why, FILE *advice, const struct tpr_explained *explained, size_t row)
{
	(void)row;
	fprintf(why, "right port, but %s.", is_udp(explained) ? "TCP" : "UDP");
	fprintf(advice, "let the client use %s, or start a server for %s.",
		is_udp(explained) ? "TCP" : "UDP", is_udp(explained) ? "UDP" : "TCP");
}

static const struct {
	const char *kind;
	void (*say)(FILE *why, FILE *advice, const struct tpr_explained *explained, size_t row);
} kinds[] = {
	{ TPR_NEAR_NOW, here_now },
	{ TPR_NEAR_ADDRESS, other_address },
	{ TPR_NEAR_ONLY_IPV6, only_ipv6 },
	{ TPR_NEAR_ONLY_IPV4, only_ipv4 },
	{ TPR_NEAR_DEVICE, other_device },
	{ TPR_NEAR_PEER, other_peer },
	{ TPR_NEAR_CLOSED, closed },
	{ TPR_NEAR_NETNS, other_netns },
	{ TPR_NEAR_PROTO, other_proto },
};

/* "ENDPOINT, PROCESS" */
static char *name_of(const struct tpr_explained *explained, size_t row)
{
	char *endpoint = tpr_explain_endpoint(explained, row);
	char *process = tpr_explain_process(explained, row);
	bool has_process = process && tpr_table_is_value(process);
	char *text = NULL;

	if (!endpoint || asprintf(&text, "%s%s%s", endpoint, has_process ? ", " : "",
				  has_process ? process : "") < 0)
		text = NULL;
	free(endpoint);
	free(process);
	return text;
}

static void write_near(const struct tpr_explained *explained, size_t row, bool has_advice)
{
	char *why = NULL, *advice = NULL, *name = name_of(explained, row);
	size_t why_bytes, advice_bytes, i;
	FILE *why_out = open_memstream(&why, &why_bytes);
	FILE *advice_out = open_memstream(&advice, &advice_bytes);

	for (i = 0; why_out && advice_out && i < ARRAY_SIZE(kinds); i++) {
		if (tpr_explain_is(explained, row, "name", kinds[i].kind))
			kinds[i].say(why_out, advice_out, explained, row);
	}
	if (why_out)
		fclose(why_out);
	if (advice_out)
		fclose(advice_out);
	if (name && why && advice) {
		tpr_explain_say("NEAREST", "%s: %s", name, why);
		/* What the closed one has left may be in the way of its successor. */
		if (tpr_explain_is(explained, row, "name", TPR_NEAR_CLOSED))
			tpr_explain_holders(explained);
		if (has_advice)
			tpr_explain_say("ADVICE", "%s", advice);
	}
	free(name);
	free(why);
	free(advice);
}

/* Whoever has the port and does not listen may be why nobody does. */
static void write_nothing(const struct tpr_explained *explained, bool has_advice)
{
	if (!has_holders(explained)) {
		tpr_explain_say("NEAREST", "nothing: no socket is bound to that port.");
		if (has_advice)
			tpr_explain_say("ADVICE", tpr_explain_arrival(explained) == TPR_ARRIVAL_OPEN ?
					"find out where that sends it; if nowhere, start the server." :
					"start the server.");
		return;
	}
	tpr_explain_say("NEAREST", "nothing that listens, but the port is in use:");
	tpr_explain_holders(explained);
	if (has_advice)
		tpr_explain_say("ADVICE", tpr_explain_is_taken(explained) ?
				"a server's bind() fails with EADDRINUSE until that is gone." :
				"start the server: with SO_REUSEADDR its bind() succeeds.");
}

/**
 * tpr_explain_near() - what comes nearest, if nothing was found
 * @explained: the answer
 * @was_taken: packets to it were dropped before; if it is not known who does
 *	that now, it comes first
 */
void tpr_explain_near(const struct tpr_explained *explained, bool was_taken)
{
	bool has_advice = !was_taken || tpr_explain_arrival(explained) != TPR_ARRIVAL_OPEN;
	size_t result = tpr_explain_find(explained, 0, "result");
	size_t row = tpr_explain_find(explained, 0, "nearest");

	if (result == TPR_EXPLAIN_NONE || !tpr_explain_is(explained, result, "fate", TPR_MATCH_NONE))
		return;
	if (tpr_explain_arrival(explained) == TPR_ARRIVES_NOT ||
	    !strcmp(tpr_explain_fact(explained, "local_is"), TPR_LOCAL_MULTICAST) ||
	    !strcmp(tpr_explain_fact(explained, "local_is"), TPR_LOCAL_BROADCAST))
		return;
	if (row == TPR_EXPLAIN_NONE)
		write_nothing(explained, has_advice);
	for (; row != TPR_EXPLAIN_NONE; row = tpr_explain_find(explained, row + 1, "nearest"))
		write_near(explained, row, has_advice);
	if (!has_advice)
		tpr_explain_say("ADVICE", "find out who dropped these: a server would not get them, either.");
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Why a segment does not get to the socket that one would expect: one that fits better stands
 * behind the end of the walk, or in a step that is not reached.
 */
#include "command/explain/explain.h"

#include "lib/text.h"
#include "lib/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_udp(const struct tpr_explained *explained)
{
	return !strcmp(tpr_explain_fact(explained, "proto"), "udp");
}

/* With which a socket joins its chain. */
static const char *call_of(const struct tpr_explained *explained)
{
	return is_udp(explained) ? "bind()" : "listen()";
}

/* The socket whose group ended the walk, if one behind it has more points. */
static size_t find_better(const struct tpr_explained *explained, size_t *stopper)
{
	uint64_t best = 0, score;
	size_t row = 0, better = TPR_EXPLAIN_NONE;

	*stopper = TPR_EXPLAIN_NONE;
	for (; (row = tpr_explain_find(explained, row, "socket")) != TPR_EXPLAIN_NONE; row++) {
		if (tpr_explain_is(explained, row, "fate", TPR_FATE_GROUP_STOPS))
			*stopper = row;
		if (*stopper == TPR_EXPLAIN_NONE ||
		    !tpr_explain_is(explained, row, "step",
				    tpr_explain_get(explained, *stopper, "step")) ||
		    !tpr_text_u64(tpr_explain_get(explained, row, "score"), &score))
			continue;
		if (score > best && row != *stopper)
			better = row;
		if (score > best)
			best = score;
	}
	return better;
}

/* As it is told apart in the list above. */
static const char *name_of(const struct tpr_explained *explained, size_t row)
{
	const char *cookie = tpr_explain_get(explained, row, "cookie");

	return tpr_table_is_value(cookie) ? cookie : tpr_explain_get(explained, row, "local");
}

/* IPv6 sockets with SO_REUSEPORT join at the tail of a chain, all others at its head. */
static bool joins_tail(const struct tpr_explained *explained, size_t row)
{
	return *tpr_explain_get(explained, row, "local") == '[' &&
	       tpr_explain_has_flag(explained, row, TPR_SOCKET_FLAG_REUSEPORT);
}

/* Who joins where, so that one call decides who is asked first; to be freed. */
static char *say_order(const struct tpr_explained *explained, size_t stopper, size_t better)
{
	bool at_tail = joins_tail(explained, better);
	char *text = NULL;
	int bytes;

	if (at_tail && !joins_tail(explained, stopper))
		return strdup("IPv6 sockets with SO_REUSEPORT join at the tail of the chain, all "
			      "others at its head");
	bytes = asprintf(&text, "%s join at the %s of the chain: the %s one to call %s is asked first",
			 at_tail ? "IPv6 sockets with SO_REUSEPORT" :
			 *tpr_explain_get(explained, better, "local") == '[' ?
				   "IPv6 sockets without SO_REUSEPORT" :
			 is_udp(explained) ? "IPv4 sockets" : "IPv4 listeners",
			 at_tail ? "tail" : "head", at_tail ? "first" : "last", call_of(explained));
	return bytes < 0 ? NULL : text;
}

static void advise_order(const struct tpr_explained *explained, size_t stopper, size_t better)
{
	const char *what = strstr(tpr_explain_get(explained, better, "points"), "device:2") ||
			   strcmp(tpr_explain_get(explained, better, "dev"), "-") ?
				   "device-bound socket" : "better one";
	bool at_tail = joins_tail(explained, better);

	if (at_tail && !joins_tail(explained, stopper))
		tpr_explain_say("ADVICE", "no order of %s helps: put an IPv4 socket in its place, "
				"which joins at the head, and call %s on that one last.",
				call_of(explained), call_of(explained));
	else
		tpr_explain_say("ADVICE", "call %s on the %s %s.", call_of(explained), what,
				at_tail ? "first" : "last");
}

static void say_stopped(const struct tpr_explained *explained, size_t stopper, size_t better)
{
	char *order = say_order(explained, stopper, better);

	tpr_explain_say("WHY", "%s fits better (%s against %s), but the walk ends at the first "
			"candidate that beats the best so far and has SO_REUSEPORT, whatever stands "
			"behind it. %s.",
			name_of(explained, better), tpr_explain_get(explained, better, "score"),
			tpr_explain_get(explained, stopper, "score"), order ? order : "");
	advise_order(explained, stopper, better);
	free(order);
}

/* A socket that would have taken it, in a step that the kernel does not reach. */
static size_t find_unreached(const struct tpr_explained *explained, size_t result)
{
	size_t row = 0;
	uint64_t score;

	if (!tpr_explain_is(explained, result, "name", TPR_VIA_LISTENER_ADDR) &&
	    !tpr_explain_is(explained, result, "name", TPR_VIA_UDP_ADDR))
		return TPR_EXPLAIN_NONE;
	for (; (row = tpr_explain_find(explained, row, "socket")) != TPR_EXPLAIN_NONE; row++) {
		if (!tpr_explain_is(explained, row, "name",
				    tpr_explain_get(explained, result, "name")) &&
		    tpr_text_u64(tpr_explain_get(explained, row, "score"), &score))
			return row;
	}
	return TPR_EXPLAIN_NONE;
}

/* Members are bound alike. */
static bool is_in_group(const struct tpr_explained *explained, size_t a, size_t b)
{
	return tpr_explain_is(explained, a, "local", tpr_explain_get(explained, b, "local")) &&
	       tpr_explain_is(explained, a, "dev", tpr_explain_get(explained, b, "dev")) &&
	       tpr_explain_is(explained, a, "flags", tpr_explain_get(explained, b, "flags")) &&
	       tpr_explain_has_flag(explained, a, TPR_SOCKET_FLAG_REUSEPORT);
}

/**
 * tpr_explain_why() - why it is not the socket that one would expect
 * @explained: the answer
 * @result: its row "result", which has found a socket
 */
void tpr_explain_why(const struct tpr_explained *explained, size_t result)
{
	size_t stopper, other = find_better(explained, &stopper);

	if (other != TPR_EXPLAIN_NONE && !is_in_group(explained, other, stopper)) {
		say_stopped(explained, stopper, other);
		return;
	}
	other = find_unreached(explained, result);
	if (other != TPR_EXPLAIN_NONE)
		tpr_explain_say("WHY", "the exact address is searched first, and what is found there "
				"ends the search: %s, bound to the wildcard, is not looked at.",
				name_of(explained, other));
}

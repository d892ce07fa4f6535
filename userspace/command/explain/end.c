// SPDX-License-Identifier: GPL-2.0
/*
 * The second part of an answer for people: who gets the segment, what the kernel's own lookup
 * says of that, and why it is not somebody else.
 */
#include "command/explain/explain.h"

#include "lib/text.h"
#include "lib/words.h"
#include "module/uapi/columns.h"
#include "show/drawing.h"

#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static bool is_udp(const struct tpr_explained *explained)
{
	return !strcmp(tpr_explain_fact(explained, "proto"), "udp");
}

static size_t find_step(const struct tpr_explained *explained, const char *name)
{
	size_t row = tpr_explain_find(explained, 0, "step");

	while (row != TPR_EXPLAIN_NONE && !tpr_explain_is(explained, row, "name", name))
		row = tpr_explain_find(explained, row + 1, "step");
	return row;
}

/* How many get a copy of what goes to many. */
static size_t count_copies(const struct tpr_explained *explained)
{
	size_t row = 0, nr = 0;

	for (; (row = tpr_explain_find(explained, row, "socket")) != TPR_EXPLAIN_NONE; row++)
		nr += tpr_explain_is(explained, row, "fate", TPR_FATE_COPY);
	return nr;
}

/* What nobody is there for. */
static char *say_none(const struct tpr_explained *explained, size_t row)
{
	if (tpr_explain_is(explained, row, "name", TPR_VIA_UNSEARCHED))
		return strdup("nobody: TCP is for one host, the kernel drops the segment.");
	if (tpr_explain_arrival(explained) == TPR_ARRIVES_NOT ||
	    (tpr_explain_arrival(explained) == TPR_ARRIVAL_OPEN &&
	     !strcmp(tpr_explain_fact(explained, "local_is"), TPR_LOCAL_ELSEWHERE)))
		return strdup("no socket.");
	if (find_step(explained, TPR_STEP_MULTICAST) != TPR_EXPLAIN_NONE)
		return strdup("no socket wants it, and the kernel answers nothing.");
	if (is_udp(explained))
		return strdup("no socket: the kernel answers with ICMP \"port unreachable\", a client "
			      "that is connected reads \"Connection refused\".");
	return strdup("no socket: the kernel answers with RST, the client reads \"Connection "
		      "refused\".");
}

/* What only a program knows. */
static char *say_unknown(const struct tpr_explained *explained, size_t row)
{
	const char *progs = tpr_explain_programs(explained, row);
	char *text = NULL;
	size_t step;
	int bytes;

	if (tpr_explain_is(explained, row, "name", TPR_VIA_SK_LOOKUP)) {
		step = find_step(explained, TPR_STEP_SK_LOOKUP);
		progs = step == TPR_EXPLAIN_NONE ? "?" : tpr_explain_programs(explained, step);
		bytes = asprintf(&text, "? BPF sk_lookup program %s decides: it is not run here, since "
				 "nobody knows what else it does.", progs);
		return bytes < 0 ? NULL : text;
	}
	if (tpr_explain_is(explained, row, "chooser", TPR_CHOOSER_HASH)) {
		bytes = asprintf(&text, "? one of a group of %s: which one, a hash decides whose "
				 "secret is the kernel's.", tpr_explain_get(explained, row, "group"));
		return bytes < 0 ? NULL : text;
	}
	bytes = asprintf(&text, "? eBPF program %s chooses one of a group of %s, or drops it: it is "
			 "not run here, since nobody knows what else it does.", progs,
			 tpr_explain_get(explained, row, "group"));
	return bytes < 0 ? NULL : text;
}

/* What is not a listener has a state, and was born from one. */
static char *say_socket(const struct tpr_explained *explained, size_t row)
{
	const char *match = tpr_explain_get(explained, row, "fate");
	const char *state = tpr_explain_get(explained, row, "state");
	const char *listener = tpr_explain_get(explained, row, "listener_cookie");
	char *socket = tpr_explain_socket(explained, row);
	size_t copies = count_copies(explained);
	bool has_listener = tpr_table_is_value(listener);
	char *text = NULL;
	int bytes;

	if (!socket)
		return NULL;
	if (copies > 1)
		bytes = asprintf(&text, "%zu sockets get a copy each, the first is %s.", copies, socket);
	else if (!strcmp(match, TPR_MATCH_LISTENER) || !strcmp(match, TPR_MATCH_BOUND) ||
	    !strcmp(match, TPR_MATCH_CONNECTED))
		bytes = asprintf(&text, "%s.", socket);
	else if (!strcmp(match, TPR_MATCH_TIME_WAIT))
		bytes = asprintf(&text, "%s: a TIME_WAIT, which answers it.", socket);
	else if (!strcmp(match, TPR_MATCH_REQUEST))
		bytes = asprintf(&text, "%s: a handshake in progress%s%s.", socket,
				 has_listener ? ", of listener " : "", has_listener ? listener : "");
	else
		bytes = asprintf(&text, "%s: a connection, %s%s%s.", socket, state,
				 has_listener ? ", born from listener " : "",
				 has_listener ? listener : "");
	free(socket);
	return bytes < 0 ? NULL : text;
}

/* The first row of a kind that is about the same CPU. */
static size_t find_for(const struct tpr_explained *explained, size_t result, const char *kind)
{
	size_t row = result;

	while ((row = tpr_explain_find(explained, row + 1, kind)) != TPR_EXPLAIN_NONE) {
		if (tpr_explain_is(explained, row, "cpu",
				   tpr_explain_get(explained, result, "cpu")))
			return row;
	}
	return TPR_EXPLAIN_NONE;
}

static const struct {
	const char *after;
	const char *words;
} drops[] = {
	{ TPR_AFTER_ACCEPT_QUEUE, "it drops the SYN, as its accept queue is full" },
	{ TPR_AFTER_REQUEST_QUEUE, "it drops the SYN, as its queue of requests is full" },
	{ TPR_AFTER_NO_ROUTE, "it drops the SYN, as its answer has no route" },
	{ TPR_AFTER_RECEIVE_BUFFER, "it drops the datagram, as its receive buffer is full" },
};

/* What surely does not come to the lookup is a question of who would get it, and no more. */
static bool comes(const struct tpr_explained *explained)
{
	return tpr_explain_arrival(explained) != TPR_ARRIVES_NOT;
}

/* What becomes of it at the socket is part of the same sentence. */
static char *say_drop(const struct tpr_explained *explained, size_t result, char *text)
{
	size_t row = result, i;
	char *more = NULL;

	while (text && comes(explained) && (row = find_for(explained, row, "after")) != TPR_EXPLAIN_NONE) {
		for (i = 0; i < ARRAY_SIZE(drops) && !more; i++) {
			if (tpr_explain_is(explained, row, "name", drops[i].after) &&
			    asprintf(&more, "%.*s: %s.", (int)strlen(text) - 1, text,
				     drops[i].words) < 0)
				more = NULL;
		}
	}
	if (!more)
		return text;
	free(text);
	return more;
}

/* A row "result" or "otherwise", in words; to be freed. */
static char *say(const struct tpr_explained *explained, size_t row)
{
	if (tpr_explain_is(explained, row, "fate", TPR_MATCH_NONE))
		return say_none(explained, row);
	if (tpr_explain_is(explained, row, "fate", "?"))
		return say_unknown(explained, row);
	return say_drop(explained, row, say_socket(explained, row));
}

static bool agrees(const struct tpr_explained *explained, size_t result)
{
	size_t row = find_for(explained, result, "kernel");

	return row != TPR_EXPLAIN_NONE &&
	       tpr_explain_is(explained, row, "fate", TPR_AGREEMENT_AGREES);
}

static bool all_agree(const struct tpr_explained *explained)
{
	size_t row = 0;

	for (; (row = tpr_explain_find(explained, row, "kernel")) != TPR_EXPLAIN_NONE; row++) {
		if (!tpr_explain_is(explained, row, "fate", TPR_AGREEMENT_AGREES))
			return false;
	}
	return true;
}

/* Is the answer of two CPUs the same? */
static bool is_same(const struct tpr_explained *explained, size_t a, size_t b)
{
	return tpr_explain_is(explained, a, "fate", tpr_explain_get(explained, b, "fate")) &&
	       tpr_explain_is(explained, a, "cookie", tpr_explain_get(explained, b, "cookie")) &&
	       tpr_explain_is(explained, a, "local", tpr_explain_get(explained, b, "local")) &&
	       tpr_explain_is(explained, a, "inode", tpr_explain_get(explained, b, "inode"));
}

/**
 * tpr_explain_depends_on_cpu() - whether it matters which CPU handles the segment
 * @explained: the answer
 *
 * Return: whether it does.
 */
bool tpr_explain_depends_on_cpu(const struct tpr_explained *explained)
{
	size_t first = tpr_explain_find(explained, 0, "result"), row = first;

	while ((row = tpr_explain_find(explained, row + 1, "result")) != TPR_EXPLAIN_NONE) {
		if (!is_same(explained, first, row))
			return true;
	}
	return false;
}

/**
 * tpr_explain_cpus_like() - the CPUs with the same answer as that of a row
 * @explained: the answer
 * @row: a "result"
 *
 * Return: their numbers with commas between, if it is the first of them; to be freed; else NULL.
 */
char *tpr_explain_cpus_like(const struct tpr_explained *explained, size_t row)
{
	char *text = NULL;
	const char *before = "";
	size_t bytes, other = 0;
	FILE *out;

	for (; (other = tpr_explain_find(explained, other, "result")) < row; other++) {
		if (is_same(explained, other, row))
			return NULL;
	}
	out = open_memstream(&text, &bytes);
	if (!out)
		return NULL;
	for (other = row; other != TPR_EXPLAIN_NONE;
	     other = tpr_explain_find(explained, other + 1, "result")) {
		if (!is_same(explained, other, row))
			continue;
		fprintf(out, "%s%s", before, tpr_explain_get(explained, other, "cpu"));
		before = ",";
	}
	return fclose(out) ? NULL : text;
}

/**
 * tpr_explain_label() - what the lookup finds is the result, if the segment comes to it
 * @explained: the answer
 *
 * Return: the label of that.
 */
const char *tpr_explain_label(const struct tpr_explained *explained)
{
	return tpr_explain_arrival(explained) == TPR_ARRIVES ? "RESULT" : "LOOKUP";
}

static const char *condition_of(const struct tpr_explained *explained)
{
	switch (tpr_explain_arrival(explained)) {
	case TPR_ARRIVAL_OPEN:
		return "if it is let through as it is: ";
	case TPR_ARRIVES_NOT:
		return "if it came to it: ";
	default:
		return "";
	}
}

static void write_by_cpu(const struct tpr_explained *explained)
{
	const char *label = tpr_explain_label(explained);
	size_t row = 0;

	for (; (row = tpr_explain_find(explained, row, "result")) != TPR_EXPLAIN_NONE; row++) {
		char *cpus = tpr_explain_cpus_like(explained, row);
		char *text = cpus ? say(explained, row) : NULL;

		if (text)
			tpr_explain_say(label, "%sif CPU %s handles it: %s", condition_of(explained),
					cpus, text);
		if (text)
			label = "";
		free(cpus);
		free(text);
	}
}

static const struct {
	const char *row;
	const char *match;
	const char *words;
} otherwises[] = {
	{ "result", TPR_MATCH_TIME_WAIT, "if the SYN is new enough for it to give way: " },
	{ "result", TPR_MATCH_UNKNOWN, "if that lets it pass: " },
};

static void write_otherwise(const struct tpr_explained *explained, size_t result)
{
	size_t row = find_for(explained, result, "otherwise"), i;
	char *text = row == TPR_EXPLAIN_NONE ? NULL : say(explained, row);

	for (i = 0; text && i < ARRAY_SIZE(otherwises); i++) {
		if (tpr_explain_is(explained, result, "fate", otherwises[i].match))
			tpr_explain_say("", "%s%s", otherwises[i].words, text);
	}
	free(text);
}

/* Where its lookups cannot leave a BPF sk_lookup program out. */
static bool is_barred(const struct tpr_explained *explained)
{
	size_t row = 0;

	for (; (row = tpr_explain_find(explained, row, "step")) != TPR_EXPLAIN_NONE; row++)
		if (tpr_explain_is(explained, row, "name", TPR_STEP_SK_LOOKUP))
			return !tpr_explain_is(explained, row, "fate", TPR_STEP_STATE_NOT_ATTACHED);
	return false;
}

static void write_kernel(const struct tpr_explained *explained)
{
	size_t row = 0;

	for (; (row = tpr_explain_find(explained, row, "kernel")) != TPR_EXPLAIN_NONE; row++) {
		const char *fate = tpr_explain_get(explained, row, "fate");

		if (!strcmp(fate, TPR_AGREEMENT_DIFFERS))
			tpr_explain_say("KERNEL", "DIFFERS: its own lookup says %s. Believe the kernel, "
					"and report this fault of tuplewatch.",
					tpr_explain_get(explained, row, "cookie"));
		else if (!strcmp(fate, TPR_AGREEMENT_UNSETTLED))
			tpr_explain_say("KERNEL", "not compared: sockets came and went while it was "
					"asked.");
		else if (!strcmp(fate, TPR_AGREEMENT_NOT_ASKED) && is_barred(explained))
			tpr_explain_say("KERNEL", "not asked: its lookup would run the BPF sk_lookup "
					"program.");
		else if (!strcmp(fate, TPR_AGREEMENT_NAMED))
			tpr_explain_say("KERNEL", "agrees, and has named the member of the group: the "
					"hook that shows its hash is not armed.");
		if (strcmp(fate, TPR_AGREEMENT_AGREES))
			return;
	}
}

static bool is_found(const struct tpr_explained *explained, size_t result)
{
	return !tpr_explain_is(explained, result, "fate", TPR_MATCH_NONE) &&
	       !tpr_explain_is(explained, result, "fate", "?");
}

static void write_result(const struct tpr_explained *explained, size_t result)
{
	static const char short_agrees[] = "    KERNEL agrees.";
	char *text = say(explained, result);
	bool is_found_agreed = is_found(explained, result) && agrees(explained, result);
	const char *condition = condition_of(explained);
	bool is_short;

	if (!text)
		return;
	is_short = strlen("RESULT   ") + strlen(condition) + tpr_text_width(text) +
		   strlen(short_agrees) <= tpr_drawing_of_stdout().width;
	tpr_explain_say(tpr_explain_label(explained), "%s%s%s", condition, text,
			is_found_agreed && is_short ? short_agrees : "");
	write_otherwise(explained, result);
	if (is_found_agreed && !is_short)
		tpr_explain_say("KERNEL", "agrees.");
	if (tpr_explain_is(explained, result, "fate", TPR_MATCH_NONE) && agrees(explained, result))
		tpr_explain_say("KERNEL", "agrees (its own lookup, asked the same question, found "
				"nothing).");
	free(text);
}

static const struct {
	const char *after;
	const char *words;
} afters[] = {
	{ TPR_AFTER_SYN_COOKIE, "it answers the SYN with a cookie and keeps no request." },
	{ TPR_AFTER_SYN_BACKLOG, "requests fill 3/4 of tcp_max_syn_backlog, and SYN cookies are off: "
				 "it drops the SYN, unless it knows its sender." },
	{ TPR_AFTER_DEFER_ACCEPT, "TCP_DEFER_ACCEPT: accept() gets the connection when data comes." },
	{ TPR_AFTER_TCP_MD5, "TCP_MD5SIG: a segment of the peers with a key has to be signed." },
	{ TPR_AFTER_TCP_AO, "TCP_AO: a segment of the peers with a key has to be signed." },
	{ TPR_AFTER_MIN_TTL, "IP_MINTTL or IPV6_MINHOPCOUNT: it drops what comes from too far." },
	{ TPR_AFTER_FILTER, "a BPF program on it decides whether it takes the segment." },
	{ TPW_HIDDEN, "what else is set on it is hidden from you, and may make it drop the segment." },
	{ TPR_AFTER_ENCAP, "the datagram goes to a protocol in the kernel, not to recv()." },
};

static void write_after(const struct tpr_explained *explained, size_t result)
{
	size_t row = result, i;

	while (comes(explained) && (row = find_for(explained, row, "after")) != TPR_EXPLAIN_NONE) {
		for (i = 0; i < ARRAY_SIZE(afters); i++) {
			if (tpr_explain_is(explained, row, "name", afters[i].after))
				tpr_explain_say("AFTER", "%s", afters[i].words);
		}
	}
}

static void write_notes(const struct tpr_explained *explained)
{
	const char *unlisted = tpr_explain_fact(explained, "sockets_unlisted");

	if (strcmp(unlisted, "0") && tpr_table_is_value(unlisted))
		tpr_explain_say("NOTE", "%s more %s not listed.", unlisted,
				tpr_text_plural_of(unlisted, "socket is", "sockets are"));
}

/**
 * tpr_explain_end() - who gets the segment, and why
 * @explained: the answer
 */
void tpr_explain_end(const struct tpr_explained *explained)
{
	size_t result = tpr_explain_find(explained, 0, "result");

	if (result == TPR_EXPLAIN_NONE)
		return;
	if (tpr_explain_arrival(explained) != TPR_ARRIVES)
		tpr_explain_say_arrival(explained);
	if (tpr_explain_depends_on_cpu(explained)) {
		write_by_cpu(explained);
		if (all_agree(explained))
			tpr_explain_say("KERNEL", "agrees on every CPU.");
	} else {
		write_result(explained, result);
	}
	write_kernel(explained);
	write_after(explained, result);
	if (is_found(explained, result))
		tpr_explain_why(explained, result);
	write_notes(explained);
}

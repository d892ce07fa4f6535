// SPDX-License-Identifier: GPL-2.0
/*
 * Where a program chooses: a classic one is simulated, and must be right; an
 * extended one is named, and must not have run.
 */
#define _GNU_SOURCE
#include "explain.h"
#include "program.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MEMBERS		4
#define CLASSIC_EACH	3	/* questions for each program, protocol and family */
#define QUESTIONS	20	/* while an extended program is attached */

/**
 * struct group - a group, and a client for it
 * @type: SOCK_STREAM or SOCK_DGRAM
 * @address: of all of them
 * @port: theirs
 * @fd: the members
 * @client: bound and no more
 */
struct group {
	int type;
	const char *address;
	uint16_t port;
	int fd[MEMBERS];
	int client;
};

static void group_make(struct group *g, int type, const char *address)
{
	unsigned int i;

	g->type = type;
	g->address = address;
	g->port = 20000 + below(40000);
	for (i = 0; i < MEMBERS; i++)
		g->fd[i] = type == SOCK_STREAM ?
				   sock_listen(address, g->port, OPT_REUSEPORT, 8) :
				   sock_bound(address, g->port, type, OPT_REUSEPORT | OPT_NONBLOCK);
	g->client = sock_bound(address, 0, type, OPT_NONBLOCK);
}

static void group_close(struct group *g)
{
	unsigned int i;

	for (i = 0; i < MEMBERS; i++)
		close(g->fd[i]);
	close(g->client);
}

static void question_for(const struct group *g, char text[QUESTION_LEN])
{
	char foreign[ENDPOINT_LEN], local[ENDPOINT_LEN];

	sock_name(g->client, foreign);
	sock_name(g->fd[0], local);
	snprintf(text, QUESTION_LEN, "%s %s %s", g->type == SOCK_STREAM ? "tcp" : "udp", foreign,
		 local);
}

/* Send it; the cookie of the member that got it. */
static uint64_t group_send(const struct group *g)
{
	struct pollfd pfd[MEMBERS];
	uint64_t cookie = 0;
	union address a;
	socklen_t len = address_set(&a, g->address, g->port);
	unsigned int i;

	if (connect(g->client, &a.sa, len) && errno != EINPROGRESS)
		bail("connect");
	if (g->type == SOCK_DGRAM && send(g->client, "x", 1, 0) != 1)
		bail("send");
	for (i = 0; i < MEMBERS; i++)
		pfd[i] = (struct pollfd){ .fd = g->fd[i], .events = POLLIN };
	if (poll(pfd, MEMBERS, STEP_MS) < 1)
		bail("nothing came");
	for (i = 0; i < MEMBERS; i++)
		if (pfd[i].revents)
			cookie = sock_cookie(g->fd[i]);
	return cookie;
}

static void attach_classic(const struct group *g, unsigned int kind)
{
	switch (kind) {
	case 0:
		classic_fixed(g->fd[0], below(MEMBERS));
		break;
	case 1:
		classic_by_port(g->fd[0], strchr(g->address, ':') ? 40 : 20, MEMBERS);
		break;
	case 2:
		classic_by_cpu(g->fd[0], MEMBERS);
		break;
	case 3:
		classic_by_nothing(g->fd[0]);
		break;
	default:	/* there is no such member: the hash decides */
		classic_fixed(g->fd[0], MEMBERS + below(100));
	}
}

#define KINDS	5

static void try_classic(int type, const char *address, unsigned int kind, unsigned int *right,
			unsigned int *simulated)
{
	char question[QUESTION_LEN];
	struct answer a;
	struct group g;
	uint64_t got;
	size_t row;

	place_cpu(below(place_cpus()));
	group_make(&g, type, address);
	attach_classic(&g, kind);
	question_for(&g, question);
	ask(&a, question);
	got = group_send(&g);
	*right += a.cookie == got && a.is_agreed;
	row = answer_row(&a, "result");
	*simulated += table_is(&a.t, row, "chooser", kind < 4 ? "cbpf" : "hash");
	if (a.cookie != got || !a.is_agreed) {
		diag("program %u, got by %llx", kind, (unsigned long long)got);
		answer_show(&a, question);
	}
	answer_free(&a);
	group_close(&g);
}

static void classic(void)
{
	static const char *const addresses[] = { "127.0.0.1", "::1" };
	unsigned int kind, i, n, asked = 0, right = 0, simulated = 0;

	for (kind = 0; kind < KINDS; kind++)
		for (i = 0; i < 4; i++)
			for (n = 0; n < CLASSIC_EACH; n++, asked++)
				try_classic(i & 1 ? SOCK_DGRAM : SOCK_STREAM, addresses[i >> 1],
					    kind, &right, &simulated);
	result(right == asked, "classic program: the member it chooses gets the segment: %u of %u",
	       right, asked);
	result(simulated == asked, "the answer says who chose: %u of %u", simulated, asked);
}

/*
 * Since 6.18 the kernel's lookups cannot be asked without running the
 * namespace's programs, so they are not.
 */
static bool lookups_run_programs(void)
{
	return kernel_is_since(6, 18);
}

/* Ask and ask: each time "?", of the group of that program; and what the kernel's own lookup says. */
static unsigned int ask_open(const char *question, const char *name, uint32_t id,
			     const char *kernel)
{
	unsigned int i, open = 0;
	struct answer a;
	char text[16];
	size_t row;

	snprintf(text, sizeof(text), "%u", id);
	for (i = 0; i < QUESTIONS; i++) {
		ask(&a, question);
		row = table_find(&a.t, "progs", text);
		open += a.cookie == NOT_KNOWN && row != NO_ROW &&
			table_is(&a.t, answer_row(&a, "kernel"), "fate", kernel) &&
			table_is(&a.t, answer_row(&a, "result"), "name", name);
		answer_free(&a);
	}
	return open;
}

static void try_selector(int type, const char *address, int program, const char *what)
{
	const char *via = type == SOCK_STREAM ? "listener-addr" : "udp-addr";
	char question[QUESTION_LEN];
	uint64_t before, after;
	unsigned int open;
	struct group g;

	group_make(&g, type, address);
	program_attach(g.fd[0], program);
	question_for(&g, question);
	before = program_runs(program);
	open = ask_open(question, via, program_id(program), "agrees");
	after = program_runs(program);
	result(open == QUESTIONS, "%s: ? and its id: %u of %u", what, open, QUESTIONS);
	result(before == after, "%s: it has not run: %llu = %llu", what,
	       (unsigned long long)before, (unsigned long long)after);
	group_send(&g);
	before = program_runs(program);
	result(before > after, "%s: a segment makes it run: %llu > %llu", what,
	       (unsigned long long)before, (unsigned long long)after);
	group_close(&g);
	close(program);
}

/* A datagram of its peer finds a connected socket before a program is asked. */
static void try_connected(int program)
{
	uint64_t before = program_runs(program);
	int fd = sock_bound("127.0.0.1", 0, SOCK_DGRAM, 0);
	int peer = sock_bound("127.0.0.1", 0, SOCK_DGRAM, 0);
	char question[QUESTION_LEN], here[ENDPOINT_LEN], there[ENDPOINT_LEN];
	struct answer a;
	union address to;
	socklen_t len = address_set(&to, "127.0.0.1", sock_port(peer));

	if (connect(fd, &to.sa, len))
		bail("connect");
	sock_name(fd, here);
	sock_name(peer, there);
	snprintf(question, sizeof(question), "udp %s %s", there, here);
	ask(&a, question);
	result(a.cookie == sock_cookie(fd) && program_runs(program) == before,
	       "a connected socket is found before sk_lookup: %llx = %llx",
	       (unsigned long long)a.cookie, (unsigned long long)sock_cookie(fd));
	answer_free(&a);
	close(fd);
	close(peer);
}

/*
 * "otherwise" is who gets it if the program lets it pass, as this one does. The hash of a group of UDP
 * sockets is the kernel's secret: unasked, it is open too.
 */
static void try_lookup(int type, const char *address, int program)
{
	char question[QUESTION_LEN];
	uint64_t before, after, got, otherwise;
	bool unasked = lookups_run_programs(), is_open;
	unsigned int open;
	struct answer a;
	struct group g;
	size_t row;

	group_make(&g, type, address);
	question_for(&g, question);
	before = program_runs(program);
	open = ask_open(question, "sk-lookup", program_id(program),
			unasked ? "not-asked" : "agrees");
	ask(&a, question);
	after = program_runs(program);
	row = answer_row(&a, "otherwise");
	otherwise = strtoull(table_cell(&a.t, row, "cookie"), NULL, 16);
	is_open = table_is(&a.t, row, "fate", "?") && !otherwise &&
		  table_is(&a.t, row, "member", "?") && table_is(&a.t, row, "group", "4") &&
		  table_is(&a.t, row, "chooser", "hash");
	answer_free(&a);
	result(open == QUESTIONS && before == after,
	       "sk_lookup, %s: ? and its id: %u of %u, it has not run: %llu = %llu", address, open,
	       QUESTIONS, (unsigned long long)before, (unsigned long long)after);
	got = group_send(&g);
	if (unasked && type == SOCK_DGRAM && is_open)
		otherwise = got;
	result(got == otherwise && program_runs(program) > after,
	       "sk_lookup, %s: what it lets pass: %llx = %llx", address, (unsigned long long)got,
	       (unsigned long long)otherwise);
	group_close(&g);
}

static void lookup(void)
{
	int program = program_lookup();
	int link = program_link(program);

	try_lookup(SOCK_STREAM, "127.0.0.1", program);
	try_lookup(SOCK_STREAM, "::1", program);
	try_lookup(SOCK_DGRAM, "127.0.0.1", program);
	try_lookup(SOCK_DGRAM, "::1", program);
	try_connected(program);
	close(link);
	close(program);
}

static void run(void)
{
	place_make();
	module_load("");
	if (!sysctl_set("kernel/bpf_stats_enabled", "1"))
		bail("kernel.bpf_stats_enabled");
	classic();
	try_selector(SOCK_STREAM, "127.0.0.1", program_selector(), "selector, tcp");
	try_selector(SOCK_STREAM, "::1", program_filter(), "filter as selector, tcp6");
	try_selector(SOCK_DGRAM, "127.0.0.1", program_filter(), "filter as selector, udp");
	try_selector(SOCK_DGRAM, "::1", program_selector(), "selector, udp6");
	lookup();
	sysctl_set("kernel/bpf_stats_enabled", "0");
	result_is("disagreements counted", disagreements(), 0);
}

const struct topic explain_programs_topic = {
	.name = "programs",
	.results = 24,
	.run = run,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * The truth table test: plays each exchange that the table names, and checks
 * each row. Prints KTAP. See truth.h for the ideas and truth.table for rows.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#define FENCE_TO	9
#define FENCE_FIRST	10000

enum { EXIT_SKIP = 4 };

static const struct exchange *const all_exchanges[] = {
	tcp_exchanges, listen_exchanges, group_exchanges, handshake_exchanges,
	close_exchanges, drop_exchanges, bpf_exchanges, proxy_exchanges, udp_exchanges,
	multicast_exchanges, link_exchanges, vrf_exchanges, batch_exchanges,
	ipsec_exchanges, mptcp_exchanges, icmp_exchanges,
};

static const struct source *source = &log_source;

static const struct exchange *find_exchange(const char *name)
{
	const struct exchange *x;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all_exchanges); i++)
		for (x = all_exchanges[i]; x->name; x++)
			if (!strcmp(x->name, name))
				return x;
	return NULL;
}

/*
 * A datagram to nobody, behind all that was sent: when it is in the log,
 * everything before it is. Return: its port, or 0
 */
static uint16_t send_fence(void)
{
	static uint16_t next = FENCE_FIRST;
	struct sockaddr_in from = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(next),
	};
	struct sockaddr_in to = from;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool sent;

	to.sin_port = htons(FENCE_TO);
	sent = fd >= 0 && !bind(fd, (struct sockaddr *)&from, sizeof(from)) &&
	       sendto(fd, "", 1, 0, (struct sockaddr *)&to, sizeof(to)) == 1;
	if (fd >= 0)
		close(fd);
	return sent ? next++ : 0;
}

/*
 * Whatever was played: the module has seen as many segments of TCP as the
 * kernel says have come in.
 */
static void compare_sums(const struct row *row, struct evidence *e)
{
	long seen, came;

	if (!e->before || !e->after || !e->mib_before || !e->mib_after)
		return;
	seen = counters_growth(e->before, e->after, "seen", "tcp4") +
	       counters_growth(e->before, e->after, "seen", "tcp6");
	e->played = mib_growth(e->mib_before, e->mib_after, AF_INET, "Tcp:InSegs", &came) &&
		    seen == came;
	if (!e->played)
		printf("# %s on %s: %ld segments of TCP seen, but Tcp:InSegs grew by %ld\n",
		       row->exchange, row->on, seen, came);
}

/*
 * The module's counters and the kernel's, of one moment: what an exchange has
 * left behind may still send something again, and it must not come in between.
 */
static void read_sums(bool asks_kernel, struct counters **counters, struct mib **mib)
{
	struct mib *before;
	unsigned int tries = 0;
	long came = 1;

	*counters = NULL;
	*mib = NULL;
	do {
		counters_free(*counters);
		free(*mib);
		before = mib_read(false);
		*counters = counters_read();
		*mib = mib_read(asks_kernel);
		if (before && *mib)
			mib_growth(before, *mib, AF_INET, "Tcp:InSegs", &came);
		free(before);
	} while (came && ++tries < 50);
}

/* Play one exchange and collect what was seen of it. */
static void observe(struct play *p, const struct row *row, bool asks_kernel,
		    struct segments *s, struct evidence *e)
{
	const struct exchange *x = find_exchange(row->exchange);
	int fd = source->open();
	uint16_t fence;

	*e = (struct evidence){ .play = p, .segments = s };
	p->missing = NULL;
	e->has_counters = source == &log_source;
	s->nr = 0;
	s->lost = 0;
	if (fd < 0) {
		printf("# no log: %s\n", strerror(errno));
		return;
	}
	if (e->has_counters)
		read_sums(asks_kernel, &e->before, &e->mib_before);
	else
		e->mib_before = mib_read(asks_kernel);
	e->played = play_run(p, x, row->on);
	if (!e->played)
		printf("# %s on %s: %s\n", row->exchange, row->on, p->why);
	if (e->has_counters)
		read_sums(asks_kernel, &e->after, &e->mib_after);
	else
		e->mib_after = mib_read(asks_kernel);
	if (e->played)
		compare_sums(row, e);
	fence = send_fence();
	if (!fence || source->read_until(fd, s, fence) || s->lost) {
		printf("# %s on %s: the log is not complete, lost %u\n", row->exchange, row->on,
		       s->lost);
		e->played = false;
	}
	close(fd);
	segments_keep(s, p);
	play_end(p);
}

static bool is_same_play(const struct row *a, const struct row *b)
{
	return !strcmp(a->exchange, b->exchange) && !strcmp(a->on, b->on);
}

/* Check all rows of the play that @first begins. Return: how many failed */
static unsigned int check_play(const struct table *t, unsigned int first, unsigned int *number,
			       bool verbose)
{
	static struct segments segments;
	static struct play play;
	unsigned int i, failed = 0;
	struct evidence e;
	char text[512], why[512];
	bool ok, asks_kernel = false;

	for (i = first; i < t->nr; i++)
		asks_kernel |= t->rows[i].mib && is_same_play(&t->rows[first], &t->rows[i]);
	observe(&play, &t->rows[first], asks_kernel, &segments, &e);
	for (i = first; i < t->nr; i++) {
		if (!is_same_play(&t->rows[first], &t->rows[i]))
			continue;
		ok = play.missing || check_row(&t->rows[i], &e, why, sizeof(why));
		if (!ok)
			printf("# line %u:%s%s\n", t->rows[i].line, *why == ' ' ? "" : " ", why);
		check_describe(&t->rows[i], text, sizeof(text));
		printf("%sok %u %s%s%s\n", ok ? "" : "not ", ++*number, text,
		       play.missing ? " # SKIP " : "", play.missing ? play.missing : "");
		failed += !ok;
	}
	if (failed || verbose) {
		printf("# %s on %s, all of it:\n", t->rows[first].exchange, t->rows[first].on);
		segments_print(&segments);
	}
	counters_free(e.before);
	counters_free(e.after);
	free(e.mib_before);
	free(e.mib_after);
	return failed;
}

static bool is_first_of_play(const struct table *t, unsigned int i)
{
	unsigned int before;

	for (before = 0; before < i; before++)
		if (is_same_play(&t->rows[before], &t->rows[i]))
			return false;
	return true;
}

/* Keep the rows of one exchange only. */
static void narrow(struct table *t, const char *exchange)
{
	unsigned int from, to = 0;

	for (from = 0; from < t->nr; from++)
		if (!strcmp(t->rows[from].exchange, exchange))
			t->rows[to++] = t->rows[from];
	t->nr = to;
}

static int check_table(struct table *t, bool verbose)
{
	unsigned int i, number = 0, failed = 0;

	for (i = 0; i < t->nr; i++)
		if (!find_exchange(t->rows[i].exchange)) {
			fprintf(stderr, "truth: line %u: no exchange %s\n", t->rows[i].line,
				t->rows[i].exchange);
			return EXIT_FAILURE;
		}
	printf("KTAP version 1\n1..%u\n", t->nr);
	for (i = 0; i < t->nr; i++) {
		if (is_first_of_play(t, i))
			failed += check_play(t, i, &number, verbose);
		fflush(stdout);
	}
	printf("# %u rows, %u failed\n", t->nr, failed);
	return failed || !t->nr ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* All on one CPU: see truth.h. */
static int stay_on_one_cpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

static int usage(void)
{
	fprintf(stderr,
		"usage: truth [-n] [-v] [-x EXCHANGE] TABLE\n"
		"  -n  without the module: only look for the segments themselves\n"
		"  -v  print what was seen of every exchange\n"
		"  -x  only this one\n");
	return 2;
}

/* Before 5.11 the memory of BPF programs counts as locked, also for a while after they have gone. */
static void allow_programs(void)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	setrlimit(RLIMIT_MEMLOCK, &all);
}

int main(int argc, char **argv)
{
	const char *only = NULL;
	struct table t = { 0 };
	struct utsname uts;
	bool verbose = false;
	int opt;

	while ((opt = getopt(argc, argv, "nvx:")) != -1) {
		if (opt == 'n')
			source = &capture_source;
		else if (opt == 'v')
			verbose = true;
		else if (opt == 'x')
			only = optarg;
		else
			return usage();
	}
	if (optind != argc - 1)
		return usage();
	uname(&uts);
	if (table_read(&t, argv[optind], uts.release))
		return EXIT_FAILURE;
	if (only)
		narrow(&t, only);
	if (geteuid()) {
		printf("KTAP version 1\n1..0 # SKIP needs root\n");
		return EXIT_SKIP;
	}
	allow_programs();
	if (stay_on_one_cpu() || place_init()) {
		perror("truth: setting up");
		return EXIT_FAILURE;
	}
	return check_table(&t, verbose);
}

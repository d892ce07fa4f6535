// SPDX-License-Identifier: GPL-2.0
/*
 * The filter: two CPUs ask it about segments while a third puts others in its place. Filter n
 * wants port n, and one of a few of these: what it answers is of one filter, whichever, and each
 * CPU gets the first of each few.
 */
#include "threads.h"

#include "filter/filter.h"
#include "verdict/reason.h"

#define PORTS	1000	/* filters, then from the beginning */
#define ASKED	3	/* as often in a row */
#define SAMPLE	2

static struct tpw_filter __rcu *filter;
static unsigned int askers_left;
static u64 asked, unfiltered, switched;

const char *tpw_reason_name(unsigned int reason)
{
	return "?";
}

static struct tpw_verdict verdict_of(unsigned int port)
{
	return (struct tpw_verdict){
		.tuple = { .lport = htons(port), .family = AF_INET, .proto = IPPROTO_TCP },
		.via = TPW_VIA_EHASH,
		.match = TPW_MATCH_ESTABLISHED,
		.outcome = TPW_OUTCOME_HANDED,
	};
}

/* Which it is, by its text; and is the rest of the same? */
static unsigned int port_of(const struct tpw_filter *f)
{
	unsigned int port;

	if (sscanf(f->rules.text, "lport=%u", &port) != 1)
		die("no filter: %.40s", f->rules.text);
	if (f->rules.ports[0].first != port || f->rules.ports[0].last != port ||
	    f->rules.sample != SAMPLE)
		die("filter %u has port %u and sample %u", port, f->rules.ports[0].first,
		    f->rules.sample);
	return port;
}

static void ask(const struct tpw_filter *f)
{
	unsigned int i, wanted = 0, port = port_of(f);
	struct tpw_verdict v = verdict_of(port);

	for (i = 0; i < ASKED * SAMPLE; i++)
		wanted += tpw_filter_wants(f, &v);
	if (wanted != ASKED)
		die("filter %u wants %u of %d", port, wanted, ASKED * SAMPLE);
	v = verdict_of(port + 1);
	if (tpw_filter_wants(f, &v))
		die("filter %u wants port %u", port, port + 1);
}

static void ask_all(void)
{
	unsigned long i;

	for (i = 0; i < rounds; i++) {
		const struct tpw_filter *f;

		rcu_read_lock();
		f = tpw_filter_get(&filter);
		if (f)
			ask(f);
		else
			grow(unfiltered);
		rcu_read_unlock();
		grow(asked);
	}
	__atomic_fetch_sub(&askers_left, 1, __ATOMIC_SEQ_CST);
}

static void switch_all(void)
{
	struct tpw_rules_error error;
	char text[64];

	while (get(askers_left)) {
		snprintf(text, sizeof(text), "lport=%llu sample=%d", 1 + switched % PORTS, SAMPLE);
		if (tpw_filter_set(&filter, text, strlen(text), &error))
			die("%s: %s", text, error.why);
		switched++;
		if (!random_below(8))
			tpw_filter_clear(&filter);
		if (!random_below(4))
			sched_yield();
	}
}

void filter_main(void)
{
	static const struct thread threads[] = { { ask_all, 0 }, { ask_all, 1 }, { switch_all, 2 } };

	askers_left = 2;
	run_all(threads, ARRAY_SIZE(threads));
	printf("%llu questions, %llu of them without a filter; %llu filters\n", asked, unfiltered,
	       switched);
	tpw_filter_clear(&filter);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What the overview shows, gathered at one moment: the sockets, what was
 * refused, then the counters.
 *
 * The counters are read last: with traffic going on they are then never less
 * than the rows, and the difference is a row of its own.
 */
#include "proc/overview.h"

#include "store/connections.h"
#include "store/counters.h"
#include "store/listeners.h"
#include "store/log.h"
#include "record/pernet.h"
#include "proc/overview_page.h"

#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>

/* Those that are shown though nothing counted there: what the page is about. */
static const bool is_always_shown[TPW_OVERVIEW_LINES] = {
	[TPW_OVERVIEW_SEEN] = true,
	[TPW_OVERVIEW_CONNECTION] = true,
	[TPW_OVERVIEW_REQUEST] = true,
	[TPW_OVERVIEW_LISTENER] = true,
	[TPW_OVERVIEW_NOTHING] = true,
};

static void add_match(struct tpw_overview *o, const struct tpw_counts *sum,
		      enum tpw_overview_line line, enum tpw_match match)
{
	unsigned int f;

	for (f = 0; f < TPW_FAMILY_NR; f++) {
		u64 n = sum->family[f].match[match];

		o->line[line][f] += n;
		o->line[TPW_OVERVIEW_SEEN][f] += n;
		o->has_line[line] |= n;
		o->has_family[f] |= n;
	}
}

static u64 sum_of_line(const struct tpw_overview *o, enum tpw_overview_line line)
{
	u64 sum = 0;
	unsigned int f;

	for (f = 0; f < TPW_FAMILY_NR; f++)
		sum += o->line[line][f];
	return sum;
}

/** tpw_overview_seen() - Return: all segments, of all families. */
u64 tpw_overview_seen(const struct tpw_overview *o)
{
	return sum_of_line(o, TPW_OVERVIEW_SEEN);
}

static void count_lines(struct tpw_overview *o, const struct tpw_counts *sum)
{
	unsigned int f;

	memcpy(o->has_line, is_always_shown, sizeof(o->has_line));
	add_match(o, sum, TPW_OVERVIEW_CONNECTION, TPW_MATCH_ESTABLISHED);
	add_match(o, sum, TPW_OVERVIEW_CONNECTION, TPW_MATCH_CONNECTED);
	add_match(o, sum, TPW_OVERVIEW_REQUEST, TPW_MATCH_REQUEST);
	add_match(o, sum, TPW_OVERVIEW_TIME_WAIT, TPW_MATCH_TIME_WAIT);
	add_match(o, sum, TPW_OVERVIEW_LISTENER, TPW_MATCH_LISTENER);
	add_match(o, sum, TPW_OVERVIEW_BOUND, TPW_MATCH_BOUND);
	add_match(o, sum, TPW_OVERVIEW_NOTHING, TPW_MATCH_NONE);
	add_match(o, sum, TPW_OVERVIEW_DROPPED, TPW_MATCH_UNKNOWN);
	o->has_family[TPW_TCP4] |= !tpw_overview_seen(o);
	for (f = 0; f < TPW_FAMILY_NR; f++)
		o->has_family[f] |= !!o->hooks.lacks[f];
}

/* The rows and these add up to "seen". */
static void count_rest(struct tpw_overview *o, const struct tpw_page *page)
{
	u64 seen = tpw_overview_seen(o), in_rows;

	o->rest[TPW_REST_NOTHING] = sum_of_line(o, TPW_OVERVIEW_NOTHING);
	o->rest[TPW_REST_DROPPED] = sum_of_line(o, TPW_OVERVIEW_DROPPED);
	o->rest[TPW_REST_HIDDEN] = page->listener_hidden +
				   page->connection_hidden;
	in_rows = page->listener_segments + page->connection_segments +
		  o->rest[TPW_REST_NOTHING] + o->rest[TPW_REST_DROPPED];
	o->rest[TPW_REST_OTHERS] = seen > in_rows ? seen - in_rows : 0;
}

static void gather_counts(struct tpw_overview *o, struct tpw_net *tn,
			  struct tpw_page *page)
{
	struct tpw_counts *sum = &page->sum;
	unsigned int f;

	tpw_counters_sum(&tn->counters, sum);
	count_lines(o, sum);
	count_rest(o, page);
	for (f = 0; f < TPW_FAMILY_NR; f++)
		o->unresolved += sum->family[f].unresolved;
	tpw_overview_count_unserved(o, tn, sum);
}

static void gather_tallies(struct tpw_overview *o, struct tpw_net *tn)
{
	struct tpw_tally t;
	unsigned int i;

	for (i = 0; i < TPW_TALLY_NR; i++) {
		tpw_tally_copy(&tn->tallies->t[i], &t);
		o->evicted += t.evicted;
		o->forgotten += t.forgotten;
	}
}

static void gather_facts(struct tpw_overview *o, struct tpw_net *tn)
{
	tpw_hooks_summarize(&o->hooks);
	o->blind_advice = strcmp(o->hooks.backend, "ftrace") ?
		"echo 1 > /sys/kernel/debug/kprobes/enabled" :
		"sysctl kernel.ftrace_enabled=1";
	o->inum = tn->id.inum;
	o->now_ns = ktime_get_ns();
	o->watching_s = (o->now_ns - o->hooks.armed_ns) / NSEC_PER_SEC;
	o->unwatched = tpw_pernet_unwatched(tn);
	o->taken = tpw_pernet_taken(tn);
	if (!o->hooks.taken_mark && tpw_arrivals_are_late(&tn->arrivals))
		o->hooks.taken_mark = "?";
	o->has_taken = !o->hooks.taken_mark;
	o->listeners_held = tpw_listeners_held();
	o->listeners_nr = tpw_listeners_nr();
	o->connections_held = tpw_connections_held();
	o->connections_nr = tpw_connections_nr();
	o->log_held = tpw_log_held(tn->log);
	o->log_nr = tpw_log_nr(tn->log);
	gather_tallies(o, tn);
	o->memory = tpw_listeners_bytes() + tpw_connections_bytes() +
		    tpw_pernet_bytes(tn);
}

static int gather(struct tpw_overview *o, struct tpw_page *page,
		  struct tpw_net *tn)
{
	int err = tpw_overview_walk(page, o, tn);

	if (!err)
		err = tpw_overview_gather_ends(o, tn);
	if (err)
		return err;
	gather_facts(o, tn);
	gather_counts(o, tn, page);
	tpw_overview_arrange(o, page, tn);
	return 0;
}

/**
 * tpw_overview_create() - gather what the overview shows
 * @tn: of which namespace
 * @file: for who opened this
 *
 * Context: process, may sleep.
 * Return: the overview or ERR_PTR(-ENOMEM).
 */
struct tpw_overview *tpw_overview_create(struct tpw_net *tn,
					 const struct file *file)
{
	struct tpw_overview *o = kvzalloc(sizeof(*o), GFP_KERNEL_ACCOUNT);
	struct tpw_page *page = kvzalloc(sizeof(*page), GFP_KERNEL_ACCOUNT);
	int err = -ENOMEM;

	if (o && page) {
		page->seed = get_random_u32();
		tpw_rights_take(&o->rights, file, tn->net);
		err = gather(o, page, tn);
	}
	kvfree(page);
	if (!err)
		return o;
	kvfree(o);
	return ERR_PTR(err);
}

/**
 * tpw_overview_destroy() - free an overview
 * @o: what tpw_overview_create() returned
 *
 * Context: process, may sleep.
 */
void tpw_overview_destroy(struct tpw_overview *o)
{
	kvfree(o);
}

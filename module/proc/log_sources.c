// SPDX-License-Identifier: GPL-2.0
/*
 * The logs that an open file reads, in the order of time: that of its
 * namespace, or those of all.
 *
 * A reader has a position in each ring.  A position is a number (seq), so it
 * knows how many records were overwritten before it got there.
 */
#include "proc/log_sources.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

/**
 * struct cursor - where a reader is in one ring
 * @position: of the next record
 * @end: where "log" ends: what came after it was opened is not its
 * @overtaken: records that were overwritten under it
 * @time_ns: when the next record was written, if @has_next
 * @has_next: there is one
 */
struct cursor {
	u64 position;
	u64 end;
	u64 overtaken;
	u64 time_ns;
	bool has_next;
};

/**
 * struct source - the log of one namespace, as it is read
 * @list: all sources of a reader
 * @log: the log; of another namespace than the reader's, held
 * @cursor: by CPU
 */
struct source {
	struct list_head list;
	struct tpw_log *log;
	struct cursor cursor[];
};

/* A log that was made while it is being followed is read from its beginning. */
static int add_source(struct tpw_log_sources *all, struct tpw_log *log, bool is_new)
{
	struct source *s;
	int cpu;

	s = kvzalloc(struct_size(s, cursor, nr_cpu_ids), GFP_KERNEL_ACCOUNT);
	if (!s)
		return -ENOMEM;
	s->log = log;
	for_each_possible_cpu(cpu) {
		struct cursor *c = &s->cursor[cpu];

		c->end = all->is_endless ? U64_MAX : tpw_log_head(log, cpu);
		if (is_new)
			continue;
		c->position = all->is_endless ? tpw_log_head(log, cpu) :
						tpw_log_oldest(log, cpu);
	}
	list_add_tail(&s->list, &all->list);
	return 0;
}

static int add_all_sources(struct tpw_log_sources *all, bool is_new)
{
	struct tpw_log *log;
	int err;

	while ((log = tpw_log_after(all->serial))) {
		err = add_source(all, log, is_new);
		if (err) {
			tpw_log_put(log);
			return err;
		}
		all->serial = log->serial;
		cond_resched();
	}
	return 0;
}

static void drop_source(struct tpw_log_sources *all, struct source *s)
{
	list_del(&s->list);
	if (all->is_all)
		tpw_log_put(s->log);
	kvfree(s);
}

/**
 * tpw_log_sources_drop() - end reading
 * @all: what was read
 *
 * Context: process, may sleep.
 */
void tpw_log_sources_drop(struct tpw_log_sources *all)
{
	struct source *s, *next;

	list_for_each_entry_safe(s, next, &all->list, list)
		drop_source(all, s);
}

/**
 * tpw_log_sources_start() - begin reading
 * @all: what is read
 * @log: of one namespace, which the reader holds; NULL for all of them
 * @is_endless: only what comes from now on, without an end; else what is there
 *	now, and no more
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tpw_log_sources_start(struct tpw_log_sources *all, struct tpw_log *log,
			  bool is_endless)
{
	int err;

	INIT_LIST_HEAD(&all->list);
	all->serial = 0;
	all->is_all = !log;
	all->is_endless = is_endless;
	err = log ? add_source(all, log, false) : add_all_sources(all, false);
	if (err)
		tpw_log_sources_drop(all);
	return err;
}

static bool peek(struct source *s, int cpu)
{
	struct cursor *c = &s->cursor[cpu];

	c->has_next = tpw_log_peek(s->log, cpu, &c->position, &c->overtaken,
				   &c->time_ns);
	if (c->position >= c->end) {
		c->overtaken -= c->position - c->end;
		c->position = c->end;
		c->has_next = false;
	}
	return c->has_next;
}

/* The cursor whose next record is the oldest, in @source on @cpu; or NULL. */
static struct cursor *find_oldest(struct tpw_log_sources *all, struct source **source,
				  int *cpu)
{
	struct cursor *oldest = NULL;
	struct source *s;
	int at;

	list_for_each_entry(s, &all->list, list) {
		for_each_possible_cpu(at) {
			if (!peek(s, at) ||
			    (oldest && oldest->time_ns <= s->cursor[at].time_ns))
				continue;
			oldest = &s->cursor[at];
			*source = s;
			*cpu = at;
		}
		cond_resched();
	}
	return oldest;
}

/*
 * Rows that were lost before the next one, @oldest, or before the end.  Those
 * of other rings are told when it is their turn.
 */
static u64 take_lost(struct tpw_log_sources *all, struct cursor *oldest)
{
	struct source *s;
	u64 lost = 0;
	int cpu;

	list_for_each_entry(s, &all->list, list) {
		for_each_possible_cpu(cpu) {
			struct cursor *c = &s->cursor[cpu];

			if (c != oldest && c->has_next)
				continue;
			lost += c->overtaken;
			c->overtaken = 0;
		}
	}
	return lost;
}

static bool is_drained(struct source *s)
{
	int cpu;

	for_each_possible_cpu(cpu)
		if (s->cursor[cpu].overtaken || peek(s, cpu))
			return false;
	return true;
}

/**
 * tpw_log_sources_refresh() - namespaces may have come and gone
 * @all: what is read; what is left of a namespace that has gone is read first
 *
 * Context: process, may sleep; one call at a time.
 * Return: 0 or -ENOMEM.
 */
int tpw_log_sources_refresh(struct tpw_log_sources *all)
{
	struct source *s, *next;

	if (!all->is_all || !all->is_endless)
		return 0;
	list_for_each_entry_safe(s, next, &all->list, list)
		if (READ_ONCE(s->log->is_dead) && is_drained(s))
			drop_source(all, s);
	return all->serial == tpw_log_newest() ? 0 : add_all_sources(all, true);
}

/**
 * tpw_log_sources_next() - the next record, or how many were lost before it
 * @all: what is read
 * @to: where the record goes
 * @inum: of its namespace, as people know it
 * @lost: records that were overwritten before they could be read, of which
 *	nobody has been told; if there are any, @to is not filled
 *
 * Context: process, may sleep; one call at a time.
 * Return: false if there is neither now.
 */
bool tpw_log_sources_next(struct tpw_log_sources *all,
			  struct tpw_log_record *to, u32 *inum, u64 *lost)
{
	struct source *s = NULL;
	struct cursor *oldest;
	int cpu;

	do {
		oldest = find_oldest(all, &s, &cpu);
		*lost = take_lost(all, oldest);
		if (*lost)
			return true;
		if (!oldest)
			return false;
	} while (!tpw_log_read(s->log, cpu, oldest->position, to));
	oldest->position++;
	*inum = s->log->id.inum;
	return true;
}

static bool has_lost(const struct tpw_log_sources *all)
{
	struct source *s;
	int cpu;

	list_for_each_entry(s, &all->list, list)
		for_each_possible_cpu(cpu)
			if (s->cursor[cpu].overtaken)
				return true;
	return false;
}

/**
 * tpw_log_sources_have_next() - is there anything to read?
 * @all: what is read
 *
 * Context: process, may sleep; one call at a time.
 * Return: true if tpw_log_sources_next() would bring something.
 */
bool tpw_log_sources_have_next(struct tpw_log_sources *all)
{
	struct source *s;
	int cpu;

	return find_oldest(all, &s, &cpu) || has_lost(all);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A table of fixed size, keyed by socket cookie: making it, adding, closing
 * and recycling.
 *
 * A full table recycles first the entry that was closed longest ago, else the
 * one of the next 32 that has been idle longest: the exact order of use would
 * need a list that every segment writes.
 */
#include "table.h"

#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#define SAMPLE	32		/* live entries to choose the idlest from */

/**
 * tpw_table_init() - allocate a table
 * @t: where
 * @nr: number of entries, 0 for a table that holds nothing
 * @entry_bytes: size of an entry, which begins with struct tpw_entry
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tpw_table_init(struct tpw_table *t, u32 nr, size_t entry_bytes)
{
	u32 i, bits;

	memset(t, 0, sizeof(*t));
	raw_spin_lock_init(&t->free_lock);
	t->entry_bytes = entry_bytes;
	t->free = TPW_TABLE_END;
	t->oldest = TPW_TABLE_END;
	t->newest = TPW_TABLE_END;
	if (!nr)
		return 0;

	bits = max(order_base_2(nr), 1);
	t->shift = 64 - bits;
	t->entries = vzalloc((size_t)nr * entry_bytes);
	t->buckets = vzalloc(sizeof(*t->buckets) << bits);
	if (!t->entries || !t->buckets) {
		tpw_table_exit(t);
		return -ENOMEM;
	}
	for (i = 0; i < 1U << bits; i++) {
		raw_spin_lock_init(&t->buckets[i].lock);
		t->buckets[i].first = TPW_TABLE_END;
	}
	for (i = nr; i > 0; i--) {
		tpw_table_entry(t, i - 1)->next = t->free;
		t->free = i - 1;
	}
	t->nr = nr;
	return 0;
}

/**
 * tpw_table_exit() - free a table
 * @t: the table; no handler and no reader may use it any more
 *
 * Context: process, may sleep.
 */
void tpw_table_exit(struct tpw_table *t)
{
	vfree(t->buckets);
	vfree(t->entries);
	t->buckets = NULL;
	t->entries = NULL;
	t->nr = 0;
}

/**
 * tpw_table_bytes() - memory that a table takes
 * @t: the table
 *
 * Return: bytes, as allocated.
 */
size_t tpw_table_bytes(const struct tpw_table *t)
{
	if (!t->nr)
		return 0;
	return PAGE_ALIGN((size_t)t->nr * t->entry_bytes) +
	       PAGE_ALIGN(sizeof(*t->buckets) << (64 - t->shift));
}

static void queue_closed(struct tpw_table *t, struct tpw_entry *e)
{
	u32 at = tpw_table_index(t, e);

	lockdep_assert_held(&t->free_lock);
	e->older = t->newest;
	e->newer = TPW_TABLE_END;
	if (t->newest != TPW_TABLE_END)
		tpw_table_entry(t, t->newest)->newer = at;
	else
		t->oldest = at;
	t->newest = at;
	e->is_queued = 1;
}

static void unqueue_closed(struct tpw_table *t, struct tpw_entry *e)
{
	lockdep_assert_held(&t->free_lock);
	if (e->older != TPW_TABLE_END)
		tpw_table_entry(t, e->older)->newer = e->newer;
	else
		t->oldest = e->newer;
	if (e->newer != TPW_TABLE_END)
		tpw_table_entry(t, e->newer)->older = e->older;
	else
		t->newest = e->older;
	e->is_queued = 0;
}

/**
 * tpw_table_close() - the socket is gone; keep the entry while there is room
 * @t: the table
 * @e: its entry, bucket locked
 *
 * Context: softirq, or interrupts off.
 */
void tpw_table_close(struct tpw_table *t, struct tpw_entry *e)
{
	if (e->state != TPW_ENTRY_LIVE)
		return;
	e->state = TPW_ENTRY_CLOSED;
	raw_spin_lock(&t->free_lock);
	queue_closed(t, e);
	raw_spin_unlock(&t->free_lock);
}

/**
 * tpw_table_reopen() - the socket lives again, as after listen() on a socket
 *	that shutdown() had closed
 * @t: the table
 * @e: its entry, bucket locked
 *
 * Context: softirq, or interrupts off.
 */
void tpw_table_reopen(struct tpw_table *t, struct tpw_entry *e)
{
	if (e->state != TPW_ENTRY_CLOSED)
		return;
	e->state = TPW_ENTRY_LIVE;
	raw_spin_lock(&t->free_lock);
	if (e->is_queued)
		unqueue_closed(t, e);
	raw_spin_unlock(&t->free_lock);
}

static void unlink_entry(struct tpw_table *t, struct tpw_bucket *b,
			 struct tpw_entry *e)
{
	u32 *link = &b->first;
	u32 at = tpw_table_index(t, e);

	lockdep_assert_held(&b->lock);
	while (*link != at)
		link = &tpw_table_entry(t, *link)->next;
	*link = e->next;
	e->state = TPW_ENTRY_FREE;
}

/*
 * Take an entry out of the table.  Its bucket is only tried: the caller may be
 * one of two CPUs that empty each other's buckets.  With @state, the entry
 * must still be in that state.
 */
static bool recycle(struct tpw_table *t, struct tpw_entry *e,
		    enum tpw_entry_state state)
{
	u64 key = READ_ONCE(e->key);
	struct tpw_bucket *b = tpw_table_bucket(t, key);
	bool is_taken = false;

	if (!tpw_bucket_trylock(b))
		return false;
	if (tpw_table_search(t, b, key) == e && e->state == state) {
		unlink_entry(t, b, e);
		raw_spin_lock(&t->free_lock);
		if (e->is_queued)
			unqueue_closed(t, e);
		if (state == TPW_ENTRY_LIVE)
			t->evicted++;
		t->forgotten_ns = max(t->forgotten_ns, e->last_ns);
		raw_spin_unlock(&t->free_lock);
		is_taken = true;
	}
	tpw_bucket_unlock(b);
	return is_taken;
}

static struct tpw_entry *take_free(struct tpw_table *t)
{
	struct tpw_entry *e = NULL;

	raw_spin_lock(&t->free_lock);
	if (t->free != TPW_TABLE_END) {
		e = tpw_table_entry(t, t->free);
		t->free = e->next;
		t->held++;
	}
	raw_spin_unlock(&t->free_lock);
	return e;
}

static struct tpw_entry *take_closed(struct tpw_table *t)
{
	u32 at = READ_ONCE(t->oldest);
	struct tpw_entry *e;

	if (at == TPW_TABLE_END)
		return NULL;
	e = tpw_table_entry(t, at);
	return recycle(t, e, TPW_ENTRY_CLOSED) ? e : NULL;
}

/* The oldest of the next SAMPLE live entries; what is not live is passed by. */
static struct tpw_entry *oldest_of_sample(struct tpw_table *t)
{
	struct tpw_entry *oldest = NULL;
	u32 at = READ_ONCE(t->hand);
	unsigned int i;

	for (i = 0; i < min_t(u32, SAMPLE, t->nr); i++) {
		struct tpw_entry *e = tpw_table_entry(t, at);

		at = at + 1 < t->nr ? at + 1 : 0;
		if (READ_ONCE(e->state) != TPW_ENTRY_LIVE)
			continue;
		if (!oldest || READ_ONCE(e->last_ns) < READ_ONCE(oldest->last_ns))
			oldest = e;
	}
	WRITE_ONCE(t->hand, at);
	return oldest;
}

static struct tpw_entry *take_idle(struct tpw_table *t)
{
	unsigned int tries;

	for (tries = 0; tries < 4; tries++) {
		struct tpw_entry *e = oldest_of_sample(t);

		if (e && recycle(t, e, TPW_ENTRY_LIVE))
			return e;
	}
	return NULL;
}

static void give_back(struct tpw_table *t, struct tpw_entry *e)
{
	raw_spin_lock(&t->free_lock);
	e->next = t->free;
	t->free = tpw_table_index(t, e);
	t->held--;
	raw_spin_unlock(&t->free_lock);
}

/**
 * tpw_table_remove() - forget an entry
 * @t: the table
 * @e: the entry, bucket locked; unlocked on return
 *
 * Context: softirq, or interrupts off.
 */
void tpw_table_remove(struct tpw_table *t, struct tpw_entry *e)
{
	struct tpw_bucket *b = tpw_table_bucket(t, e->key);

	unlink_entry(t, b, e);
	raw_spin_lock(&t->free_lock);
	if (e->is_queued)
		unqueue_closed(t, e);
	raw_spin_unlock(&t->free_lock);
	tpw_bucket_unlock(b);
	give_back(t, e);
}

static struct tpw_entry *take_any(struct tpw_table *t)
{
	struct tpw_entry *e = take_free(t);

	if (!e)
		e = take_closed(t);
	if (!e)
		e = take_idle(t);
	return e;
}

/**
 * tpw_table_add() - find an entry, or make one
 * @t: the table
 * @key: socket cookie
 * @now_ns: the time, CLOCK_MONOTONIC
 * @is_new: set if the entry was made: all behind its head is then zero
 *
 * Context: softirq, or interrupts off.
 * Return: the entry, its bucket locked until tpw_table_unlock(); NULL, with
 *	nothing locked, if the table is off or nothing could be recycled.
 */
struct tpw_entry *tpw_table_add(struct tpw_table *t, u64 key, u64 now_ns,
				bool *is_new)
{
	struct tpw_entry *found, *e;
	struct tpw_bucket *b;

	*is_new = false;
	found = tpw_table_find(t, key);
	if (found || !t->nr)
		return found;
	e = take_any(t);
	if (!e)
		return NULL;
	memset(e, 0, t->entry_bytes);

	b = tpw_table_bucket(t, key);
	tpw_bucket_lock(b);
	found = tpw_table_search(t, b, key);
	if (found) {
		/* Another CPU was as fast. */
		give_back(t, e);
		return found;
	}
	e->key = key;
	e->state = TPW_ENTRY_LIVE;
	e->last_ns = now_ns;
	e->next = b->first;
	b->first = tpw_table_index(t, e);
	*is_new = true;
	return e;
}

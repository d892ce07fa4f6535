// SPDX-License-Identifier: GPL-2.0
/*
 * The last local endpoints that were asked for and not there.
 *
 * A port scan makes a new endpoint with every segment: the row that was asked
 * for longest ago gives way, which costs a look at 64 rows and no memory.
 */
#include "refused.h"

#include <linux/jhash.h>
#include <linux/string.h>

/**
 * tpw_refused_init() - make an empty set
 * @tr: where
 *
 * Context: any.
 */
void tpw_refused_init(struct tpw_refused *tr)
{
	memset(tr, 0, sizeof(*tr));
	raw_spin_lock_init(&tr->lock);
}

static u8 *chain_of(struct tpw_refused *tr, const struct tpw_tuple *tuple)
{
	u32 hash = jhash2((const u32 *)tuple->local.ip6, 4,
			  (__force u16)tuple->lport << 8 | tuple->proto);

	return &tr->head[hash % TPW_REFUSED_NR];
}

static bool is_same_endpoint(const struct tpw_tuple *a,
			     const struct tpw_tuple *b)
{
	return a->lport == b->lport && a->proto == b->proto &&
	       a->family == b->family && tpw_addr_equal(&a->local, &b->local);
}

static struct tpw_refused_row *find(struct tpw_refused *tr,
				    const struct tpw_tuple *tuple)
{
	u8 at = *chain_of(tr, tuple);

	while (at) {
		struct tpw_refused_row *row = &tr->row[at - 1];

		if (is_same_endpoint(&row->last, tuple))
			return row;
		at = row->next;
	}
	return NULL;
}

static void unlink_row(struct tpw_refused *tr, struct tpw_refused_row *row)
{
	u8 *link = chain_of(tr, &row->last);

	while (&tr->row[*link - 1] != row)
		link = &tr->row[*link - 1].next;
	*link = row->next;
}

static struct tpw_refused_row *take_row(struct tpw_refused *tr,
					const struct tpw_tuple *tuple)
{
	struct tpw_refused_row *row = &tr->row[0];
	unsigned int i;
	u8 *head;

	if (tr->nr < TPW_REFUSED_NR) {
		row = &tr->row[tr->nr++];
	} else {
		for (i = 1; i < TPW_REFUSED_NR; i++)
			if (tr->row[i].last_ns < row->last_ns)
				row = &tr->row[i];
		unlink_row(tr, row);
		tr->evicted++;
	}
	head = chain_of(tr, tuple);
	memset(row, 0, sizeof(*row));
	row->next = *head;
	*head = row - tr->row + 1;
	return row;
}

/**
 * tpw_refused_hit() - count a segment that found no socket
 * @tr: the set of its namespace
 * @tuple: the segment's
 * @is_refused: it was answered with RST or ICMP
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: BH off; takes a raw lock.
 */
void tpw_refused_hit(struct tpw_refused *tr, const struct tpw_tuple *tuple,
		     bool is_refused, u64 now_ns)
{
	struct tpw_refused_row *row;

	raw_spin_lock(&tr->lock);
	row = find(tr, tuple);
	if (!row)
		row = take_row(tr, tuple);
	row->last = *tuple;
	row->last_ns = now_ns;
	row->count++;
	row->refused += is_refused;
	raw_spin_unlock(&tr->lock);
}

/**
 * tpw_refused_copy() - copy the rows for a reader
 * @tr: the set
 * @to: room for TPW_REFUSED_NR rows
 *
 * Context: process.
 * Return: how many rows were copied.
 */
unsigned int tpw_refused_copy(struct tpw_refused *tr,
			      struct tpw_refused_row *to)
{
	unsigned long flags;
	unsigned int nr;

	raw_spin_lock_irqsave(&tr->lock, flags);
	nr = tr->nr;
	memcpy(to, tr->row, nr * sizeof(*to));
	raw_spin_unlock_irqrestore(&tr->lock, flags);
	return nr;
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A table of fixed size, keyed by socket cookie, that handlers may write.
 *
 * All entries are allocated at once and keep their index for life, so a reader
 * resumes at an index and can neither skip nor repeat a live entry.  A cookie
 * is never used twice, so a key names one socket for ever.
 *
 * Fairness.  Each entry is charged to an account, of a namespace or a user.
 * Who adds to a full table takes from the account that holds most, as a fair
 * queue drops from its longest flow: whoever holds less than his share loses
 * nothing, however much another one adds.  In that account the rank decides
 * what goes first, and nothing gives way to what is of a lower rank.
 *
 * Locks.  Closing and recycling an entry, and all that changes it, happens
 * under the raw lock of its bucket; nothing is freed, and no grace period is
 * needed.  Callers in softirq take it plainly; callers in process context must
 * have interrupts off, or a softirq could spin on its own CPU.  @free_lock
 * guards the list of free entries and the accounts; it may be taken inside a
 * bucket lock, never the other way round.
 */
#ifndef _TPW_TABLE_H
#define _TPW_TABLE_H

#include "base/tuple.h"
#include "store/tally.h"

#include <linux/cache.h>
#include <linux/hash.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#define TPW_TABLE_END		U32_MAX		/* no entry */
#define TPW_ACCOUNT_BITS	8
#define TPW_ACCOUNTS		(1 << TPW_ACCOUNT_BITS)

/* In a full table these give way in this order. */
enum tpw_rank {
	TPW_RANK_FREE,		/* in no account */
	TPW_RANK_CLOSED,	/* kept until its place is needed */
	TPW_RANK_SPARE,		/* live, and nothing has come for it yet */
	TPW_RANK_LIVE,
	TPW_RANK_KEPT,		/* live, and what is known of it comes but once */
	TPW_RANK_NR
};

/**
 * struct tpw_entry - the head of every entry
 * @key: socket cookie; guarded by the bucket's lock, 0 in no bucket
 * @next: next entry of the same bucket, or of the free list
 * @older: towards the oldest entry of its rank and account; guarded by
 *	free_lock
 * @newer: towards the newest of them; likewise
 * @rank: enum tpw_rank; changed under both locks
 * @account: who is charged for it; likewise
 * @is_plain: for its owner, who counts such an entry without a closer look;
 *	guarded by the bucket's lock, and read without it
 * @last_ns: when it was last used, CLOCK_MONOTONIC; guarded by the bucket's
 *	lock, and read without it as a hint
 */
struct tpw_entry {
	u64 key;
	u32 next;
	u32 older;
	u32 newer;
	u8 rank;
	u8 account;
	u8 is_plain;
	u64 last_ns;
};

/**
 * struct tpw_owner - who is charged for an entry
 * @net: the namespace
 * @uid: whose the socket is, in the initial user namespace
 */
struct tpw_owner {
	const struct tpw_netid *net;
	u32 uid;
};

/**
 * struct tpw_bucket - one hash chain, in a cache line of its own: each segment
 *	writes the lock of its connection's, maybe on another CPU
 * @lock: guards the chain and all its entries
 * @first: index of its first entry
 */
struct tpw_bucket {
	raw_spinlock_t lock;
	u32 first;
} ____cacheline_aligned_in_smp;

/**
 * struct tpw_queue - entries of one rank in one account
 * @oldest: the first to give way
 * @newest: the last
 */
struct tpw_queue {
	u32 oldest;
	u32 newest;
};

/**
 * struct tpw_account - what is charged to somebody
 * @held: entries
 * @queue: the same by enum tpw_rank
 */
struct tpw_account {
	u32 held;
	struct tpw_queue queue[TPW_RANK_NR];
};

/**
 * struct tpw_table - the table
 * @entries: the entries, @nr of @entry_bytes each
 * @buckets: the hash chains, 1 << (64 - @shift) of them
 * @nr: number of entries, 0 if the table is switched off
 * @entry_bytes: size of one entry
 * @shift: 64 - log2 of the number of buckets
 * @net_of: tells whose an entry is
 * @kind: what it is to struct tpw_tallies
 * @free_lock: guards the members below
 * @free: first free entry
 * @held: entries in use
 * @fattest: the account that holds most, as far as is known
 * @suspect: the account that will be compared with it next
 * @tally: what gave way, of all namespaces
 * @account: the accounts
 */
struct tpw_table {
	void *entries;
	struct tpw_bucket *buckets;
	u32 nr;
	u32 entry_bytes;
	u32 shift;
	const struct tpw_netid *(*net_of)(const struct tpw_entry *e);
	enum tpw_tally_kind kind;

	raw_spinlock_t free_lock ____cacheline_aligned_in_smp;
	u32 free;
	u32 held;
	u8 fattest;
	u8 suspect;
	struct tpw_tally tally;
	struct tpw_account account[TPW_ACCOUNTS];
};

int tpw_table_init(struct tpw_table *t, u32 nr, size_t entry_bytes);
void tpw_table_exit(struct tpw_table *t);
size_t tpw_table_bytes(const struct tpw_table *t);
struct tpw_entry *tpw_table_add(struct tpw_table *t, u64 key,
				const struct tpw_owner *owner,
				enum tpw_rank rank, u64 now_ns, bool *is_new);
void tpw_table_move(struct tpw_table *t, struct tpw_entry *e,
		    enum tpw_rank rank);
void tpw_table_remove(struct tpw_table *t, struct tpw_entry *e);
void tpw_table_unnoted(struct tpw_table *t, u64 net_cookie);

/**
 * tpw_table_close() - the socket is gone; keep the entry while there is room
 * @t: the table
 * @e: its entry, bucket locked
 *
 * Context: softirq, or interrupts off.
 */
static inline void tpw_table_close(struct tpw_table *t, struct tpw_entry *e)
{
	tpw_table_move(t, e, TPW_RANK_CLOSED);
}

/*
 * Most callers hold a bucket's lock or do not, depending on what was found.
 * sparse cannot follow that, so it is told that these change nothing; lockdep
 * sees the real thing.
 */
static __always_inline void tpw_bucket_lock(struct tpw_bucket *b)
{
	raw_spin_lock(&b->lock);
	__release(&b->lock);
}

static __always_inline bool tpw_bucket_trylock(struct tpw_bucket *b)
{
	if (!raw_spin_trylock(&b->lock))
		return false;
	__release(&b->lock);
	return true;
}

static __always_inline void tpw_bucket_unlock(struct tpw_bucket *b)
{
	__acquire(&b->lock);
	raw_spin_unlock(&b->lock);
}

/**
 * tpw_table_entry() - the entry with an index
 * @t: the table
 * @index: below t->nr
 *
 * Context: any.
 * Return: the entry.
 */
static __always_inline struct tpw_entry *
tpw_table_entry(const struct tpw_table *t, u32 index)
{
	return t->entries + (size_t)index * t->entry_bytes;
}

/**
 * tpw_table_index() - the index of an entry
 * @t: the table
 * @e: one of its entries
 *
 * Context: any.
 * Return: the index, which is the entry's for life.
 */
static inline u32 tpw_table_index(const struct tpw_table *t,
				  const struct tpw_entry *e)
{
	return ((const void *)e - t->entries) / t->entry_bytes;
}

/**
 * tpw_table_bucket() - the bucket of a key
 * @t: the table
 * @key: socket cookie
 *
 * Context: any.
 * Return: its bucket.
 */
static __always_inline struct tpw_bucket *
tpw_table_bucket(const struct tpw_table *t, u64 key)
{
	return &t->buckets[(key * GOLDEN_RATIO_64) >> t->shift];
}

/**
 * tpw_table_search() - look through a locked bucket
 * @t: the table
 * @b: the bucket of @key, locked
 * @key: socket cookie
 *
 * Context: softirq, or interrupts off.
 * Return: the entry, or NULL.
 */
static __always_inline struct tpw_entry *
tpw_table_search(const struct tpw_table *t, const struct tpw_bucket *b, u64 key)
{
	u32 at = b->first;

	while (at != TPW_TABLE_END) {
		struct tpw_entry *e = tpw_table_entry(t, at);

		if (e->key == key)
			return e;
		at = e->next;
	}
	return NULL;
}

/**
 * tpw_table_find() - find an entry and lock its bucket
 * @t: the table
 * @key: socket cookie
 *
 * Context: softirq, or interrupts off.
 * Return: the entry, its bucket locked until tpw_table_unlock(); NULL, with
 *	nothing locked, if there is none.
 */
static __always_inline struct tpw_entry *
tpw_table_find(struct tpw_table *t, u64 key)
{
	struct tpw_bucket *b;
	struct tpw_entry *e;

	if (!t->nr)
		return NULL;
	b = tpw_table_bucket(t, key);
	tpw_bucket_lock(b);
	e = tpw_table_search(t, b, key);
	if (!e)
		tpw_bucket_unlock(b);
	return e;
}

/**
 * tpw_table_at() - lock the entry at an index, for a reader
 * @t: the table
 * @index: below t->nr
 *
 * An entry keeps its index as long as it lives: going through all indices
 * skips and repeats none.
 *
 * Context: softirq, or interrupts off.
 * Return: the entry, its bucket locked until tpw_table_unlock(); NULL, with
 *	nothing locked, if nothing is there.
 */
static inline struct tpw_entry *tpw_table_at(struct tpw_table *t, u32 index)
{
	struct tpw_entry *e = tpw_table_entry(t, index);
	u64 key = READ_ONCE(e->key);
	struct tpw_bucket *b = tpw_table_bucket(t, key);

	if (!key)
		return NULL;
	tpw_bucket_lock(b);
	/* In the chain, which the lock guards, or it is some other's by now. */
	if (tpw_table_search(t, b, key) == e)
		return e;
	tpw_bucket_unlock(b);
	return NULL;
}

/**
 * tpw_table_unlock() - let go of an entry
 * @t: the table
 * @e: what tpw_table_find() or tpw_table_add() returned
 *
 * Context: as the call that locked it.
 */
static __always_inline void tpw_table_unlock(struct tpw_table *t,
					     struct tpw_entry *e)
{
	tpw_bucket_unlock(tpw_table_bucket(t, e->key));
}

#endif /* _TPW_TABLE_H */

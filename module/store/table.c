// SPDX-License-Identifier: GPL-2.0
/*
 * A table of fixed size, keyed by socket cookie: making it, adding, closing
 * and recycling.
 *
 * In a full table the account that holds most gives: first the entry that was
 * closed longest ago, then one that nothing has come for, else the one of the
 * next 32 that has been idle longest: the exact order of use would need a list
 * that every segment writes.
 */
#include "store/table.h"

#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#define SAMPLE	32		/* live entries to choose the idlest from */
#define TRIES	4		/* whose buckets may be locked just now */
#define SUSPECTS 2		/* accounts to compare with the fattest */

/**
 * struct place - where an entry is to be charged
 * @account: to whom
 * @rank: as what
 */
struct place {
	u8 account;
	enum tpw_rank rank;
};

/* Nobody shall find out whose account another one's is. */
static u32 account_seed __read_mostly;

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
	if (!account_seed)
		account_seed = get_random_u32() | 1;
	t->entry_bytes = entry_bytes;
	t->free = TPW_TABLE_END;
	/* All ones, as TPW_TABLE_END is. */
	for (i = 0; i < TPW_ACCOUNTS; i++)
		memset(t->account[i].queue, 0xff, sizeof(t->account[i].queue));
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

/*
 * In the initial namespace each user is charged for himself, where those of a
 * block of 65,536 above the first count as one: whoever may make user
 * namespaces has such a block.  Any other namespace is charged as a whole, and
 * all that belong to a user together.  Two may share an account.
 */
static u8 account_of(const struct tpw_owner *owner)
{
	u32 uid = owner->uid;
	u32 user = uid >> 16 ? 0x10000 + (uid >> 16) : uid;

	if (!owner->net->has_users)
		user = 0;
	return hash_32(owner->net->account ^ hash_32(user ^ account_seed, 32),
		       TPW_ACCOUNT_BITS);
}

/* Put it last in its queue. */
static void enqueue(struct tpw_table *t, struct tpw_entry *e)
{
	struct tpw_queue *q = &t->account[e->account].queue[e->rank];
	u32 at = tpw_table_index(t, e);

	lockdep_assert_held(&t->free_lock);
	e->older = q->newest;
	e->newer = TPW_TABLE_END;
	if (q->newest != TPW_TABLE_END)
		tpw_table_entry(t, q->newest)->newer = at;
	else
		q->oldest = at;
	q->newest = at;
}

static void dequeue(struct tpw_table *t, struct tpw_entry *e)
{
	struct tpw_queue *q = &t->account[e->account].queue[e->rank];

	lockdep_assert_held(&t->free_lock);
	if (e->older != TPW_TABLE_END)
		tpw_table_entry(t, e->older)->newer = e->newer;
	else
		q->oldest = e->newer;
	if (e->newer != TPW_TABLE_END)
		tpw_table_entry(t, e->newer)->older = e->older;
	else
		q->newest = e->older;
}

static void charge(struct tpw_table *t, struct tpw_entry *e, u8 account,
		   enum tpw_rank rank)
{
	struct tpw_account *a = &t->account[account];

	lockdep_assert_held(&t->free_lock);
	e->account = account;
	WRITE_ONCE(e->rank, rank);
	enqueue(t, e);
	a->held++;
	if (a->held > t->account[t->fattest].held)
		t->fattest = account;
}

static void discharge(struct tpw_table *t, struct tpw_entry *e)
{
	lockdep_assert_held(&t->free_lock);
	dequeue(t, e);
	t->account[e->account].held--;
	WRITE_ONCE(e->rank, TPW_RANK_FREE);
}

/**
 * tpw_table_move() - give an entry another rank
 * @t: the table
 * @e: the entry, bucket locked
 * @rank: the rank, not FREE
 *
 * Context: softirq, or interrupts off.
 */
void tpw_table_move(struct tpw_table *t, struct tpw_entry *e,
		    enum tpw_rank rank)
{
	if (e->rank == rank)
		return;
	raw_spin_lock(&t->free_lock);
	dequeue(t, e);
	WRITE_ONCE(e->rank, rank);
	enqueue(t, e);
	raw_spin_unlock(&t->free_lock);
}

/* Who goes through the chain without its lock may still stand on @e. */
static void unlink_entry(struct tpw_table *t, struct tpw_bucket *b,
			 struct tpw_entry *e)
{
	u32 *link = &b->first;
	u32 at = tpw_table_index(t, e);

	lockdep_assert_held(&b->lock);
	while (*link != at)
		link = &tpw_table_entry(t, *link)->next;
	WRITE_ONCE(*link, e->next);
	WRITE_ONCE(e->key, 0);
}

static void count_evicted(struct tpw_table *t, const struct tpw_entry *e)
{
	bool was_closed = e->rank == TPW_RANK_CLOSED;
	u64 last_ns = READ_ONCE(e->last_ns);

	lockdep_assert_held(&t->free_lock);
	tpw_tally_one(&t->tally, was_closed, last_ns);
	tpw_tally_of(t->net_of(e)->cookie, t->kind, was_closed, last_ns);
}

/*
 * Take an entry out of the table.  Its bucket is only tried: the caller may be
 * one of two CPUs that empty each other's buckets.
 */
static bool recycle(struct tpw_table *t, struct tpw_entry *e, u8 account,
		    enum tpw_rank rank, const struct place *to)
{
	u64 key = READ_ONCE(e->key);
	struct tpw_bucket *b = tpw_table_bucket(t, key);
	bool is_taken = false;

	if (!tpw_bucket_trylock(b))
		return false;
	if (tpw_table_search(t, b, key) == e && e->rank == rank &&
	    e->account == account) {
		unlink_entry(t, b, e);
		raw_spin_lock(&t->free_lock);
		count_evicted(t, e);
		discharge(t, e);
		charge(t, e, to->account, to->rank);
		raw_spin_unlock(&t->free_lock);
		is_taken = true;
	}
	tpw_bucket_unlock(b);
	return is_taken;
}

/* The one that has been there longest, but for @skip of them. */
static struct tpw_entry *oldest_but(struct tpw_table *t, struct tpw_queue *q,
				    unsigned int skip)
{
	u32 at = q->oldest;

	while (at != TPW_TABLE_END && skip--)
		at = tpw_table_entry(t, at)->newer;
	return at == TPW_TABLE_END ? NULL : tpw_table_entry(t, at);
}

/* The idlest of the first SAMPLE entries, which go to the end of their queue. */
static struct tpw_entry *idlest_of_sample(struct tpw_table *t,
					  struct tpw_queue *q)
{
	struct tpw_entry *e, *idlest = NULL;
	u32 last = q->newest;
	unsigned int i;

	for (i = 0; i < SAMPLE && q->oldest != TPW_TABLE_END; i++) {
		u32 at = q->oldest;

		e = tpw_table_entry(t, at);
		if (!idlest || READ_ONCE(e->last_ns) < READ_ONCE(idlest->last_ns))
			idlest = e;
		dequeue(t, e);
		enqueue(t, e);
		if (at == last)
			break;
	}
	return idlest;
}

static struct tpw_entry *candidate(struct tpw_table *t, u8 account,
				   enum tpw_rank rank, unsigned int try)
{
	struct tpw_queue *q = &t->account[account].queue[rank];
	struct tpw_entry *e;

	raw_spin_lock(&t->free_lock);
	e = rank < TPW_RANK_LIVE ? oldest_but(t, q, try) :
				   idlest_of_sample(t, q);
	raw_spin_unlock(&t->free_lock);
	return e;
}

/* Something that may give way to an entry of that rank. */
static struct tpw_entry *evict_from(struct tpw_table *t, u8 account,
				    const struct place *to)
{
	enum tpw_rank rank;
	unsigned int try;

	for (rank = TPW_RANK_CLOSED; rank <= to->rank; rank++) {
		for (try = 0; try < TRIES; try++) {
			struct tpw_entry *e = candidate(t, account, rank, try);

			if (!e)
				break;
			if (recycle(t, e, account, rank, to))
				return e;
		}
	}
	return NULL;
}

/* Whoever was the fattest may have lost since: look at some others too. */
static u8 find_fattest(struct tpw_table *t)
{
	unsigned int i;

	lockdep_assert_held(&t->free_lock);
	for (i = 0; i < SUSPECTS; i++) {
		u8 at = t->suspect++;

		if (t->account[at].held > t->account[t->fattest].held)
			t->fattest = at;
	}
	return t->fattest;
}

/*
 * A free entry, which is charged for already, and is in no bucket: who would take
 * it from there looks for it in a bucket, and does not find it.  If there is none,
 * NULL, and who has to give: @fattest, and what of his is most likely to, @first.
 */
static struct tpw_entry *take_free(struct tpw_table *t, const struct place *to,
				   u8 *fattest, struct tpw_entry **first)
{
	struct tpw_entry *e = NULL;

	raw_spin_lock(&t->free_lock);
	if (likely(t->free != TPW_TABLE_END)) {
		e = tpw_table_entry(t, t->free);
		t->free = e->next;
		WRITE_ONCE(t->held, t->held + 1);
		charge(t, e, to->account, to->rank);
	} else {
		*fattest = find_fattest(t);
		*first = oldest_but(t, &t->account[*fattest].queue[TPW_RANK_CLOSED], 0);
	}
	raw_spin_unlock(&t->free_lock);
	return e;
}

static void give_back(struct tpw_table *t, struct tpw_entry *e)
{
	raw_spin_lock(&t->free_lock);
	discharge(t, e);
	WRITE_ONCE(e->next, t->free);
	t->free = tpw_table_index(t, e);
	WRITE_ONCE(t->held, t->held - 1);
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
	tpw_bucket_unlock(b);
	give_back(t, e);
}

/**
 * tpw_table_unnoted() - a socket was closed that has no entry
 * @t: the table
 * @net_cookie: its namespace
 *
 * Context: softirq, or interrupts off.
 */
void tpw_table_unnoted(struct tpw_table *t, u64 net_cookie)
{
	raw_spin_lock(&t->free_lock);
	WRITE_ONCE(t->tally.unnoted, t->tally.unnoted + 1);
	tpw_tally_unnoted(net_cookie, t->kind);
	raw_spin_unlock(&t->free_lock);
}

/* What somebody has to give: @fattest, or else who asks. */
static struct tpw_entry *take_used(struct tpw_table *t, const struct place *to,
				   u8 fattest, struct tpw_entry *first)
{
	struct tpw_entry *e;

	if (first && recycle(t, first, fattest, TPW_RANK_CLOSED, to))
		return first;
	e = evict_from(t, fattest, to);
	if (!e && fattest != to->account)
		e = evict_from(t, to->account, to);
	return e;
}

/*
 * An entry for @key, as take_free() has them, when there is none.  The buckets of
 * others are tried for it: so ours is let go of meanwhile, in which another CPU
 * may put one with that key.  Then it is that one.
 */
static noinline struct tpw_entry *
take_any(struct tpw_table *t, struct tpw_bucket *b, u64 key,
	 const struct place *to, u8 fattest, struct tpw_entry *first)
{
	struct tpw_entry *e, *found;

	tpw_bucket_unlock(b);
	e = take_used(t, to, fattest, first);
	if (!e)
		return NULL;
	tpw_bucket_lock(b);
	found = tpw_table_search(t, b, key);
	if (!found)
		return e;
	give_back(t, e);
	return found;
}

/* All but what is in the free list's and a reader's hands. */
static void clear(const struct tpw_table *t, struct tpw_entry *e, u64 now_ns)
{
	WRITE_ONCE(e->is_plain, 0);
	WRITE_ONCE(e->last_ns, now_ns);
	memset(e + 1, 0, t->entry_bytes - sizeof(*e));
}

static void link_entry(struct tpw_table *t, struct tpw_bucket *b,
		       struct tpw_entry *e, u64 key)
{
	lockdep_assert_held(&b->lock);
	WRITE_ONCE(e->next, b->first);
	/* Whole for who finds it without the lock. */
	smp_store_release(&e->key, key);
	/* So is its link. */
	smp_store_release(&b->first, tpw_table_index(t, e));
}

/**
 * tpw_table_add() - find an entry, or make one
 * @t: the table
 * @key: socket cookie
 * @owner: who is charged for it, if it is made
 * @rank: what rank it has then, not FREE
 * @now_ns: the time, CLOCK_MONOTONIC
 * @is_new: set if the entry was made: all behind its head is then zero
 *
 * Context: softirq, or interrupts off.
 * Return: the entry, its bucket locked until tpw_table_unlock(); NULL, with
 *	nothing locked, if the table is off or nothing could be recycled.
 */
struct tpw_entry *tpw_table_add(struct tpw_table *t, u64 key,
				const struct tpw_owner *owner,
				enum tpw_rank rank, u64 now_ns, bool *is_new)
{
	struct tpw_entry *e, *first = NULL;
	struct tpw_bucket *b;
	struct place to;
	u8 fattest = 0;

	*is_new = false;
	if (!t->nr)
		return NULL;
	b = tpw_table_bucket(t, key);
	tpw_bucket_lock(b);
	e = tpw_table_search(t, b, key);
	if (e)
		return e;
	to.account = account_of(owner);
	to.rank = rank;
	e = take_free(t, &to, &fattest, &first);
	if (unlikely(!e)) {
		e = take_any(t, b, key, &to, fattest, first);
		if (!e || e->key)
			return e;
	}
	clear(t, e, now_ns);
	link_entry(t, b, e, key);
	*is_new = true;
	return e;
}

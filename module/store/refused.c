// SPDX-License-Identifier: GPL-2.0
/*
 * The last local endpoints that were asked for and not there.
 *
 * A port scan makes a new endpoint with every segment: the cell that was asked
 * for longest ago gives way, which costs no search and no memory.
 */
#include "store/refused.h"

#include "base/cpu.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/jhash.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/sort.h>
#include <linux/string.h>

#define TOGETHER	256	/* cells of all CPUs, if these are not many */
#define LEAST		16	/* cells of one CPU */
#define PATIENCE	1000	/* looks at a cell that is being written */

/* Whoever sends segments shall not choose their chain. */
static u32 seed __read_mostly;

static unsigned int cells_per_cpu(void)
{
	return clamp_t(unsigned int, TOGETHER / num_possible_cpus(), LEAST,
		       TPW_REFUSED_NR);
}

static size_t set_bytes(void)
{
	return struct_size((struct tpw_refused_set *)NULL, cell,
			   cells_per_cpu());
}

/**
 * tpw_refused_init() - make an empty set
 * @tr: where
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tpw_refused_init(struct tpw_refused *tr)
{
	if (!READ_ONCE(seed))
		WRITE_ONCE(seed, get_random_u32() | 1);
	tr->sets = __alloc_percpu_gfp(set_bytes(), sizeof(u64),
				      GFP_KERNEL_ACCOUNT);
	return tr->sets ? 0 : -ENOMEM;
}

/**
 * tpw_refused_exit() - free it
 * @tr: the set; no handler and no reader is left
 *
 * Context: process, may sleep.
 */
void tpw_refused_exit(struct tpw_refused *tr)
{
	free_percpu(tr->sets);
	tr->sets = NULL;
}

/** tpw_refused_bytes() - Return: bytes of memory it takes. */
size_t tpw_refused_bytes(void)
{
	return set_bytes() * num_possible_cpus();
}

static u8 *chain_of(struct tpw_refused_set *set, const struct tpw_tuple *tuple)
{
	u32 hash = jhash2((const u32 *)tuple->local.ip6, 4,
			  seed ^ ((__force u16)tuple->lport << 8 | tuple->proto));

	return &set->head[hash % TPW_REFUSED_NR];
}

static bool is_same_endpoint(const struct tpw_tuple *a,
			     const struct tpw_tuple *b)
{
	return a->lport == b->lport && a->proto == b->proto &&
	       a->family == b->family && tpw_addr_equal(&a->local, &b->local);
}

static struct tpw_refused_cell *cell_at(struct tpw_refused_set *set, u8 at)
{
	return at ? &set->cell[at - 1] : NULL;
}

static u8 name_of(const struct tpw_refused_set *set,
		  const struct tpw_refused_cell *cell)
{
	return cell - set->cell + 1;
}

static struct tpw_refused_cell *find(struct tpw_refused_set *set,
				     const struct tpw_tuple *tuple)
{
	struct tpw_refused_cell *cell = cell_at(set, *chain_of(set, tuple));

	while (cell && !is_same_endpoint(&cell->row.last, tuple))
		cell = cell_at(set, cell->next);
	return cell;
}

static void leave_chain(struct tpw_refused_set *set,
			struct tpw_refused_cell *cell)
{
	u8 *link = chain_of(set, &cell->row.last);

	while (cell_at(set, *link) != cell)
		link = &cell_at(set, *link)->next;
	*link = cell->next;
}

static void leave_order(struct tpw_refused_set *set,
			struct tpw_refused_cell *cell)
{
	if (cell->older)
		cell_at(set, cell->older)->newer = cell->newer;
	else
		set->oldest = cell->newer;
	if (cell->newer)
		cell_at(set, cell->newer)->older = cell->older;
	else
		set->newest = cell->older;
}

static void become_newest(struct tpw_refused_set *set,
			  struct tpw_refused_cell *cell)
{
	cell->older = set->newest;
	cell->newer = 0;
	if (set->newest)
		cell_at(set, set->newest)->newer = name_of(set, cell);
	else
		set->oldest = name_of(set, cell);
	set->newest = name_of(set, cell);
}

/* A cell in no chain and no order. */
static struct tpw_refused_cell *take_cell(struct tpw_refused_set *set)
{
	struct tpw_refused_cell *cell;

	if (set->nr < cells_per_cpu()) {
		cell = &set->cell[set->nr];
		/* Whoever sees it counted sees nothing in it, or all. */
		smp_store_release(&set->nr, set->nr + 1);
		return cell;
	}
	cell = cell_at(set, set->oldest);
	leave_chain(set, cell);
	leave_order(set, cell);
	return cell;
}

static void begin_write(struct tpw_refused_cell *cell)
{
	WRITE_ONCE(cell->changes, cell->changes + 1);
	smp_wmb();	/* pairs with copy_cell() */
}

static void end_write(struct tpw_refused_cell *cell)
{
	/* Pairs with the acquire in copy_cell(). */
	smp_store_release(&cell->changes, cell->changes + 1);
}

static struct tpw_refused_cell *add(struct tpw_refused_set *set,
				    const struct tpw_tuple *tuple)
{
	struct tpw_refused_cell *cell = take_cell(set);
	u8 *head = chain_of(set, tuple);

	begin_write(cell);
	memset(&cell->row, 0, sizeof(cell->row));
	cell->row.last = *tuple;
	end_write(cell);
	cell->next = *head;
	*head = name_of(set, cell);
	become_newest(set, cell);
	return cell;
}

static struct tpw_refused_cell *find_or_add(struct tpw_refused_set *set,
					    const struct tpw_tuple *tuple)
{
	struct tpw_refused_cell *cell = find(set, tuple);

	if (!cell)
		return add(set, tuple);
	if (cell->newer) {
		leave_order(set, cell);
		become_newest(set, cell);
	}
	return cell;
}

/**
 * tpw_refused_hit() - count a segment that found no socket
 * @tr: the set of its namespace
 * @tuple: the segment's
 * @is_refused: it was answered with RST or ICMP
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: BH off.
 */
void tpw_refused_hit(struct tpw_refused *tr, const struct tpw_tuple *tuple,
		     bool is_refused, u64 now_ns)
{
	struct tpw_refused_cell *cell;

	tpw_own_cpu();
	cell = find_or_add(raw_cpu_ptr(tr->sets), tuple);
	begin_write(cell);
	cell->row.last = *tuple;
	cell->row.last_ns = now_ns;
	cell->row.count++;
	cell->row.refused += is_refused;
	end_write(cell);
	tpw_share_cpu();
}

/* False if it is written all the time, or nothing is in it yet. */
static bool copy_cell(const struct tpw_refused_cell *cell,
		      struct tpw_refused_row *to)
{
	unsigned int tries;

	for (tries = 0; tries < PATIENCE; tries++) {
		/* Pairs with end_write(). */
		u32 before = smp_load_acquire(&cell->changes);

		/* data_race(): what was torn is copied once more. */
		data_race(*to = cell->row);
		smp_rmb();	/* pairs with begin_write() */
		if (!(before & 1) && READ_ONCE(cell->changes) == before)
			return to->count;
		cpu_relax();
	}
	return false;
}

static unsigned int copy_all(const struct tpw_refused *tr,
			     struct tpw_refused_row *to)
{
	unsigned int i, nr, n = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct tpw_refused_set *set = per_cpu_ptr(tr->sets, cpu);

		/* Pairs with take_cell(). */
		nr = smp_load_acquire(&set->nr);
		for (i = 0; i < nr; i++)
			n += copy_cell(&set->cell[i], &to[n]);
		cond_resched();
	}
	return n;
}

static int compare_endpoints(const void *a, const void *b)
{
	const struct tpw_tuple *x = &((const struct tpw_refused_row *)a)->last;
	const struct tpw_tuple *y = &((const struct tpw_refused_row *)b)->last;
	int order = memcmp(&x->local, &y->local, sizeof(x->local));

	if (!order)
		order = ntohs(x->lport) - ntohs(y->lport);
	if (!order)
		order = x->proto - y->proto;
	return order ? order : x->family - y->family;
}

static int compare_times(const void *a, const void *b)
{
	u64 x = ((const struct tpw_refused_row *)a)->last_ns;
	u64 y = ((const struct tpw_refused_row *)b)->last_ns;

	return x < y ? 1 : x > y ? -1 : 0;
}

/* What several CPUs have of one endpoint becomes one row. */
static unsigned int merge(struct tpw_refused_row *rows, unsigned int nr)
{
	unsigned int i, n = 0;

	sort(rows, nr, sizeof(*rows), compare_endpoints, NULL);
	for (i = 0; i < nr; i++) {
		struct tpw_refused_row *to = n ? &rows[n - 1] : NULL;
		u64 count, refused;

		if (!to || !is_same_endpoint(&to->last, &rows[i].last)) {
			rows[n++] = rows[i];
			continue;
		}
		count = to->count + rows[i].count;
		refused = to->refused + rows[i].refused;
		if (rows[i].last_ns > to->last_ns)
			*to = rows[i];
		to->count = count;
		to->refused = refused;
	}
	return n;
}

/**
 * tpw_refused_copy() - copy the rows for a reader, the last one first
 * @tr: the set
 * @to: room for TPW_REFUSED_NR rows
 *
 * Context: process, may sleep.
 * Return: how many rows were copied, or -ENOMEM.
 */
int tpw_refused_copy(const struct tpw_refused *tr, struct tpw_refused_row *to)
{
	struct tpw_refused_row *rows;
	unsigned int nr;

	rows = kvmalloc_array(num_possible_cpus() * cells_per_cpu(),
			      sizeof(*rows), GFP_KERNEL_ACCOUNT);
	if (!rows)
		return -ENOMEM;
	nr = merge(rows, copy_all(tr, rows));
	sort(rows, nr, sizeof(*rows), compare_times, NULL);
	nr = min_t(unsigned int, nr, TPW_REFUSED_NR);
	memcpy(to, rows, nr * sizeof(*to));
	kvfree(rows);
	return nr;
}

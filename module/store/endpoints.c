// SPDX-License-Identifier: GPL-2.0
/*
 * The last local endpoints that segments were for and did not get to.
 *
 * A port scan makes a new endpoint with every segment: the cell that was asked
 * for longest ago gives way, which costs no search and no memory.
 */
#include "store/endpoints.h"

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
		       TPW_ENDPOINTS_NR);
}

static size_t set_bytes(void)
{
	return struct_size((struct tpw_endpoint_set *)NULL, cell,
			   cells_per_cpu());
}

/**
 * tpw_endpoints_init() - make an empty set
 * @te: where
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tpw_endpoints_init(struct tpw_endpoints *te)
{
	if (!READ_ONCE(seed))
		WRITE_ONCE(seed, get_random_u32() | 1);
	te->sets = __alloc_percpu_gfp(set_bytes(), sizeof(u64),
				      GFP_KERNEL_ACCOUNT);
	return te->sets ? 0 : -ENOMEM;
}

/**
 * tpw_endpoints_exit() - free it
 * @te: the set; no handler and no reader is left
 *
 * Context: process, may sleep.
 */
void tpw_endpoints_exit(struct tpw_endpoints *te)
{
	free_percpu(te->sets);
	te->sets = NULL;
}

/** tpw_endpoints_bytes() - Return: bytes of memory it takes. */
size_t tpw_endpoints_bytes(void)
{
	return set_bytes() * num_possible_cpus();
}

static u8 *chain_of(struct tpw_endpoint_set *set, const struct tpw_tuple *tuple)
{
	u32 hash = jhash2((const u32 *)tuple->local.ip6, 4,
			  seed ^ ((__force u16)tuple->lport << 8 | tuple->proto));

	return &set->head[hash % TPW_ENDPOINTS_NR];
}

static bool is_of(const struct tpw_endpoint_row *row,
		  const struct tpw_tuple *tuple, u32 kind)
{
	const struct tpw_tuple *t = &row->last;

	return row->kind == kind && t->lport == tuple->lport &&
	       t->proto == tuple->proto && t->family == tuple->family &&
	       tpw_addr_equal(&t->local, &tuple->local);
}

static struct tpw_endpoint_cell *cell_at(struct tpw_endpoint_set *set, u8 at)
{
	return at ? &set->cell[at - 1] : NULL;
}

static u8 name_of(const struct tpw_endpoint_set *set,
		  const struct tpw_endpoint_cell *cell)
{
	return cell - set->cell + 1;
}

static struct tpw_endpoint_cell *find(struct tpw_endpoint_set *set,
				      const struct tpw_tuple *tuple, u32 kind)
{
	struct tpw_endpoint_cell *cell = cell_at(set, *chain_of(set, tuple));

	while (cell && !is_of(&cell->row, tuple, kind))
		cell = cell_at(set, cell->next);
	return cell;
}

static void leave_chain(struct tpw_endpoint_set *set,
			struct tpw_endpoint_cell *cell)
{
	u8 *link = chain_of(set, &cell->row.last);

	while (cell_at(set, *link) != cell)
		link = &cell_at(set, *link)->next;
	*link = cell->next;
}

static void leave_order(struct tpw_endpoint_set *set,
			struct tpw_endpoint_cell *cell)
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

static void become_newest(struct tpw_endpoint_set *set,
			  struct tpw_endpoint_cell *cell)
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
static struct tpw_endpoint_cell *take_cell(struct tpw_endpoint_set *set)
{
	struct tpw_endpoint_cell *cell;

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

static void begin_write(struct tpw_endpoint_cell *cell)
{
	WRITE_ONCE(cell->changes, cell->changes + 1);
	smp_wmb();	/* pairs with copy_cell() */
}

static void end_write(struct tpw_endpoint_cell *cell)
{
	/* Pairs with the acquire in copy_cell(). */
	smp_store_release(&cell->changes, cell->changes + 1);
}

static struct tpw_endpoint_cell *add(struct tpw_endpoint_set *set,
				     const struct tpw_tuple *tuple, u32 kind)
{
	struct tpw_endpoint_cell *cell = take_cell(set);
	u8 *head = chain_of(set, tuple);

	begin_write(cell);
	memset(&cell->row, 0, sizeof(cell->row));
	cell->row.last = *tuple;
	cell->row.kind = kind;
	end_write(cell);
	cell->next = *head;
	*head = name_of(set, cell);
	become_newest(set, cell);
	return cell;
}

static struct tpw_endpoint_cell *find_or_add(struct tpw_endpoint_set *set,
					     const struct tpw_tuple *tuple,
					     u32 kind)
{
	struct tpw_endpoint_cell *cell = find(set, tuple, kind);

	if (!cell)
		return add(set, tuple, kind);
	if (cell->newer) {
		leave_order(set, cell);
		become_newest(set, cell);
	}
	return cell;
}

/**
 * tpw_endpoints_hit() - count a segment that did not get to its endpoint
 * @te: the set of its namespace
 * @tuple: the segment's
 * @kind: which of the rows of its local end
 * @marks: bits below TPW_ENDPOINT_MARKS: what else it is counted as
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: BH off.
 */
void tpw_endpoints_hit(struct tpw_endpoints *te, const struct tpw_tuple *tuple,
		       u32 kind, unsigned long marks, u64 now_ns)
{
	struct tpw_endpoint_cell *cell;
	unsigned int i;

	tpw_own_cpu();
	cell = find_or_add(raw_cpu_ptr(te->sets), tuple, kind);
	begin_write(cell);
	cell->row.last = *tuple;
	cell->row.last_ns = now_ns;
	cell->row.count++;
	for (i = 0; i < TPW_ENDPOINT_MARKS; i++)
		cell->row.marked[i] += marks >> i & 1;
	end_write(cell);
	tpw_share_cpu();
}

/* False if it is written all the time, or nothing is in it yet. */
static bool copy_cell(const struct tpw_endpoint_cell *cell,
		      struct tpw_endpoint_row *to)
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

static unsigned int copy_all(const struct tpw_endpoints *te,
			     struct tpw_endpoint_row *to)
{
	unsigned int i, nr, n = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct tpw_endpoint_set *set = per_cpu_ptr(te->sets, cpu);

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
	const struct tpw_endpoint_row *p = a, *q = b;
	const struct tpw_tuple *x = &p->last, *y = &q->last;
	int order = memcmp(&x->local, &y->local, sizeof(x->local));

	if (!order)
		order = ntohs(x->lport) - ntohs(y->lport);
	if (!order)
		order = x->proto - y->proto;
	if (!order)
		order = x->family - y->family;
	return order ? order : p->kind < q->kind ? -1 : p->kind > q->kind;
}

static int compare_times(const void *a, const void *b)
{
	u64 x = ((const struct tpw_endpoint_row *)a)->last_ns;
	u64 y = ((const struct tpw_endpoint_row *)b)->last_ns;

	return x < y ? 1 : x > y ? -1 : 0;
}

static void join(struct tpw_endpoint_row *to,
		 const struct tpw_endpoint_row *from)
{
	unsigned int i;

	to->count += from->count;
	for (i = 0; i < TPW_ENDPOINT_MARKS; i++)
		to->marked[i] += from->marked[i];
	if (from->last_ns > to->last_ns) {
		to->last = from->last;
		to->last_ns = from->last_ns;
	}
}

/* What several CPUs have of one endpoint becomes one row. */
static unsigned int merge(struct tpw_endpoint_row *rows, unsigned int nr)
{
	unsigned int i, n = 0;

	sort(rows, nr, sizeof(*rows), compare_endpoints, NULL);
	for (i = 0; i < nr; i++) {
		struct tpw_endpoint_row *to = n ? &rows[n - 1] : NULL;

		if (to && is_of(to, &rows[i].last, rows[i].kind))
			join(to, &rows[i]);
		else
			rows[n++] = rows[i];
	}
	return n;
}

/**
 * tpw_endpoints_copy() - copy the rows for a reader, the last one first
 * @te: the set
 * @to: room for TPW_ENDPOINTS_NR rows
 *
 * Context: process, may sleep.
 * Return: how many rows were copied, or -ENOMEM.
 */
int tpw_endpoints_copy(const struct tpw_endpoints *te, struct tpw_endpoint_row *to)
{
	struct tpw_endpoint_row *rows;
	unsigned int nr;

	rows = kvmalloc_array(num_possible_cpus() * cells_per_cpu(),
			      sizeof(*rows), GFP_KERNEL_ACCOUNT);
	if (!rows)
		return -ENOMEM;
	nr = merge(rows, copy_all(te, rows));
	sort(rows, nr, sizeof(*rows), compare_times, NULL);
	nr = min_t(unsigned int, nr, TPW_ENDPOINTS_NR);
	memcpy(to, rows, nr * sizeof(*to));
	kvfree(rows);
	return nr;
}

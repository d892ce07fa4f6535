// SPDX-License-Identifier: GPL-2.0
/*
 * The ends that may get a row of the overview.
 *
 * Connections come in any order, each to the end that it shares with others.
 * For ends there is a table of sets, as in a cache: if a set is full, the end
 * that had fewest makes room.  One that has many of all connections stays; but
 * as it may have been out for a while, its connections are counted once more,
 * when it is known which ends stay.
 */
#include "proc/overview_page.h"

#include <linux/jhash.h>
#include <linux/sort.h>
#include <linux/string.h>

static void make_key(struct tpw_page_key *key, const struct tpw_overview_row *row,
		     bool is_local)
{
	const struct tpw_tuple *t = &row->tuple;

	memset(key, 0, sizeof(*key));
	key->addr = is_local ? t->local : t->foreign;
	key->port = is_local ? t->lport : t->fport;
	key->family = t->family;
	key->proto = t->proto;
	key->is_local = is_local;
	key->is_hidden = row->is_hidden;
}

static bool is_of(const struct tpw_page_end *end, const struct tpw_page_key *key)
{
	return tpw_fold_nr(&end->fold) && !memcmp(&end->key, key, sizeof(*key));
}

static void begin_end(struct tpw_page_end *end, const struct tpw_page_key *key)
{
	memset(&end->fold, 0, sizeof(end->fold));
	end->key = *key;
}

/* The end of that key, which may have to be made. */
static struct tpw_page_end *candidate(struct tpw_page *page,
				      const struct tpw_page_key *key)
{
	u32 hash = jhash(key, sizeof(*key), page->seed);
	struct tpw_page_end *end = page->ends[hash % TPW_PAGE_SETS], *least = end;
	unsigned int i;

	for (i = 0; i < TPW_PAGE_WAYS; i++, end++) {
		if (is_of(end, key))
			return end;
		if (end->seen < least->seen)
			least = end;
	}
	if (tpw_fold_nr(&least->fold))
		page->has_evicted = true;
	tpw_fold_join(&page->more.connections, &least->fold);
	begin_end(least, key);
	return least;
}

static struct tpw_page_end *chosen(struct tpw_page *page,
				   const struct tpw_page_key *key)
{
	unsigned int i;

	for (i = 0; i < page->ends_nr; i++)
		if (!memcmp(&page->end[i].key, key, sizeof(*key)))
			return &page->end[i];
	return NULL;
}

/**
 * tpw_page_add_to_end() - one more connection that belongs to no listener
 * @page: the page
 * @is_local: it is folded by our end, else by the foreign one
 * @row: its row
 *
 * Context: process.
 */
void tpw_page_add_to_end(struct tpw_page *page, bool is_local,
			 const struct tpw_overview_row *row)
{
	struct tpw_page_end *end;
	struct tpw_page_key key;

	make_key(&key, row, is_local);
	end = page->is_chosen ? chosen(page, &key) : candidate(page, &key);
	if (!end) {
		tpw_fold_add(&page->more.connections, row);
		return;
	}
	if (!tpw_fold_nr(&end->fold))
		end->row = *row;
	else if (row->actor.pid != end->row.actor.pid)
		end->row.is_several = true;
	end->seen++;
	tpw_fold_add(&end->fold, row);
}

/* The larger fold first, so that what stays is the same each time. */
static int compare_ends(const void *a, const void *b)
{
	const struct tpw_page_end *x = a, *y = b;
	u64 m = tpw_fold_nr(&x->fold), n = tpw_fold_nr(&y->fold);

	if (x->key.is_local != y->key.is_local)
		return x->key.is_local ? -1 : 1;
	if (m != n)
		return m > n ? -1 : 1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

static int compare_sizes(const void *a, const void *b)
{
	const struct tpw_page_end *x = a, *y = b;
	u64 m = tpw_fold_nr(&x->fold), n = tpw_fold_nr(&y->fold);

	return m != n ? (m > n ? -1 : 1) : compare_ends(a, b);
}

/**
 * tpw_page_choose_ends() - the ends with most connections stay
 * @page: the page, with all connections
 *
 * Context: process.
 */
void tpw_page_choose_ends(struct tpw_page *page)
{
	struct tpw_page_end *all = page->ends[0];
	unsigned int i, nr = TPW_PAGE_SETS * TPW_PAGE_WAYS;

	sort(all, nr, sizeof(*all), compare_sizes, NULL);
	for (i = 0; i < nr && tpw_fold_nr(&all[i].fold); i++) {
		if (i < TPW_PAGE_ENDS)
			page->end[page->ends_nr++] = all[i];
		else
			tpw_fold_join(&page->more.connections, &all[i].fold);
	}
	page->is_chosen = true;
}

/**
 * tpw_page_drop_ends() - keep the largest ends, those of ours first
 * @page: the page
 * @nr: how many
 *
 * Context: process.
 */
void tpw_page_drop_ends(struct tpw_page *page, unsigned int nr)
{
	struct tpw_page_end *last;

	sort(page->end, page->ends_nr, sizeof(*last), compare_sizes, NULL);
	for (; page->ends_nr; page->ends_nr--) {
		last = &page->end[page->ends_nr - 1];
		if (page->ends_nr <= nr && tpw_fold_nr(&last->fold))
			break;
		tpw_fold_join(&page->more.connections, &last->fold);
	}
	sort(page->end, page->ends_nr, sizeof(*last), compare_ends, NULL);
}

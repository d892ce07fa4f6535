// SPDX-License-Identifier: GPL-2.0
/*
 * Closed connections stay in the table until it is full, and line 1 counts those that had to go for
 * want of room. Of what it counts, the ones that an earlier reading had are known; all others were
 * closed and forgotten in between: so none is missed without being counted.
 *
 * TCP connections that close when the module has no row of them are counted by line 1, too: they are
 * older than the module and had no segment, their rows had been forgotten, or there was no room for one.
 *
 * A connection that was open in one reading and is in neither of the next two was closed without a row
 * as well. Of TCP it is counted by line 1, but for what closes while the hooks do not fire; of UDP there
 * is no such count. One reading is not enough: a socket leaves the kernel's tables a moment before the
 * module is told. Where closed ones had to go meanwhile, it may be one of these, which are counted already.
 *
 * A reading takes a while. What closes after its line 1 is left to the next one, so that all are told
 * in the order of time.
 */
#include "command/events/ledger.h"

#include "lib/message.h"
#include "lib/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare_known(const void *left, const void *right)
{
	const struct tpr_known *a = left, *b = right;

	return a->cookie < b->cookie ? -1 : a->cookie > b->cookie;
}

static struct tpr_known *find(const struct tpr_known *known, size_t nr, uint64_t cookie)
{
	const struct tpr_known wanted = { .cookie = cookie };

	return nr ? bsearch(&wanted, known, nr, sizeof(wanted), compare_known) : NULL;
}

/*
 * A TIME_WAIT that the module had forgotten gets a row anew from the first segment that comes for it:
 * the connection had closed before. So had what is in TIME_WAIT without a row.
 */
static bool is_leftover(const struct tpr_rows *rows, size_t row, uint64_t closed_ns)
{
	uint64_t segments = tpr_rows_number(rows, row, "segments");

	if (!closed_ns)
		return !strcmp(tpr_rows_get(rows, row, "state"), "TIME_WAIT");
	return segments && segments == tpr_rows_number(rows, row, "time_wait");
}

/* Requests come and go without being a connection. */
static bool take_row(const struct tpr_rows *rows, size_t row, struct tpr_known *known)
{
	const char *state = tpr_rows_get(rows, row, "state");
	char *end;

	*known = (struct tpr_known){
		.cookie = strtoull(tpr_rows_get(rows, row, "cookie"), &end, 16),
		.closed_ns = tpr_rows_number(rows, row, "closed_ns"),
	};
	known->forgotten = tpr_rows_fact(rows, "forgotten");
	known->is_ending = is_leftover(rows, row, known->closed_ns);
	known->has_row = known->closed_ns;
	known->is_udp = !strncmp(tpr_rows_get(rows, row, "proto"), "udp", 3);
	if (known->closed_ns > tpr_rows_fact(rows, "now_ns"))
		known->closed_ns = 0;
	return known->cookie && !*end && strcmp(state, "SYN_RECV");
}

/* What has closed that had not when it was seen before. */
static bool is_news(const struct tpr_ledger *ledger, const struct tpr_known *now)
{
	const struct tpr_known *before = find(ledger->known, ledger->nr, now->cookie);

	if (!ledger->has_begun || !now->closed_ns || now->is_ending)
		return false;
	return !before || (!before->is_ending && before->closed_ns != now->closed_ns);
}

static int compare_news(const void *left, const void *right, void *data)
{
	const size_t *a = left, *b = right;
	uint64_t a_ns = tpr_rows_number(data, *a, "closed_ns");
	uint64_t b_ns = tpr_rows_number(data, *b, "closed_ns");

	if (a_ns != b_ns)
		return a_ns < b_ns ? -1 : 1;
	return *a < *b ? -1 : *a > *b;
}

/* It closed, and there was no row of it. */
static void infer(struct tpr_ledger *ledger, const struct tpr_known *known, uint64_t forgotten,
		  struct tpr_news *news)
{
	if (known->forgotten != forgotten)
		return;
	if (known->is_udp)
		news->unnoted++;
	else
		ledger->inferred++;
}

/*
 * The kernel has a TIME_WAIT for a minute, of which the module may have forgotten the row by then; or
 * it never had one of it, while it was open.
 */
static void note_ending(struct tpr_ledger *ledger, const struct tpr_known *before,
			uint64_t forgotten, struct tpr_news *news)
{
	if (before->closed_ns)
		ledger->vanished++;
	else
		infer(ledger, before, forgotten, news);
}

/* What was there the last time and is not now; those that may come back are kept. */
static size_t miss(struct tpr_ledger *ledger, struct tpr_known *now, size_t nr,
		   uint64_t forgotten, struct tpr_news *news)
{
	size_t kept = nr, i;

	for (i = 0; i < ledger->nr; i++) {
		struct tpr_known *known = &ledger->known[i];
		const struct tpr_known *found = find(now, nr, known->cookie);

		if (known->is_ending) {
			ledger->vanished += known->has_row && !(found && found->has_row);
			continue;
		}
		if (found && found->is_ending && !found->has_row)
			note_ending(ledger, known, forgotten, news);
		if (found)
			continue;
		if (known->closed_ns) {
			ledger->vanished++;
		} else if (known->is_missing) {
			infer(ledger, known, forgotten, news);
		} else {
			known->is_missing = true;
			now[kept++] = *known;
		}
	}
	return kept;
}

static void count_missed(struct tpr_ledger *ledger, const struct tpr_rows *rows,
			 struct tpr_news *news)
{
	uint64_t gone = tpr_rows_fact(rows, "forgotten") - ledger->forgotten;

	if (gone <= ledger->vanished + ledger->missed)
		return;
	news->missed = gone - ledger->vanished - ledger->missed;
	ledger->missed += news->missed;
}

/* What is inferred is among what line 1 counts, as long as the hooks fire. */
static void count_unnoted(struct tpr_ledger *ledger, const struct tpr_rows *rows,
			  struct tpr_news *news)
{
	uint64_t nr = tpr_rows_fact(rows, "unnoted") - ledger->rowless;

	if (nr < ledger->inferred)
		nr = ledger->inferred;
	if (nr <= ledger->unnoted)
		return;
	news->unnoted += nr - ledger->unnoted;
	ledger->unnoted = nr;
}

static void begin(struct tpr_ledger *ledger, const struct tpr_rows *rows)
{
	ledger->forgotten = tpr_rows_fact(rows, "forgotten");
	ledger->rowless = tpr_rows_fact(rows, "unnoted");
	ledger->has_begun = true;
}

static size_t read_rows(const struct tpr_ledger *ledger, const struct tpr_rows *rows,
			struct tpr_known *now, struct tpr_news *news)
{
	size_t nr = 0, i;

	for (i = 0; i < rows->nr; i++) {
		if (!take_row(rows, i, &now[nr]))
			continue;
		if (is_news(ledger, &now[nr]))
			news->rows[news->nr++] = i;
		nr++;
	}
	qsort_r(news->rows, news->nr, sizeof(*news->rows), compare_news, (void *)rows);
	qsort(now, nr, sizeof(*now), compare_known);
	return nr;
}

/* Nothing that it counts goes down, unless it was loaded anew. */
static bool is_of_another_module(const struct tpr_ledger *ledger, const struct tpr_rows *rows)
{
	return ledger->has_begun && (tpr_rows_fact(rows, "forgotten") < ledger->last_forgotten ||
				     tpr_rows_fact(rows, "unnoted") < ledger->last_rowless);
}

/**
 * tpr_ledger_take() - take another reading
 * @ledger: all 0 before the first, of which nothing is news
 * @connections: the reading
 * @is_settled: nothing was forgotten while it was read: its line 1 counts what its rows lack
 * @news: filled in
 *
 * Return: 0; -ENOMEM; -ESTALE if it is of another module: what it counted is less than before.
 */
int tpr_ledger_take(struct tpr_ledger *ledger, const struct tpr_rows *connections,
		    bool is_settled, struct tpr_news *news)
{
	uint64_t forgotten = tpr_rows_fact(connections, "forgotten");
	struct tpr_known *now = calloc(connections->nr + ledger->nr + 1, sizeof(*now));
	size_t nr;

	*news = (struct tpr_news){ .rows = calloc(connections->nr + 1, sizeof(*news->rows)) };
	if (!now || !news->rows || is_of_another_module(ledger, connections)) {
		free(now);
		return now && news->rows ? -ESTALE : -ENOMEM;
	}
	nr = read_rows(ledger, connections, now, news);
	if (ledger->has_begun)
		nr = miss(ledger, now, nr, forgotten, news);
	else
		begin(ledger, connections);
	qsort(now, nr, sizeof(*now), compare_known);
	free(ledger->known);
	ledger->known = now;
	ledger->nr = nr;
	ledger->last_forgotten = forgotten;
	ledger->last_rowless = tpr_rows_fact(connections, "unnoted");
	count_unnoted(ledger, connections, news);
	if (is_settled)
		count_missed(ledger, connections, news);
	return 0;
}

/**
 * tpr_ledger_free() - free a ledger
 * @ledger: the ledger
 */
void tpr_ledger_free(struct tpr_ledger *ledger)
{
	free(ledger->known);
	*ledger = (struct tpr_ledger){ 0 };
}

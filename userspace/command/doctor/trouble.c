// SPDX-License-Identifier: GPL-2.0
/*
 * One thing that can be wrong with rows of a table. The worst come first, and not all of many.
 */
#include "command/doctor/trouble.h"

#define SHOWN_MAX	3

/* The worst that is less bad than @below, or as bad and behind @last; their number if there is none. */
static size_t next_of(const struct tpr_trouble *trouble, const struct tpr_rows *rows,
		      uint64_t below, size_t last)
{
	size_t best = rows->nr, i;
	uint64_t most = 0, bad;

	for (i = 0; i < rows->nr; i++) {
		bad = trouble->how_bad(rows, i);
		if (bad > below || (bad == below && i <= last) || bad <= most)
			continue;
		most = bad;
		best = i;
	}
	return best;
}

static size_t count(const struct tpr_trouble *trouble, const struct tpr_rows *rows)
{
	size_t nr = 0, i;

	for (i = 0; i < rows->nr; i++)
		nr += !!trouble->how_bad(rows, i);
	return nr;
}

/**
 * tpr_trouble_examine() - find the rows that have it
 * @findings: where the findings go, the worst first
 * @subject: what they are about
 * @trouble: what can be wrong
 * @rows: the table
 *
 * Return: how many have it.
 */
size_t tpr_trouble_examine(struct tpr_findings *findings, const char *subject,
			   const struct tpr_trouble *trouble, const struct tpr_rows *rows)
{
	size_t nr = count(trouble, rows), shown, row = 0;
	uint64_t below = UINT64_MAX;

	for (shown = 0; shown < nr && shown < SHOWN_MAX; shown++) {
		row = next_of(trouble, rows, below, row);
		trouble->tell(findings, rows, row);
		below = trouble->how_bad(rows, row);
	}
	if (nr > shown)
		tpr_finding(findings, TPR_HEALTH_WARN, subject, trouble->advice, "%zu %s",
			    nr - shown, trouble->more);
	return nr;
}

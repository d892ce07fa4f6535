// SPDX-License-Identifier: GPL-2.0
/*
 * Cells of a list of sockets, as people read them.
 */
#include "show/listing.h"

#include "lib/text.h"
#include "table/clock.h"
#include "show/holder.h"
#include "show/local.h"

#include <stdio.h>
#include <string.h>

/**
 * tpr_listing_ago() - how long ago something was
 * @listing: the listing
 * @row: the row
 * @column: of the time, on the clock that line 1 names
 * @text: at least TPR_CLOCK_BYTES
 *
 * Return: false if it never was, or line 1 does not say when it was written.
 */
bool tpr_listing_ago(const struct tpr_listing *listing, size_t row, const char *column,
		     char *text)
{
	const char *now = tpr_table_fact(listing->rows.table, "now_ns");
	uint64_t now_ns, ns;

	if (!now || !tpr_text_u64(now, &now_ns) ||
	    !tpr_text_u64(tpr_rows_get(&listing->rows, row, column), &ns))
		return false;
	/* rows are made after line 1 */
	tpr_clock_span(text, now_ns > ns ? now_ns - ns : 0);
	return true;
}

/**
 * tpr_listing_cell() - put a field into the grid as it is
 * @listing: the listing
 * @row: the row
 * @column: of the field
 */
void tpr_listing_cell(const struct tpr_listing *listing, size_t row, const char *column)
{
	tpr_grid_cell(listing->grid, tpr_rows_get(&listing->rows, row, column),
		      TPR_COLOUR_NONE);
}

/**
 * tpr_listing_local() - put our end with its device into the grid
 * @listing: the listing
 * @row: the row
 */
void tpr_listing_local(const struct tpr_listing *listing, size_t row)
{
	char text[TPR_LOCAL_BYTES];

	tpr_grid_cell(listing->grid, tpr_local_text(text, &listing->rows, row), TPR_COLOUR_NONE);
}

/**
 * tpr_listing_cell_ago() - put "4.6 s ago" into the grid
 * @listing: the listing
 * @row: the row
 * @column: a time
 */
void tpr_listing_cell_ago(const struct tpr_listing *listing, size_t row, const char *column)
{
	char text[TPR_CLOCK_BYTES + 8] = "?", span[TPR_CLOCK_BYTES];

	if (tpr_listing_ago(listing, row, column, span))
		snprintf(text, sizeof(text), "%s ago", span);
	tpr_grid_cell(listing->grid, text, TPR_COLOUR_NONE);
}

/**
 * tpr_listing_rare() - put the rare column into the grid, if it has a place there
 * @listing: the listing
 * @row: the row
 */
void tpr_listing_rare(const struct tpr_listing *listing, size_t row)
{
	if (listing->has_rare)
		tpr_listing_cell(listing, row, listing->kind->rare);
}

static void put_process(const struct tpr_listing *listing, struct tpr_who who)
{
	char text[TPR_HOLDER_BYTES];

	tpr_grid_cell(listing->grid, tpr_holder_text(text, who), TPR_COLOUR_NONE);
}

/**
 * tpr_listing_actor() - put "pid/comm" into the grid
 * @listing: the listing
 * @row: the row
 */
void tpr_listing_actor(const struct tpr_listing *listing, size_t row)
{
	put_process(listing, tpr_holder_actor(&listing->rows, row));
}

/**
 * tpr_listing_holder() - put "pid/comm" of who holds it now into the grid
 * @listing: the listing; of saved tables and closed sockets, who opened it stands there
 * @row: the row
 */
void tpr_listing_holder(const struct tpr_listing *listing, size_t row)
{
	put_process(listing, tpr_holder_who(&listing->rows, row, listing->options->from));
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The page of "top": the segments of the namespace, listeners and connections by how much comes in
 * for them. The members of a reuseport group stand together, each with its share of what the group
 * was given since top began, beside the share that would be fair.
 */
#include "command/top/page.h"

#include "lib/message.h"
#include "show/grid.h"
#include "show/local.h"
#include "show/share.h"
#include "command/top/groups.h"
#include "command/top/head.h"
#include "command/top/items.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Lines that are there whatever happens, and the least that each list gets */
#define HEAD_LINES	7
#define LIST_LINES_MIN	3

/* The last column, which is not aligned */
#define OWNER_WIDTH	16

/* A member starves that got less than half of a share that would be this many, or more. */
#define STARVES_BELOW	10

/* Of a bar, and the narrowest page that has one */
#define BAR_CELLS	8
#define BAR_WIDTH_MIN	96

/** struct list - one of the two lists */
struct list {
	/** @looks: its columns */
	const struct tpr_grid_column *looks;
	/** @looks_nr: number of @looks */
	size_t looks_nr;
	/** @put: puts the cells of an item */
	void (*put)(struct tpr_grid *grid, const struct tpr_moment *moment,
		    const struct tpr_item *item, const struct list *list);
	/** @style_of: how its line stands out */
	enum tpr_style (*style_of)(const struct tpr_moment *moment, const struct tpr_item *item);
	/** @glyphs: for what is drawn in it, or NULL */
	const struct tpr_glyphs *glyphs;
	/** @has_bar: beside the shares of a group */
	bool has_bar;
};

static void put(struct tpr_grid *grid, const char *text)
{
	tpr_grid_cell(grid, text, TPR_COLOUR_NONE);
}

static void put_rate(struct tpr_grid *grid, uint64_t count, double seconds)
{
	char text[32];

	tpr_rate_format(text, sizeof(text), count, seconds);
	put(grid, text);
}

static bool is_not_accepted(const struct tpr_moment *moment, const struct tpr_rows *rows, size_t row)
{
	return !strcmp(tpr_rows_get(rows, row, "role"), "server") &&
	       !strcmp(tpr_items_who(moment, rows, row).pid, "-");
}

static void put_actor(struct tpr_grid *grid, const struct tpr_moment *moment,
		      const struct tpr_rows *rows, size_t row)
{
	struct tpr_who who = tpr_items_who(moment, rows, row);
	char text[TPR_HOLDER_BYTES];

	if (is_not_accepted(moment, rows, row))
		put(grid, strcmp(tpr_rows_get(rows, row, "state"), "CLOSED") ? "(not accepted)" :
									       "-");
	else
		put(grid, tpr_holder_text(text, who));
}

static bool starves(const struct tpr_moment *moment, const struct tpr_item *item)
{
	uint64_t members = tpr_share_members(&moment->listeners, item->row);

	return members > 1 && item->group_chosen >= STARVES_BELOW * members &&
	       2 * item->chosen * members < item->group_chosen;
}

static enum tpr_style style_of_listener(const struct tpr_moment *moment, const struct tpr_item *item)
{
	return starves(moment, item) ? TPR_STYLE_ALARM : TPR_STYLE_PLAIN;
}

static enum tpr_style style_of_connection(const struct tpr_moment *moment,
					  const struct tpr_item *item)
{
	if (item->rank)
		return TPR_STYLE_PAST;
	return is_not_accepted(moment, &moment->connections, item->row) ? TPR_STYLE_WAITS :
									  TPR_STYLE_PLAIN;
}

/* Its place in its group, as a bracket */
static const char *bracket_of(const struct tpr_glyphs *glyphs, const struct tpr_item *item)
{
	if (item->is_first && item->is_last)
		return glyphs->across;
	if (item->is_first)
		return glyphs->top_left;
	return item->is_last ? glyphs->last : glyphs->branch;
}

static void put_group(struct tpr_grid *grid, const struct tpr_moment *moment,
		      const struct tpr_item *item, const struct tpr_glyphs *glyphs)
{
	char group[TPR_SHARE_BYTES], text[TPR_SHARE_BYTES + 8];

	tpr_share_group(group, &moment->listeners, item->row);
	if (tpr_share_members(&moment->listeners, item->row) == 1) {
		put(grid, "-");
		return;
	}
	snprintf(text, sizeof(text), "%s%s",
		 glyphs && strcmp(group, "-") ? bracket_of(glyphs, item) : "", group);
	put(grid, text);
}

/* What it got of what its group was given, and a mark where a fair share ends */
static void put_bar(struct tpr_grid *grid, const struct tpr_item *item, uint64_t members,
		    const struct tpr_glyphs *glyphs)
{
	uint64_t sum = item->group_chosen, got, fair, i;
	char text[8 * BAR_CELLS] = "";

	if (members > 1 && sum) {
		got = (item->chosen * BAR_CELLS + sum / 2) / sum;
		fair = (BAR_CELLS + members / 2) / members;
		for (i = 0; i < BAR_CELLS && (i < got || i <= fair); i++)
			strcat(text, i < got ? glyphs->block : i == fair ? glyphs->mark : " ");
	}
	put(grid, text);
}

static void put_listener(struct tpr_grid *grid, const struct tpr_moment *moment,
			 const struct tpr_item *item, const struct list *list)
{
	const struct tpr_rows *rows = &moment->listeners;
	const char *backlog = tpr_rows_get(rows, item->row, "backlog");
	uint64_t members = tpr_share_members(rows, item->row);
	char share[32] = "-", fair[32] = "-", queue[64];
	char local[TPR_LOCAL_BYTES];

	if (members > 1 && item->group_chosen)
		snprintf(share, sizeof(share), "%.0f%%",
			 100.0 * (double)item->chosen / (double)item->group_chosen);
	if (members > 1)
		snprintf(fair, sizeof(fair), "%.0f%%", 100.0 / (double)members);
	if (strcmp(backlog, "-"))
		snprintf(queue, sizeof(queue), "%s/%s",
			 tpr_rows_get(rows, item->row, "queue"), backlog);
	else
		snprintf(queue, sizeof(queue), "%s", tpr_rows_get(rows, item->row, "queue"));
	put(grid, tpr_rows_get(rows, item->row, "proto"));
	put(grid, tpr_local_text(local, rows, item->row));
	put_rate(grid, item->rate, moment->seconds);
	put_rate(grid, tpr_mark_since(&moment->listeners_last, rows, item->row, "overflows"),
		 moment->seconds);
	put(grid, queue);
	put_group(grid, moment, item, list->glyphs);
	put(grid, share);
	put(grid, fair);
	if (list->has_bar)
		put_bar(grid, item, members, list->glyphs);
	put(grid, starves(moment, item) ? "starves" : "");
	put_actor(grid, moment, rows, item->row);
}

static void put_connection(struct tpr_grid *grid, const struct tpr_moment *moment,
			   const struct tpr_item *item, const struct list *list)
{
	const struct tpr_rows *rows = &moment->connections;
	char total[32], local[TPR_LOCAL_BYTES];

	(void)list;
	snprintf(total, sizeof(total), "%" PRIu64, item->total);
	put(grid, tpr_rows_get(rows, item->row, "proto"));
	put(grid, tpr_local_text(local, rows, item->row));
	put(grid, tpr_rows_get(rows, item->row, "foreign"));
	put(grid, tpr_rows_get(rows, item->row, "state"));
	put_rate(grid, item->rate, moment->seconds);
	put(grid, total);
	put(grid, tpr_rows_get(rows, item->row, "listener"));
	put_actor(grid, moment, rows, item->row);
}

static const struct tpr_grid_column listener_looks[] = {
	{ .title = "Proto" }, { .title = "Local Address" },
	{ .title = "Segs/s", .is_right = true }, { .title = "Full/s", .is_right = true },
	{ .title = "Queue", .is_right = true }, { .title = "Group" },
	{ .title = "Share", .is_right = true }, { .title = "Fair", .is_right = true },
	{ .title = "" }, { .title = "PID/Program name" },
};

/* The same with a bar */
static const struct tpr_grid_column drawn_looks[] = {
	{ .title = "Proto" }, { .title = "Local Address" },
	{ .title = "Segs/s", .is_right = true }, { .title = "Full/s", .is_right = true },
	{ .title = "Queue", .is_right = true }, { .title = "Group" },
	{ .title = "Share", .is_right = true }, { .title = "Fair", .is_right = true },
	{ .title = "", .width = BAR_CELLS }, { .title = "" }, { .title = "PID/Program name" },
};

static const struct tpr_grid_column connection_looks[] = {
	{ .title = "Proto" }, { .title = "Local Address" }, { .title = "Foreign Address" },
	{ .title = "State" }, { .title = "Segs/s", .is_right = true },
	{ .title = "Segs", .is_right = true }, { .title = "Listener" },
	{ .title = "PID/Program name" },
};

static const struct list listener_list = {
	.looks = listener_looks,
	.looks_nr = sizeof(listener_looks) / sizeof(listener_looks[0]),
	.put = put_listener,
	.style_of = style_of_listener,
};

static const struct list connection_list = {
	.looks = connection_looks,
	.looks_nr = sizeof(connection_looks) / sizeof(connection_looks[0]),
	.put = put_connection,
	.style_of = style_of_connection,
};

/* The first of its items as text, titles first; to be freed; NULL without memory. */
static char *format_list(const struct list *list, const struct tpr_moment *moment,
			 const struct tpr_item *items, size_t nr, size_t width)
{
	struct tpr_grid *grid;
	char *text = NULL;
	int error = -ENOMEM;
	size_t bytes, i;
	FILE *out = open_memstream(&text, &bytes);

	if (!out)
		return NULL;
	grid = tpr_grid_create(out, list->looks, list->looks_nr);
	if (grid) {
		tpr_grid_limit(grid, width > 2 * OWNER_WIDTH ? width - OWNER_WIDTH : width);
		tpr_grid_wrap(grid, width);
		tpr_grid_titles(grid);
		for (i = 0; i < nr; i++)
			list->put(grid, moment, &items[i], list);
		error = tpr_grid_flush(grid);
	}
	tpr_grid_destroy(grid);
	if (!fclose(out) && !error)
		return text;
	free(text);
	return NULL;
}

/* Lines, titles first; each below them stands out if its item does */
static int add_lines(struct tpr_page *page, const struct list *list,
		     const struct tpr_moment *moment, const struct tpr_item *items,
		     const char *text)
{
	const char *line, *end;
	int error = text ? 0 : -ENOMEM;
	size_t i = 0;

	for (line = text; !error && *line; line = end + 1) {
		enum tpr_style style = TPR_STYLE_TITLES;

		if (i)
			style = items ? list->style_of(moment, &items[i - 1]) : TPR_STYLE_PLAIN;
		i++;
		end = strchr(line, '\n');
		error = tpr_page_add_text(page, style, line, (size_t)(end - line));
	}
	return error;
}

static int add_list(struct tpr_page *page, const struct list *list,
		    const struct tpr_moment *moment, const struct tpr_item *items, size_t nr,
		    size_t width)
{
	char *text = format_list(list, moment, items, nr, width);
	int error = add_lines(page, list, moment, items, text);

	free(text);
	return error;
}

/* What separates a part from what stands above it; drawn, its name in a line, else an empty one */
static int add_rule(struct tpr_page *page, const char *name, const struct tpr_paper *paper)
{
	size_t nr = paper->width, bytes;
	int error = -ENOMEM;
	char *text = NULL;
	FILE *out;

	if (!paper->glyphs)
		return tpr_page_add(page, TPR_STYLE_PLAIN, "%s", "");
	out = open_memstream(&text, &bytes);
	if (!out)
		return -ENOMEM;
	fprintf(out, "%s%s %s ", paper->glyphs->across, paper->glyphs->across, name);
	for (nr -= strlen(name) + 4 < nr ? strlen(name) + 4 : nr; nr; nr--)
		fputs(paper->glyphs->across, out);
	if (!fclose(out))
		error = tpr_page_add(page, TPR_STYLE_RULE, "%s", text);
	free(text);
	return error;
}

static int add_groups(struct tpr_page *page, const struct tpr_view *view,
		      const struct tpr_moment *moment, const struct tpr_paper *paper)
{
	char *text;
	int error = add_rule(page, view->by->title, paper);

	if (error)
		return error;
	text = tpr_groups_text(view, moment, paper->width,
			       paper->height > page->nr + 1 ? paper->height - page->nr : 2);
	error = add_lines(page, NULL, moment, NULL, text);
	free(text);
	return error;
}

static struct list listeners_on(const struct tpr_paper *paper)
{
	struct list list = listener_list;

	list.glyphs = paper->glyphs;
	list.has_bar = paper->glyphs && paper->width >= BAR_WIDTH_MIN;
	if (!list.has_bar)
		return list;
	list.looks = drawn_looks;
	list.looks_nr = sizeof(drawn_looks) / sizeof(drawn_looks[0]);
	return list;
}

static int add_lists(struct tpr_page *page, const struct tpr_view *view,
		     const struct tpr_moment *moment, const struct tpr_paper *paper)
{
	size_t listeners_nr, connections_nr, shown;
	size_t room = paper->height > HEAD_LINES ? paper->height - HEAD_LINES : 0;
	struct tpr_item *listeners = tpr_items_listeners(view, moment, &listeners_nr);
	struct tpr_item *connections = tpr_items_connections(view, moment, &connections_nr);
	struct list list = listeners_on(paper);
	int error = listeners && connections ? add_rule(page, "Listeners", paper) : -ENOMEM;

	if (error)
		goto out;
	shown = room / 2 > LIST_LINES_MIN ? room / 2 : LIST_LINES_MIN;
	if (connections_nr < room - room / 2)
		shown = room - connections_nr;
	if (shown > listeners_nr)
		shown = listeners_nr;
	error = add_list(page, &list, moment, listeners, shown, paper->width);
	if (!error)
		error = add_rule(page, "Connections", paper);
	room = room > shown ? room - shown : LIST_LINES_MIN;
	if (!error)
		error = add_list(page, &connection_list, moment, connections,
				 connections_nr < room ? connections_nr : room, paper->width);
out:
	free(listeners);
	free(connections);
	return error;
}

/**
 * tpr_page_make() - make the page
 * @page: filled in; for tpr_page_free(), whatever is returned
 * @view: what is shown of it
 * @moment: what there is to show; its tables sorted by tpr_rows_sort()
 * @paper: what it is for
 *
 * Return: 0, or -ENOMEM after a message.
 */
int tpr_page_make(struct tpr_page *page, const struct tpr_view *view,
		  const struct tpr_moment *moment, const struct tpr_paper *paper)
{
	int error;

	*page = (struct tpr_page){ 0 };
	error = tpr_summary_add(page, moment);
	if (!error)
		error = view->by ? add_groups(page, view, moment, paper) :
				   add_lists(page, view, moment, paper);
	if (error)
		tpr_message("out of memory");
	return error;
}

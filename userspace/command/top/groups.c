// SPDX-License-Identifier: GPL-2.0
/*
 * Rows of listeners and connections added up by what they have in common. A listener and the
 * connections that were born from it are one row by "listener", as by "port".
 */
#include "command/top/groups.h"

#include "command/top/items.h"
#include "lib/text.h"
#include "show/cgroup_name.h"
#include "show/grid.h"
#include "system/cgroup.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** struct group - what one value has */
struct group {
	/** @value: of the column, to be freed */
	char *value;
	/** @listeners_nr: that have it */
	uint64_t listeners_nr;
	/** @connections_nr: that have it */
	uint64_t connections_nr;
	/** @rate: segments of all since the last page */
	uint64_t rate;
	/** @total: their segments in all */
	uint64_t total;
};

/** struct groups - all of them */
struct groups {
	/** @view: says by what */
	const struct tpr_view *view;
	/** @moment: the tables */
	const struct tpr_moment *moment;
	/** @list: the groups */
	struct group *list;
	/** @nr: number of @list */
	size_t nr;
};

/* The value that a row is counted by; to be freed */
static char *value_of(const struct groups *groups, const struct tpr_rows *rows, size_t row,
		      const char *column)
{
	struct tpr_who who = tpr_items_who(groups->moment, rows, row);
	const char *field = tpr_rows_get(rows, row, column);
	const char *colon = strrchr(field, ':');

	if (!strcmp(column, "pid") || !strcmp(column, "comm")) {
		if (!strcmp(who.pid, TPR_HOLDER_GONE))
			return strdup("(" TPR_HOLDER_GONE ")");
		return strdup(*column == 'p' || !tpr_table_is_value(who.pid) ? who.pid : who.comm);
	}
	if (colon && groups->view->by->part == 'a')
		return strndup(field, (size_t)(colon - field));
	return strdup(colon && groups->view->by->part == 'p' ? colon + 1 : field);
}

/* One group a row, first. Returns false without memory. */
static bool add(struct groups *groups, const struct tpr_rows *rows, const char *column,
		const struct tpr_item *items, size_t nr)
{
	bool is_listener = rows == &groups->moment->listeners;
	size_t i;

	for (i = 0; i < nr; i++) {
		struct group group = {
			.value = value_of(groups, rows, items[i].row, column),
			.listeners_nr = is_listener, .connections_nr = !is_listener,
			.rate = items[i].rate, .total = items[i].total,
		};

		if (!group.value)
			return false;
		groups->list[groups->nr++] = group;
	}
	return true;
}

static int compare_values(const void *a, const void *b)
{
	return strcmp(((const struct group *)a)->value, ((const struct group *)b)->value);
}

static void add_up(struct groups *groups)
{
	struct group *list = groups->list;
	size_t nr = 0, i;

	qsort(list, groups->nr, sizeof(*list), compare_values);
	for (i = 0; i < groups->nr; i++) {
		if (!nr || strcmp(list[nr - 1].value, list[i].value)) {
			list[nr++] = list[i];
			continue;
		}
		list[nr - 1].listeners_nr += list[i].listeners_nr;
		list[nr - 1].connections_nr += list[i].connections_nr;
		list[nr - 1].rate += list[i].rate;
		list[nr - 1].total += list[i].total;
		free(list[i].value);
	}
	groups->nr = nr;
}

/* Numbers of cgroups, added up, become what people call them, of which several may be the same. */
static void name_cgroups(struct groups *groups)
{
	int fd = tpr_cgroup_mount();
	size_t i;

	for (i = 0; fd >= 0 && i < groups->nr; i++) {
		char text[TPR_CGROUP_NAME_BYTES], *path, *name;
		uint64_t id;

		if (!tpr_text_u64(groups->list[i].value, &id))
			continue;
		path = tpr_cgroup_path(fd, id);
		name = path ? strdup(tpr_cgroup_say(text, path)) : NULL;
		free(path);
		if (!name)
			continue;
		free(groups->list[i].value);
		groups->list[i].value = name;
	}
	if (fd >= 0)
		close(fd);
	add_up(groups);
}

/* Most first; what is as many, as people would sort it. */
static int compare_groups(const void *left, const void *right, void *data)
{
	const struct group *a = left, *b = right;
	const struct groups *groups = data;
	bool by_total = groups->view->order == TPR_ORDER_SEGMENTS;

	if (!by_total && a->rate != b->rate)
		return a->rate < b->rate ? 1 : -1;
	if (a->total != b->total)
		return a->total < b->total ? 1 : -1;
	if (a->listeners_nr + a->connections_nr != b->listeners_nr + b->connections_nr)
		return a->listeners_nr + a->connections_nr < b->listeners_nr + b->connections_nr ?
		       1 : -1;
	return strverscmp(a->value, b->value);
}

static bool gather(struct groups *groups)
{
	const struct tpr_moment *moment = groups->moment;
	const struct tpr_by *by = groups->view->by;
	size_t listeners_nr, connections_nr;
	struct tpr_item *listeners = tpr_items_listeners(groups->view, moment, &listeners_nr);
	struct tpr_item *connections = tpr_items_connections(groups->view, moment, &connections_nr);
	bool is_good = listeners && connections;

	if (is_good)
		groups->list = calloc(listeners_nr + connections_nr + 1, sizeof(*groups->list));
	is_good = is_good && groups->list;
	if (is_good && by->listeners)
		is_good = add(groups, &moment->listeners, by->listeners, listeners, listeners_nr);
	if (is_good)
		is_good = add(groups, &moment->connections, by->connections, connections,
			      connections_nr);
	free(listeners);
	free(connections);
	return is_good;
}

static void put_number(struct tpr_grid *grid, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	tpr_grid_cell(grid, text, TPR_COLOUR_NONE);
}

static void put(struct tpr_grid *grid, const struct groups *groups, const struct group *group)
{
	char rate[32];

	tpr_rate_format(rate, sizeof(rate), group->rate, groups->moment->seconds);
	if (groups->view->by->listeners)
		put_number(grid, group->listeners_nr);
	put_number(grid, group->connections_nr);
	tpr_grid_cell(grid, rate, TPR_COLOUR_NONE);
	put_number(grid, group->total);
	tpr_grid_cell(grid, group->value, TPR_COLOUR_NONE);
}

static bool write_groups(FILE *out, const struct groups *groups, size_t width, size_t lines)
{
	const struct tpr_by *by = groups->view->by;
	const struct tpr_grid_column looks[] = {
		{ .title = "Listeners", .is_right = true }, { .title = "Conns", .is_right = true },
		{ .title = "Segs/s", .is_right = true }, { .title = "Segs", .is_right = true },
		{ .title = by->title, .is_ragged = true },
	};
	size_t left_out = by->listeners ? 0 : 1, i;
	struct tpr_grid *grid = tpr_grid_create(out, looks + left_out, 5 - left_out);
	bool is_good;

	if (!grid)
		return false;
	tpr_grid_limit(grid, width);
	tpr_grid_titles(grid);
	for (i = 0; i < groups->nr && i + 1 < lines; i++)
		put(grid, groups, &groups->list[i]);
	is_good = !tpr_grid_flush(grid);
	tpr_grid_destroy(grid);
	return is_good;
}

/**
 * tpr_groups_text() - the list of "top --by"
 * @view: by what, and in which order
 * @moment: the tables
 * @width: columns of the screen
 * @lines: how many there is room for
 *
 * Return: lines, titles first, to be freed; NULL without memory.
 */
char *tpr_groups_text(const struct tpr_view *view, const struct tpr_moment *moment, size_t width,
		      size_t lines)
{
	struct groups groups = { .view = view, .moment = moment };
	bool is_good = gather(&groups);
	char *text = NULL;
	size_t bytes, i;
	FILE *out = is_good ? open_memstream(&text, &bytes) : NULL;

	if (out) {
		add_up(&groups);
		if (!strcmp(view->by->word, "cgroup"))
			name_cgroups(&groups);
		qsort_r(groups.list, groups.nr, sizeof(*groups.list), compare_groups, &groups);
		is_good = write_groups(out, &groups, width, lines);
		is_good = !fclose(out) && is_good;
	}
	for (i = 0; i < groups.nr; i++)
		free(groups.list[i].value);
	free(groups.list);
	if (out && is_good)
		return text;
	free(text);
	return NULL;
}

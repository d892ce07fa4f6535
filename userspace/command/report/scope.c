// SPDX-License-Identifier: GPL-2.0
/*
 * A segment belongs to the sockets of a scope if it matched one of them, or a request or connection
 * of one of their listeners. One that matched nothing belongs to nobody.
 */
#include "command/report/scope.h"

#include "lib/message.h"
#include "lib/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_all(struct tpr_cookies *cookies, const struct tpr_rows *rows)
{
	size_t i;

	for (i = 0; i < rows->nr; i++) {
		const char *cookie = tpr_rows_get(rows, i, "cookie");

		if (tpr_table_is_value(cookie))
			cookies->list[cookies->nr++] = cookie;
	}
}

/**
 * tpr_cookies_init() - gather the cookies of a scope
 * @cookies: filled in; for tpr_cookies_exit() if this returns 0
 * @scope: the scope, whose rows stay
 *
 * Return: 0, or -ENOMEM after a message.
 */
int tpr_cookies_init(struct tpr_cookies *cookies, const struct tpr_report_scope *scope)
{
	size_t max = scope->listeners->nr + scope->connections->nr;

	*cookies = (struct tpr_cookies){ .since_ns = scope->since_ns };
	cookies->list = calloc(max + 1, sizeof(*cookies->list));
	if (!cookies->list) {
		tpr_message("out of memory");
		return -ENOMEM;
	}
	add_all(cookies, scope->listeners);
	add_all(cookies, scope->connections);
	qsort(cookies->list, cookies->nr, sizeof(*cookies->list), compare);
	return 0;
}

/**
 * tpr_cookies_exit() - free them
 * @cookies: from tpr_cookies_init()
 */
void tpr_cookies_exit(struct tpr_cookies *cookies)
{
	free(cookies->list);
}

static bool has_field(const struct tpr_cookies *cookies, const struct tpr_table *table,
		      const char *column)
{
	int at = tpr_table_column(table, column);
	const char *field = at < 0 ? NULL : table->fields[at];

	return field && bsearch(&field, cookies->list, cookies->nr, sizeof(*cookies->list), compare);
}

/**
 * tpr_cookies_has_segment() - whether the row of a log is about one of these sockets
 * @table: the log, at TPR_EVENT_ROW
 * @data: the cookies
 *
 * Return: whether it is, and not earlier than the scope.
 */
bool tpr_cookies_has_segment(const struct tpr_table *table, const void *data)
{
	const struct tpr_cookies *cookies = data;
	int at = tpr_table_column(table, "time_ns");
	uint64_t ns;

	if (at < 0 || !tpr_text_u64(table->fields[at], &ns) || ns < cookies->since_ns)
		return false;
	return has_field(cookies, table, "cookie") || has_field(cookies, table, "listener_cookie");
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A connection has its listener and who accepted or opened it in its row, a listener who called
 * listen() or bind(). A request has the cookie of the connection that it becomes; if it becomes none, it
 * is its listener's.
 */
#include "command/annotate/owners.h"

#include "command.h"
#include "lib/message.h"
#include "system/procfs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *left, const void *right)
{
	const struct tpr_owner *a = left, *b = right;

	return strcmp(a->cookie, b->cookie);
}

static void add_all(struct tpr_owners *owners, bool is_listener)
{
	const struct tpr_rows *rows = is_listener ? &owners->listeners : &owners->connections;
	size_t i;

	for (i = 0; i < rows->nr; i++) {
		const char *cookie = tpr_rows_get(rows, i, "cookie");

		if (tpr_table_is_value(cookie))
			owners->list[owners->nr++] = (struct tpr_owner){ cookie, is_listener, i };
	}
}

/* What was saved may lack it. */
static int load(struct tpr_rows *rows, const struct tpr_options *options, const char *name,
		const struct tpr_shape *shape)
{
	*rows = (struct tpr_rows){ .table = NULL };
	return tpr_procfs_has(options, name) ? tpr_rows_load(rows, options, name, shape) : 0;
}

/**
 * tpr_owners_load() - read the tables of sockets
 * @owners: filled in; for tpr_owners_free(), whatever is returned
 * @options: --from and --net
 *
 * Return: 0, or -errno after a message.
 */
int tpr_owners_load(struct tpr_owners *owners, const struct tpr_options *options)
{
	int error;

	*owners = (struct tpr_owners){ .list = NULL };
	error = load(&owners->connections, options, "connections", &tpr_connections_shape);
	if (!error)
		error = load(&owners->listeners, options, "listeners", &tpr_listeners_shape);
	if (error)
		return error;
	owners->list = calloc(owners->connections.nr + owners->listeners.nr + 1,
			      sizeof(*owners->list));
	if (!owners->list) {
		tpr_message("out of memory");
		return -ENOMEM;
	}
	add_all(owners, false);
	add_all(owners, true);
	qsort(owners->list, owners->nr, sizeof(*owners->list), compare);
	return 0;
}

/**
 * tpr_owners_free() - free the tables
 * @owners: from tpr_owners_load(), or all 0
 */
void tpr_owners_free(struct tpr_owners *owners)
{
	tpr_rows_free(&owners->connections);
	tpr_rows_free(&owners->listeners);
	free(owners->list);
}

static const struct tpr_owner *find(const struct tpr_owners *owners, const char *cookie)
{
	const struct tpr_owner key = { .cookie = cookie };

	if (!owners->nr || !tpr_table_is_value(cookie))
		return NULL;
	return bsearch(&key, owners->list, owners->nr, sizeof(key), compare);
}

static const char *field(const struct tpr_owners *owners, const struct tpr_owner *owner,
			 const char *column)
{
	return tpr_rows_get(owner->is_listener ? &owners->listeners : &owners->connections,
			    owner->row, column);
}

/**
 * tpr_owners_write_word() - write a text as one word of ASCII
 * @out: where to
 * @text: what may be anything, as the name of a process; escaped as in the tables
 */
void tpr_owners_write_word(FILE *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c <= ' ' || c > '~' || c == '\\')
			fprintf(out, "\\%03o", c);
		else
			fputc(c, out);
	}
}

/**
 * tpr_owners_have() - whether the tables have a socket, and its process
 * @owners: the tables
 * @cookie: of the socket; or a mark, of which there is no more to know
 *
 * Return: whether they do.
 */
bool tpr_owners_have(const struct tpr_owners *owners, const char *cookie)
{
	const struct tpr_owner *owner = find(owners, cookie);

	return !tpr_table_is_value(cookie) || (owner && tpr_table_is_value(field(owners, owner, "pid")));
}

static void write_pid(const struct tpr_owners *owners, const struct tpr_owner *owner, FILE *out)
{
	const char *pid = field(owners, owner, "pid"), *comm = field(owners, owner, "comm");

	fputs(" pid=", out);
	tpr_owners_write_word(out, pid);
	if (!tpr_table_is_value(pid) || !tpr_table_is_value(comm))
		return;
	fputc('/', out);
	tpr_owners_write_word(out, comm);
}

static const char *listener_of(const struct tpr_owners *owners, const struct tpr_owner *owner,
			       const struct tpr_owner *listener)
{
	if (owner && owner->is_listener)
		return field(owners, owner, "local");
	if (owner && tpr_table_is_value(field(owners, owner, "listener")))
		return field(owners, owner, "listener");
	if (listener)
		return field(owners, listener, "local");
	return owner ? field(owners, owner, "listener") : "?";
}

/**
 * tpr_owners_write() - write " listener=0.0.0.0:8080 pid=263/app"
 * @owners: the tables
 * @cookie: of the socket that a segment matched; or a mark
 * @listener_cookie: of the listener that this was born from; or a mark
 * @out: where to
 */
void tpr_owners_write(const struct tpr_owners *owners, const char *cookie,
		      const char *listener_cookie, FILE *out)
{
	const struct tpr_owner *owner = find(owners, cookie);
	const struct tpr_owner *listener = find(owners, listener_cookie);

	if (!owner && !listener) {
		const char *mark = tpr_table_is_value(cookie) ? "?" : cookie;

		fprintf(out, " listener=%s pid=%s", mark, mark);
		return;
	}
	fputs(" listener=", out);
	tpr_owners_write_word(out, listener_of(owners, owner, listener));
	write_pid(owners, owner ? owner : listener, out);
}

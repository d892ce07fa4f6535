/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The columns of the tables in /proc, in their order: X(name, kind).
 *
 * The module prints line 2 from here, the reader knows by it what is a number,
 * and the manual, tuplewatch_proc(5), is compared with it: that says what each
 * column means, and in which unit.  Columns are found by name; more may come,
 * none is renamed.
 *
 * Kinds: NUMBER is unsigned decimal; NETNS the inode number of a network
 * namespace, which counts nothing; TEXT all else, cookies too.
 */
#ifndef _UAPI_TUPLEWATCH_COLUMNS_H
#define _UAPI_TUPLEWATCH_COLUMNS_H

/* counters; netns in all/ only */
#define TPW_COUNTERS_COLUMNS(X)				\
	X("name", TEXT)					\
	X("tcp4", NUMBER)				\
	X("tcp6", NUMBER)				\
	X("udp4", NUMBER)				\
	X("udp6", NUMBER)				\
	X("netns", NETNS)

/* listeners */
#define TPW_LISTENERS_COLUMNS(X)			\
	X("proto", TEXT)				\
	X("local", TEXT)				\
	X("dev", TEXT)					\
	X("flags", TEXT)				\
	X("state", TEXT)				\
	X("queue", NUMBER)				\
	X("backlog", NUMBER)				\
	X("segments", NUMBER)				\
	X("syns", NUMBER)				\
	X("dual", NUMBER)				\
	X("assigned", NUMBER)				\
	X("sk-lookup", NUMBER)				\
	X("requests", NUMBER)				\
	X("request-segments", NUMBER)			\
	X("children", NUMBER)				\
	X("overflows", NUMBER)				\
	X("copies", NUMBER)				\
	X("cookies-sent", NUMBER)			\
	X("cookies-ok", NUMBER)				\
	X("cookies-bad", NUMBER)			\
	X("drops", NUMBER)				\
	X("group", TEXT)				\
	X("waits", TEXT)				\
	X("closed_ns", NUMBER)				\
	X("cookie", TEXT)				\
	X("inode", NUMBER)				\
	X("uid", NUMBER)				\
	X("pid", NUMBER)				\
	X("comm", TEXT)					\
	X("cgroup", NUMBER)				\
	X("netns", NETNS)

/* connections */
#define TPW_CONNECTIONS_COLUMNS(X)			\
	X("proto", TEXT)				\
	X("local", TEXT)				\
	X("foreign", TEXT)				\
	X("state", TEXT)				\
	X("role", TEXT)					\
	X("segments", NUMBER)				\
	X("early-demux", NUMBER)			\
	X("searched", NUMBER)				\
	X("assigned", NUMBER)				\
	X("request", NUMBER)				\
	X("backlog", NUMBER)				\
	X("time-wait", NUMBER)				\
	X("listener", TEXT)				\
	X("listener_cookie", TEXT)			\
	X("first_ns", NUMBER)				\
	X("last_ns", NUMBER)				\
	X("accepted_ns", NUMBER)			\
	X("waited_ns", NUMBER)				\
	X("closed_ns", NUMBER)				\
	X("pid", NUMBER)				\
	X("comm", TEXT)					\
	X("cgroup", NUMBER)				\
	X("cookie", TEXT)				\
	X("owner_cookie", TEXT)				\
	X("inode", NUMBER)				\
	X("uid", NUMBER)				\
	X("netns", NETNS)

/* refused */
#define TPW_REFUSED_COLUMNS(X)				\
	X("proto", TEXT)				\
	X("local", TEXT)				\
	X("count", NUMBER)				\
	X("refused", NUMBER)				\
	X("last_ns", NUMBER)				\
	X("last_foreign", TEXT)				\
	X("netns", NETNS)				\
	X("nearest", TEXT)				\
	X("nearest_local", TEXT)

/* log, log_pipe */
#define TPW_LOG_COLUMNS(X)				\
	X("seq", NUMBER)				\
	X("time_ns", NUMBER)				\
	X("cpu", NUMBER)				\
	X("netns", NETNS)				\
	X("dev", TEXT)					\
	X("proto", TEXT)				\
	X("foreign", TEXT)				\
	X("local", TEXT)				\
	X("flags", TEXT)				\
	X("len", NUMBER)				\
	X("via", TEXT)					\
	X("match", TEXT)				\
	X("state", TEXT)				\
	X("mods", TEXT)					\
	X("reuseport", TEXT)				\
	X("relookup", TEXT)				\
	X("cookie", TEXT)				\
	X("listener", TEXT)				\
	X("outcome", TEXT)

/* hooks */
#define TPW_HOOKS_COLUMNS(X)				\
	X("hook", TEXT)					\
	X("target", TEXT)				\
	X("need", TEXT)					\
	X("backend", TEXT)				\
	X("state", TEXT)				\
	X("hits", NUMBER)				\
	X("missed", NUMBER)

/* explain */
#define TPW_EXPLAIN_COLUMNS(X)				\
	X("row", TEXT)					\
	X("step", NUMBER)				\
	X("nr", NUMBER)					\
	X("name", TEXT)					\
	X("fate", TEXT)					\
	X("proto", TEXT)				\
	X("local", TEXT)				\
	X("foreign", TEXT)				\
	X("dev", TEXT)					\
	X("flags", TEXT)				\
	X("incoming-cpu", NUMBER)			\
	X("score", NUMBER)				\
	X("points", TEXT)				\
	X("group", TEXT)				\
	X("chosen", TEXT)				\
	X("prog", TEXT)					\
	X("bucket", NUMBER)				\
	X("sockets", NUMBER)				\
	X("others", NUMBER)				\
	X("cpu", NUMBER)				\
	X("state", TEXT)				\
	X("cookie", TEXT)				\
	X("listener", TEXT)				\
	X("inode", NUMBER)				\
	X("uid", NUMBER)				\
	X("pid", NUMBER)				\
	X("comm", TEXT)					\
	X("cgroup", NUMBER)				\
	X("netns", NETNS)				\
	X("closed_ns", NUMBER)

/* Line 2 of a table, with a blank before it. */
#define TPW_COLUMN_NAME(name, kind)	" " name
/* A name as an element of an array. */
#define TPW_COLUMN_STRING(name, kind)	name,

#endif /* _UAPI_TUPLEWATCH_COLUMNS_H */

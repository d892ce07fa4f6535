/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What happens in the life of sockets, besides segments.
 */
#ifndef _TPW_SOCKET_LIFE_H
#define _TPW_SOCKET_LIFE_H

#include "uapi/tuplewatch.h"
#include "base/tuple.h"
#include "verdict/asked.h"

#include <linux/types.h>

#define TPW_ENUM_CLOSE(id, name, meaning)	TPW_CLOSE_##id,

/** enum tpw_close - why a connection was closed */
enum tpw_close { TPW_CLOSE_NAMES(TPW_ENUM_CLOSE) };

/**
 * struct tpw_child - a connection and the listener that it came from
 * @net: their namespace
 * @listener: cookie of the listener
 * @before: cookie of the listener that its request was put to, if that was
 *	another, which was closed; or 0
 * @cookie: of the connection
 * @bound: what the listener is bound to
 * @tuple: of the connection, as its packets have it
 * @asked: what its client asked for
 * @uid: whose the connection is, in the initial user namespace
 * @mods: TPW_MOD_* of the connection
 * @may_repeat: another hook may have told of it
 * @is_old: it happened before the module was loaded, nobody knows when
 * @is_late: the listener was closed meanwhile
 */
struct tpw_child {
	struct tpw_netid net;
	u64 listener;
	u64 before;
	u64 cookie;
	struct tpw_endpoint bound;
	struct tpw_tuple tuple;
	struct tpw_asked asked;
	u32 uid;
	u8 mods;
	bool may_repeat;
	bool is_old;
	bool is_late;
};

/* What a listener does that is counted. */
enum tpw_listener_event {
	TPW_EVENT_REQUEST,		/* a SYN went into its queue of requests */
	TPW_EVENT_CHILD,		/* a connection was born */
	TPW_EVENT_COOKIE_SENT,		/* a SYN was answered with a cookie */
	TPW_EVENT_COOKIE_CHECKED,	/* an ACK may have brought one back */
	TPW_EVENT_COOKIE_OK,		/* an ACK did */
	TPW_EVENT_LEFT,			/* a connection was not accepted when it closed */
	TPW_EVENT_LEFT_UNKNOWN,		/* one did, and has no row */
	TPW_EVENT_LOST,			/* a connection that had left was reset */
	TPW_EVENT_REQUEST_LEFT,		/* a request became another listener's */
	TPW_EVENT_INHERITED,		/* a connection came from another listener */
};

#endif /* _TPW_SOCKET_LIFE_H */

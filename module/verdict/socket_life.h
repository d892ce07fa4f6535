/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What happens in the life of sockets, besides segments.
 */
#ifndef _TPW_SOCKET_LIFE_H
#define _TPW_SOCKET_LIFE_H

#include "base/tuple.h"
#include "verdict/asked.h"

#include <linux/types.h>

/**
 * struct tpw_child - a connection and the listener that it came from
 * @net: their namespace
 * @listener: cookie of the listener
 * @cookie: of the connection
 * @bound: what the listener is bound to
 * @tuple: of the connection, as its packets have it
 * @asked: what its client asked for
 * @uid: whose the connection is, in the initial user namespace
 * @mods: TPW_MOD_* of the connection
 * @may_repeat: another hook may have told of it
 * @is_old: it happened before the module was loaded, nobody knows when
 */
struct tpw_child {
	struct tpw_netid net;
	u64 listener;
	u64 cookie;
	struct tpw_endpoint bound;
	struct tpw_tuple tuple;
	struct tpw_asked asked;
	u32 uid;
	u8 mods;
	bool may_repeat;
	bool is_old;
};

/* What a listener does that is counted. */
enum tpw_listener_event {
	TPW_EVENT_REQUEST,		/* a SYN went into its queue of requests */
	TPW_EVENT_CHILD,		/* a connection was born */
	TPW_EVENT_COOKIE_SENT,		/* a SYN was answered with a cookie */
	TPW_EVENT_COOKIE_CHECKED,	/* an ACK may have brought one back */
	TPW_EVENT_COOKIE_OK,		/* an ACK did */
};

#endif /* _TPW_SOCKET_LIFE_H */

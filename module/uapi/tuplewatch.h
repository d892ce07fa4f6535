/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The words of tuplewatch, as they stand in /proc, in JSON and in the manual.
 *
 * Readers see text, never numbers: the order of the lists may change (where code
 * relies on one, a static_assert says so), a name may be added, but no name is
 * ever renamed.  Each list is an X macro so that the module, the reader and the
 * tests take it from this one place.
 */
#ifndef _UAPI_TUPLEWATCH_H
#define _UAPI_TUPLEWATCH_H

/* The N of "# tuplewatch N NAME ..." in line 1 of every table. */
#define TPW_FORMAT	1
#define TPW_VERSION	"1.0"

/* How the final socket was found. */
#define TPW_VIA_NAMES(X)			\
	X(EARLY_DEMUX,	 "early-demux")		\
	X(ASSIGNED,	 "assigned")		\
	X(EHASH,	 "ehash")		\
	X(LISTENER_ADDR, "listener-addr")	\
	X(LISTENER_ANY,	 "listener-any")	\
	X(SK_LOOKUP,	 "sk-lookup")		\
	X(UDP_CONNECTED, "udp-connected")	\
	X(UDP_ADDR,	 "udp-addr")		\
	X(UDP_ANY,	 "udp-any")		\
	X(MULTICAST,	 "multicast")		\
	X(NONE,		 "none")		\
	X(UNSEARCHED,	 "unsearched")		\
	X(UNKNOWN,	 "?")

/* What kind of socket it was. */
#define TPW_MATCH_NAMES(X)			\
	X(ESTABLISHED,	"established")		\
	X(REQUEST,	"request")		\
	X(TIME_WAIT,	"time-wait")		\
	X(LISTENER,	"listener")		\
	X(BOUND,	"bound")		\
	X(CONNECTED,	"connected")		\
	X(NONE,		"none")			\
	X(UNKNOWN,	"?")

/* What was known of the segment's fate at the match; DROPPED has a reason. */
#define TPW_OUTCOME_NAMES(X)			\
	X(HANDED,	"handed")		\
	X(BACKLOG,	"backlog")		\
	X(ANSWERED,	"answered")		\
	X(REFUSED,	"refused")		\
	X(IGNORED,	"ignored")		\
	X(QUEUE_FULL,	"queue-full")		\
	X(DROPPED,	"dropped")		\
	X(UNKNOWN,	"?")

/* Why a segment needed more than one search. */
#define TPW_RELOOKUP_NAMES(X)			\
	X(TIME_WAIT,	"time-wait")		\
	X(STOLEN,	"stolen")		\
	X(MIGRATED,	"migrated")

/* The columns of counters: by packet, not by socket. */
#define TPW_FAMILY_NAMES(X)			\
	X(TCP4,		"tcp4")			\
	X(TCP6,		"tcp6")			\
	X(UDP4,		"udp4")			\
	X(UDP6,		"udp6")

#endif /* _UAPI_TUPLEWATCH_H */

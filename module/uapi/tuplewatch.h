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

/* Where the kernel looks, in the order in which it does. */
#define TPW_STEP_NAMES(X)			\
	X(EARLY_DEMUX,	"early-demux")		\
	X(ESTABLISHED,	"established")		\
	X(SK_LOOKUP,	"sk-lookup")		\
	X(LISTENER_ADDR, "listener-addr")	\
	X(LISTENER_ANY,	"listener-any")		\
	X(UDP_ADDR,	"udp-addr")		\
	X(UDP_ANY,	"udp-any")		\
	X(UDP_PORT,	"udp-port")

/* What came of a step. */
#define TPW_STEP_STATE_NAMES(X)			\
	X(NO_MATCH,	"no-match")		\
	X(MATCH,	"match")		\
	X(NOT_ATTACHED,	"not-attached")		\
	X(ATTACHED,	"attached")		\
	X(NOT_REACHED,	"not-reached")

/* What became of a socket that was looked at. */
#define TPW_FATE_NAMES(X)			\
	X(OTHER_PORT,	"other-port")		\
	X(OTHER_ADDRESS, "other-address")	\
	X(OTHER_DEVICE,	"other-device")		\
	X(OTHER_PEER,	"other-peer")		\
	X(ONLY_IPV4,	"only-ipv4")		\
	X(ONLY_IPV6,	"only-ipv6")		\
	X(BEST,		"best")			\
	X(GROUP_STOPS,	"group-stops")		\
	X(GROUP_GOES_ON, "group-goes-on")	\
	X(NOT_BETTER,	"not-better")		\
	X(NOT_REACHED,	"not-reached")

/* What a socket gets points for. */
#define TPW_POINT_NAMES(X)			\
	X(ANY_DEVICE,	"any-device")		\
	X(DEVICE,	"device")		\
	X(IPV4,		"ipv4")			\
	X(IPV6,		"ipv6")			\
	X(PEER_ADDRESS,	"peer-address")		\
	X(PEER_PORT,	"peer-port")		\
	X(CPU,		"cpu")

/* What the kernel's own lookup says of our search. */
#define TPW_AGREEMENT_NAMES(X)			\
	X(NOT_ASKED,	"not-asked")		\
	X(AGREES,	"agrees")		\
	X(NAMED,	"named")		\
	X(DIFFERS,	"differs")		\
	X(UNSETTLED,	"unsettled")

/* Why it is only near, the nearest first. */
#define TPW_NEAR_NAMES(X)			\
	X(ADDRESS,	"other-address")	\
	X(ONLY_IPV6,	"only-ipv6")		\
	X(ONLY_IPV4,	"only-ipv4")		\
	X(DEVICE,	"other-device")		\
	X(PEER,		"other-peer")		\
	X(CLOSED,	"closed")		\
	X(NETNS,	"other-netns")		\
	X(PROTO,	"other-proto")

/* Why it is this device. */
#define TPW_DEVICE_SOURCE_NAMES(X)		\
	X(GIVEN,	"given")		\
	X(LOOPBACK,	"loopback")		\
	X(OWNER,	"owner")		\
	X(ROUTE,	"route")		\
	X(UNKNOWN,	"?")

/* What the local address is to this host. */
#define TPW_LOCAL_NAMES(X)			\
	X(HOST,		"host")			\
	X(BROADCAST,	"broadcast")		\
	X(MULTICAST,	"multicast")		\
	X(ELSEWHERE,	"elsewhere")

/* What is wrong with a word; with blanks for hyphens, a sentence about it. */
#define TPW_WRONG_NAMES(X)			\
	X(NOTHING,	"-")			\
	X(PROTO,	"is-neither-tcp-nor-udp") \
	X(ADDRESS,	"is-no-address:port")	\
	X(ANY_ADDRESS,	"is-the-wildcard,-no-packet-has-it") \
	X(PORT,		"has-no-port-from-1-to-65535") \
	X(FAMILY,	"is-of-another-family-than-the-first-address") \
	X(DEVICE,	"is-no-device-here")	\
	X(NEEDS_DEVICE,	"is-link-local,-name-its-device:-dev-IF") \
	X(CPU,		"is-no-number-of-a-CPU") \
	X(OFFLINE,	"is-no-CPU-that-is-online") \
	X(OPTION,	"is-neither-dev-nor-cpu") \
	X(TWICE,	"contradicts-what-was-said-before") \
	X(MISSING,	"needs-a-word-behind-it") \
	X(NOT_ASKED,	"an-empty-question")	\
	X(LENGTH,	"is-followed-by-too-much")

#endif /* _UAPI_TUPLEWATCH_H */

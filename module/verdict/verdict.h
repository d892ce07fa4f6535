/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A verdict: how the kernel found the socket of one segment.
 *
 * Pure data and names, no hooks and no /proc: user space compiles it for
 * tests.
 */
#ifndef _TPW_VERDICT_H
#define _TPW_VERDICT_H

#include "uapi/tuplewatch.h"
#include "base/tuple.h"
#include "verdict/asked.h"

#include <linux/build_bug.h>
#include <linux/stddef.h>

#define TPW_ENUM_VIA(id, name, meaning)		TPW_VIA_##id,
#define TPW_ENUM_MATCH(id, name, meaning)	TPW_MATCH_##id,
#define TPW_ENUM_OUTCOME(id, name, meaning)	TPW_OUTCOME_##id,
#define TPW_ENUM_RELOOKUP(id, name, meaning)	TPW_RELOOKUP_##id,
#define TPW_ENUM_FAMILY(id, name, meaning)	TPW_##id,
#define TPW_ENUM_CHOOSER(id, name, meaning)	TPW_CHOOSER_##id,
#define TPW_ENUM_SOCKET_FLAG(id, name, meaning)	TPW_SOCKET_##id,

/** enum tpw_via - how the final socket was found */
enum tpw_via { TPW_VIA_NAMES(TPW_ENUM_VIA) TPW_VIA_NR };

/** enum tpw_match - what kind of socket it was */
enum tpw_match { TPW_MATCH_NAMES(TPW_ENUM_MATCH) TPW_MATCH_NR };

/** enum tpw_outcome - what was known of the segment's fate at the match */
enum tpw_outcome { TPW_OUTCOME_NAMES(TPW_ENUM_OUTCOME) TPW_OUTCOME_NR };

/** enum tpw_relookup - why a segment was searched for again */
enum tpw_relookup { TPW_RELOOKUP_NAMES(TPW_ENUM_RELOOKUP) TPW_RELOOKUP_NR };

/** enum tpw_family - a column of counters: protocol and family of the packet */
enum tpw_family { TPW_FAMILY_NAMES(TPW_ENUM_FAMILY) TPW_FAMILY_NR };

/**
 * tpw_family_is_tcp() - is it a column of TCP?
 * @family: enum tpw_family
 *
 * Context: any.
 * Return: true for TCP over either, false for UDP.
 */
static inline _Bool tpw_family_is_tcp(enum tpw_family family)
{
	return family == TPW_TCP4 || family == TPW_TCP6;
}

/**
 * tpw_family_is_ipv6() - is it a column of IPv6 packets?
 * @family: enum tpw_family
 *
 * Context: any.
 * Return: true for IPv6, whatever the socket is of.
 */
static inline _Bool tpw_family_is_ipv6(enum tpw_family family)
{
	return family == TPW_TCP6 || family == TPW_UDP6;
}

/**
 * tpw_family_of() - the column of a packet
 * @is_tcp: TCP, else UDP
 * @is_ipv6: IPv6, else IPv4
 *
 * Context: any.
 * Return: enum tpw_family.
 */
static inline enum tpw_family tpw_family_of(_Bool is_tcp, _Bool is_ipv6)
{
	if (is_tcp)
		return is_ipv6 ? TPW_TCP6 : TPW_TCP4;
	return is_ipv6 ? TPW_UDP6 : TPW_UDP4;
}

/* The bits of byte 13 of a TCP header that verdicts are about. */
#define TPW_TCP_FIN	0x01
#define TPW_TCP_SYN	0x02
#define TPW_TCP_RST	0x04
#define TPW_TCP_ACK	0x10

/* Modifiers of a verdict. */
#define TPW_MOD_DUAL	(1 << 0)	/* an IPv4 packet, an IPv6 socket */
#define TPW_MOD_DEVICE	(1 << 1)	/* the socket is bound to a device */
#define TPW_MOD_MPTCP	(1 << 2)	/* a subflow of an MPTCP socket */

/** enum tpw_socket_flag - what was set on a socket: a bit of its flags */
enum tpw_socket_flag {
	TPW_SOCKET_FLAG_NAMES(TPW_ENUM_SOCKET_FLAG)
	TPW_SOCKET_FLAG_NR
};

/** enum tpw_chooser - what chooses the member of a reuseport group */
enum tpw_chooser { TPW_CHOOSER_NAMES(TPW_ENUM_CHOOSER) TPW_CHOOSER_NR };

#define TPW_DEV_LEN	16		/* IFNAMSIZ */

/**
 * union tpw_dev - a device
 * @name: its name, padded with zeros
 * @word: the same, for copying
 */
union tpw_dev {
	char name[TPW_DEV_LEN];
	__u64 word[TPW_DEV_LEN / 8];
};

#define TPW_REASON_NR	128		/* kernel drop reasons that we can name */

/**
 * struct tpw_verdict - the verdict on one segment
 * @tuple: of the packet, so AF_INET for a mapped peer of an IPv6 socket
 * @dev: name of the device it came in on
 * @cookie: of the socket that matched; 0 if none or not known
 * @listener: cookie of the listener that socket was born from, or 0
 * @len: payload in bytes, as tcpdump's "length"
 * @member: 1-based place in the reuseport group, 0 if not known
 * @members: size of that group
 * @family: enum tpw_family, the column it counts in
 * @via: enum tpw_via
 * @match: enum tpw_match
 * @state: TCP state of the socket (TCP_ESTABLISHED ...), 0 for none
 * @outcome: enum tpw_outcome
 * @flags: flags byte of the TCP header (FIN 1, SYN 2, RST 4, PSH 8, ACK 16)
 * @mods: TPW_MOD_*
 * @chooser: enum tpw_chooser
 * @relookup: why it was searched for again, 1 + enum tpw_relookup; 0 if not
 * @receivers: sockets that got a multicast, 1 for all else
 * @reason: enum skb_drop_reason for TPW_OUTCOME_DROPPED, below TPW_REASON_NR
 * @asked: what the client asked for; of a connection that had one before, its
 *	row may know more
 * @uid: whose the socket is, in the initial user namespace; 0 if not known
 *
 * What the log keeps comes first and has no gaps: see TPW_VERDICT_LOGGED.
 */
struct tpw_verdict {
	struct tpw_tuple tuple;
	char dev[TPW_DEV_LEN];
	__u64 cookie;
	__u64 listener;
	__u32 len;
	__u16 member;
	__u16 members;
	__u16 receivers;
	__u8 family;
	__u8 via;
	__u8 match;
	__u8 state;
	__u8 outcome;
	__u8 flags;
	__u8 mods;
	__u8 chooser;
	__u8 relookup;
	__u8 reason;
	struct tpw_asked asked;
	__u32 uid;
};

/* Bytes of a verdict that the log keeps: all but @uid. */
#define TPW_VERDICT_LOGGED	(offsetof(struct tpw_verdict, asked) + \
				 sizeof(struct tpw_asked))

static_assert(TPW_REASON_NR <= 256);

/*
 * How a segment of a connection was found.  The same numbers as the first of
 * enum tpw_via, which spares the path of nearly all segments a branch.
 */
enum tpw_found {
	TPW_FOUND_EARLY_DEMUX,
	TPW_FOUND_ASSIGNED,
	TPW_FOUND_SEARCHED,	/* by a search, of any kind */
	TPW_FOUND_NR,
};

static_assert((int)TPW_FOUND_EARLY_DEMUX == (int)TPW_VIA_EARLY_DEMUX);
static_assert((int)TPW_FOUND_ASSIGNED == (int)TPW_VIA_ASSIGNED);
static_assert((int)TPW_FOUND_SEARCHED == (int)TPW_VIA_EHASH);

/**
 * struct tpw_verdict_key - what is counted of a verdict
 * @via: enum tpw_via
 * @family: enum tpw_family
 * @match: enum tpw_match
 * @outcome: enum tpw_outcome
 *
 * It fits in a register.
 */
struct tpw_verdict_key {
	__u32 via;
	__u8 family;
	__u8 match;
	__u8 outcome;
};

extern const char *const tpw_via_names[TPW_VIA_NR];
extern const char *const tpw_match_names[TPW_MATCH_NR];
extern const char *const tpw_outcome_names[TPW_OUTCOME_NR];
extern const char *const tpw_relookup_names[TPW_RELOOKUP_NR];
extern const char *const tpw_family_meanings[TPW_FAMILY_NR];
extern const char *const tpw_family_names[TPW_FAMILY_NR];
extern const char *const tpw_chooser_names[TPW_CHOOSER_NR];
extern const char *const tpw_socket_flag_names[TPW_SOCKET_FLAG_NR];

/**
 * tpw_flags_are_syn() - does a segment open a connection?
 * @flags: of its TCP header
 *
 * Context: any.
 * Return: true for SYN without ACK and RST.
 */
static inline _Bool tpw_flags_are_syn(__u8 flags)
{
	return (flags & (TPW_TCP_SYN | TPW_TCP_ACK | TPW_TCP_RST)) ==
	       TPW_TCP_SYN;
}

/**
 * tpw_found() - how a segment of a connection was found
 * @via: how exactly
 *
 * Context: any.
 * Return: enum tpw_found.
 */
static inline enum tpw_found tpw_found(enum tpw_via via)
{
	switch (via) {
	case TPW_VIA_EARLY_DEMUX:
		return TPW_FOUND_EARLY_DEMUX;
	case TPW_VIA_ASSIGNED:
		return TPW_FOUND_ASSIGNED;
	default:
		return TPW_FOUND_SEARCHED;
	}
}

const char *tpw_state_name(unsigned int state);
const char *tpw_flags_format(__u8 flags, char buf[8]);

#endif /* _TPW_VERDICT_H */

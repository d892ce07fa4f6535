/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One search for a socket, made by us in the kernel's own tables and in its
 * order, with all that it met on the way.
 */
#ifndef _TPW_SEARCH_H
#define _TPW_SEARCH_H

#include "uapi/tuplewatch.h"
#include "base/tuple.h"
#include "verdict/verdict.h"
#include "kernel/lookup.h"

#include <linux/bits.h>
#include <linux/in.h>
#include <linux/socket.h>
#include <linux/types.h>

struct net;
struct sk_buff;
struct sock;

#define TPW_ENUM_STEP(id, name, meaning)		TPW_STEP_##id,
#define TPW_ENUM_STEP_STATE(id, name, meaning)	TPW_STEP_STATE_##id,
#define TPW_ENUM_FATE(id, name, meaning)		TPW_FATE_##id,
#define TPW_ENUM_POINT(id, name, meaning)	TPW_POINT_##id,

/** enum tpw_step - a place where the kernel looks */
enum tpw_step { TPW_STEP_NAMES(TPW_ENUM_STEP) TPW_STEP_NR };

/** enum tpw_step_state - what came of it */
enum tpw_step_state { TPW_STEP_STATE_NAMES(TPW_ENUM_STEP_STATE) };

/** enum tpw_fate - what became of a socket that was looked at */
enum tpw_fate { TPW_FATE_NAMES(TPW_ENUM_FATE) };

/** enum tpw_point - what a socket gets points for */
enum tpw_point { TPW_POINT_NAMES(TPW_ENUM_POINT) TPW_POINT_NR };

#define TPW_NO_SCORE	(-1)

/**
 * struct tpw_seen - a socket that was looked at, copied
 * @bound: what it is bound to
 * @peer: what it is connected to, if it is
 * @cookie: as SO_COOKIE gives it
 * @listener: of a request, cookie of its listener, else 0
 * @chosen: cookie of the group's member that was chosen, 0 if none was
 * @inode: of its file, 0 if it has none
 * @uid: owner of its file
 * @prog: id of the program that chooses in its group, 0 for none
 * @incoming_cpu: SO_INCOMING_CPU, -1 for none
 * @peer_port: as @peer, network byte order
 * @member: 1-based place of the chosen one in the group, 0 if not known
 * @members: size of the group, 0 if none was asked
 * @chooser: enum tpw_chooser
 * @state: TCP_LISTEN ...
 * @step: enum tpw_step
 * @fate: enum tpw_fate
 * @points: BIT(enum tpw_point)
 * @score: their sum, or TPW_NO_SCORE
 * @flags: bits by enum tpw_socket_flag
 * @after: BIT(enum tpw_after)
 */
struct tpw_seen {
	struct tpw_endpoint bound;
	union tpw_addr peer;
	u64 cookie;
	u64 listener;
	u64 chosen;
	u64 inode;
	u32 uid;
	u32 prog;
	s32 incoming_cpu;
	__be16 peer_port;
	u16 member;
	u16 members;
	u8 chooser;
	u8 state;
	u8 step;
	u8 fate;
	u8 points;
	s8 score;
	u8 flags;
	u16 after;
};

#define TPW_STEP_PROGS	4	/* as many are named */

/**
 * struct tpw_step_row - a step
 * @addr: the address that was searched for
 * @first: index of the first socket that was looked at
 * @bucket: number of the bucket
 * @sockets: sockets of the namespace in it
 * @others: sockets of other namespaces in it
 * @progs: ids of attached programs, 0 behind the last one
 * @step: enum tpw_step
 * @state: enum tpw_step_state
 */
struct tpw_step_row {
	union tpw_addr addr;
	size_t first;
	u32 bucket;
	u32 sockets;
	u32 others;
	u32 progs[TPW_STEP_PROGS];
	u8 step;
	u8 state;
};

/**
 * struct tpw_finding - the end of a search
 * @via: enum tpw_via
 * @match: enum tpw_match
 * @is_open: a program decides, which is not run, or a hash that is not known:
 *	any of the group, or nobody
 * @socket: the socket, unless @match is none or @is_open
 */
struct tpw_finding {
	u8 via;
	u8 match;
	bool is_open;
	struct tpw_seen socket;
};

#define TPW_SEARCH_STEPS	6
#define TPW_SEARCH_ROOM		64		/* sockets, to begin with */
#define TPW_SEARCH_ROOM_MAX	262144

/**
 * struct tpw_search - a search
 * @net: the namespace
 * @q: the segment
 * @packet: a segment made up for classic BPF programs
 * @hashes: UDP: what groups are asked with
 * @kernel: UDP: cookie of the kernel's answer, should a hash be missing
 * @cpu: the CPU that it is made on
 * @is_real: early demux looks too, and classic programs of groups are run;
 *	else hashes decide, as in the kernel's own answer without a packet
 * @has_program: a group was asked that has a program
 * @has_cpu: sockets of that port look at the CPU, or programs may
 * @has_sk_lookup: a BPF sk_lookup program is asked before @found
 * @lacks_hash: the kernel's answer was taken for a member
 * @is_unasked: the kernel has not been asked
 * @is_broken: a bucket changed under it; to be made anew
 * @is_host_admin: who asks may have work done on any CPU
 * @established: who has the whole tuple, or is found by early demux
 * @found: who is found in the tables behind that
 * @step: the steps
 * @steps: how many
 * @seen: the sockets that were looked at, @room of them
 * @nr: how many there were, even without room
 * @room: how many @seen has room for
 * @scratch: written where there is no room
 *
 * Used by one task at a time.
 */
struct tpw_search {
	struct net *net;
	const struct tpw_query *q;
	struct sk_buff *packet;
	struct tpw_lookup_hashes hashes;
	u64 kernel;
	int cpu;
	bool is_real;
	bool has_program;
	bool has_cpu;
	bool has_sk_lookup;
	bool lacks_hash;
	bool is_unasked;
	bool is_broken;
	bool is_host_admin;
	struct tpw_finding established;
	struct tpw_finding found;
	struct tpw_step_row step[TPW_SEARCH_STEPS];
	unsigned int steps;
	struct tpw_seen *seen;
	size_t nr;
	size_t room;
	struct tpw_seen scratch;
};

void tpw_search_init(struct tpw_search *s, struct net *net,
		     const struct tpw_query *q);
void tpw_search_exit(struct tpw_search *s);
int tpw_search_grow(struct tpw_search *s);
void tpw_search_reset(struct tpw_search *s);
struct tpw_step_row *tpw_search_step(struct tpw_search *s, enum tpw_step step,
				     const union tpw_addr *addr);
struct tpw_seen *tpw_search_see(struct tpw_search *s, enum tpw_step step,
				struct sock *sk);
void tpw_search_describe(struct tpw_seen *to, struct sock *sk, u8 proto);
bool tpw_search_has_tuple(const struct tpw_search *s, const struct sock *sk);
void tpw_search_programs(struct tpw_search *s, bool is_over);

extern const char *const tpw_step_names[];
extern const char *const tpw_step_state_names[];
extern const char *const tpw_fate_names[];
extern const char *const tpw_point_names[];

/**
 * tpw_search_is_udp() - is it about a datagram?
 * @s: the search
 *
 * Return: false for TCP.
 */
static inline bool tpw_search_is_udp(const struct tpw_search *s)
{
	return s->q->tuple.proto == IPPROTO_UDP;
}

/**
 * tpw_search_is_v6() - is it about an IPv6 packet?
 * @s: the search
 *
 * Return: false for IPv4.
 */
static inline bool tpw_search_is_v6(const struct tpw_search *s)
{
	return s->q->tuple.family == AF_INET6;
}

#endif /* _TPW_SEARCH_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's own socket tables, read live in process context.
 */
#ifndef _TPW_SOCKET_TABLES_H
#define _TPW_SOCKET_TABLES_H

#include "base/tuple.h"

#include <linux/bits.h>
#include <linux/types.h>

struct net;

/**
 * struct tpw_socket - what the kernel knows of one socket, copied
 * @tuple: both ends; family of the socket: a mapped peer is in IPv6 form
 * @cookie: as SO_COOKIE gives it
 * @owner: cookie of the socket that its program holds, if that is another
 * @listener: of a request, cookie of its listener; else 0
 * @oldest: of a listener, cookie of the connection that waits longest; or 0
 * @inode: of its file, 0 if it has none
 * @cgroup: id of its cgroup, 0 if not known
 * @ifindex: device it is bound to, or 0
 * @uid: owner of its file, in the initial user namespace; 0 if it has none, as
 *	/proc/net/tcp has it
 * @queue: of a listener, connections that wait for accept()
 * @backlog: of a listener, how many may wait
 * @requests: of a listener, requests in its queue
 * @drops: of a listener or a UDP socket, what it dropped
 * @members: size of its reuseport group, 0 if it is in none
 * @chooser: enum tpw_chooser, who chooses in that group
 * @state: TCP_LISTEN ...; UDP: TCP_ESTABLISHED if connected, else TCP_CLOSE
 * @is_unaccepted: a connection that waits for accept()
 * @flags: bits by enum tpw_socket_flag
 */
struct tpw_socket {
	struct tpw_tuple tuple;
	u64 cookie;
	u64 owner;
	u64 listener;
	u64 oldest;
	u64 inode;
	u64 cgroup;
	s32 ifindex;
	u32 uid;
	u32 queue;
	u32 backlog;
	u32 requests;
	u32 drops;
	u16 members;
	u8 chooser;
	u8 state;
	bool is_unaccepted;
	u8 flags;
};

/* The kernel's tables, in the order in which they are read. */
enum tpw_socket_table {
	TPW_SOCKETS_LISTENERS,
	TPW_SOCKETS_CONNECTIONS,
	TPW_SOCKETS_UDP,
	TPW_SOCKETS_END
};

/**
 * struct tpw_sockets - copies of sockets
 * @rows: the sockets, in no order
 * @nr: how many
 * @room: how many @rows has room for
 * @most: no more than these are copied, 0: all
 */
struct tpw_sockets {
	struct tpw_socket *rows;
	size_t nr;
	size_t room;
	size_t most;
};

int tpw_sockets_read_bucket(struct net *net, enum tpw_socket_table table,
			    unsigned int bucket, struct tpw_sockets *to);
unsigned int tpw_sockets_buckets(struct net *net, enum tpw_socket_table table);
u64 tpw_sockets_count_bucket(struct net *net, enum tpw_socket_table table,
			     unsigned int bucket);
u64 tpw_sockets_tcp_in_use(struct net *net);
void tpw_sockets_free(struct tpw_sockets *s);

#endif /* _TPW_SOCKET_TABLES_H */

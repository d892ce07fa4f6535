/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's own socket tables, read live in process context.
 */
#ifndef _TPW_SOCKETS_H
#define _TPW_SOCKETS_H

#include "tuple.h"

#include <linux/types.h>

struct net;

/**
 * struct tpw_socket - what the kernel knows of one socket, copied
 * @tuple: both ends; family of the socket: a mapped peer is in IPv6 form
 * @cookie: as SO_COOKIE gives it
 * @ifindex: device it is bound to, or 0
 * @queue: of a listener, connections that wait for accept()
 * @backlog: of a listener, how many may wait
 * @state: TCP_LISTEN ...; UDP: TCP_ESTABLISHED if connected, else TCP_CLOSE
 * @is_unaccepted: a connection that waits for accept()
 */
struct tpw_socket {
	struct tpw_tuple tuple;
	u64 cookie;
	s32 ifindex;
	u32 queue;
	u32 backlog;
	u8 state;
	bool is_unaccepted;
};

/**
 * struct tpw_sockets - a copy of the tables
 * @rows: the sockets, in no order
 * @nr: how many
 * @room: how many @rows has room for
 */
struct tpw_sockets {
	struct tpw_socket *rows;
	size_t nr;
	size_t room;
};

int tpw_sockets_collect(struct net *net, struct tpw_sockets *to);
void tpw_sockets_free(struct tpw_sockets *s);

#endif /* _TPW_SOCKETS_H */

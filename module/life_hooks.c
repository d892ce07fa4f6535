// SPDX-License-Identifier: GPL-2.0
/*
 * Where sockets are born and die.
 *
 * A hook at a function's entry cannot know whether it will succeed.  So rows
 * come from the first segment that matches, and these hooks only add to them.
 * All are optional, and run in any context that the kernel creates or closes
 * sockets in.
 */
#include "life_hooks.h"

#include "compat.h"
#include "hook.h"
#include "record.h"
#include "socket.h"

#include <linux/in.h>
#include <net/inet_sock.h>
#include <net/request_sock.h>
#include <net/tcp_states.h>

/*
 * inet_sock_set_state(sk, from, to).  LISTEN to SYN_RECV is a child that is
 * being cloned and still has the listener's cookie: no close of anything.
 */
static void notrace on_set_state(void *data, const struct sock *sk,
				 const int from, const int to)
{
	u64 cookie;

	if (to != TCP_CLOSE || sk->sk_protocol != IPPROTO_TCP)
		return;
	tpw_hook_hit(TPW_HOOK_SOCK_SET_STATE);
	cookie = tpw_socket_known_cookie(sk);
	if (!cookie)
		return;
	if (from == TCP_LISTEN)
		tpw_record_listener_closed(cookie);
	else
		tpw_record_closed(cookie);
}

/*
 * inet_csk_reqsk_queue_hash_add(listener, req, ...): a request gets its cookie
 * here, and so shares it with its child and that one's TIME_WAIT.
 */
static void on_hash_add(unsigned long a0, unsigned long a1, unsigned long a2,
			unsigned long a3)
{
	tpw_socket_cookie(req_to_sk((struct request_sock *)a1));
}

static void born(const struct sock *listener, const struct sock *child)
{
	struct tpw_tuple tuple;

	tpw_socket_tuple(child, &tuple);
	tuple.proto = IPPROTO_TCP;
	tpw_record_born(tpw_pernet_get(sock_net(child)),
			tpw_socket_cookie(listener), tpw_socket_cookie(child),
			&tuple, tpw_socket_mods(child, tuple.family));
}

/* inet_csk_complete_hashdance(listener, child, req, own_req) */
static void on_hashdance(unsigned long a0, unsigned long a1, unsigned long a2,
			 unsigned long a3)
{
	if (a1 && (bool)a3)
		born((const struct sock *)a0, (const struct sock *)a1);
}

/* inet_csk_reqsk_queue_add(listener, req, child): SYN cookies, Fast Open */
static void on_queue_add(unsigned long a0, unsigned long a1, unsigned long a2,
			 unsigned long a3)
{
	if (a2)
		born((const struct sock *)a0, (const struct sock *)a2);
}

/* tcp_time_wait(sk, state, timeo) */
static void on_time_wait(unsigned long a0, unsigned long a1, unsigned long a2,
			 unsigned long a3)
{
	u64 cookie = tpw_socket_known_cookie((const struct sock *)a0);

	if (cookie)
		tpw_record_time_wait(cookie);
}

/* udp_lib_unhash(sk): also called for sockets that were never bound. */
static void on_udp_unhash(unsigned long a0, unsigned long a1, unsigned long a2,
			  unsigned long a3)
{
	const struct sock *sk = (const struct sock *)a0;
	u64 cookie = tpw_socket_known_cookie(sk);

	if (!cookie || !sk_hashed(sk))
		return;
	if (READ_ONCE(sk->sk_state) == TCP_ESTABLISHED)
		tpw_record_closed(cookie);
	else
		tpw_record_listener_closed(cookie);
}

#define OPTIONAL(_id, _name, _target, _handler)				\
	{ .id = TPW_HOOK_##_id, .name = _name, .target = _target,	\
	  .need = TPW_HOOK_OPTIONAL, .handler = _handler }

static struct tpw_hook hooks[] = {
	{
		.id = TPW_HOOK_SOCK_SET_STATE,
		.name = "close",
		.target = "inet_sock_set_state",
		.need = TPW_HOOK_OPTIONAL,
		.probe = on_set_state,
	},
	OPTIONAL(REQSK_HASH_ADD, "request", "inet_csk_reqsk_queue_hash_add",
		 on_hash_add),
	OPTIONAL(COMPLETE_HASHDANCE, "birth", "inet_csk_complete_hashdance",
		 on_hashdance),
	OPTIONAL(REQSK_QUEUE_ADD, "birth-queued", "inet_csk_reqsk_queue_add",
		 on_queue_add),
	OPTIONAL(TIME_WAIT, "time-wait", "tcp_time_wait", on_time_wait),
	OPTIONAL(UDP_UNHASH, "close-udp", "udp_lib_unhash", on_udp_unhash),
};

/**
 * tpw_life_hooks_add() - put these hooks into the table
 *
 * Context: process, while nothing is armed.
 */
void tpw_life_hooks_add(void)
{
	tpw_hook_add(hooks, ARRAY_SIZE(hooks));
}

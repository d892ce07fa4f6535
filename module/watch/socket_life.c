// SPDX-License-Identifier: GPL-2.0
/*
 * Where sockets are born and die.
 *
 * A hook at a function's entry cannot know whether it will succeed.  So rows
 * come from the first segment that matches, and these hooks only add to them.
 * All are optional, and run in any context that the kernel creates or closes
 * sockets in.
 */
#include "watch/socket_life.h"

#include "base/compat.h"
#include "kernel/close.h"
#include "kernel/socket.h"
#include "record/record.h"
#include "hook/arm.h"
#include "watch/segment.h"

#include <linux/in.h>
#include <linux/net.h>
#include <net/inet_sock.h>
#include <net/request_sock.h>
#include <net/tcp_states.h>

static struct tpw_net *net_of(const struct sock *sk)
{
	return tpw_pernet_get(sock_net(sk));
}

/* listen(), in the task that called it: the port may not be chosen yet. */
static noinline void listening(const struct sock *sk, u8 proto)
{
	struct tpw_endpoint bound;
	struct tpw_actor actor;

	if (tpw_segment_is_paused())
		return;		/* the sockets of the self-check */
	tpw_socket_endpoint(sk, proto, &bound);
	tpw_actor_current(&actor);
	tpw_record_listening(net_of(sk), tpw_socket_cookie(sk), &bound, &actor,
			     tpw_actor_start_ns());
}

/* connect(), in the task that called it: our port may not be chosen yet. */
static noinline void opened(const struct sock *sk)
{
	struct tpw_tuple tuple;
	struct tpw_actor actor;

	if (tpw_segment_is_paused())
		return;
	tpw_socket_tuple(sk, &tuple);
	tuple.proto = IPPROTO_TCP;
	tpw_actor_current(&actor);
	tpw_record_opened(net_of(sk), tpw_socket_cookie(sk), &tuple, &actor);
}

/* Data that nobody will read looks as an RST does, but for the RST that answers it. */
static enum tpw_close reason_of(const struct sock *sk, int from)
{
	enum tpw_close reason = tpw_close_reason(sk, from);

	if (reason == TPW_CLOSE_RESET_BY_PEER &&
	    READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN &&
	    !tpw_hook_is_armed(TPW_HOOK_SEND_RESET))
		return TPW_CLOSE_UNKNOWN;
	return reason;
}

/* Had there been a connection?  Before its handshake was over it is its listener's. */
static bool was_connection(int from)
{
	return from != TCP_CLOSE && from != TCP_LISTEN && from != TCP_SYN_RECV &&
	       !tpw_segment_is_paused();
}

static noinline void closed(const struct sock *sk, int from)
{
	u64 cookie = tpw_socket_known_cookie(sk);
	bool has_row = false;

	if (cookie && from == TCP_LISTEN)
		tpw_record_listener_closed(cookie, NULL);
	else if (cookie)
		has_row = tpw_record_closed(cookie, READ_ONCE(sk->sk_bound_dev_if),
					    reason_of(sk, from));
	if (!has_row && was_connection(from))
		tpw_record_unnoted(net_of(sk));
}

/*
 * inet_sock_set_state(sk, from, to).  LISTEN to SYN_RECV is a child that is
 * being cloned and still has the listener's cookie: no close of anything.
 */
static void notrace on_set_state(void *data, const struct sock *sk,
				 const int from, const int to)
{
	if (sk->sk_protocol != IPPROTO_TCP)
		return;
	tpw_hook_hit(TPW_HOOK_SOCK_SET_STATE);
	/* Each in a function of its own: most changes need no stack. */
	if (to == TCP_CLOSE)
		closed(sk, from);
	else if (to == TCP_LISTEN)
		listening(sk, IPPROTO_TCP);
	else if (from == TCP_CLOSE && to == TCP_SYN_SENT)
		opened(sk);
}

/*
 * inet_csk_reqsk_queue_hash_add(listener, req, ...): a request gets its cookie
 * here, and so shares it with its child and that one's TIME_WAIT.
 */
static void on_hash_add(unsigned long a0, unsigned long a1, unsigned long a2,
			unsigned long a3)
{
	tpw_socket_cookie(req_to_sk((struct request_sock *)a1));
	tpw_record_listener_did(tpw_socket_cookie((const struct sock *)a0),
				TPW_EVENT_REQUEST);
}

/*
 * What the client of a connection asked for that is just being made: the segment
 * that makes it has passed tcp_check_req() or the search for a listener.
 */
static void take_asked(struct tpw_child *to)
{
	const struct tpw_segment *s;

	if (!in_softirq())
		return;
	s = tpw_segment_current();
	if (s && s->v.tuple.proto == IPPROTO_TCP &&
	    tpw_tuple_equal(&s->v.tuple, &to->tuple))
		to->asked = s->v.asked;
}

static void born(const struct sock *listener, const struct sock *child,
		 u64 before, bool may_repeat, bool is_old)
{
	struct tpw_child to = {
		.before = before,
		.may_repeat = may_repeat,
		.net = net_of(child)->id,
		.listener = tpw_socket_cookie(listener),
		.cookie = tpw_socket_cookie(child),
		.uid = tpw_socket_uid(child),
		.is_old = is_old,
		.is_late = READ_ONCE(listener->sk_state) != TCP_LISTEN,
	};

	tpw_socket_endpoint(listener, IPPROTO_TCP, &to.bound);
	tpw_socket_tuple(child, &to.tuple);
	to.tuple.proto = IPPROTO_TCP;
	to.mods = tpw_socket_mods(child, to.tuple.family);
	if (!is_old)
		take_asked(&to);
	tpw_record_born(&to);
}

/**
 * tpw_socket_life_born() - tell of a connection that is older than the module
 * @listener: the listener
 * @child: the connection
 *
 * Context: any, while both are alive.
 */
void tpw_socket_life_born(const struct sock *listener, const struct sock *child)
{
	born(listener, child, 0, true, true);
}

/* Cookie of the listener that a request was put to, if @listener is another. */
static u64 listener_before(const struct request_sock *req,
			   const struct sock *listener)
{
	const struct sock *before = req->rsk_listener;

	return before && before != listener ? tpw_socket_cookie(before) : 0;
}

/* inet_csk_complete_hashdance(listener, child, req, own_req) */
static void on_hashdance(unsigned long a0, unsigned long a1, unsigned long a2,
			 unsigned long a3)
{
	const struct sock *listener = (const struct sock *)a0;

	/* Of a bool the ABI defines one byte, not the register. */
	if (a1 && (u8)a3)
		born(listener, (const struct sock *)a1,
		     listener_before((const struct request_sock *)a2, listener),
		     false, false);
}

/* inet_csk_reqsk_queue_add(listener, req, child): SYN cookies, Fast Open */
static void on_queue_add(unsigned long a0, unsigned long a1, unsigned long a2,
			 unsigned long a3)
{
	if (a2)
		born((const struct sock *)a0, (const struct sock *)a2, 0, true,
		     false);
}

/* tcp_time_wait(sk, state, timeo) */
static void on_time_wait(unsigned long a0, unsigned long a1, unsigned long a2,
			 unsigned long a3)
{
	const struct sock *sk = (const struct sock *)a0;
	u64 cookie = tpw_socket_known_cookie(sk);

	if (cookie)
		tpw_record_time_wait(cookie, READ_ONCE(sk->sk_bound_dev_if),
				     tpw_close_time_wait(sk));
}

/*
 * udp_lib_unhash(sk): close(), also of sockets that were never bound.  One that
 * was connected after it was bound may have a row of either kind.
 */
static void on_udp_unhash(unsigned long a0, unsigned long a1, unsigned long a2,
			  unsigned long a3)
{
	const struct sock *sk = (const struct sock *)a0;
	u64 cookie = tpw_socket_known_cookie(sk);
	struct tpw_endpoint bound;

	if (!cookie)
		return;
	if (!sk_hashed(sk)) {
		tpw_record_listener_unused(cookie);	/* bind() had failed */
		return;
	}
	tpw_socket_endpoint(sk, IPPROTO_UDP, &bound);
	tpw_record_closed(cookie, bound.ifindex, TPW_CLOSE_UNKNOWN);
	if (READ_ONCE(sk->sk_state) == TCP_ESTABLISHED)
		tpw_record_listener_unused(cookie);
	tpw_record_listener_closed(cookie, &bound);
}

/* udp_lib_get_port(sk, port, ...): bind(), or the first sendto(). */
static void on_udp_get_port(unsigned long a0, unsigned long a1,
			    unsigned long a2, unsigned long a3)
{
	const struct sock *sk = (const struct sock *)a0;

	if (sk->sk_protocol == IPPROTO_UDP)
		listening(sk, IPPROTO_UDP);
}

/*
 * An MPTCP socket is not what lookups find: its first subflow is, which has the
 * same tuple.  The listener is known by that one then.
 */
static bool take_mptcp(struct tpw_acceptance *a, const struct sock *sk)
{
	a->owner = tpw_socket_cookie(sk);
	a->cookie = tpw_socket_subflow(sk);
	return a->cookie;
}

/* An MPTCP socket accepts plain TCP too, and is no listener that is looked up. */
static void take_listener(struct tpw_acceptance *a, const struct sock *listener)
{
	if (listener->sk_protocol != IPPROTO_TCP)
		return;
	a->net = net_of(listener)->id;
	a->listener = tpw_socket_cookie(listener);
	a->uid = tpw_socket_uid(listener);
	tpw_socket_endpoint(listener, IPPROTO_TCP, &a->bound);
}

/* __inet_accept(sock, newsock, newsk) runs in the task that called accept(). */
static void on_accept(unsigned long a0, unsigned long a1, unsigned long a2,
		      unsigned long a3)
{
	const struct sock *sk = (const struct sock *)a2;
	struct tpw_acceptance a = { 0 };

	if (sk->sk_family != AF_INET && sk->sk_family != AF_INET6)
		return;
	tpw_actor_current(&a.actor);
	a.start_ns = tpw_actor_start_ns();
	if (sk->sk_protocol == IPPROTO_MPTCP) {
		if (!take_mptcp(&a, sk))
			return;
	} else {
		a.cookie = tpw_socket_cookie(sk);
		if (sk->sk_protocol == IPPROTO_TCP)
			take_listener(&a, ((const struct socket *)a0)->sk);
	}
	tpw_record_accepted(&a);
}

static struct tpw_hook hooks[] = {
	{
		.id = TPW_HOOK_SOCK_SET_STATE,
		.name = "state",
		.target = "inet_sock_set_state",
		.need = TPW_HOOK_OPTIONAL,
		.probe = on_set_state,
	},
	TPW_FUNCTION_HOOK(REQSK_HASH_ADD, OPTIONAL, "request",
			  "inet_csk_reqsk_queue_hash_add", on_hash_add),
	TPW_FUNCTION_HOOK(COMPLETE_HASHDANCE, OPTIONAL, "birth",
			  "inet_csk_complete_hashdance", on_hashdance),
	TPW_FUNCTION_HOOK(REQSK_QUEUE_ADD, OPTIONAL, "birth-queued",
			  "inet_csk_reqsk_queue_add", on_queue_add),
	TPW_FUNCTION_HOOK(TIME_WAIT, OPTIONAL, "time-wait",
			  "tcp_time_wait", on_time_wait),
	TPW_FUNCTION_HOOK(UDP_UNHASH, OPTIONAL, "close-udp",
			  "udp_lib_unhash", on_udp_unhash),
	TPW_FUNCTION_HOOK(UDP_GET_PORT, OPTIONAL, "bind-udp",
			  "udp_lib_get_port", on_udp_get_port),
	TPW_FUNCTION_HOOK(ACCEPT, OPTIONAL, "accept",
			  "__inet_accept", on_accept),
};

/**
 * tpw_socket_life_hooks_add() - put these hooks into the table
 *
 * Context: process, while nothing is armed.
 */
void tpw_socket_life_hooks_add(void)
{
	tpw_hook_add(hooks, ARRAY_SIZE(hooks));
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Where SYN cookies are sent and come back, counted at their listener.
 */
#include "watch/syncookie.h"

#include "base/compat.h"
#include "kernel/socket.h"
#include "record/record.h"
#include "hook/arm.h"
#include "watch/drop.h"
#include "watch/segment.h"

#include <net/tcp.h>

/*
 * cookie_v{4,6}_init_sequence(skb, mss): the listener is not an argument, but
 * has just matched this skb.
 */
static void on_send(unsigned long a0, unsigned long a1, unsigned long a2,
		    unsigned long a3)
{
	const struct tpw_segment *s;

	if (!in_softirq())
		return;
	s = tpw_segment_find((const struct sk_buff *)a0);
	if (s && tpw_family_is_tcp(s->c.family) &&
	    s->v.match == TPW_MATCH_LISTENER &&
	    tpw_segment_may_be(s, (const struct sk_buff *)a0))
		tpw_record_listener_did(s->v.cookie, TPW_EVENT_COOKIE_SENT);
}

static bool expects_cookies(const struct sock *sk)
{
#if IS_ENABLED(CONFIG_SYN_COOKIES)
	return READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_syncookies) &&
	       !tcp_synq_no_recent_overflow(sk);
#else
	return false;
#endif
}

/*
 * cookie_v{4,6}_check(sk, skb) sees whatever but a SYN comes to a listener; it
 * looks for a cookie only where one may have been sent lately.
 */
static void on_check(unsigned long a0, unsigned long a1, unsigned long a2,
		     unsigned long a3)
{
	const struct sock *sk = (const struct sock *)a0;
	const struct tcphdr *th = tcp_hdr((const struct sk_buff *)a1);

	if (!th->ack || th->rst || !expects_cookies(sk))
		return;
	tpw_record_listener_did(tpw_socket_cookie(sk), TPW_EVENT_COOKIE_CHECKED);
}

/* tcp_get_cookie_sock(sk, skb, req, dst): the cookie was good. */
static void on_ok(unsigned long a0, unsigned long a1, unsigned long a2,
		  unsigned long a3)
{
	tpw_record_listener_did(tpw_socket_cookie((const struct sock *)a0),
				TPW_EVENT_COOKIE_OK);
}

static struct tpw_hook hooks[] = {
	TPW_FUNCTION_HOOK(COOKIE4_SEND, OPTIONAL, "cookie-send",
			  "cookie_v4_init_sequence", on_send),
	TPW_FUNCTION_HOOK(COOKIE6_SEND, OPTIONAL, "cookie-send6",
			  "cookie_v6_init_sequence", on_send),
	TPW_FUNCTION_HOOK(COOKIE4_CHECK, OPTIONAL, "cookie-check",
			  "cookie_v4_check", on_check),
	TPW_FUNCTION_HOOK(COOKIE6_CHECK, OPTIONAL, "cookie-check6",
			  "cookie_v6_check", on_check),
	TPW_FUNCTION_HOOK(COOKIE_OK, OPTIONAL, "cookie-ok",
			  "tcp_get_cookie_sock", on_ok),
};

/**
 * tpw_syncookie_add() - put these hooks into the table
 *
 * Context: process, while nothing is armed.
 */
void tpw_syncookie_add(void)
{
	tpw_hook_add(hooks, ARRAY_SIZE(hooks));
}

// SPDX-License-Identifier: GPL-2.0
/*
 * That there is no socket for a segment, where the kernel gives no reasons for
 * its drops: then it answers with RST or ICMP, and frees the segment after that.
 */
#include "watch/no_socket.h"

#include "base/compat.h"
#include "hook/arm.h"
#include "watch/segment.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/preempt.h>

#if !TPW_HAS_DROP_REASONS
static void no_socket(const struct sk_buff *skb)
{
	struct tpw_segment *s;

	if (!in_softirq())
		return;
	s = tpw_segment_find(skb);
	if (!s || s->c.stage != TPW_STAGE_OPEN)
		return;
	/* The drop follows, and has no note of conntrack any more. */
	tpw_segment_ask(s, skb);
	s->c.saw |= TPW_SAW_NO_SOCKET;
}

/* tcp_v{4,6}_send_reset(sk, skb): RSTs come here too, and are not answered. */
static void on_reset(unsigned long a0, unsigned long a1, unsigned long a2,
		     unsigned long a3)
{
	if (!a0)
		no_socket((const struct sk_buff *)a1);
}

/* __icmp_send(skb, type, code, ...) */
static void on_icmp(unsigned long a0, unsigned long a1, unsigned long a2,
		    unsigned long a3)
{
	if ((int)a1 == ICMP_DEST_UNREACH && (int)a2 == ICMP_PORT_UNREACH)
		no_socket((const struct sk_buff *)a0);
}

/* icmp6_send(skb, type, code, ...) */
static void on_icmp6(unsigned long a0, unsigned long a1, unsigned long a2,
		     unsigned long a3)
{
	if ((u8)a1 == ICMPV6_DEST_UNREACH && (u8)a2 == ICMPV6_PORT_UNREACH)
		no_socket((const struct sk_buff *)a0);
}

static struct tpw_hook hooks[] = {
	TPW_FUNCTION_HOOK(NO_SOCKET4, OPTIONAL, "no-socket",
			  "tcp_v4_send_reset", on_reset),
	TPW_FUNCTION_HOOK(NO_SOCKET6, OPTIONAL, "no-socket6",
			  "tcp_v6_send_reset", on_reset),
	TPW_FUNCTION_HOOK(NO_PORT4, OPTIONAL, "no-port",
			  "__icmp_send", on_icmp),
	TPW_FUNCTION_HOOK(NO_PORT6, OPTIONAL, "no-port6",
			  "icmp6_send", on_icmp6),
};
#endif

/**
 * tpw_no_socket_add() - put these hooks into the table
 *
 * Context: process, while nothing is armed.
 */
void tpw_no_socket_add(void)
{
#if !TPW_HAS_DROP_REASONS
	tpw_hook_add(hooks, ARRAY_SIZE(hooks));
#endif
}

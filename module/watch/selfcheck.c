// SPDX-License-Identifier: GPL-2.0
/*
 * The self-check at load: a segment and a datagram of either family, from the
 * initial namespace to itself over loopback, must reach the hooks that every
 * segment passes.
 *
 * Nothing is counted meanwhile.  The TCP segment is a SYN to a port that a
 * socket of ours holds without listening, so it is refused.
 */
#define pr_fmt(fmt)	KBUILD_MODNAME ": " fmt

#include "watch/selfcheck.h"

#include "hook/arm.h"
#include "watch/lookout.h"
#include "watch/netfilter.h"
#include "watch/segment.h"

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/jiffies.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/printk.h>
#include <linux/uio.h>
#include <net/net_namespace.h>

#define PATIENCE_MS	500

/* kernel_bind() and kernel_connect() take another type since 6.19. */
union address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static int loopback_address(int family, union address *to)
{
	memset(to, 0, sizeof(*to));
	to->sa.sa_family = family;
	if (family == AF_INET) {
		to->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return sizeof(to->in);
	}
	to->in6.sin6_addr = in6addr_loopback;
	return sizeof(to->in6);
}

/* A socket on a free port of the loopback address, whose name is left in @to. */
static struct socket *bound_socket(int family, int type, int proto,
				   union address *to)
{
	int len = loopback_address(family, to);
	struct socket *sock;
	int err;

	err = sock_create_kern(&init_net, family, type, proto, &sock);
	if (err)
		return ERR_PTR(err);
	err = kernel_bind(sock, (void *)&to->sa, len);
	if (!err)
		err = kernel_getsockname(sock, &to->sa);
	if (err >= 0)
		return sock;
	sock_release(sock);
	return ERR_PTR(err);
}

static bool send_syn(int family)
{
	union address to, from;
	struct socket *target, *sock;

	target = bound_socket(family, SOCK_STREAM, IPPROTO_TCP, &to);
	if (IS_ERR(target))
		return false;
	sock = bound_socket(family, SOCK_STREAM, IPPROTO_TCP, &from);
	if (!IS_ERR(sock)) {
		kernel_connect(sock, (void *)&to.sa, sizeof(to), O_NONBLOCK);
		sock_release(sock);
	}
	sock_release(target);
	return !IS_ERR(sock);
}

static bool send_datagram(int family)
{
	char byte = 0;
	struct kvec vec = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT };
	struct socket *sock;
	union address to;
	int n;

	sock = bound_socket(family, SOCK_DGRAM, IPPROTO_UDP, &to);
	if (IS_ERR(sock))
		return false;
	msg.msg_name = &to;
	msg.msg_namelen = sizeof(to);
	n = kernel_sendmsg(sock, &msg, &vec, 1, 1);
	sock_release(sock);
	return n == 1;
}

static bool send_all(void)
{
	bool is_sent = send_syn(AF_INET) && send_datagram(AF_INET);

	/* Without IPv6 its hooks are not reached, and that is no fault. */
	return is_sent && send_syn(AF_INET6) && send_datagram(AF_INET6);
}

/**
 * tpw_selfcheck() - see whether the hooks fire, and say so
 *
 * Context: process, may sleep; the hooks are armed, segments do not open yet.
 */
void tpw_selfcheck(void)
{
	unsigned long until = jiffies + msecs_to_jiffies(PATIENCE_MS);
	const char *result = "ok";

	if (!(init_net.loopback_dev->flags & IFF_UP)) {
		tpw_hooks_selfcheck_done("skipped");
		pr_info("self-check skipped: lo is down\n");
		return;
	}
	tpw_lookout_probe(!tpw_netfilter_has_queues());
	if (!send_all())
		result = "partial";
	while (tpw_hooks_silent() && time_before(jiffies, until))
		msleep(20);
	if (tpw_hooks_silent()) {
		result = "incomplete";
		pr_warn("self-check: a hook did not fire; see state \"silent\" in /proc/net/tuplewatch/hooks\n");
	}
	tpw_hooks_selfcheck_done(result);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The server's routing: rules of it by all that they can ask for, addresses that
 * have gone or moved, a VRF.  Table 100 takes all for local, as TPROXY and IPVS
 * want it, and rules are asked before the table of addresses.
 */
#define _GNU_SOURCE
#include "explain.h"

#include <stdio.h>
#include <stdlib.h>

#define COMMAND_LEN	512

/* %1$s is the family of ip, %2$s tcp or udp, %3$u a port, %4$s a network, %5$s its length. */
static const struct {
	const char *set;
	const char *clear;
} worlds[WORLD_NR] = {
	[WORLD_HOME] = { "", "" },
	[WORLD_BY_SOURCE] = {
		"ip %1$s rule add pref 5 from %4$s50 lookup 100",
		"ip %1$s rule del pref 5",
	},
	[WORLD_BY_PORT] = {
		"ip %1$s rule add ipproto %2$s dport %3$u lookup 100",
		"ip %1$s rule del ipproto %2$s dport %3$u lookup 100",
	},
	[WORLD_BY_SOURCE_PORT] = {
		"ip %1$s rule add pref 5 ipproto %2$s sport 1024-30000 lookup 100",
		"ip %1$s rule del pref 5",
	},
	[WORLD_BY_DEVICE] = {
		"ip %1$s rule add iif v1 lookup 100",
		"ip %1$s rule del iif v1 lookup 100",
	},
	[WORLD_BY_MARK] = {
		"ip %1$s rule add pref 5 fwmark 1 lookup 100",
		"ip %1$s rule del pref 5",
	},
	[WORLD_FORBIDDEN] = {
		"ip %1$s rule add pref 5 from %4$s51 prohibit",
		"ip %1$s rule del pref 5",
	},
	[WORLD_BLACKHOLE] = {
		"ip %1$s rule add pref 5 ipproto %2$s dport %3$u blackhole",
		"ip %1$s rule del pref 5",
	},
	[WORLD_GONE] = {
		"ip addr del %4$s1%5$s dev v1",
		"ip addr add %4$s1%5$s dev v1 %6$s",
	},
	[WORLD_MOVED] = {
		"ip addr del %4$s1%5$s dev v1 && ip addr add %4$s1%5$s dev v2 %6$s",
		"ip addr del %4$s1%5$s dev v2 && ip addr add %4$s1%5$s dev v1 %6$s",
	},
	/* What joins a VRF or leaves it loses its addresses of IPv6. */
	[WORLD_VRF] = {
		"ip link set v1 master vrf1 && ip addr replace fd01::1/64 dev v1 nodad",
		"ip link set v1 nomaster && ip addr replace fd01::1/64 dev v1 nodad",
	},
	[WORLD_OFF6] = {
		"sysctl -qw net.ipv6.conf.v1.disable_ipv6=1",
		"sysctl -qw net.ipv6.conf.v1.disable_ipv6=0 && ip addr replace fd01::1/64 dev v1 nodad",
	},
};

static void run(const char *command)
{
	if (system(command))
		bail("%s", command);
}

/* In the server's namespace, once. */
void world_make(void)
{
	run("ip route add local default dev lo table 100 && "
	    "ip -6 route add local default dev lo table 100 && "
	    "ip rule add pref 10 lookup local && ip rule del pref 0 && "
	    "ip -6 rule add pref 10 lookup local && ip -6 rule del pref 0 && "
	    "ip link add vrf1 type vrf table 11 && ip link set vrf1 up");
}

static void change(const char *how, bool is_ipv6, const char *proto, uint16_t port)
{
	char command[COMMAND_LEN];

	if (!*how)
		return;
	snprintf(command, sizeof(command), how, is_ipv6 ? "-6" : "", proto, port,
		 is_ipv6 ? "fd01::" : "10.1.1.", is_ipv6 ? "/64" : "/24", is_ipv6 ? "nodad" : "");
	run(command);
	netns_settle();
}

void world_set(enum world world, bool is_ipv6, const char *proto, uint16_t port)
{
	change(worlds[world].set, is_ipv6, proto, port);
}

void world_clear(enum world world, bool is_ipv6, const char *proto, uint16_t port)
{
	change(worlds[world].clear, is_ipv6, proto, port);
}

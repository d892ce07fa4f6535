// SPDX-License-Identifier: GPL-2.0
/*
 * Two namespaces and two cables:
 *
 *	server [v1 10.1.1.1 fd01::1] ------ [v1 10.1.1.2 fd01::2] client
 *	server [v2 10.2.2.1 fd02::1] ------ [v2 10.2.2.2 fd02::2] client
 */
#define _GNU_SOURCE
#include "explain.h"

#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *const device_names[DEV_NR] = { "-", "lo", "v1", "v2" };

static struct netns server, client;

static void run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void run(const char *fmt, ...)
{
	char command[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	if (system(command))
		bail("%s", command);
}

/*
 * Hosts that are not there are looked for, and never given up: who is told that a host cannot be
 * reached throws away the request of it, which its listener counts among what it drops.
 */
static void keep_looking(const char *device)
{
	static const char *const families[] = { "ipv4", "ipv6" };
	char name[64];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		snprintf(name, sizeof(name), "net/%s/neigh/%s/mcast_solicit", families[i], device);
		sysctl_set(name, "1000000");
	}
}

static void configure(unsigned int end)
{
	unsigned int i;

	for (i = 1; i <= 2; i++) {
		run("ip link set v%u addrgenmode none && ip addr add 10.%u.%u.%u/24 dev v%u && ip link set v%u up && ip addr add fd0%u::%u/64 dev v%u nodad",
		    i, i, i, end, i, i, i, end, i);
		keep_looking(device_names[DEV_LO + i]);
	}
	/* Each refusal is heard. */
	sysctl_set("net/ipv4/icmp_ratelimit", "0");
	sysctl_set("net/ipv6/icmp/ratelimit", "0");
	/* Ports of clients are not those of servers. */
	sysctl_set("net/ipv4/ip_local_port_range", "1024 19999");
}

void place_make(void)
{
	unsigned int i;

	sysctl_set("net/ipv4/icmp_msgs_per_sec", "1000000");
	sysctl_set("net/ipv4/icmp_msgs_burst", "1000000");
	netns_new(&client);
	netns_new(&server);
	for (i = 1; i <= 2; i++)
		run("ip link add v%u type veth peer name v%u netns /proc/%d/fd/%d", i, i, getpid(),
		    client.fd);
	configure(1);
	netns_enter(&client);
	configure(2);
	netns_settle();
	netns_enter(&server);
	netns_settle();
}

/* The server's second cable and its routes belong to a VRF from now on. */
void place_vrf(void)
{
	run("ip link add vrf0 type vrf table 10 && ip link set vrf0 up && ip link set v2 master vrf0");
	/* Enslaving takes the addresses of IPv6 away. */
	run("ip addr replace fd02::1/64 dev v2 nodad");
}

void place_server(void)
{
	netns_enter(&server);
}

void place_client(void)
{
	netns_enter(&client);
}

/* All that is sent from now on is received on that CPU. */
void place_cpu(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		bail("sched_setaffinity");
}

unsigned int place_cpus(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Where exchanges are played: the server's namespace, in which the log is
 * read, and the client's, joined by a veth pair.
 *
 *   server: lo 127.0.0.1 ::1, v0 10.9.0.1 fd09::1
 *   client: v1 10.9.0.2 fd09::2; behind it, owned by no kernel: the puppet
 *           10.9.0.77 fd09::77 and the stranger 10.9.0.66 fd09::66
 *
 * Both namespaces are nameless: they end with this process, however it ends.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAC_SERVER	"02:00:00:00:09:01"
#define MAC_CLIENT	"02:00:00:00:09:02"

const uint8_t place_mac_server[6] = { 2, 0, 0, 0, 9, 1 };
const uint8_t place_mac_client[6] = { 2, 0, 0, 0, 9, 2 };

/*
 * Neighbours are permanent: resolution would let the first segment wait in a
 * queue. No autoconfiguration either: its own traffic would have to be told
 * from ours.
 */
static const char *const server_setup[] = {
	"link set lo up",
	"route add local ff00::/8 dev lo table local",
	"link add v0 address " MAC_SERVER " type veth peer name v1 address " MAC_CLIENT,
	"link set v0 addrgenmode none",
	"link set v1 addrgenmode none",
	"link set v1 netns /proc/%d/fd/%d",
	"link set v0 up",
	"addr add 10.9.0.1/24 brd + dev v0",
	"addr add fd09::1/64 dev v0 nodad",
	"neigh add 10.9.0.2 lladdr " MAC_CLIENT " dev v0",
	"neigh add 10.9.0.66 lladdr " MAC_CLIENT " dev v0",
	"neigh add 10.9.0.77 lladdr " MAC_CLIENT " dev v0",
	"neigh add fd09::2 lladdr " MAC_CLIENT " dev v0",
	"neigh add fd09::66 lladdr " MAC_CLIENT " dev v0",
	"neigh add fd09::77 lladdr " MAC_CLIENT " dev v0",
};

static const char *const client_setup[] = {
	"link set lo up",
	"link set v1 up",
	"addr add 10.9.0.2/24 brd + dev v1",
	"addr add fd09::2/64 dev v1 nodad",
	"neigh add 10.9.0.1 lladdr " MAC_SERVER " dev v1",
	"neigh add fd09::1 lladdr " MAC_SERVER " dev v1",
};

#define SPECIAL(n) {							\
	[SERVER] = { "10." n ".0.1", "fd0" n "::1" },			\
	[CLIENT] = { "10." n ".0.2", "fd0" n "::2" },			\
	[PUPPET] = { "10." n ".0.77", "fd0" n "::77" },			\
	[ANY] = { "0.0.0.0", "::" },					\
}

static const char *const addresses[PLACE_NR][END_NR][2] = {
	[PLACE_LO] = {
		[SERVER] = { "127.0.0.1", "::1" },
		[CLIENT] = { "127.0.0.1", "::1" },
		[ANY] = { "0.0.0.0", "::" },
		[GROUP] = { "239.9.9.9", "ff02::999" },
		[UNJOINED] = { "239.9.9.8", "ff02::998" },
		[BCAST] = { "127.255.255.255", "" },
	},
	[PLACE_VETH] = {
		[SERVER] = { "10.9.0.1", "fd09::1" },
		[CLIENT] = { "10.9.0.2", "fd09::2" },
		[PUPPET] = { "10.9.0.77", "fd09::77" },
		[STRANGER] = { "10.9.0.66", "fd09::66" },
		[ANY] = { "0.0.0.0", "::" },
		[GROUP] = { "239.9.9.9", "ff02::999" },
		[UNJOINED] = { "239.9.9.8", "ff02::998" },
		[BCAST] = { "10.9.0.255", "" },
	},
	/* See special.c. */
	[PLACE_VRF] = SPECIAL("8"),
	[PLACE_POLL] = SPECIAL("7"),
	[PLACE_VXLAN] = SPECIAL("6"),
	[PLACE_ESP] = SPECIAL("5"),
	[PLACE_ESPUDP] = SPECIAL("4"),
};

static int netns[2] = { -1, -1 };
static unsigned int ifindex[PLACE_NR][2];

static int run_ip(const char *const *lines, size_t nr)
{
	FILE *ip = popen("ip -batch -", "w");
	size_t i;

	if (!ip)
		return -1;
	for (i = 0; i < nr; i++) {
		fprintf(ip, lines[i], getpid(), netns[1]);
		fputc('\n', ip);
	}
	return pclose(ip) ? -1 : 0;
}

/* Make and open a namespace; this process is in it afterwards. */
static int make_netns(void)
{
	if (unshare(CLONE_NEWNET))
		return -1;
	return open("/proc/self/ns/net", O_RDONLY);
}

/* The devices by which the two ends of a place meet. Return: 0, or -1 */
int place_find_devices(enum place place, const char *server, const char *client)
{
	ifindex[place][0] = if_nametoindex(server);
	if (place_enter(true))
		return -1;
	ifindex[place][1] = if_nametoindex(client);
	return place_enter(false) || !ifindex[place][0] || !ifindex[place][1] ? -1 : 0;
}

/* Make both namespaces and stand in the server's. Return: 0, or -1 */
int place_init(void)
{
	netns[1] = make_netns();
	netns[0] = make_netns();
	if (netns[0] < 0 || netns[1] < 0)
		return -1;
	if (run_ip(server_setup, ARRAY_SIZE(server_setup)))
		return -1;
	if (place_enter(true) || run_ip(client_setup, ARRAY_SIZE(client_setup)))
		return -1;
	return place_enter(false) || place_find_devices(PLACE_VETH, "v0", "v1");
}

/* Stand in the client's namespace, or again in the server's. */
int place_enter(bool client)
{
	return setns(netns[client], CLONE_NEWNET);
}

/* The number by which the log calls the server's namespace. */
uint64_t place_netns(void)
{
	struct stat st;

	return fstat(netns[0], &st) ? 0 : st.st_ino;
}

/* Where ip finds the client's namespace, to put a device into it. */
void place_netns_path(char *path, size_t size)
{
	snprintf(path, size, "/proc/%d/fd/%d", getpid(), netns[1]);
}

static const char *const names[PLACE_NR] = {
	"lo", "veth", "vrf", "poll", "vxlan", "esp", "espudp",
};

/* What comes before the family's letter. Return: PLACE_NR if it is none */
enum place place_named(const char *on)
{
	size_t len = strlen(on) - 1;
	enum place place;

	for (place = 0; place < PLACE_NR; place++)
		if (strlen(names[place]) == len && !strncmp(names[place], on, len))
			break;
	return place;
}

/* The device by which the play's segments come in. */
const char *place_device(const struct play *p)
{
	static const char *const devices[PLACE_NR] = {
		"lo", "v0", PLACE_VRF_DEVICE, "p0", "x4", "v0", "v0",
	};

	return p->place == PLACE_VXLAN && p->family == AF_INET6 ? "x6" : devices[p->place];
}

unsigned int place_ifindex(const struct play *p, enum end side)
{
	return p->place == PLACE_LO ? 1 : ifindex[p->place][side == CLIENT];
}

/* An address of the packets, in network byte order. */
const void *place_bytes(const struct play *p, enum end end)
{
	static uint8_t bytes[16];

	inet_pton(p->family, addresses[p->place][end][p->family == AF_INET6], bytes);
	return bytes;
}

/*
 * An address for a socket of @domain: on a dual-stack socket, an IPv4 address
 * is a mapped one, and any address is that of IPv6.
 */
void place_address(const struct play *p, int domain, enum end end, uint16_t port,
		   struct address *a)
{
	struct sockaddr_in6 *a6 = (struct sockaddr_in6 *)&a->ss;
	struct sockaddr_in *a4 = (struct sockaddr_in *)&a->ss;
	const char *text = addresses[p->place][end][p->family == AF_INET6];
	char mapped[64];

	memset(a, 0, sizeof(*a));
	if (domain == AF_INET) {
		a4->sin_family = AF_INET;
		a4->sin_port = htons(port);
		inet_pton(AF_INET, text, &a4->sin_addr);
		a->len = sizeof(*a4);
		return;
	}
	if (end == ANY)
		text = "::";
	snprintf(mapped, sizeof(mapped), "%s%s", strchr(text, ':') ? "" : "::ffff:", text);
	a6->sin6_family = AF_INET6;
	a6->sin6_port = htons(port);
	inet_pton(AF_INET6, mapped, &a6->sin6_addr);
	a->len = sizeof(*a6);
}

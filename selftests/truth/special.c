// SPDX-License-Identifier: GPL-2.0
/*
 * Places that are not there from the beginning, because few exchanges need them:
 *
 *   vrf     another veth pair, w0 and w1; w0 is in the VRF red
 *   poll    another, p0 and p1; p0 polls, so that what has come meanwhile comes
 *           through GRO or as a list. It does that only if p1 is like a wire:
 *           what is too large for one it has to cut
 *   vxlan   through v0 and v1: x4 inside IPv4, x6 inside IPv6
 *   esp     v0 and v1 with addresses that speak ESP in transport mode only
 *   espudp  the same, ESP in UDP, and only TCP inside
 *
 * Each has addresses like those of veth, but 10.8.0.1 and fd08::1, and so on.
 */
#include "truth.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAC_SERVER	"02:00:00:00:09:01"
#define MAC_CLIENT	"02:00:00:00:09:02"
#define VXLAN_PORT	4789
#define ESPUDP_PORT	4500

#ifndef UDP_ENCAP
#define UDP_ENCAP	100
#endif

#ifndef UDP_ENCAP_ESPINUDP
#define UDP_ENCAP_ESPINUDP 2
#endif

#define TEXT_MAX	1200

/**
 * struct side - one end of a place
 * @end: whose
 * @our: last number of its addresses
 * @their: and of the other's
 * @mac: the other's
 */
static const struct side {
	enum end end;
	int our;
	int their;
	const char *mac;
} sides[] = {
	{ SERVER, 1, 2, MAC_CLIENT },
	{ CLIENT, 2, 1, MAC_SERVER },
};

/* Lines for ip: addresses of a place, and who can be reached there. */
static void put_addresses(char *text, const struct side *s, int net, const char *dev)
{
	snprintf(text, TEXT_MAX,
		 "addr add 10.%d.0.%d/24 dev %s\n"
		 "addr add fd0%d::%d/64 dev %s nodad\n"
		 "neigh add 10.%d.0.%d lladdr %s dev %s\n"
		 "neigh add fd0%d::%d lladdr %s dev %s\n"
		 "neigh add 10.%d.0.77 lladdr %s dev %s\n"
		 "neigh add fd0%d::77 lladdr %s dev %s\n",
		 net, s->our, dev, net, s->our, dev, net, s->their, s->mac, dev,
		 net, s->their, s->mac, dev, net, s->mac, dev, net, s->mac, dev);
}

static void find_devices(struct play *p, const char *server, const char *client)
{
	if (place_find_devices(p->place, server, client))
		play_fail(p, "the devices of %s", p->on);
}

/* The VRF first: a device that enters one loses its addresses of IPv6. */
static void make_vrf(struct play *p)
{
	char text[TEXT_MAX], path[64];

	place_netns_path(path, sizeof(path));
	put_addresses(text, &sides[0], 8, PLACE_VRF_SLAVE);
	command(p, SERVER, "CONFIG_NET_VRF", "ip -batch - <<EOF\n"
		"link add " PLACE_VRF_DEVICE " type vrf table 9\n"
		"link set " PLACE_VRF_DEVICE " addrgenmode none up\n"
		"link add " PLACE_VRF_SLAVE " address " MAC_SERVER
		" type veth peer name w1 address " MAC_CLIENT " netns %s\n"
		"link set " PLACE_VRF_SLAVE " addrgenmode none master " PLACE_VRF_DEVICE " up\n"
		"%sEOF\n", path, text);
	put_addresses(text, &sides[1], 8, "w1");
	command(p, CLIENT, NULL, "ip -batch - <<EOF\nlink set w1 addrgenmode none up\n%sEOF\n",
		text);
	find_devices(p, PLACE_VRF_SLAVE, "w1");
}

static void make_poll(struct play *p)
{
	char text[TEXT_MAX], path[64];

	place_netns_path(path, sizeof(path));
	put_addresses(text, &sides[0], 7, "p0");
	command(p, SERVER, NULL, "ip -batch - <<EOF && ethtool -K p0 gro on\n"
		"link add p0 address " MAC_SERVER
		" type veth peer name p1 address " MAC_CLIENT " netns %s\n"
		"link set p0 addrgenmode none up\n%sEOF\n", path, text);
	put_addresses(text, &sides[1], 7, "p1");
	command(p, CLIENT, NULL, "ip -batch - <<EOF && "
		"ethtool -K p1 tso off tx-udp-segmentation off\n"
		"link set p1 addrgenmode none up\n%sEOF\n", text);
	find_devices(p, "p0", "p1");
}

/*
 * IPv6 reports its groups when it likes, by x6: IPv4 has its own device, and
 * what is exact about that is played first.
 */
static void make_vxlan(struct play *p)
{
	bool is6 = p->family == AF_INET6;
	const char *outer = is6 ? "fd09::" : "10.9.0.", *inner = is6 ? "fd06::" : "10.6.0.";
	const char *dev = place_device(p);
	const struct side *s;

	for (s = sides; s < sides + ARRAY_SIZE(sides); s++)
		command(p, s->end, "CONFIG_VXLAN", "ip link add %s address %s type vxlan id 9 "
			"local %s%d remote %s%d dstport %d && "
			"echo %d > /proc/sys/net/ipv6/conf/%s/disable_ipv6 && ip -batch - <<EOF\n"
			"link set %s addrgenmode none up\naddr add %s%d/%d dev %s%s\n"
			"neigh add %s%d lladdr %s dev %s\nEOF\n",
			dev, sides[s == sides].mac, outer, s->our, outer, s->their, VXLAN_PORT,
			!is6, dev, dev, inner, s->our, is6 ? 64 : 24, dev, is6 ? " nodad" : "",
			inner, s->their, s->mac, dev);
	find_devices(p, dev, dev);
}

/* Two associations between two addresses; both sides have the same. */
static int put_associations(char *text, size_t size, int net, const char *format, bool in_udp)
{
	char client[16], server[16], encap[80] = "";

	snprintf(client, sizeof(client), format, net, 2);
	snprintf(server, sizeof(server), format, net, 1);
	if (in_udp)
		snprintf(encap, sizeof(encap), "encap espinudp %d %d %s", ESPUDP_PORT, ESPUDP_PORT,
			 format[0] == 'f' ? "::" : "0.0.0.0");
	return snprintf(text, size,
			"xfrm state add src %s dst %s proto esp spi 0x%d reqid %d mode transport "
			"enc ecb(cipher_null) \"\" %s\n"
			"xfrm state add src %s dst %s proto esp spi 0x%d reqid %d mode transport "
			"enc ecb(cipher_null) \"\" %s\n",
			client, server, 1000 + net, net, encap,
			server, client, 2000 + net, net, encap);
}

/* What this side sends and takes between them must be ESP. */
static int put_policies(char *text, size_t size, const struct side *s, int net,
			const char *format, bool in_udp)
{
	char here[16], there[16];

	snprintf(here, sizeof(here), format, net, s->our);
	snprintf(there, sizeof(there), format, net, s->their);
	return snprintf(text, size,
			"xfrm policy add src %s dst %s %s dir in "
			"tmpl proto esp reqid %d mode transport\n"
			"xfrm policy add src %s dst %s %s dir out "
			"tmpl proto esp reqid %d mode transport\n",
			there, here, in_udp ? "proto tcp" : "", net,
			here, there, in_udp ? "proto tcp" : "", net);
}

static void make_ipsec(struct play *p, int net, bool in_udp)
{
	static const char *const formats[] = { "10.%d.0.%d", "fd0%d::%d" };
	char addresses[TEXT_MAX], text[2 * TEXT_MAX];
	const struct side *s;
	unsigned int i;
	size_t n;

	for (s = sides; s < sides + ARRAY_SIZE(sides); s++) {
		put_addresses(addresses, s, net, s->end == SERVER ? "v0" : "v1");
		for (i = 0, n = 0; i < ARRAY_SIZE(formats); i++) {
			n += put_associations(text + n, sizeof(text) - n, net, formats[i], in_udp);
			n += put_policies(text + n, sizeof(text) - n, s, net, formats[i], in_udp);
		}
		command(p, s->end, "CONFIG_XFRM_USER, CONFIG_INET_ESP, CONFIG_INET6_ESP, "
			"CONFIG_CRYPTO_NULL and CONFIG_CRYPTO_AUTHENC",
			"ip -batch - <<EOF\n%s%sEOF\n", text, addresses);
	}
	find_devices(p, "v0", "v1");
}

static void make_esp(struct play *p)
{
	make_ipsec(p, 5, false);
}

static void make_espudp(struct play *p)
{
	make_ipsec(p, 4, true);
}

/* E, and its like of the client, keep ESP for themselves and give the kernel what is inside. */
static void unwrap(struct play *p)
{
	int e = ep_datagram(p, "E", SERVER, ESPUDP_PORT);
	int f = ep_sender(p, ESPUDP_PORT);

	play_name_port(p, "e", ESPUDP_PORT);
	ep_option(p, e, IPPROTO_UDP, UDP_ENCAP, UDP_ENCAP_ESPINUDP);
	ep_option(p, f, IPPROTO_UDP, UDP_ENCAP, UDP_ENCAP_ESPINUDP);
}

/* K is the kernel's own socket, which no program has. */
static void enter_vxlan(struct play *p)
{
	static bool is_there[2];
	char line[1000], *cookie;

	if (!is_there[p->family == AF_INET6])
		make_vxlan(p);
	is_there[p->family == AF_INET6] = true;
	command_output(p, SERVER, line, sizeof(line), "ss -%cHuane 'sport = :%d'",
		       p->family == AF_INET6 ? '6' : '4', VXLAN_PORT);
	cookie = strstr(line, "sk:");
	if (!cookie)
		play_fail(p, "ss knows no socket of port %d", VXLAN_PORT);
	play_add_cookie(p, "K", strtoull(cookie + 3, NULL, 16));
	play_name_port(p, "k", VXLAN_PORT);
}

static void settle(struct play *p)
{
	const struct side *s;

	for (s = sides; s < sides + ARRAY_SIZE(sides); s++)
		command_settle(p, s->end);
}

/* Make the play's place, if it is not there, and what each play needs there. */
void special_prepare(struct play *p)
{
	static const struct {
		void (*make)(struct play *p);
		void (*enter)(struct play *p);
	} places[PLACE_NR] = {
		[PLACE_VRF] = { make_vrf, NULL },
		[PLACE_POLL] = { make_poll, NULL },
		[PLACE_VXLAN] = { NULL, enter_vxlan },
		[PLACE_ESP] = { make_esp, NULL },
		[PLACE_ESPUDP] = { make_espudp, unwrap },
	};
	static bool is_there[PLACE_NR];

	if (places[p->place].make && !is_there[p->place]) {
		places[p->place].make(p);
		settle(p);
	}
	is_there[p->place] = true;
	if (places[p->place].enter)
		places[p->place].enter(p);
}

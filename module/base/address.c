// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses as people write them: what inet_pton() takes and nothing else.
 * in4_pton() and in6_pton() also take what is not an address to ping, ss and
 * tcpdump ("1.2.3.00000000004"), and would not compile in user space.
 */
#include "base/address.h"

#include <linux/limits.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <asm/byteorder.h>

#define GROUPS	8	/* of 16 bits in an IPv6 address */

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

static bool parse_ip4(const char *at, const char *end, __u8 *to)
{
	unsigned int i, n, digits;

	for (i = 0; i < 4; i++) {
		if (i && (at == end || *at++ != '.'))
			return false;
		n = 0;
		for (digits = 0; at < end && digit(*at) < 10; digits++) {
			if (digits && !n)	/* 010 is 8 to some, 10 to others */
				return false;
			n = 10 * n + digit(*at++);
			if (n > 255)
				return false;
		}
		if (!digits)
			return false;
		to[i] = n;
	}
	return at == end;
}

/* Make room for the groups that "::" at group @gap stands for. */
static void spread(__u8 *to, unsigned int gap, unsigned int nr)
{
	unsigned int behind = 2 * (nr - gap);

	memmove(to + 2 * GROUPS - behind, to + 2 * gap, behind);
	memset(to + 2 * gap, 0, 2 * (GROUPS - nr));
}

/* One group; @at is moved behind it. */
static bool parse_group(const char **at, const char *end, __u8 *to)
{
	unsigned int n = 0, digits;

	for (digits = 0; *at < end && digit(**at) < 16; digits++, ++*at)
		n = 16 * n + digit(**at);
	to[0] = n >> 8;
	to[1] = n;
	return digits && digits <= 4;
}

/* Is the rest, up to the end, the dotted form of the last two groups? */
static bool is_dotted(const char *at, const char *end)
{
	while (at < end && digit(*at) < 10)
		at++;
	return at < end && *at == '.';
}

static bool parse_ip6(const char *at, const char *end, __u8 *to)
{
	unsigned int nr = 0, gap = GROUPS + 1;

	if (end - at >= 2 && at[0] == ':' && at[1] == ':') {
		gap = 0;
		at += 2;
	}
	while (at < end) {
		if (nr == GROUPS)
			return false;
		if (nr <= GROUPS - 2 && is_dotted(at, end)) {
			if (!parse_ip4(at, end, to + 2 * nr))
				return false;
			nr += 2;
			break;
		}
		if (!parse_group(&at, end, to + 2 * nr))
			return false;
		nr++;
		if (at == end)
			break;
		if (*at++ != ':' || at == end)
			return false;
		if (*at == ':') {
			if (gap <= GROUPS)
				return false;
			gap = nr;
			at++;
		}
	}
	if (gap > GROUPS)
		return nr == GROUPS;
	if (nr == GROUPS)
		return false;
	spread(to, gap, nr);
	return true;
}

/**
 * tpw_address_parse() - read an IPv4 or IPv6 address
 * @s: it, without brackets, port or prefix length
 * @family: set to AF_INET or AF_INET6
 * @addr: set to the address, network byte order, unused words 0
 *
 * Context: any.
 * Return: true if it is an address; both are undefined if not.
 */
bool tpw_address_parse(struct tpw_span s, __u8 *family, union tpw_addr *addr)
{
	const char *end = s.at + s.len;

	memset(addr, 0, sizeof(*addr));
	if (tpw_span_find(s, ':') < s.len) {
		*family = AF_INET6;
		return parse_ip6(s.at, end, (__u8 *)addr->ip6);
	}
	*family = AF_INET;
	return parse_ip4(s.at, end, (__u8 *)&addr->ip);
}

/**
 * tpw_ports_parse() - read a port, or a range such as 8000-8100
 * @s: the text
 * @ports: set to what it says
 *
 * Context: any.
 * Return: true if it is one.
 */
bool tpw_ports_parse(struct tpw_span s, struct tpw_ports *ports)
{
	size_t dash = tpw_span_find(s, '-');
	__u32 first, last;

	if (!tpw_span_number(tpw_span_cut(s, dash), U16_MAX, &first))
		return false;
	last = first;
	if (dash < s.len && !tpw_span_number(tpw_span_skip(s, dash + 1), U16_MAX, &last))
		return false;
	ports->first = first;
	ports->last = last;
	return first <= last;
}

static void mask_of(union tpw_addr *mask, unsigned int len)
{
	__u8 *byte = (__u8 *)mask;

	memset(mask, 0, sizeof(*mask));
	for (; len >= 8; len -= 8)
		*byte++ = 0xff;
	if (len)
		*byte = 0xff00 >> len;
}

/*
 * Packets of IPv4 are AF_INET also where their socket is an IPv6 one, and ss
 * prints ::ffff:10.0.0.1.
 */
static unsigned int unmap(struct tpw_prefix *prefix, unsigned int len)
{
	static const __u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (prefix->family != AF_INET6 || len < 96 ||
	    memcmp(&prefix->addr, mapped, sizeof(mapped)))
		return len;
	prefix->family = AF_INET;
	prefix->addr.ip = prefix->addr.ip6[3];
	prefix->addr.ip6[1] = 0;
	prefix->addr.ip6[2] = 0;
	prefix->addr.ip6[3] = 0;
	return len - 96;
}

/* ADDRESS, and the bits of a prefix or an empty span */
static bool read_prefix(struct tpw_span addr, struct tpw_span bits,
			struct tpw_prefix *prefix)
{
	__u32 len;

	if (!tpw_address_parse(addr, &prefix->family, &prefix->addr))
		return false;
	len = prefix->family == AF_INET ? 32 : 128;
	if (bits.len && !tpw_span_number(bits, len, &len))
		return false;
	mask_of(&prefix->mask, unmap(prefix, len));
	prefix->addr.word[0] &= prefix->mask.word[0];
	prefix->addr.word[1] &= prefix->mask.word[1];
	return true;
}

/*
 * Split [ADDRESS]/BITS:PORT, [ADDRESS/BITS]:PORT, or the same without brackets,
 * where only an IPv4 address can have a port.  What is not there is empty.
 */
static bool split_address(struct tpw_span s, struct tpw_span *addr, struct tpw_span *bits,
			  struct tpw_span *port)
{
	const struct tpw_span nothing = { s.at, 0 };
	struct tpw_span rest = nothing;
	size_t at;

	*bits = nothing;
	*port = nothing;
	if (tpw_span_starts(s, '[')) {
		at = tpw_span_find(s, ']');
		if (at == s.len)
			return false;
		rest = tpw_span_skip(s, at + 1);
		s = tpw_span_skip(tpw_span_cut(s, at), 1);
		/* An IPv4 address needs none, so it has none. */
		if (tpw_span_find(s, ':') == s.len)
			return false;
	} else {
		at = tpw_span_find(s, ':');
		if (at < s.len && tpw_span_find(tpw_span_skip(s, at + 1), ':') == s.len - at - 1) {
			rest = tpw_span_skip(s, at);
			s = tpw_span_cut(s, at);
		}
	}
	at = tpw_span_find(s, '/');
	*addr = tpw_span_cut(s, at);
	if (at < s.len) {
		*bits = tpw_span_skip(s, at + 1);
		if (!bits->len)
			return false;
	} else if (tpw_span_starts(rest, '/')) {
		at = tpw_span_find(rest, ':');
		*bits = tpw_span_skip(tpw_span_cut(rest, at), 1);
		rest = tpw_span_skip(rest, at);
		if (!bits->len)
			return false;
	}
	if (!rest.len)
		return true;
	*port = tpw_span_skip(rest, 1);
	return *rest.at == ':' && port->len;
}

/**
 * tpw_prefix_parse() - read an address, perhaps with a prefix length, perhaps
 *	with ports
 * @s: the text, such as 10.0.0.0/8:80, fd00::1 or [fd00::]/8:80
 * @prefix: set to what it says
 *
 * IPv4-mapped addresses of IPv6 are IPv4 ones.
 *
 * Context: any.
 * Return: true if it is one.
 */
bool tpw_prefix_parse(struct tpw_span s, struct tpw_prefix *prefix)
{
	struct tpw_span addr, bits, port;

	if (!split_address(s, &addr, &bits, &port) ||
	    !read_prefix(addr, bits, prefix))
		return false;
	if (port.len)
		return tpw_ports_parse(port, &prefix->ports);
	prefix->ports.first = 0;
	prefix->ports.last = U16_MAX;
	return true;
}

static void map(union tpw_addr *addr)
{
	const __be32 ip = addr->ip;

	addr->ip6[0] = 0;
	addr->ip6[1] = 0;
	addr->ip6[2] = cpu_to_be32(0xffff);
	addr->ip6[3] = ip;
}

/**
 * tpw_tuple_map() - give a tuple of IPv4 the form of an IPv6 socket
 * @tuple: of a packet; then with mapped addresses (::ffff:1.2.3.4), as ss shows
 *	a dual-stack socket
 *
 * Context: any.
 */
void tpw_tuple_map(struct tpw_tuple *tuple)
{
	tuple->family = AF_INET6;
	map(&tuple->local);
	map(&tuple->foreign);
}

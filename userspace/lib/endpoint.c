// SPDX-License-Identifier: GPL-2.0
/*
 * Endpoints and what people ask of them. IPv4 and IPv6 are one space here, so that 10.0.0.1 also
 * finds the [::ffff:10.0.0.1] of a dual-stack socket, as with ss. Names of hosts are never looked
 * up; names of ports are those of /etc/services.
 */
#include "lib/endpoint.h"

#include "lib/text.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer than any address with its brackets, device and port */
#define TEXT_BYTES	128

#define IPV4_BITS	96

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

/* An address without a port; brackets and a device behind a % are taken off. */
static bool parse_address(char *text, uint8_t *addr, bool *is_ipv4)
{
	size_t bytes = strlen(text);
	char *device;

	if (text[0] == '[' && bytes > 2 && text[bytes - 1] == ']') {
		text[bytes - 1] = '\0';
		text++;
	}
	device = strchr(text, '%');
	if (device)
		*device = '\0';
	*is_ipv4 = inet_pton(AF_INET, text, addr + sizeof(mapped)) == 1;
	if (*is_ipv4) {
		memcpy(addr, mapped, sizeof(mapped));
		return true;
	}
	return inet_pton(AF_INET6, text, addr) == 1;
}

/**
 * tpr_endpoint_port() - read a port
 * @text: a number up to 65535, or a name of /etc/services
 * @port: set to the port, host byte order
 *
 * Return: false if it is no port.
 */
bool tpr_endpoint_port(const char *text, uint16_t *port)
{
	const struct servent *service;
	uint64_t number;

	if (tpr_text_u64(text, &number)) {
		*port = (uint16_t)number;
		return number <= UINT16_MAX;
	}
	service = getservbyname(text, NULL);
	if (service)
		*port = ntohs((uint16_t)service->s_port);
	return service;
}

/**
 * tpr_endpoint_parse() - read what stands in a table
 * @text: ADDRESS:PORT; the port may be *
 * @endpoint: filled in
 *
 * Return: false if it is no endpoint.
 */
bool tpr_endpoint_parse(const char *text, struct tpr_endpoint *endpoint)
{
	size_t bytes = strlen(text) + 1;
	char copy[TEXT_BYTES];
	uint64_t number = 0;
	char *colon;

	if (bytes > sizeof(copy))
		return false;
	memcpy(copy, text, bytes);
	colon = strrchr(copy, ':');
	if (!colon)
		return false;
	*colon = '\0';
	if (strcmp(colon + 1, "*") &&
	    (!tpr_text_u64(colon + 1, &number) || number > UINT16_MAX))
		return false;
	endpoint->port = (uint16_t)number;
	return parse_address(copy, endpoint->addr, &endpoint->is_ipv4);
}

/**
 * tpr_endpoint_compare() - the order of endpoints: by port, then by address
 * @a: one
 * @b: the other
 *
 * Return: below, equal to or above 0, as memcmp() does.
 */
int tpr_endpoint_compare(const struct tpr_endpoint *a, const struct tpr_endpoint *b)
{
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	return memcmp(a->addr, b->addr, sizeof(a->addr));
}

/**
 * tpr_endpoint_is() - whether an endpoint is what was asked for
 * @endpoint: the endpoint
 * @prefix: what was asked for
 *
 * Return: whether it is.
 */
bool tpr_endpoint_is(const struct tpr_endpoint *endpoint, const struct tpr_prefix *prefix)
{
	size_t bytes = prefix->bits / 8;
	unsigned int rest = prefix->bits % 8;
	uint8_t mask = (uint8_t)(0xff00 >> rest);

	if (prefix->has_port && endpoint->port != prefix->port)
		return false;
	if (memcmp(endpoint->addr, prefix->addr, bytes))
		return false;
	return !rest || !((endpoint->addr[bytes] ^ prefix->addr[bytes]) & mask);
}

/* ":PORT" at the end, which is cut off; * is any. False if there is one that is no port. */
static bool take_port(char *text, struct tpr_prefix *prefix)
{
	char *bracket = strrchr(text, ']'), *slash = strrchr(text, '/');
	char *from = slash ? slash : bracket ? bracket : text;
	char *colon = strrchr(from, ':');
	struct in6_addr whole;

	/* the colons of an address are none of a port's */
	if (!colon || (from == text && inet_pton(AF_INET6, text, &whole) == 1))
		return true;
	*colon = '\0';
	if (!strcmp(colon + 1, "*"))
		return true;
	prefix->has_port = true;
	return tpr_endpoint_port(colon + 1, &prefix->port);
}

/**
 * tpr_endpoint_prefix() - read what people ask for
 * @text: ADDRESS, ADDRESS/BITS, ADDRESS:PORT, ADDRESS/BITS:PORT, :PORT; * is any address or port;
 *	an IPv6 address stands in brackets if a port follows
 * @prefix: filled in
 *
 * Return: false if it is none of these.
 */
bool tpr_endpoint_prefix(const char *text, struct tpr_prefix *prefix)
{
	char copy[TEXT_BYTES];
	uint64_t bits = 0;
	bool is_ipv4;
	char *slash;

	*prefix = (struct tpr_prefix){ 0 };
	if (!*text || snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy) ||
	    !take_port(copy, prefix))
		return false;
	if (!*copy || !strcmp(copy, "*"))
		return true;
	slash = strchr(copy, '/');
	if (slash) {
		*slash = '\0';
		if (!tpr_text_u64(slash + 1, &bits))
			return false;
	}
	if (!parse_address(copy, prefix->addr, &is_ipv4))
		return false;
	if (!slash)
		bits = 128;
	else if (is_ipv4)
		bits += IPV4_BITS;
	prefix->bits = (unsigned int)bits;
	return bits <= 128 && (!is_ipv4 || bits >= IPV4_BITS);
}

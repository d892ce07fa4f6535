/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An address with a port, as the tables and ss write it: 10.0.0.1:80, [::1]:80, 0.0.0.0:*.
 */
#ifndef TPW_ENDPOINT_H
#define TPW_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

/** struct tpw_endpoint - one end of a connection */
struct tpw_endpoint {
	/** @addr: an IPv6 address, network byte order; an IPv4 one as ::ffff:a.b.c.d */
	uint8_t addr[16];
	/** @port: host byte order, 0 for none */
	uint16_t port;
	/** @is_ipv4: it was written as an IPv4 address */
	bool is_ipv4;
};

/** struct tpw_prefix - what an endpoint can be asked to be */
struct tpw_prefix {
	/** @addr: as in struct tpw_endpoint */
	uint8_t addr[16];
	/** @bits: leading bits of @addr that count, of 128 */
	unsigned int bits;
	/** @has_port: @port counts */
	bool has_port;
	/** @port: host byte order */
	uint16_t port;
};

bool tpw_endpoint_parse(const char *text, struct tpw_endpoint *endpoint);
int tpw_endpoint_compare(const struct tpw_endpoint *a, const struct tpw_endpoint *b);
bool tpw_endpoint_is(const struct tpw_endpoint *endpoint, const struct tpw_prefix *prefix);
bool tpw_endpoint_prefix(const char *text, struct tpw_prefix *prefix);
bool tpw_endpoint_port(const char *text, uint16_t *port);

#endif

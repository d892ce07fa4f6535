/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An address with a port, as the tables and ss write it: 10.0.0.1:80, [::1]:80, 0.0.0.0:*.
 */
#ifndef TPR_ENDPOINT_H
#define TPR_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

/** struct tpr_endpoint - one end of a connection */
struct tpr_endpoint {
	/** @addr: an IPv6 address, network byte order; an IPv4 one as ::ffff:a.b.c.d */
	uint8_t addr[16];
	/** @port: host byte order, 0 for none */
	uint16_t port;
	/** @is_ipv4: it was written as an IPv4 address */
	bool is_ipv4;
};

/** struct tpr_prefix - what an endpoint can be asked to be */
struct tpr_prefix {
	/** @addr: as in struct tpr_endpoint */
	uint8_t addr[16];
	/** @bits: leading bits of @addr that count, of 128 */
	unsigned int bits;
	/** @has_port: @port counts */
	bool has_port;
	/** @port: host byte order */
	uint16_t port;
};

bool tpr_endpoint_parse(const char *text, struct tpr_endpoint *endpoint);
int tpr_endpoint_compare(const struct tpr_endpoint *a, const struct tpr_endpoint *b);
bool tpr_endpoint_is(const struct tpr_endpoint *endpoint, const struct tpr_prefix *prefix);
bool tpr_endpoint_prefix(const char *text, struct tpr_prefix *prefix);
bool tpr_endpoint_port(const char *text, uint16_t *port);

#endif

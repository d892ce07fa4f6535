/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TPW_SHIM_IPV6_H
#define TPW_SHIM_IPV6_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>

#define IPV6_ADDR_LOOPBACK	0x10U
#define IPV6_ADDR_LINKLOCAL	0x20U
#define IPV6_ADDR_MULTICAST	0x02U

static inline bool ipv6_addr_v4mapped(const struct in6_addr *a)
{
	return IN6_IS_ADDR_V4MAPPED(a);
}

/* Of the kinds, those that are of one link */
static inline unsigned int ipv6_addr_type(const struct in6_addr *a)
{
	if (IN6_IS_ADDR_MC_NODELOCAL(a))
		return IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK;
	if (IN6_IS_ADDR_MC_LINKLOCAL(a))
		return IPV6_ADDR_MULTICAST | IPV6_ADDR_LINKLOCAL;
	return IN6_IS_ADDR_LINKLOCAL(a) ? IPV6_ADDR_LINKLOCAL : 0;
}

static inline bool __ipv6_addr_needs_scope_id(unsigned int type)
{
	return type & IPV6_ADDR_LINKLOCAL ||
	       (type & IPV6_ADDR_MULTICAST &&
		type & (IPV6_ADDR_LOOPBACK | IPV6_ADDR_LINKLOCAL));
}

#endif

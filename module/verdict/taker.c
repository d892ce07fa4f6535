// SPDX-License-Identifier: GPL-2.0
/*
 * Who takes a packet before the transport layer gets it, by the kernel's drop
 * reason: those that come from nowhere else.
 */
#include "verdict/taker.h"

#include "verdict/reason.h"

#include <linux/cache.h>
#include <linux/kernel.h>
#include <linux/string.h>

#define TPW_NAME_TAKER(id, name, meaning)	[TPW_TAKER_##id] = name,

const char *const tpw_taker_names[] = { TPW_TAKER_NAMES(TPW_NAME_TAKER) };

/* By name, as each kernel has some of them, under numbers of its own. */
static const struct {
	const char *reason;
	enum tpw_taker taker;
} takers[] = {
	{ "NETFILTER_DROP", TPW_TAKER_NETFILTER },
	{ "IP_RPFILTER", TPW_TAKER_ROUTE },
	{ "IP_INADDRERRORS", TPW_TAKER_ROUTE },
	{ "IP_LOCAL_SOURCE", TPW_TAKER_ROUTE },
	{ "IP_INVALID_SOURCE", TPW_TAKER_ROUTE },
	{ "IP_INVALID_DEST", TPW_TAKER_ROUTE },
	{ "IP_LOCALNET", TPW_TAKER_ROUTE },
	{ "TC_INGRESS", TPW_TAKER_TC },
	{ "XDP", TPW_TAKER_XDP },
	{ "IP_INHDR", TPW_TAKER_IP },
	{ "IP_CSUM", TPW_TAKER_IP },
	{ "UNICAST_IN_L2_MULTICAST", TPW_TAKER_IP },
};

static u8 by_reason[TPW_REASON_NR] __read_mostly;

static enum tpw_taker search(const char *reason)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(takers); i++)
		if (!strcmp(takers[i].reason, reason))
			return takers[i].taker;
	return TPW_TAKER_NR;
}

/**
 * tpw_taker_init() - find the numbers that this kernel has for its reasons
 *
 * Context: process, before any drop is seen.
 */
void tpw_taker_init(void)
{
	unsigned int i;

	for (i = 0; i < TPW_REASON_NR; i++)
		by_reason[i] = search(tpw_reason_name(i));
}

/**
 * tpw_taker_of() - who drops packets for a reason, before the transport layer
 * @reason: as tpw_reason_clamp() returns it
 *
 * Context: any.
 * Return: who, TPW_TAKER_NETFILTER for each of its hooks; TPW_TAKER_NR if it
 *	may have been somebody else.
 */
enum tpw_taker tpw_taker_of(unsigned int reason)
{
	return by_reason[reason];
}

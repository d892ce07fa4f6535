// SPDX-License-Identifier: GPL-2.0
/*
 * Why the kernel dropped an skb.  Numbers differ between kernels, so the names
 * come from the headers that the module is built with.
 */
#include "verdict/reason.h"

#include "base/compat.h"

#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/skbuff.h>
#include <linux/string.h>

#if TPW_HAS_DROP_REASONS
#define NAME_OF(reason)		[SKB_DROP_REASON_##reason] = #reason,
#define NO_NAME(reason)

static const char *const names[] = {
	DEFINE_DROP_REASON(NAME_OF, NO_NAME)
};
#else
/* The kernel has none, so that it is not known. */
static const char *const names[] = { [SKB_DROP_REASON_NOT_SPECIFIED] = "?" };
#endif

/**
 * tpw_reason_clamp() - a number that arrays of TPW_REASON_NR can take
 * @reason: enum skb_drop_reason, or a subsystem's own
 *
 * Context: any.
 * Return: @reason, or TPW_REASON_NR - 1 for all that have no name here.
 */
unsigned int tpw_reason_clamp(unsigned int reason)
{
	BUILD_BUG_ON(ARRAY_SIZE(names) >= TPW_REASON_NR);
	return reason < ARRAY_SIZE(names) ? reason : TPW_REASON_NR - 1;
}

/**
 * tpw_reason_name() - the kernel's name of a drop reason
 * @reason: as tpw_reason_clamp() returns it
 *
 * Context: any.
 * Return: the name without SKB_DROP_REASON_; OTHER for what has none.
 */
const char *tpw_reason_name(unsigned int reason)
{
	if (reason < ARRAY_SIZE(names) && names[reason])
		return names[reason];
	return "OTHER";
}

/**
 * tpw_reason_is_tcp() - did TCP itself reject the segment?
 * @reason: as tpw_reason_clamp() returns it
 *
 * Context: any.
 * Return: true for the TCP_... reasons.
 */
bool tpw_reason_is_tcp(unsigned int reason)
{
	return !strncmp(tpw_reason_name(reason), "TCP_", 4);
}

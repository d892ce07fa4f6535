// SPDX-License-Identifier: GPL-2.0
/*
 * How much may be asked by who is no administrator of the host: so much a
 * second, and a second's worth at once.  All the namespaces of a user are one
 * asker.
 *
 * The next time at which nothing is saved up is all that is kept of an asker
 * (the generic cell rate algorithm).
 */
#include "explain/allowance.h"

#include <linux/atomic.h>
#include <linux/cred.h>
#include <linux/hash.h>
#include <linux/ktime.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#define RATE		100	/* a second */
#define ASKER_BITS	8	/* two may share one */

static atomic64_t used_up_ns[1 << ASKER_BITS];

/* In the initial user namespace. */
static kuid_t user_of(const struct cred *cred)
{
	const struct user_namespace *ns = cred->user_ns;

	if (ns == &init_user_ns)
		return cred->fsuid;
	while (ns->parent && ns->parent != &init_user_ns)
		ns = ns->parent;
	return ns->owner;
}

/**
 * tpw_allowance_take() - may another question be asked?
 * @cred: who asks
 *
 * Context: process.
 * Return: false if not now.
 */
bool tpw_allowance_take(const struct cred *cred)
{
	atomic64_t *at = &used_up_ns[hash_32(__kuid_val(user_of(cred)),
					     ASKER_BITS)];
	u64 now_ns = ktime_get_ns(), used_up;

	do {
		used_up = atomic64_read(at);
		if (used_up > now_ns + NSEC_PER_SEC)
			return false;
	} while (atomic64_cmpxchg(at, used_up, max(used_up, now_ns) +
				  NSEC_PER_SEC / RATE) != used_up);
	return true;
}

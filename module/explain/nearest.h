/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What comes nearest to an endpoint that nobody is bound to.
 */
#ifndef _TPW_NEAREST_H
#define _TPW_NEAREST_H

#include "uapi/tuplewatch.h"
#include "kernel/rights.h"
#include "explain/search.h"

#include <linux/types.h>

struct file;
struct net;

#define TPW_ENUM_NEAR(id, name, meaning)	TPW_NEAR_##id,

/** enum tpw_near_kind - why a socket is only near */
enum tpw_near_kind { TPW_NEAR_NAMES(TPW_ENUM_NEAR) TPW_NEAR_KINDS };

#define TPW_NEAR_EACH	2	/* of one kind as many are named */

/**
 * struct tpw_near - a socket that is near
 * @socket: the socket
 * @inum: its namespace, as people know it
 * @closed_ns: when it was closed, CLOCK_MONOTONIC, 0 if it is not
 */
struct tpw_near {
	struct tpw_seen socket;
	u32 inum;
	u64 closed_ns;
};

/**
 * struct tpw_nearest_list - what is near to an endpoint
 * @q: the endpoint, as the destination of a segment
 * @near: by enum tpw_near_kind
 * @nr: how many there are of each kind
 */
struct tpw_nearest_list {
	struct tpw_query q;
	struct tpw_near near[TPW_NEAR_KINDS][TPW_NEAR_EACH];
	u8 nr[TPW_NEAR_KINDS];
};

/**
 * struct tpw_visibility - which namespaces a reader may see
 * @net: cookies of these, besides his own
 * @nr: how many
 * @rights: what else he may see
 */
struct tpw_visibility {
	u64 *net;
	unsigned int nr;
	struct tpw_rights rights;
};

int tpw_visibility_of(struct tpw_visibility *visible, const struct file *file,
		      const struct net *here);
void tpw_visibility_free(struct tpw_visibility *visible);
void tpw_nearest_find(struct tpw_nearest_list *n, unsigned int nr, struct net *net,
		      const struct tpw_visibility *visible);
const struct tpw_near *tpw_nearest_first(const struct tpw_nearest_list *n,
					 enum tpw_near_kind *kind);

extern const char *const tpw_near_names[];

#endif /* _TPW_NEAREST_H */

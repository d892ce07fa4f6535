/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What becomes of a segment at the socket that the lookup has found.
 */
#ifndef _TPW_AFTER_H
#define _TPW_AFTER_H

#include "uapi/tuplewatch.h"
#include "explain/gate.h"

#include <linux/types.h>

struct sock;

#define TPW_ENUM_AFTER(id, name, meaning)	TPW_AFTER_##id,

/** enum tpw_after - what a socket does with a segment, besides taking it */
enum tpw_after { TPW_AFTER_NAMES(TPW_ENUM_AFTER) TPW_AFTER_NR };

u16 tpw_after_of(const struct sock *sk, u8 proto);
enum tpw_gate_fate tpw_after_fate(enum tpw_after after);

extern const char *const tpw_after_names[];

#endif /* _TPW_AFTER_H */

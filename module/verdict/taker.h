/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who takes a packet before the transport layer gets it.
 */
#ifndef _TPW_TAKER_H
#define _TPW_TAKER_H

#include "uapi/tuplewatch.h"

#define TPW_ENUM_TAKER(id, name, meaning)	TPW_TAKER_##id,

/** enum tpw_taker - who it was */
enum tpw_taker { TPW_TAKER_NAMES(TPW_ENUM_TAKER) TPW_TAKER_NR };

extern const char *const tpw_taker_names[];

void tpw_taker_init(void);
enum tpw_taker tpw_taker_of(unsigned int reason);

#endif /* _TPW_TAKER_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TPW_SHIM_BYTEORDER_H
#define TPW_SHIM_BYTEORDER_H

#include_next <asm/byteorder.h>

#define be16_to_cpu	__be16_to_cpu
#define cpu_to_be32	__cpu_to_be32

#endif

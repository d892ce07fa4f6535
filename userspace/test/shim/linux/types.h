/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Headers of the kernel, for those files of the module that tests compile in user space: just
 * what these need, by means of the C library.
 */
#ifndef TPW_SHIM_TYPES_H
#define TPW_SHIM_TYPES_H

#include_next <linux/types.h>

#include <stdbool.h>
#include <stddef.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;

#endif

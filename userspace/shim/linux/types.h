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

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TPW_SHIM_KERNEL_H
#define TPW_SHIM_KERNEL_H

#include <linux/limits.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#endif

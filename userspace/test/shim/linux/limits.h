/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TPW_SHIM_LIMITS_H
#define TPW_SHIM_LIMITS_H

#include_next <linux/limits.h>

#include <stdint.h>

#define U8_MAX	UINT8_MAX
#define U16_MAX	UINT16_MAX
#define U32_MAX	UINT32_MAX
#define S32_MAX	INT32_MAX

#endif

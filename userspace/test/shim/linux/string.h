/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TPW_SHIM_STRING_H
#define TPW_SHIM_STRING_H

#include <errno.h>
#include <string.h>
#include <sys/types.h>

/* As the kernel's: always ended, and an error if it does not fit. */
static inline ssize_t strscpy(char *to, const char *from, size_t size)
{
	const char *end = memccpy(to, from, '\0', size);

	if (end)
		return end - to - 1;
	to[size - 1] = '\0';
	return -E2BIG;
}

#endif

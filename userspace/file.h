/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Small files of the system, read whole.
 */
#ifndef TPW_FILE_H
#define TPW_FILE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

__attribute__((format(printf, 2, 3)))
char *tpw_file_read(size_t *bytes, const char *fmt, ...);
__attribute__((format(printf, 1, 2)))
bool tpw_file_exists(const char *fmt, ...);
const char *tpw_file_root(void);

#endif

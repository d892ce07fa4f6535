/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Small files of the system, read whole.
 */
#ifndef TPR_FILE_H
#define TPR_FILE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

__attribute__((format(printf, 2, 3)))
char *tpr_file_read(size_t *bytes, const char *fmt, ...);
__attribute__((format(printf, 2, 3)))
char *tpr_file_read_theirs(uid_t owner, const char *fmt, ...);
__attribute__((format(printf, 1, 2)))
bool tpr_file_exists(const char *fmt, ...);
const char *tpr_file_root(void);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Archives of saved files, as tar has them.
 */
#ifndef TPR_ARCHIVE_H
#define TPR_ARCHIVE_H

#include <stdbool.h>

bool tpr_archive_is(const char *path);
int tpr_archive_open(const char *path, const char *name, char **why);
int tpr_archive_write(int fd, const char *directory, const char *const *names, char **why);

#endif

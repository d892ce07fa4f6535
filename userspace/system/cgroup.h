/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control groups: the tables have their numbers, people know their paths.
 */
#ifndef TPR_CGROUP_H
#define TPR_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int tpr_cgroup_mount(void);
char *tpr_cgroup_path(int mount_fd, uint64_t id);

#endif

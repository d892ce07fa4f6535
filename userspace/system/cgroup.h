/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control groups: the tables have their numbers; people know their paths, and by those their
 * containers.
 */
#ifndef TPR_CGROUP_H
#define TPR_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for the name of a container */
#define TPR_CONTAINER_BYTES	128

int tpr_cgroup_mount(void);
char *tpr_cgroup_path(int mount_fd, uint64_t id);
bool tpr_cgroup_container(const char *path, char *container);

#endif

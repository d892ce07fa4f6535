/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of containers and pods: cgroups have their ids, their runtimes keep the names in files.
 */
#ifndef TPR_CONTAINER_H
#define TPR_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>

bool tpr_container_name(const char *runtime, const char *id, const char *owner, char *name,
			size_t size);
bool tpr_container_pod(const char *uid, char *name, size_t size);

#endif

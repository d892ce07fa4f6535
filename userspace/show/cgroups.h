/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cgroups of many rows, each looked up once: its path is asked of the kernel, and the names of containers and pods
 * stand in files of their runtimes.
 */
#ifndef TPR_CGROUPS_H
#define TPR_CGROUPS_H

/** struct tpr_cgroup - what is known of a cgroup */
struct tpr_cgroup {
	/** @id: its number, as tables have it */
	char *id;
	/** @path: its path, NULL if it is gone or we may not look: then nothing else is known */
	char *path;
	/** @text: as people call it */
	char *text;
	/** @parts: " container=... name=... pod=... unit=... user=...", those that it has */
	char *parts;
};

struct tpr_cgroups;

struct tpr_cgroups *tpr_cgroups_create(void);
void tpr_cgroups_destroy(struct tpr_cgroups *cgroups);
const struct tpr_cgroup *tpr_cgroups_find(struct tpr_cgroups *cgroups, const char *id);

#endif

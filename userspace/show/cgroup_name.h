/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cgroup as people name it: the unit of systemd, the container, the pod, out of its path.
 */
#ifndef TPR_CGROUP_NAME_H
#define TPR_CGROUP_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* A name in a path has at most 255 bytes. */
#define TPR_CGROUP_PART_BYTES	256
/* Room for what tpr_cgroup_text() makes */
#define TPR_CGROUP_NAME_BYTES	1600
/* Room for what tpr_cgroup_container() makes */
#define TPR_CONTAINER_BYTES	(2 * TPR_CGROUP_PART_BYTES + 32)

/** struct tpr_cgroup_name - what a path says; "" for what it does not */
struct tpr_cgroup_name {
	/** @runtime: docker, podman, containerd, cri-o, lxc, machine; container if it is not known */
	char runtime[16];
	/** @container: its id in full, or the name that it has */
	char container[TPR_CGROUP_PART_BYTES];
	/** @owner: number of the user whose manager runs it, "" for the system's */
	char owner[TPR_CGROUP_PART_BYTES];
	/** @name: the name that goes with an id, after tpr_cgroup_look_up() */
	char name[TPR_CGROUP_PART_BYTES];
	/** @pod: uid of its pod */
	char pod[TPR_CGROUP_PART_BYTES];
	/** @pod_name: NAMESPACE/NAME of that, after tpr_cgroup_look_up() */
	char pod_name[2 * TPR_CGROUP_PART_BYTES];
	/** @unit: of systemd; if there is a container, the one that runs inside it */
	char unit[TPR_CGROUP_PART_BYTES];
	/** @user: number of the user whose unit it is */
	char user[TPR_CGROUP_PART_BYTES];
};

void tpr_cgroup_parse(struct tpr_cgroup_name *name, const char *path);
bool tpr_cgroup_container(char *text, const struct tpr_cgroup_name *name);
void tpr_cgroup_look_up(struct tpr_cgroup_name *name);
const char *tpr_cgroup_text(char *text, const struct tpr_cgroup_name *name, const char *path);
const char *tpr_cgroup_say(char *text, const char *path);

#endif

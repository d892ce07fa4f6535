/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cgroup around a command: whatever it starts stays in it, so that what its processes open can
 * be told from what others open, also after they are gone.
 */
#ifndef TPR_CAGE_H
#define TPR_CAGE_H

#include <stddef.h>
#include <stdint.h>

/** struct tpr_cage - a cgroup of our own */
struct tpr_cage {
	/** @id: its number, as the tables have it */
	uint64_t id;
	/** @fd: its directory; private */
	int fd;
	/** @parent_fd: directory of the cgroup that it is in, which is ours; private */
	int parent_fd;
	/** @name: of its directory; private */
	char name[64];
};

int tpr_cage_create(struct tpr_cage *cage);
int tpr_cage_enter(const struct tpr_cage *cage);
int tpr_cage_destroy(struct tpr_cage *cage, size_t *left_nr);

#endif

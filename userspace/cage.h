/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cgroup around a command: whatever it starts stays in it, so that what its processes open can
 * be told from what others open, also after they are gone.
 */
#ifndef TPW_CAGE_H
#define TPW_CAGE_H

#include <stddef.h>
#include <stdint.h>

/** struct tpw_cage - a cgroup of our own */
struct tpw_cage {
	/** @id: its number, as the tables have it */
	uint64_t id;
	/** @fd: its directory; private */
	int fd;
	/** @parent_fd: directory of the cgroup that it is in, which is ours; private */
	int parent_fd;
	/** @name: of its directory; private */
	char name[64];
};

int tpw_cage_create(struct tpw_cage *cage);
int tpw_cage_enter(const struct tpw_cage *cage);
int tpw_cage_destroy(struct tpw_cage *cage, size_t *left_nr);

#endif

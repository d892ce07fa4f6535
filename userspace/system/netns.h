/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looking from another network namespace.
 */
#ifndef TPR_NETNS_H
#define TPR_NETNS_H

#include <stddef.h>
#include <stdint.h>

int tpr_netns_enter(const char *word);

/** struct tpr_netns - a way into a namespace */
struct tpr_netns {
	/** @number: of the namespace, as the tables have it */
	uint64_t number;
	/** @word: for tpr_netns_enter() and for people: its name, or the number of a process in it */
	char *word;
};

/** struct tpr_netns_list - the namespaces that can be entered */
struct tpr_netns_list {
	/** @list: those with a name before those without */
	struct tpr_netns *list;
	/** @nr: number of @list */
	size_t nr;
};

int tpr_netns_scan(struct tpr_netns_list *list);
const char *tpr_netns_find(const struct tpr_netns_list *list, uint64_t number);
void tpr_netns_free(struct tpr_netns_list *list);

#endif

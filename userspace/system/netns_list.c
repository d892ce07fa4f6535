// SPDX-License-Identifier: GPL-2.0
/*
 * Ways into all network namespaces: the names that "ip netns" gave, and the processes of /proc. One
 * that has neither, as one that only a descriptor or another mount keeps, cannot be entered.
 */
#include "system/netns.h"

#include "lib/message.h"
#include "lib/text.h"
#include "system/procfs.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int add(struct tpr_netns_list *list, uint64_t number, const char *word)
{
	struct tpr_netns *moved = realloc(list->list, (list->nr + 1) * sizeof(*moved));

	if (!moved)
		return -ENOMEM;
	list->list = moved;
	moved[list->nr] = (struct tpr_netns){ .number = number, .word = strdup(word) };
	return moved[list->nr].word ? (list->nr++, 0) : -ENOMEM;
}

/* What stands in a directory: with @below, the file of that name in each of its directories. */
static int scan(struct tpr_netns_list *list, const char *path, const char *below)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;
	int error = 0;

	while (directory && !error && (entry = readdir(directory))) {
		char name[sizeof(entry->d_name) + 16];
		struct stat status;
		uint64_t pid;

		if (below ? !tpr_text_u64(entry->d_name, &pid) : entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s%s", entry->d_name, below ? below : "");
		/* a process may end meanwhile */
		if (!fstatat(dirfd(directory), name, &status, 0))
			error = add(list, status.st_ino, entry->d_name);
	}
	if (directory)
		closedir(directory);
	return error;
}

/**
 * tpr_netns_scan() - find the namespaces that can be entered
 * @list: filled in; for tpr_netns_free(), whatever is returned
 *
 * Return: 0, or -ENOMEM after a message.
 */
int tpr_netns_scan(struct tpr_netns_list *list)
{
	int error;

	*list = (struct tpr_netns_list){ 0 };
	error = scan(list, "/run/netns", NULL);
	if (!error)
		error = scan(list, tpr_procfs_root(), "/ns/net");
	if (error)
		tpr_message("out of memory");
	return error;
}

/**
 * tpr_netns_find() - the way into a namespace
 * @list: from tpr_netns_scan()
 * @number: of the namespace
 *
 * Return: a word for tpr_netns_enter(), its name if it has one; NULL if it cannot be entered.
 */
const char *tpr_netns_find(const struct tpr_netns_list *list, uint64_t number)
{
	size_t i;

	for (i = 0; i < list->nr; i++) {
		if (list->list[i].number == number)
			return list->list[i].word;
	}
	return NULL;
}

/**
 * tpr_netns_free() - free a list
 * @list: from tpr_netns_scan(), or all 0
 */
void tpr_netns_free(struct tpr_netns_list *list)
{
	size_t i;

	for (i = 0; i < list->nr; i++)
		free(list->list[i].word);
	free(list->list);
	*list = (struct tpr_netns_list){ 0 };
}

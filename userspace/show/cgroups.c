// SPDX-License-Identifier: GPL-2.0
/*
 * Cgroups by their numbers, in a tree. One that is gone is remembered, too.
 */
#include "show/cgroups.h"

#include "lib/text.h"
#include "show/cgroup_name.h"
#include "system/cgroup.h"

#include <search.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** struct tpr_cgroups - those that were looked up */
struct tpr_cgroups {
	/** @mount_fd: the root of the hierarchy */
	int mount_fd;
	/** @tree: of struct tpr_cgroup */
	void *tree;
};

/**
 * tpr_cgroups_create() - begin to look up cgroups
 *
 * Return: none yet, for tpr_cgroups_destroy(); NULL if we may not look.
 */
struct tpr_cgroups *tpr_cgroups_create(void)
{
	int mount_fd = tpr_cgroup_mount();
	struct tpr_cgroups *cgroups = mount_fd < 0 ? NULL : calloc(1, sizeof(*cgroups));

	if (cgroups)
		cgroups->mount_fd = mount_fd;
	else if (mount_fd >= 0)
		close(mount_fd);
	return cgroups;
}

static void free_cgroup(void *node)
{
	struct tpr_cgroup *cgroup = node;

	free(cgroup->id);
	free(cgroup->path);
	free(cgroup->text);
	free(cgroup->parts);
	free(cgroup);
}

/**
 * tpr_cgroups_destroy() - free what was looked up
 * @cgroups: from tpr_cgroups_create(), or NULL
 */
void tpr_cgroups_destroy(struct tpr_cgroups *cgroups)
{
	if (!cgroups)
		return;
	tdestroy(cgroups->tree, free_cgroup);
	close(cgroups->mount_fd);
	free(cgroups);
}

static int compare(const void *left, const void *right)
{
	const struct tpr_cgroup *a = left, *b = right;

	return strcmp(a->id, b->id);
}

static void write_part(FILE *out, const char *key, const char *value)
{
	if (*value)
		fprintf(out, " %s=%s", key, value);
}

/* What its path says, each as a word of its own; NULL without memory */
static char *make_parts(const struct tpr_cgroup_name *name, const char *container)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (!out)
		return NULL;
	write_part(out, "container", container);
	write_part(out, "name", name->name);
	write_part(out, "pod", *name->pod_name ? name->pod_name : name->pod);
	write_part(out, "unit", name->unit);
	write_part(out, "user", name->user);
	return fclose(out) ? NULL : text;
}

static void describe(struct tpr_cgroup *cgroup)
{
	char text[TPR_CGROUP_NAME_BYTES], container[TPR_CONTAINER_BYTES];
	struct tpr_cgroup_name name;
	bool has_container;

	tpr_cgroup_parse(&name, cgroup->path);
	/* its id, before there is a name behind it */
	has_container = tpr_cgroup_container(container, &name);
	tpr_cgroup_look_up(&name);
	cgroup->text = strdup(tpr_cgroup_text(text, &name, cgroup->path));
	cgroup->parts = make_parts(&name, has_container ? strchr(container, ' ') + 1 : "");
}

static struct tpr_cgroup *look_up(const struct tpr_cgroups *cgroups, const char *id)
{
	struct tpr_cgroup *cgroup;
	uint64_t number;

	if (!tpr_text_u64(id, &number))
		return NULL;
	cgroup = calloc(1, sizeof(*cgroup));
	if (!cgroup)
		return NULL;
	cgroup->id = strdup(id);
	cgroup->path = tpr_cgroup_path(cgroups->mount_fd, number);
	if (cgroup->path)
		describe(cgroup);
	if (cgroup->id && (!cgroup->path || (cgroup->text && cgroup->parts)))
		return cgroup;
	free_cgroup(cgroup);
	return NULL;
}

/**
 * tpr_cgroups_find() - find a cgroup by its number
 * @cgroups: from tpr_cgroups_create(), or NULL
 * @id: its number, a field of a table
 *
 * Return: what is known of it; NULL if that is nothing, or there is no memory.
 */
const struct tpr_cgroup *tpr_cgroups_find(struct tpr_cgroups *cgroups, const char *id)
{
	struct tpr_cgroup key = { .id = (char *)id }, **found, *cgroup;

	if (!cgroups)
		return NULL;
	found = tfind(&key, &cgroups->tree, compare);
	if (found)
		return (*found)->path ? *found : NULL;
	cgroup = look_up(cgroups, id);
	if (!cgroup)
		return NULL;
	if (!tsearch(cgroup, &cgroups->tree, compare)) {
		free_cgroup(cgroup);
		return NULL;
	}
	return cgroup->path ? cgroup : NULL;
}

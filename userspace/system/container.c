// SPDX-License-Identifier: GPL-2.0
/*
 * Where runtimes keep the names of containers, for root to read: docker in a file for each, podman
 * in one for all of root's, the kubelet in the names of directories. Ids come from a path that anyone
 * may have made up, so callers have checked their letters.
 */
#include "system/container.h"

#include "lib/file.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A name as runtimes allow it, up to a quote */
static bool copy_name(char *name, size_t size, const char *from)
{
	size_t bytes = strcspn(from, "\""), i;

	if (!bytes || bytes >= size || from[bytes] != '"')
		return false;
	for (i = 0; i < bytes; i++) {
		if (!isalnum((unsigned char)from[i]) && !strchr("_.-", from[i]))
			return false;
	}
	memcpy(name, from, bytes);
	name[bytes] = '\0';
	return true;
}

/* It stands there with a slash; in a string of somebody else's its quotes would have backslashes. */
static bool find_docker(const char *text, char *name, size_t size)
{
	static const char before[] = "\"Name\":\"/";
	const char *at = strstr(text, before);

	return at && copy_name(name, size, at + strlen(before));
}

/* The names of the container that has this id: those before the next one's */
static bool find_podman(const char *text, const char *id, char *name, size_t size)
{
	static const char before[] = "\"names\":[\"";
	char wanted[128];
	const char *at, *next, *names;

	snprintf(wanted, sizeof(wanted), "\"id\":\"%s\"", id);
	at = strstr(text, wanted);
	if (!at)
		return false;
	names = strstr(at, before);
	next = strstr(at + 1, "\"id\":\"");
	return names && (!next || names < next) && copy_name(name, size, names + strlen(before));
}

/**
 * tpr_container_name() - the name of a container
 * @runtime: docker or podman; others have none that they keep in a file
 * @id: of the container, 64 digits
 * @name: set to its name
 * @size: of @name
 *
 * Return: false if it has none, or we may not look.
 */
bool tpr_container_name(const char *runtime, const char *id, char *name, size_t size)
{
	bool is_docker = !strcmp(runtime, "docker"), is_found = false;
	char *text = NULL;

	if (is_docker)
		text = tpr_file_read(NULL, "%s/var/lib/docker/containers/%s/config.v2.json",
				     tpr_file_root(), id);
	else if (!strcmp(runtime, "podman"))
		text = tpr_file_read(NULL, "%s/var/lib/containers/storage/overlay-containers/"
				     "containers.json", tpr_file_root());
	if (text)
		is_found = is_docker ? find_docker(text, name, size) :
				       find_podman(text, id, name, size);
	free(text);
	return is_found;
}

/* NAMESPACE_NAME_UID: neither of the first two has a _ */
static bool is_pod(const char *directory, const char *uid, char *name, size_t size)
{
	const char *first = strchr(directory, '_');
	const char *second = first ? strchr(first + 1, '_') : NULL;

	if (!second || strcmp(second + 1, uid))
		return false;
	snprintf(name, size, "%.*s/%.*s", (int)(first - directory), directory,
		 (int)(second - first - 1), first + 1);
	return true;
}

/**
 * tpr_container_pod() - the name of a pod
 * @uid: of the pod
 * @name: set to its namespace and its name, with a slash between them
 * @size: of @name
 *
 * Return: false if the kubelet of this host has none such, or we may not look.
 */
bool tpr_container_pod(const char *uid, char *name, size_t size)
{
	const struct dirent *entry;
	bool is_found = false;
	char *path = NULL;
	DIR *pods;

	if (asprintf(&path, "%s/var/log/pods", tpr_file_root()) < 0)
		return false;
	pods = opendir(path);
	free(path);
	while (pods && !is_found && (entry = readdir(pods)))
		is_found = is_pod(entry->d_name, uid, name, size);
	if (pods)
		closedir(pods);
	return is_found;
}

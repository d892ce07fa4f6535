// SPDX-License-Identifier: GPL-2.0
/*
 * Where runtimes keep the names of containers, for root to read: docker in a file for each, podman
 * in one for all of a user's, the kubelet in the names of files and directories. containerd itself has
 * none: nerdctl keeps them in files that are called so and hold the id. What a user runs without root
 * is in his home. Ids come from a path that anyone may have made up, so callers have checked their letters.
 * So may the files in a home: root reads them as what others wrote.
 */
#include "system/container.h"

#include "lib/file.h"

#include <ctype.h>
#include <dirent.h>
#include <glob.h>
#include <pwd.h>
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

/* Where docker and podman keep what is a user's, of root if there is none; to be freed */
static char *data_of(const char *owner)
{
	const struct passwd *user = NULL;
	char *path = NULL, *data = NULL;
	FILE *users;

	if (!*owner)
		return asprintf(&data, "%s/var/lib", tpr_file_root()) < 0 ? NULL : data;
	if (asprintf(&path, "%s/etc/passwd", tpr_file_root()) < 0)
		return NULL;
	users = fopen(path, "re");
	free(path);
	if (!users)
		return NULL;
	while ((user = fgetpwent(users))) {
		if (user->pw_uid == strtoul(owner, NULL, 10))
			break;
	}
	if (user && asprintf(&data, "%s%s/.local/share", tpr_file_root(), user->pw_dir) < 0)
		data = NULL;
	fclose(users);
	return data;
}

/* "" is root. */
static uid_t uid_of(const char *owner)
{
	return (uid_t)strtoul(owner, NULL, 10);
}

static bool ask_docker(const char *id, const char *owner, char *name, size_t size)
{
	char *data = data_of(owner), *text = NULL;
	bool is_found;

	if (data)
		text = tpr_file_read_theirs(uid_of(owner), "%s/docker/containers/%s/config.v2.json",
					    data, id);
	is_found = text && find_docker(text, name, size);
	free(text);
	free(data);
	return is_found;
}

static bool ask_podman(const char *id, const char *owner, char *name, size_t size)
{
	char *data = data_of(owner), *text = NULL;
	bool is_found;

	if (data)
		text = tpr_file_read_theirs(uid_of(owner), "%s/containers/storage/overlay-containers/"
					    "containers.json", data);
	is_found = text && find_podman(text, id, name, size);
	free(text);
	free(data);
	return is_found;
}

/* "POD_NAMESPACE_NAME-ID.log", as the kubelet calls a link to the log of a container */
static bool take_log(const char *file, const char *id, char *name, size_t size)
{
	const char *end = strrchr(file, '-'), *begin = strrchr(file, '_');
	size_t bytes = strlen(id);

	if (!begin || !end || begin > end || strncmp(end + 1, id, bytes) ||
	    strcmp(end + 1 + bytes, ".log"))
		return false;
	snprintf(name, size, "%.*s", (int)(end - begin - 1), begin + 1);
	return *name;
}

static bool ask_kubelet(const char *id, char *name, size_t size)
{
	const struct dirent *entry;
	bool is_found = false;
	char *path = NULL;
	DIR *logs;

	if (asprintf(&path, "%s/var/log/containers", tpr_file_root()) < 0)
		return false;
	logs = opendir(path);
	free(path);
	while (logs && !is_found && (entry = readdir(logs)))
		is_found = take_log(entry->d_name, id, name, size);
	if (logs)
		closedir(logs);
	return is_found;
}

/* nerdctl: names/NAMESPACE/NAME, for each socket of containerd, holds the id */
static bool ask_nerdctl(const char *id, char *name, size_t size)
{
	char *pattern = NULL, *text;
	bool is_found = false;
	glob_t files;
	size_t i;

	if (asprintf(&pattern, "%s/var/lib/nerdctl/*/names/*/*", tpr_file_root()) < 0)
		return false;
	if (!glob(pattern, GLOB_NOSORT, NULL, &files)) {
		for (i = 0; i < files.gl_pathc && !is_found; i++) {
			text = tpr_file_read_theirs(0, "%s", files.gl_pathv[i]);
			is_found = text && !strncmp(text, id, strlen(id));
			if (is_found)
				snprintf(name, size, "%s", strrchr(files.gl_pathv[i], '/') + 1);
			free(text);
		}
		globfree(&files);
	}
	free(pattern);
	return is_found;
}

/**
 * tpr_container_name() - the name of a container
 * @runtime: what started it
 * @id: of the container, 64 digits
 * @owner: number of the user whose manager did, "" for the system's
 * @name: set to its name
 * @size: of @name
 *
 * Return: false if it has none, or we may not look.
 */
bool tpr_container_name(const char *runtime, const char *id, const char *owner, char *name,
			size_t size)
{
	if (!strcmp(runtime, "docker"))
		return ask_docker(id, owner, name, size);
	if (!strcmp(runtime, "podman"))
		return ask_podman(id, owner, name, size);
	return ask_kubelet(id, name, size) || ask_nerdctl(id, name, size);
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

// SPDX-License-Identifier: GPL-2.0
/*
 * Names of cgroups. systemd puts a unit below its slices, the units of a user below those of his
 * manager (user@1000.service), and what a unit makes for itself below the unit; runtimes name the
 * cgroup of a container by its id. The innermost container counts, and the outermost unit in it.
 *
 * Who may make cgroups may name them as he likes: what looks like a container may be none. A name
 * that obeys no rule is none, and then the path is what there is to say.
 */
#include "show/cgroup_name.h"

#include "system/container.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Container runtimes name a cgroup by 64 of these; people use the first 12. */
#define ID_BYTES	64
#define SHORT_ID_BYTES	12

/** struct span - a part of a path; not ended by a 0 */
struct span {
	/** @text: where it begins */
	const char *text;
	/** @bytes: how long it is */
	size_t bytes;
};

static bool begins(struct span span, const char *text)
{
	return span.bytes > strlen(text) && !strncmp(span.text, text, strlen(text));
}

static bool ends(struct span span, const char *text)
{
	size_t bytes = strlen(text);

	return span.bytes > bytes && !strncmp(span.text + span.bytes - bytes, text, bytes);
}

static bool is(struct span span, const char *text)
{
	return span.bytes == strlen(text) && !strncmp(span.text, text, span.bytes);
}

/* Without so many bytes at either end */
static struct span cut(struct span span, size_t before, size_t after)
{
	return (struct span){ span.text + before, span.bytes - before - after };
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What systemd wrote as \x2d; of characters that are no letters of a name it stays as it is. */
static bool take_escape(const char *at, size_t left, char *c)
{
	int high, low;

	if (left < 4 || at[0] != '\\' || at[1] != 'x')
		return false;
	high = digit_of(at[2]);
	low = digit_of(at[3]);
	if (high < 0 || low < 0)
		return false;
	*c = (char)(high * 16 + low);
	return *c > ' ' && *c < 0x7f && *c != '/';
}

static void copy(char *to, struct span from)
{
	size_t at, nr = 0;

	for (at = 0; at < from.bytes && nr < TPR_CGROUP_PART_BYTES - 1; at++) {
		if (take_escape(from.text + at, from.bytes - at, &to[nr]))
			at += 3;
		else
			to[nr] = from.text[at];
		nr++;
	}
	to[nr] = '\0';
}

static bool is_id(struct span span)
{
	size_t i;

	for (i = 0; i < span.bytes; i++) {
		if (digit_of(span.text[i]) < 0)
			return false;
	}
	return span.bytes == ID_BYTES;
}

/* What stands around the id tells the runtime. */
static const struct {
	const char *before;
	const char *after;
	const char *runtime;
} scopes[] = {
	{ "docker-", ".scope", "docker" },
	{ "libpod-", ".scope", "podman" },
	{ "libpod-", "", "podman" },
	{ "cri-containerd-", ".scope", "containerd" },
	{ "crio-", ".scope", "cri-o" },
	{ "crio-", "", "cri-o" },
};

/* Runtimes that give a container a name of its own. */
static const struct {
	const char *before;
	const char *after;
	const char *runtime;
} named[] = {
	{ "lxc.payload.", "", "lxc" },
	{ "machine-", ".scope", "machine" },
	{ "systemd-nspawn@", ".service", "machine" },
};

#define NR(array)	(sizeof(array) / sizeof((array)[0]))

static void set_container(struct tpr_cgroup_name *name, const char *runtime, struct span container)
{
	snprintf(name->runtime, sizeof(name->runtime), "%s", runtime);
	copy(name->container, container);
	memcpy(name->owner, name->user, sizeof(name->owner));
	/* what stands above it is the unit that started it, or where it was put */
	name->unit[0] = '\0';
	name->user[0] = '\0';
}

/* An id by itself, as with the cgroup driver cgroupfs: the name above it may tell the runtime. */
static const char *bare_runtime(struct span above)
{
	if (is(above, "docker"))
		return "docker";
	return is(above, "libpod_parent") ? "podman" : "container";
}

static bool take_container(struct tpr_cgroup_name *name, struct span above, struct span part)
{
	size_t i;

	if (is_id(part)) {
		set_container(name, bare_runtime(above), part);
		return true;
	}
	for (i = 0; i < NR(scopes); i++) {
		struct span id;

		if (!begins(part, scopes[i].before) || !ends(part, scopes[i].after) ||
		    part.bytes < strlen(scopes[i].before) + strlen(scopes[i].after))
			continue;
		id = cut(part, strlen(scopes[i].before), strlen(scopes[i].after));
		if (!is_id(id))
			continue;
		set_container(name, scopes[i].runtime, id);
		return true;
	}
	return false;
}

/* lxc before 4 has /lxc/NAME; machines stand in a slice of their own. */
static bool take_named(struct tpr_cgroup_name *name, struct span above, struct span part)
{
	size_t i;

	if (is(above, "lxc") && part.bytes) {
		set_container(name, "lxc", part);
		return true;
	}
	for (i = 0; i < NR(named); i++) {
		size_t before = strlen(named[i].before), after = strlen(named[i].after);

		if (!begins(part, named[i].before) || !ends(part, named[i].after) ||
		    part.bytes <= before + after ||
		    (!strcmp(named[i].runtime, "machine") && !is(above, "machine.slice")))
			continue;
		set_container(name, named[i].runtime, cut(part, before, after));
		return true;
	}
	return false;
}

/* A uid as pods have it: 36 hexadecimal digits and signs between them, or 32 of static pods */
static bool is_uid(struct span span)
{
	size_t i;

	for (i = 0; i < span.bytes; i++) {
		if (digit_of(span.text[i]) < 0 && !strchr("-_", span.text[i]))
			return false;
	}
	return span.bytes == 36 || span.bytes == 32;
}

/* "kubepods-burstable-podUID.slice", where _ stands for -, or "podUID" below kubepods */
static void take_pod(struct tpr_cgroup_name *name, struct span part, bool is_kube)
{
	struct span uid = part;
	size_t i;
	char *c;

	if (begins(part, "kubepods-") && ends(part, ".slice"))
		uid = cut(part, 0, strlen(".slice"));
	else if (!is_kube)
		return;
	for (i = uid.bytes; i >= 3 && strncmp(uid.text + i - 3, "pod", 3); i--)
		;
	if (i < 3 || (i > 3 && uid.text[i - 4] != '-') || !is_uid(cut(uid, i, 0)))
		return;
	copy(name->pod, cut(uid, i, 0));
	for (c = name->pod; *c; c++)
		*c = *c == '_' ? '-' : *c;
}

static const char *const suffixes[] = {
	".service", ".scope", ".socket", ".mount", ".swap", ".slice",
};

/* The name of a unit, by systemd's own rule for its letters */
static bool is_unit(struct span part, const char *suffix)
{
	size_t i;

	if (!ends(part, suffix))
		return false;
	for (i = 0; i < part.bytes; i++) {
		if (!isalnum((unsigned char)part.text[i]) && !strchr(":-_.\\@", part.text[i]))
			return false;
	}
	return true;
}

/* The number between two ends of a name, as of user-1000.slice */
static bool find_uid(struct span part, const char *before, const char *after, struct span *uid)
{
	size_t i;

	if (!begins(part, before) || !ends(part, after) ||
	    part.bytes <= strlen(before) + strlen(after))
		return false;
	*uid = cut(part, strlen(before), strlen(after));
	for (i = 0; i < uid->bytes; i++) {
		if (!isdigit((unsigned char)uid->text[i]))
			return false;
	}
	return true;
}

/* It manages the units of a user. */
static bool is_manager(struct span part, struct span *uid)
{
	return find_uid(part, "user@", ".service", uid);
}

static bool is_plain_unit(const char *unit)
{
	struct span span = { unit, strlen(unit) };

	return *unit && !ends(span, ".slice");
}

/*
 * The first unit below its slices; of a user, the first one below his manager. What stands below a
 * unit belongs to that.
 */
static void take_unit(struct tpr_cgroup_name *name, struct span part)
{
	bool is_managed;
	struct span uid;
	size_t i;

	is_managed = is_manager((struct span){ name->unit, strlen(name->unit) }, &uid);
	if (is_plain_unit(name->unit) && !is_managed)
		return;
	/* systemd puts a _ before what the kernel would take for a file of its own */
	if (begins(part, "_"))
		part = cut(part, 1, 0);
	for (i = 0; i < NR(suffixes); i++) {
		bool is_slice = !strcmp(suffixes[i], ".slice");

		if (is_unit(part, suffixes[i]) && !(is_slice && is_managed))
			copy(name->unit, part);
	}
	/* "user-1000.slice" has his sessions, besides */
	if (is_manager(part, &uid) || find_uid(part, "user-", ".slice", &uid))
		copy(name->user, uid);
}

/**
 * tpr_cgroup_parse() - what the path of a cgroup says
 * @name: filled in
 * @path: from the root of the hierarchy, which is "/"
 */
void tpr_cgroup_parse(struct tpr_cgroup_name *name, const char *path)
{
	struct span above = { "", 0 }, part;
	bool is_kube = false;

	*name = (struct tpr_cgroup_name){ 0 };
	for (; *path; path += part.bytes) {
		path += *path == '/';
		part = (struct span){ path, strcspn(path, "/") };
		if (!part.bytes)
			continue;
		is_kube = is_kube || is(part, "kubepods") || is(part, "kubepods.slice");
		if (!take_container(name, above, part) && !take_named(name, above, part)) {
			take_pod(name, part, is_kube);
			take_unit(name, part);
		}
		above = part;
	}
}

/**
 * tpr_cgroup_look_up() - find the names that go with ids, in the files of the runtimes
 * @name: from tpr_cgroup_parse(); of what is not found, the id is all
 */
void tpr_cgroup_look_up(struct tpr_cgroup_name *name)
{
	struct span id = { name->container, strlen(name->container) };

	if (is_id(id) && !tpr_container_name(name->runtime, name->container, name->owner,
					     name->name, sizeof(name->name)))
		name->name[0] = '\0';
	if (*name->pod && !tpr_container_pod(name->pod, name->pod_name, sizeof(name->pod_name)))
		name->pod_name[0] = '\0';
}

/**
 * tpr_cgroup_container() - a container for people
 * @text: at least TPR_CONTAINER_BYTES; set to its runtime and its name, of an id the first digits
 * @name: from tpr_cgroup_parse()
 *
 * Return: false if it is in none that we know.
 */
bool tpr_cgroup_container(char *text, const struct tpr_cgroup_name *name)
{
	struct span id = { name->container, strlen(name->container) };

	if (!*name->container)
		return false;
	snprintf(text, TPR_CONTAINER_BYTES, "%s %.*s%s%s%s", name->runtime,
		 is_id(id) ? SHORT_ID_BYTES : (int)id.bytes, name->container,
		 *name->name ? " (" : "", name->name, *name->name ? ")" : "");
	return true;
}

/**
 * tpr_cgroup_text() - a cgroup as people name it
 * @text: at least TPR_CGROUP_NAME_BYTES
 * @name: from tpr_cgroup_parse()
 * @path: of the cgroup
 *
 * Return: @text: "nginx.service", "app.service of user 1000", "docker 0123456789ab (web)",
 * "containerd 0123456789ab, pod default/web", "nginx.service in lxc web"; @path if that says
 * nothing.
 */
const char *tpr_cgroup_text(char *text, const struct tpr_cgroup_name *name, const char *path)
{
	char container[TPR_CONTAINER_BYTES] = "";
	bool has_container = tpr_cgroup_container(container, name);
	/* the slice of a pod says no more than the pod */
	const char *unit = *name->pod && !has_container ? "" : name->unit;

	if (!has_container && !*name->pod && !*unit)
		snprintf(text, TPR_CGROUP_NAME_BYTES, "%s", path);
	else
		snprintf(text, TPR_CGROUP_NAME_BYTES, "%s%s%s%s%s%s%s", unit,
			 *unit && *name->user ? " of user " : "", *unit ? name->user : "",
			 *unit && has_container ? " in " : "", container,
			 *name->pod ? has_container ? ", pod " : "pod " : "",
			 *name->pod_name ? name->pod_name : name->pod);
	return text;
}

/**
 * tpr_cgroup_say() - the same of a path, with the names of containers and pods of this host
 * @text: at least TPR_CGROUP_NAME_BYTES
 * @path: of the cgroup
 *
 * Return: @text.
 */
const char *tpr_cgroup_say(char *text, const char *path)
{
	struct tpr_cgroup_name name;

	tpr_cgroup_parse(&name, path);
	tpr_cgroup_look_up(&name);
	return tpr_cgroup_text(text, &name, path);
}

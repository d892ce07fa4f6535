// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel's own types through libbpf, or nothing at all if this program was built without it.
 */
#include "command/doctor/types.h"

#ifdef TPR_HAS_LIBBPF
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_BYTES	128
/* From a type to what it is of, and so on: who made the file may have made a circle of them. */
#define STEPS		32
#define NOT_THERE	"not there"

/** struct tpr_types - of the kernel, and of ipv6 where that is a module */
struct tpr_types {
	/** @vmlinux: the kernel's */
	struct btf *vmlinux;
	/** @ipv6: the module's, or NULL */
	struct btf *ipv6;
};

static struct btf *load(const char *path, struct btf *base)
{
	struct btf *btf = base ? btf__parse_split(path, base) : btf__parse(path, NULL);

	return libbpf_get_error(btf) ? NULL : btf;
}

/* The file that was looked at, whatever has its name by now; no FIFO keeps us waiting. */
static struct btf *load_regular(const char *path, struct btf *base)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct btf *btf = NULL;
	struct stat status;
	char link[32];

	if (fd < 0)
		return NULL;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (!fstat(fd, &status) && S_ISREG(status.st_mode))
		btf = load(link, base);
	close(fd);
	return btf;
}

/* Those of ipv6 stand beside the kernel's, in /sys; beside another file may be anything. */
static struct btf *load_ipv6(const char *file, struct btf *base)
{
	const char *slash = strrchr(file, '/');
	struct btf *btf = NULL;
	char *path;

	if (asprintf(&path, "%.*sipv6", slash ? (int)(slash - file) + 1 : 0, file) < 0)
		return NULL;
	btf = load_regular(path, base);
	free(path);
	return btf;
}

static int be_silent(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

/**
 * tpr_types_are_readable() - whether this program can read them at all
 *
 * Return: whether it was built with libbpf.
 */
bool tpr_types_are_readable(void)
{
	return true;
}

/**
 * tpr_types_load() - read them
 * @file: with these types alone, or a kernel that has them (vmlinux)
 *
 * Return: the types, to be freed, or NULL.
 */
struct tpr_types *tpr_types_load(const char *file)
{
	struct tpr_types *types = calloc(1, sizeof(*types));

	if (!types)
		return NULL;
	libbpf_set_print(be_silent);
	types->vmlinux = load(file, NULL);
	if (!types->vmlinux) {
		free(types);
		return NULL;
	}
	types->ipv6 = load_ipv6(file, types->vmlinux);
	return types;
}

/**
 * tpr_types_free() - free them
 * @types: or NULL
 */
void tpr_types_free(struct tpr_types *types)
{
	if (!types)
		return;
	btf__free(types->ipv6);
	btf__free(types->vmlinux);
	free(types);
}

/* NULL if it is not there, or too far away. */
static const struct btf_type *resolve(const struct btf *btf, __u32 *id)
{
	const struct btf_type *type = btf__type_by_id(btf, *id);
	unsigned int steps;

	for (steps = 0; type && btf_is_mod(type); steps++) {
		if (steps == STEPS)
			return NULL;
		*id = type->type;
		type = btf__type_by_id(btf, *id);
	}
	return type;
}

static const char *keyword(const struct btf_type *type)
{
	if (btf_is_struct(type) || (btf_is_fwd(type) && !btf_kflag(type)))
		return "struct ";
	if (btf_is_union(type) || btf_is_fwd(type))
		return "union ";
	return btf_is_enum(type) ? "enum " : "";
}

static const char *own_name(const struct btf *btf, const struct btf_type *type)
{
	const char *name = btf_is_void(type) ? "void" : btf__name_by_offset(btf, type->name_off);

	return name ? name : "?";
}

/* As C has it, without const and volatile: "struct sock *". */
static void name_type(const struct btf *btf, __u32 id, char *to, size_t bytes)
{
	const struct btf_type *type = resolve(btf, &id);
	size_t stars = 0;

	while (type && btf_is_ptr(type) && stars < STEPS) {
		stars++;
		id = type->type;
		type = resolve(btf, &id);
	}
	if (!type || btf_is_ptr(type))
		snprintf(to, bytes, NOT_THERE);
	else
		snprintf(to, bytes, "%s%s%s%.*s", keyword(type), own_name(btf, type), stars ? " " : "",
			 (int)stars, "****");
}

/* By its own name, or that of a type that it is another name of: u32, __u32, unsigned int. */
static bool is_type(const struct btf *btf, __u32 id, const char *wanted, size_t wanted_bytes)
{
	const struct btf_type *type;
	char name[NAME_BYTES];
	unsigned int steps;

	for (steps = 0; steps < STEPS; steps++) {
		name_type(btf, id, name, sizeof(name));
		if (strlen(name) == wanted_bytes && !memcmp(name, wanted, wanted_bytes))
			return true;
		type = resolve(btf, &id);
		if (!type || !btf_is_typedef(type))
			return false;
		id = type->type;
	}
	return false;
}

/* @arguments: up to "|" or its end. What does not fit is told in @text. */
static bool fits(const struct btf *btf, const struct btf_type *proto, const char *arguments,
		 char *text, size_t bytes)
{
	const struct btf_param *params = btf_params(proto);
	unsigned int nr = btf_vlen(proto), i;

	for (i = 0; *arguments && *arguments != '|'; i++) {
		size_t length = strcspn(arguments, ",|");
		char name[NAME_BYTES] = NOT_THERE;

		if (i < nr)
			name_type(btf, params[i].type, name, sizeof(name));
		if (i >= nr || (strncmp(arguments, "-", length) &&
				!is_type(btf, params[i].type, arguments, length))) {
			snprintf(text, bytes, "argument %u is %s, and the hook takes it for %.*s",
				 i + 1, name, (int)length, arguments);
			return false;
		}
		arguments += length;
		arguments += strspn(arguments, ", ");
	}
	return true;
}

static const struct btf_type *prototype(const struct btf *btf, const char *function)
{
	int id = btf ? btf__find_by_name_kind(btf, function, BTF_KIND_FUNC) : -1;
	const struct btf_type *type = id > 0 ? btf__type_by_id(btf, id) : NULL;

	type = type ? btf__type_by_id(btf, type->type) : NULL;
	return type && btf_is_func_proto(type) ? type : NULL;
}

/**
 * tpr_types_have_enum() - whether the kernel has an enum
 * @types: the types
 * @name: its name
 *
 * Return: whether it has.
 */
bool tpr_types_have_enum(const struct tpr_types *types, const char *name)
{
	return types->vmlinux && btf__find_by_name_kind(types->vmlinux, name, BTF_KIND_ENUM) > 0;
}

/**
 * tpr_types_compare() - whether a function takes what a hook takes its arguments for
 * @types: the types
 * @function: its name
 * @arguments: as in module/uapi/hooks.h
 * @text: what differs, if something does
 * @bytes: its size
 *
 * Return: whether it does.
 */
enum tpr_fit tpr_types_compare(const struct tpr_types *types, const char *function,
			       const char *arguments, char *text, size_t bytes)
{
	const struct btf *btf = types->vmlinux;
	const struct btf_type *proto = prototype(btf, function);
	const char *other = strchr(arguments, '|');
	char unused[NAME_BYTES];

	if (!proto) {
		btf = types->ipv6;
		proto = prototype(btf, function);
	}
	if (!proto)
		return TPR_FIT_UNKNOWN;
	if (fits(btf, proto, arguments, text, bytes) ||
	    (other && fits(btf, proto, other + 1, unused, sizeof(unused))))
		return TPR_FIT_YES;
	return TPR_FIT_NO;
}

#else

bool tpr_types_are_readable(void)
{
	return false;
}

struct tpr_types *tpr_types_load(const char *file)
{
	(void)file;
	return NULL;
}

void tpr_types_free(struct tpr_types *types)
{
	(void)types;
}

bool tpr_types_have_enum(const struct tpr_types *types, const char *name)
{
	(void)types;
	(void)name;
	return false;
}

enum tpr_fit tpr_types_compare(const struct tpr_types *types, const char *function,
			       const char *arguments, char *text, size_t bytes)
{
	(void)types;
	(void)function;
	(void)arguments;
	(void)text;
	(void)bytes;
	return TPR_FIT_UNKNOWN;
}

#endif

// SPDX-License-Identifier: GPL-2.0
/*
 * Functions of the kernel that BPF programs may call, by the numbers that this
 * kernel's BTF gives them.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <fcntl.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BTF_PATH	"/sys/kernel/btf/vmlinux"

/* Kinds that headers of 5.10 do not have. */
#define KIND_DECL_TAG	17
#define KIND_ENUM64	19
#define KINDS		20

/* Bytes behind a type, by its kind, and for each of its members. */
static size_t tail_of(const struct btf_type *type)
{
	static const uint8_t fixed[KINDS] = {
		[BTF_KIND_INT] = 4, [BTF_KIND_ARRAY] = 12, [BTF_KIND_VAR] = 4,
		[KIND_DECL_TAG] = 4,
	};
	static const uint8_t each[KINDS] = {
		[BTF_KIND_STRUCT] = 12, [BTF_KIND_UNION] = 12, [BTF_KIND_ENUM] = 8,
		[BTF_KIND_FUNC_PROTO] = 8, [BTF_KIND_DATASEC] = 12, [KIND_ENUM64] = 12,
	};
	unsigned int kind = BTF_INFO_KIND(type->info);

	if (kind >= KINDS)
		return 0;
	return fixed[kind] + (size_t)each[kind] * BTF_INFO_VLEN(type->info);
}

static int find(const char *btf, size_t bytes, const char *name)
{
	const struct btf_header *header = (const void *)btf;
	const char *types, *end, *strings;
	int id = 1;

	if (bytes < sizeof(*header) || header->magic != BTF_MAGIC ||
	    header->hdr_len + (uint64_t)header->type_off + header->type_len > bytes ||
	    header->hdr_len + (uint64_t)header->str_off + header->str_len > bytes)
		return -1;
	types = btf + header->hdr_len + header->type_off;
	end = types + header->type_len;
	strings = btf + header->hdr_len + header->str_off;
	for (; types + sizeof(struct btf_type) <= end; id++) {
		const struct btf_type *type = (const void *)types;

		if (BTF_INFO_KIND(type->info) == BTF_KIND_FUNC &&
		    type->name_off < header->str_len && !strcmp(strings + type->name_off, name))
			return id;
		types += sizeof(*type) + tail_of(type);
	}
	return -1;
}

/* A file of /sys, whose size is known. Return: its bytes, or 0 */
static size_t load(char **text)
{
	int fd = open(BTF_PATH, O_RDONLY | O_CLOEXEC);
	struct stat status;
	size_t got = 0;
	ssize_t n = 1;

	*text = NULL;
	if (fd < 0)
		return 0;
	if (!fstat(fd, &status))
		*text = malloc(status.st_size);
	while (*text && n > 0 && got < (size_t)status.st_size) {
		n = read(fd, *text + got, status.st_size - got);
		got += n > 0 ? n : 0;
	}
	close(fd);
	return got;
}

/* Return: what BPF_CALL names the function by, or -1 if this kernel has none of that name */
int kfunc_id(const char *name)
{
	char *text;
	size_t bytes = load(&text);
	int id = find(text, bytes, name);

	free(text);
	return id;
}

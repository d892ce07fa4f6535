// SPDX-License-Identifier: GPL-2.0
/*
 * Whether the kernel's functions take what the hooks take their arguments for.
 */
#include "command/doctor/examine.h"

#include "lib/file.h"
#include "command/doctor/types.h"

#include "module/uapi/hooks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *function;
	const char *arguments;
	bool is_without_reasons;
} hooked[] = {
#define ENTRY(_function, _arguments)	{ _function, _arguments, false },
	TPW_HOOK_ARGUMENTS(ENTRY)
#undef ENTRY
#define ENTRY(_function, _arguments)	{ _function, _arguments, true },
	TPW_HOOK_ARGUMENTS_NO_REASONS(ENTRY)
#undef ENTRY
};

#define HOOKED_NR	(sizeof(hooked) / sizeof(hooked[0]))
#define VMLINUX		"/sys/kernel/btf/vmlinux"

static void judge(struct tpr_findings *findings, const struct tpr_types *types, const char *advice)
{
	bool has_reasons = tpr_types_have_enum(types, "skb_drop_reason");
	size_t hooked_nr = 0, agree_nr = 0, differ_nr = 0, i;
	const char *unknown = NULL;
	char text[256];

	for (i = 0; i < HOOKED_NR; i++) {
		if (hooked[i].is_without_reasons && has_reasons)
			continue;
		hooked_nr++;
		switch (tpr_types_compare(types, hooked[i].function, hooked[i].arguments, text,
					  sizeof(text))) {
		case TPR_FIT_YES:
			agree_nr++;
			break;
		case TPR_FIT_UNKNOWN:
			unknown = unknown ? unknown : hooked[i].function;
			break;
		case TPR_FIT_NO:
			differ_nr++;
			tpr_finding(findings, TPR_HEALTH_FAIL, "arguments", advice, "%s: %s",
				    hooked[i].function, text);
			break;
		}
	}
	if (!differ_nr && agree_nr == hooked_nr)
		tpr_finding(findings, TPR_HEALTH_OK, "arguments", NULL,
			    "all %zu functions take what the hooks expect", hooked_nr);
	else if (unknown)
		tpr_finding(findings, TPR_HEALTH_NOTE, "arguments", NULL,
			    "%zu of %zu functions take what the hooks expect; the kernel's types "
			    "do not tell of %zu, the first is %s", agree_nr, hooked_nr,
			    hooked_nr - agree_nr - differ_nr, unknown);
}

/* @path: as the messages name @file, which is another one if the running kernel has it. */
static void examine(struct tpr_findings *findings, const char *file, const char *path)
{
	struct tpr_types *types;

	if (!tpr_file_exists("%s", file)) {
		tpr_finding(findings, TPR_HEALTH_NOTE, "arguments", NULL,
			    "%s is not there: whether functions take what the hooks expect is not "
			    "known", path);
		return;
	}
	if (!tpr_types_are_readable()) {
		tpr_finding(findings, TPR_HEALTH_NOTE, "arguments",
			    "install libbpf-dev, and build the reader again",
			    "built without libbpf: whether functions take what the hooks expect is "
			    "not known");
		return;
	}
	types = tpr_types_load(file);
	if (types)
		judge(findings, types, file == path ?
		      "load no tuplewatch there, which would misread them; and report it" :
		      "rmmod tuplewatch, which misreads them; and report it");
	else
		tpr_finding(findings, TPR_HEALTH_NOTE, "arguments", NULL,
			    "%s cannot be read: whether functions take what the hooks expect is not "
			    "known", path);
	tpr_types_free(types);
}

/**
 * tpr_examine_arguments() - compare what hooks expect with a kernel's own types
 * @findings: where the findings go
 * @file: with the types; NULL for those of the running kernel
 */
void tpr_examine_arguments(struct tpr_findings *findings, const char *file)
{
	char *path = NULL;

	if (file) {
		examine(findings, file, file);
	} else if (asprintf(&path, "%s" VMLINUX, tpr_file_root()) >= 0) {
		examine(findings, path, VMLINUX);
		free(path);
	}
}

/**
 * tpr_arguments_are_known() - whether a hooked function is among those that are compared
 * @function: its name
 *
 * Return: whether it is.
 */
bool tpr_arguments_are_known(const char *function)
{
	size_t i;

	for (i = 0; i < HOOKED_NR; i++)
		if (!strcmp(hooked[i].function, function))
			return true;
	return false;
}

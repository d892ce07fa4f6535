// SPDX-License-Identifier: GPL-2.0
/*
 * What os-release says chooses from the list, and nothing else does.
 */
#include "system/distribution.h"

#include "lib/file.h"

#include "test/unit.h"

#include <stdlib.h>
#include <string.h>

/* The program that installs; "none" if the distribution is not known */
static const struct {
	const char *file;
	const char *program;
} cases[] = {
	{ "debian", "apt-get" }, { "ubuntu", "apt-get" }, { "raspbian", "apt-get" },
	{ "fedora", "dnf" }, { "rocky", "dnf" }, { "rhel", "dnf" },
	{ "leap", "zypper" }, { "sles", "zypper" },
	{ "arch", "pacman" }, { "manjaro", "pacman" },
	{ "alpine", "apk" },
	{ "nixos", "none" }, { "empty", "none" },
	{ "last", "pacman" }, { "crlf", "apk" },
	{ "hostile-command", "dnf" },	/* the word behind the trap is one */
	{ "hostile-pattern", "none" }, { "hostile-escape", "none" }, { "hostile-quote", "none" },
	{ "hostile-key", "none" }, { "hostile-long", "pacman" },
};

static void check_file(const char *file, const char *program)
{
	char *text = tpr_file_read(NULL, "test/data/os-release/%s", file), got[16] = "none";
	const char *found = text ? tpr_distribution_find(text) : "no such file";

	if (found) {
		size_t bytes = strcspn(found, " ");

		if (bytes >= sizeof(got))
			bytes = sizeof(got) - 1;
		memcpy(got, found, bytes);
		got[bytes] = '\0';
	}
	CHECK_STRING(got, program);
	free(text);
}

static void chosen(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_file(cases[i].file, cases[i].program);
}

static void commands(void)
{
	CHECK_STRING(tpr_distribution_find("ID=debian"),
		     "apt-get install linux-headers-$(uname -r); or make demo");
	CHECK_STRING(tpr_distribution_find("ID=x\nID_LIKE=\"y fedora arch\"\n"),
		     "dnf install kernel-devel-$(uname -r); or make demo");
	CHECK_STRING(tpr_distribution_find("ID=arch\nID_LIKE=debian\n"),
		     "pacman -S $(cat /usr/lib/modules/$(uname -r)/pkgbase)-headers; or make demo");
}

const struct unit_case unit_distribution[] = {
	UNIT_CASE(chosen, "distribution: by os-release, hostile ones too"),
	UNIT_CASE(commands, "distribution: the command"),
	{ .name = NULL },
};

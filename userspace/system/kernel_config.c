// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration of the running kernel: a file in /boot, or beside the modules, or
 * /proc/config.gz, which gzip unpacks.
 */
#include "system/kernel_config.h"

#include "lib/file.h"
#include "system/procfs.h"
#include "system/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Ten times what a distribution's has, and as long as a slow machine may take for it */
#define UNPACKED_BYTES_MAX	(4u << 20)
#define SECONDS_MAX		20

static char *read_packed(const char *path)
{
	const char *const argv[] = { "gzip", "-dc", path, NULL };
	struct tpr_program gzip = {
		.argv = argv,
		.in = -1,
		.out = memfd_create("config", MFD_CLOEXEC),
		.bytes_max = UNPACKED_BYTES_MAX,
		.seconds = SECONDS_MAX,
	};
	char *text = NULL;

	if (gzip.out < 0)
		return NULL;
	if (!tpr_program_run(&gzip))
		text = tpr_file_read(NULL, "/proc/self/fd/%d", gzip.out);
	close(gzip.out);
	return text;
}

/**
 * tpr_kernel_config_read() - read the configuration of the running kernel
 * @release: of that kernel, as uname -r says it
 *
 * Return: lines "CONFIG_NAME=y", to be freed; NULL if it is nowhere.
 */
char *tpr_kernel_config_read(const char *release)
{
	char *path = NULL, *config;

	config = tpr_file_read(NULL, "%s/boot/config-%s", tpr_file_root(), release);
	if (!config)
		config = tpr_file_read(NULL, "%s/lib/modules/%s/config", tpr_file_root(), release);
	if (config || !tpr_file_exists("%s/config.gz", tpr_procfs_root()))
		return config;
	if (asprintf(&path, "%s/config.gz", tpr_procfs_root()) < 0)
		return NULL;
	config = read_packed(path);
	free(path);
	return config;
}

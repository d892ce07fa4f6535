// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch, without a command: /proc/tuplewatch as it is, which the module wrote for people.
 * With -j the facts behind it, as the tables give them: counters, then hooks, each after its
 * {"table":...} object.
 */
#include "command.h"

#include "lib/message.h"
#include "lib/text.h"
#include "system/procfs.h"
#include "show/print.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_BYTES	4096

static const struct {
	const char *name;
	const struct tpr_shape *shape;
} tables[] = {
	{ "counters", &tpr_counters_shape },
	{ "hooks", &tpr_hooks_shape },
};

static int print_tables(const struct tpr_options *options)
{
	struct tpr_printer printer;
	int error = 0;
	size_t i;

	tpr_print_init(&printer, options, &tpr_print_json);
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]) && !error; i++)
		error = tpr_print_file(&printer, tables[i].name, tables[i].shape);
	tpr_print_exit(&printer);
	return error;
}

/* The overview has lines and tabs of its own; whatever else could drive a terminal is escaped. */
static void write_chunk(char *chunk, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i++) {
		unsigned char c = (unsigned char)chunk[i];

		if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f)
			printf("\\%03o", c);
		else
			putchar(c);
	}
}

static int copy(const struct tpr_file *file)
{
	char chunk[CHUNK_BYTES];
	bool is_empty = true;
	ssize_t bytes;

	while ((bytes = read(file->fd, chunk, sizeof(chunk))) > 0 && !ferror(stdout)) {
		is_empty = false;
		write_chunk(chunk, (size_t)bytes);
	}
	if (bytes < 0)
		tpr_message("%s: %s", file->path, strerror(errno));
	else if (is_empty)
		tpr_message("%s: the file is empty", file->path);
	return bytes < 0 || is_empty ? -EINVAL : 0;
}

static int print_overview(const struct tpr_options *options)
{
	struct tpr_file file;
	int error = tpr_procfs_open(&file, options, TPR_PROCFS_OVERVIEW, 0);

	if (error)
		return error;
	error = copy(&file);
	tpr_procfs_close(&file);
	return error;
}

/**
 * tpr_overview_main() - the command "overview", which is also what runs without a command
 * @options: of the command line
 * @argc: 0
 * @argv: no operands
 *
 * Return: exit status.
 */
enum tpr_exit tpr_overview_main(const struct tpr_options *options, int argc, char **argv)
{
	int error;

	(void)argc;
	(void)argv;
	error = options->is_json ? print_tables(options) : print_overview(options);
	return error ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}

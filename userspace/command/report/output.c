// SPDX-License-Identifier: GPL-2.0
/*
 * Where a page goes. Whoever finds it finds all of it, and only its owner does.
 */
#include "command/report/output.h"

#include "command/report/page.h"
#include "lib/message.h"
#include "lib/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is there and no regular file, as /dev/stdout, cannot be replaced by one. */
static bool is_special(const char *path)
{
	struct stat status;

	return !stat(path, &status) && !S_ISREG(status.st_mode);
}

static int write_and_close(FILE *out, const struct tpr_report_data *data)
{
	int error = tpr_page_write(out, data->text, data->bytes);

	errno = 0;
	if ((fflush(out) || ferror(out)) && !error)
		error = errno ? -errno : -EIO;
	if (fclose(out) && !error)
		error = -errno;
	return error;
}

/* Beside the place that it is for, where it goes when it is whole */
static int write_beside(char *beside, const char *path, const struct tpr_report_data *data)
{
	int fd = mkstemp(beside), error;
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	if (fd < 0)
		return -errno;
	error = out ? write_and_close(out, data) : -errno;
	if (!error && rename(beside, path))
		error = -errno;
	if (error)
		unlink(beside);
	return error;
}

static int write_file(const char *path, const struct tpr_report_data *data)
{
	char *beside = NULL;
	int error;
	FILE *out;

	if (is_special(path)) {
		out = fopen(path, "we");
		return out ? write_and_close(out, data) : -errno;
	}
	if (asprintf(&beside, "%s.XXXXXX", path) < 0)
		return -ENOMEM;
	error = write_beside(beside, path, data);
	free(beside);
	return error;
}

static void say_number(uint64_t number, const char *what, const char *behind)
{
	printf("%" PRIu64 " %s%s%s", number, what, number == 1 ? "" : "s", behind);
}

/**
 * tpr_report_output() - write a page, and say so on stdout
 * @path: where to; a file that is there gives way to it
 * @data: what it has
 *
 * Return: 0, or -errno after a message.
 */
int tpr_report_output(const char *path, const struct tpr_report_data *data)
{
	int error = write_file(path, data);

	if (error) {
		tpr_message("%s: %s", path, strerror(-error));
		return error;
	}
	tpr_text_show(stdout, path);
	fputs(": ", stdout);
	say_number(data->segments_nr, "segment", ", ");
	say_number(data->connections_nr, "connection", ", ");
	say_number(data->listeners_nr, "listener", "; open it in a browser\n");
	return 0;
}

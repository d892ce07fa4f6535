// SPDX-License-Identifier: GPL-2.0
/*
 * A hand-in of a lab has a transcript beside its tables, and so has whatever else is saved with one:
 * text of anybody, which the page shows as text.
 */
#include "command/report/transcript.h"

#include "lib/message.h"
#include "lib/text.h"
#include "system/procfs.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRANSCRIPT	"transcript.txt"
/* What a page shows of it */
#define BYTES_MAX	(1024 * 1024)

static char *read_text(int fd)
{
	char *text = calloc(1, BYTES_MAX + 1);
	size_t bytes = 0;
	ssize_t more = 1;

	while (text && bytes < BYTES_MAX && more > 0) {
		more = read(fd, text + bytes, BYTES_MAX - bytes);
		if (more > 0)
			bytes += (size_t)more;
		else if (more < 0 && errno == EINTR)
			more = 1;
	}
	return text;
}

/* A page may go to others than who makes it: a link in what somebody handed in would show them any file of his. */
static bool is_link(const char *path)
{
	struct stat status;

	return !lstat(path, &status) && S_ISLNK(status.st_mode);
}

/**
 * tpr_transcript_write() - write the transcript, if there is one
 * @out: where to
 * @options: --from
 *
 * Return: 0, or -errno after a message.
 */
int tpr_transcript_write(FILE *out, const struct tpr_options *options)
{
	struct tpr_file file;
	char *text;
	int error;

	if (!options->from || !tpr_procfs_has(options, TRANSCRIPT))
		return 0;
	error = tpr_procfs_open(&file, options, TRANSCRIPT, 0);
	if (error)
		return error;
	if (is_link(file.path)) {
		tpr_message("%s: a link; the page will have no transcript", file.path);
		tpr_procfs_close(&file);
		return 0;
	}
	text = read_text(file.fd);
	tpr_procfs_close(&file);
	if (!text) {
		tpr_message("out of memory");
		return -ENOMEM;
	}
	fputs("{\"transcript\":", out);
	tpr_text_json(out, text);
	fputs("}\n", out);
	free(text);
	return 0;
}

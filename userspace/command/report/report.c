// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch report: one page for a browser, with all that there is to see and a replay of the
 * log. The page needs nothing else, asks for nothing, and is for its owner: it has what the log has.
 */
#include "command.h"

#include "command/report/data.h"
#include "command/report/page.h"
#include "lib/message.h"
#include "lib/text.h"

#include <errno.h>
#include <inttypes.h>
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

static int write_output(const char *path, const struct tpr_report_data *data)
{
	int error = write_file(path, data);

	if (error) {
		tpr_message("%s: %s", path, strerror(-error));
		return error;
	}
	tpr_text_show(stdout, path);
	printf(": %" PRIu64 " segments, %" PRIu64 " connections, %" PRIu64
	       " listeners; open it in a browser\n", data->segments_nr, data->connections_nr,
	       data->listeners_nr);
	return 0;
}

static int check(const struct tpr_options *options, int argc)
{
	if (argc && options->from) {
		tpr_message("report: a question needs the running kernel: no words with --from");
		return -EDOM;
	}
	if (!options->output && isatty(STDOUT_FILENO)) {
		tpr_message("report: it is for a browser: -o FILE.html");
		return -EDOM;
	}
	return 0;
}

/* The words with blanks between them, to be freed. */
static char *join(int argc, char **argv)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);
	int i;

	if (!out)
		return NULL;
	for (i = 0; i < argc; i++)
		fprintf(out, "%s%s", i ? " " : "", argv[i]);
	return fclose(out) ? NULL : text;
}

static int report(const struct tpr_options *options, const char *question)
{
	struct tpr_report_data data = { .options = options, .question = question };
	int error = tpr_report_gather(&data);

	if (!error && options->output)
		error = write_output(options->output, &data);
	else if (!error)
		error = tpr_page_write(stdout, data.text, data.bytes);
	tpr_report_free(&data);
	return error;
}

/**
 * tpr_report_main() - the command "report"
 * @options: of the command line
 * @argc: number of words
 * @argv: a question for explain, whose answer is drawn too; or none
 *
 * Return: exit status.
 */
enum tpr_exit tpr_report_main(const struct tpr_options *options, int argc, char **argv)
{
	int error = check(options, argc);
	char *question = NULL;

	if (!error && argc) {
		question = join(argc, argv);
		error = question ? 0 : -ENOMEM;
	}
	if (!error)
		error = report(options, question);
	free(question);
	if (error == -EDOM)
		return TPR_EXIT_USAGE;
	return error ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}

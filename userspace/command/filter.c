// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch filter: the rules that say which segments of the namespace reach the log, all of its
 * readers and the tracepoints. Without words it shows them; with words it sets others: those of all
 * filters, or rules as the file has them. What is wrong with the rules, the file says itself.
 */
#include "command/filter.h"

#include "lib/message.h"
#include "lib/text.h"
#include "system/procfs.h"
#include "where/rules.h"
#include "show/print.h"
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ERROR_MARK	"# error: "

static const char *const names[] = { "filter", NULL };
static const char *const columns[] = { "netns", "rules", NULL };
static const char *const facts[] = { NULL };

const struct tpr_shape tpr_filter_shape = {
	.names = names, .columns = columns, .facts = facts,
};

/* All that the file says from its beginning, to be freed; NULL after a message. */
static char *read_all(const struct tpr_file *file)
{
	char *text = NULL, chunk[4096];
	size_t text_bytes;
	ssize_t bytes = 0;
	FILE *out = open_memstream(&text, &text_bytes);

	if (out && lseek(file->fd, 0, SEEK_SET) == 0) {
		while ((bytes = read(file->fd, chunk, sizeof(chunk))) > 0)
			fwrite(chunk, 1, (size_t)bytes, out);
	}
	if (!out || fclose(out) || bytes < 0) {
		tpr_message("%s: %s", file->path, strerror(errno));
		free(text);
		return NULL;
	}
	return text;
}

/* The rules are in the line that is no remark. To be freed; NULL after a message. */
static char *read_rules(const struct tpr_file *file)
{
	char *text = read_all(file), *rest = NULL, *rules = NULL;
	const char *line;

	if (!text)
		return NULL;
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (line[0] != '#')
			rules = strdup(line);
		if (rules)
			break;
	}
	free(text);
	if (!rules)
		tpr_message("%s: no rules in it", file->path);
	return rules;
}

static int show(const struct tpr_file *file)
{
	char *rules = read_rules(file);

	if (!rules)
		return -EIO;
	tpr_text_show(stdout, rules);
	putchar('\n');
	free(rules);
	return 0;
}

/**
 * tpr_filter_rules() - the rules of one namespace
 * @options: --from
 *
 * Return: the rules, to be freed; NULL after a message.
 */
char *tpr_filter_rules(const struct tpr_options *options)
{
	struct tpr_file file;
	char *rules;

	if (tpr_procfs_open(&file, options, "filter", 0))
		return NULL;
	rules = read_rules(&file);
	tpr_procfs_close(&file);
	return rules;
}

/* Say what the file has against the rules that were written to it last. */
static void explain(const struct tpr_file *file, int error)
{
	char *text = error == EINVAL || error == E2BIG ? read_all(file) : NULL;
	char *mark = text ? strstr(text, ERROR_MARK) : NULL;

	if (mark) {
		mark[strcspn(mark, "\n")] = '\0';
		tpr_message("filter: %s; the old rules stay", mark + strlen(ERROR_MARK));
	} else {
		tpr_message("%s: %s", file->path, strerror(error));
	}
	free(text);
}

/* The words as rules, with the end of a line; NULL after a message. */
static char *make_rules(int argc, char **argv)
{
	char *words = tpr_text_join(argc, argv), *rules = words ? tpr_rules_make(words) : NULL, *line = NULL;

	if (!words || (rules && asprintf(&line, "%s\n", rules) < 0)) {
		tpr_message("out of memory");
		line = NULL;
	}
	free(words);
	free(rules);
	return line;
}

static enum tpr_exit set(const struct tpr_file *file, const char *rules)
{
	enum tpr_exit status = TPR_EXIT_DONE;

	if (write(file->fd, rules, strlen(rules)) < 0) {
		status = errno == EINVAL || errno == E2BIG ? TPR_EXIT_USAGE : TPR_EXIT_FAILED;
		explain(file, errno);
	}
	return status;
}

static enum tpr_exit show_all(const struct tpr_options *options)
{
	struct tpr_printer printer;
	int error;

	tpr_print_init(&printer, options, &tpr_print_plain);
	error = tpr_print_file(&printer, "filter", &tpr_filter_shape);
	tpr_print_exit(&printer);
	return error ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}

/* Set rules, unless they are NULL, and show what is in force then. */
static enum tpr_exit set_and_show(const struct tpr_options *options, const char *rules)
{
	enum tpr_exit status = TPR_EXIT_DONE;
	struct tpr_file file;

	if (tpr_procfs_open(&file, options, "filter", rules ? O_RDWR : 0))
		return TPR_EXIT_FAILED;
	if (rules)
		status = set(&file, rules);
	if (status == TPR_EXIT_DONE && show(&file))
		status = TPR_EXIT_FAILED;
	tpr_procfs_close(&file);
	return status;
}

/**
 * tpr_filter_main() - the command "filter"
 * @options: of the command line
 * @argc: number of words
 * @argv: filter words or rules to set, or none to show those in force
 *
 * Return: exit status.
 */
enum tpr_exit tpr_filter_main(const struct tpr_options *options, int argc, char **argv)
{
	enum tpr_exit status;
	char *rules = NULL;

	if (argc && (options->from || options->is_all)) {
		tpr_message("filter: rules are set in one namespace of the running kernel");
		return TPR_EXIT_USAGE;
	}
	if (options->is_all)
		return show_all(options);
	if (argc)
		rules = make_rules(argc, argv);
	if (argc && !rules)
		return TPR_EXIT_USAGE;
	status = set_and_show(options, rules);
	free(rules);
	return status;
}

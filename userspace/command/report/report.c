// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch report: one page for a browser, with all that there is to see and a replay of the
 * log. The page needs nothing else, asks for nothing, and is for its owner: it has what the log has.
 */
#include "command.h"

#include "command/report/data.h"
#include "command/report/output.h"
#include "command/report/page.h"
#include "lib/message.h"
#include "lib/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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

static int report(const struct tpr_options *options, const char *question)
{
	struct tpr_report_data data = { .options = options, .question = question };
	int error = tpr_report_gather(&data);

	if (!error && options->output)
		error = tpr_report_output(options->output, &data);
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
		question = tpr_text_join(argc, argv);
		error = question ? 0 : -ENOMEM;
	}
	if (!error)
		error = report(options, question);
	free(question);
	if (error == -EDOM)
		return TPR_EXIT_USAGE;
	return error ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}

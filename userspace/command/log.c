// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch log: the verdicts that the kernel still remembers, in order of time, then the end.
 */
#include "command.h"

#include "show/print.h"
#include "show/tally.h"
#include "show/verdict_line.h"

#include <errno.h>

/**
 * tpr_log_main() - the command "log"
 * @options: of the command line
 * @argc: number of filter words
 * @argv: filter words
 *
 * Return: exit status.
 */
enum tpr_exit tpr_log_main(const struct tpr_options *options, int argc, char **argv)
{
	struct tpr_expression *filter = tpr_expression_parse(argc, argv);
	struct tpr_printer printer;
	int error;

	if (!filter)
		return TPR_EXIT_USAGE;
	tpr_print_init(&printer, options, &tpr_verdict_printer);
	printer.filter = filter;
	error = tpr_tally_check("log", options->by);
	if (!error)
		error = tpr_print_count(&printer);
	if (!error)
		error = tpr_print_file(&printer, "log", &tpr_verdict_shape);
	tpr_print_exit(&printer);
	tpr_expression_destroy(filter);
	if (error == -EDOM)
		return TPR_EXIT_USAGE;
	return error ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}

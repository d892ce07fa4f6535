// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch log: the verdicts that the kernel still remembers, in order of time, then the end.
 */
#include "command.h"

#include "print.h"
#include "verdict.h"

#include <errno.h>

/**
 * tpw_log_main() - the command "log"
 * @options: of the command line
 * @argc: number of filter words
 * @argv: filter words
 *
 * Return: exit status.
 */
enum tpw_exit tpw_log_main(const struct tpw_options *options, int argc, char **argv)
{
	struct tpw_expression *filter = tpw_expression_parse(argc, argv);
	struct tpw_printer printer;
	int error;

	if (!filter)
		return TPW_EXIT_USAGE;
	tpw_print_init(&printer, options, &tpw_verdict_printer);
	printer.filter = filter;
	error = tpw_print_file(&printer, "log", &tpw_verdict_shape);
	tpw_print_exit(&printer);
	tpw_expression_destroy(filter);
	if (error == -EDOM)
		return TPW_EXIT_USAGE;
	return error ? TPW_EXIT_FAILED : TPW_EXIT_DONE;
}

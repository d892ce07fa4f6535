/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands, one a file. Each takes the options and the words behind its name, writes data
 * to stdout and messages to stderr, and returns an exit status.
 */
#ifndef TPW_COMMAND_H
#define TPW_COMMAND_H

#include "options.h"
#include "table.h"

/**
 * enum tpw_exit - exit status of the program
 * @TPW_EXIT_DONE: all is well
 * @TPW_EXIT_FAILED: it could not be done; a message said why
 * @TPW_EXIT_USAGE: the command line was wrong; a message named the word
 */
enum tpw_exit {
	TPW_EXIT_DONE = 0,
	TPW_EXIT_FAILED = 1,
	TPW_EXIT_USAGE = 2,
};

/* What the tables must have that more than one command reads. */
extern const struct tpw_shape tpw_connections_shape;
extern const struct tpw_shape tpw_counters_shape;
extern const struct tpw_shape tpw_hooks_shape;
extern const struct tpw_shape tpw_listeners_shape;
extern const struct tpw_shape tpw_refused_shape;

enum tpw_exit tpw_audit_main(const struct tpw_options *options, int argc, char **argv);
enum tpw_exit tpw_connections_main(const struct tpw_options *options, int argc, char **argv);
enum tpw_exit tpw_counters_main(const struct tpw_options *options, int argc, char **argv);
enum tpw_exit tpw_doctor_main(const struct tpw_options *options, int argc, char **argv);
enum tpw_exit tpw_explain_main(const struct tpw_options *options, int argc, char **argv);
enum tpw_exit tpw_filter_main(const struct tpw_options *options, int argc, char **argv);
enum tpw_exit tpw_follow_main(const struct tpw_options *options, int argc, char **argv);
enum tpw_exit tpw_graph_main(const struct tpw_options *options, int argc, char **argv);
enum tpw_exit tpw_hooks_main(const struct tpw_options *options, int argc, char **argv);
enum tpw_exit tpw_listeners_main(const struct tpw_options *options, int argc, char **argv);
enum tpw_exit tpw_log_main(const struct tpw_options *options, int argc, char **argv);
enum tpw_exit tpw_metrics_main(const struct tpw_options *options, int argc, char **argv);
enum tpw_exit tpw_overview_main(const struct tpw_options *options, int argc, char **argv);
enum tpw_exit tpw_refused_main(const struct tpw_options *options, int argc, char **argv);
enum tpw_exit tpw_run_main(const struct tpw_options *options, int argc, char **argv);
enum tpw_exit tpw_top_main(const struct tpw_options *options, int argc, char **argv);
enum tpw_exit tpw_who_main(const struct tpw_options *options, int argc, char **argv);

#endif

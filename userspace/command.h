/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands, one a file. Each takes the options and the words behind its name, writes data
 * to stdout and messages to stderr, and returns an exit status.
 */
#ifndef TPR_COMMAND_H
#define TPR_COMMAND_H

#include "lib/exit.h"
#include "lib/options.h"
#include "table/rows.h"
#include "table/table.h"

/* What the tables must have that more than one command reads. */
extern const struct tpr_shape tpr_connections_shape;
extern const struct tpr_shape tpr_counters_shape;
extern const struct tpr_shape tpr_hooks_shape;
extern const struct tpr_shape tpr_listeners_shape;
extern const struct tpr_shape tpr_refused_shape;
extern const struct tpr_shape tpr_taken_shape;

uint64_t tpr_counters_total(const struct tpr_rows *counters, const char *name);

enum tpr_exit tpr_annotate_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_audit_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_capture_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_connections_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_counters_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_doctor_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_events_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_explain_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_filter_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_follow_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_graph_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_hooks_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_listeners_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_log_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_metrics_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_overview_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_refused_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_report_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_summary_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_taken_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_run_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_save_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_top_main(const struct tpr_options *options, int argc, char **argv);
enum tpr_exit tpr_who_main(const struct tpr_options *options, int argc, char **argv);

#endif

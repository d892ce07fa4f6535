/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The options of the command line. Letters mean what they mean for ss and tcpdump.
 */
#ifndef TPR_OPTIONS_H
#define TPR_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** struct tpr_options - what the command line asked for */
struct tpr_options {
	/** @from: directory or archive of saved files, or NULL for the running kernel */
	const char *from;
	/** @netns: network namespace to look at, as given, or NULL for our own or all of them */
	const char *netns;
	/** @output: file to write to, or NULL for the usual place */
	const char *output;
	/** @interface: device to capture on, or NULL */
	const char *interface;
	/** @by: the column to count rows by, or NULL to show them */
	const char *by;
	/** @sort: what to sort by, or NULL for the usual order */
	const char *sort;
	/** @is_json: JSON lines instead of text for people */
	bool is_json;
	/** @has_no_header: no titles and facts before the rows */
	bool has_no_header;
	/** @is_all: the tables of all network namespaces */
	bool is_all;
	/** @has_closed: closed sockets too */
	bool has_closed;
	/** @is_extended: everything that is known of a row */
	bool is_extended;
	/** @is_oneline: a row never takes a second line */
	bool is_oneline;
	/** @is_tcp: TCP; without any of @is_tcp and @is_udp, both */
	bool is_tcp;
	/** @is_udp: UDP */
	bool is_udp;
	/** @is_ipv4: IPv4; without any of @is_ipv4 and @is_ipv6, both */
	bool is_ipv4;
	/** @is_ipv6: IPv6 */
	bool is_ipv6;
	/** @has_processes: every process that holds a socket */
	bool has_processes;
	/** @wants_audit: look for listeners that can get nothing */
	bool wants_audit;
	/** @wants_help: --help */
	bool wants_help;
	/** @wants_version: --version */
	bool wants_version;
	/** @delta_ns: length of time to show the change over, or 0 */
	uint64_t delta_ns;
	/** @rows_nr: number of rows, or screens, to stop after, or 0 for no end */
	uint64_t rows_nr;
	/** @letters: letters of the options that were given, each once */
	char letters[64];
};

int tpr_options_parse(struct tpr_options *options, int *argc, char **argv);
int tpr_options_check(const struct tpr_options *options, const char *command,
		      const char *letters);
bool tpr_options_want_proto(const struct tpr_options *options, const char *proto);
const char *tpr_options_argument(const char *word);
void tpr_options_list(const char *letters,
		      void (*put)(void *data, const char *word, const char *meaning), void *data);
void tpr_options_help(FILE *out, const char *letters);

#endif

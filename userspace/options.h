/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The options of the command line. Letters mean what they mean for ss and tcpdump.
 */
#ifndef TPW_OPTIONS_H
#define TPW_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** struct tpw_options - what the command line asked for */
struct tpw_options {
	/** @from: directory of saved files, or NULL for the running kernel */
	const char *from;
	/** @netns: network namespace to look at, as given, or NULL for our own */
	const char *netns;
	/** @is_json: JSON lines instead of text for people */
	bool is_json;
	/** @has_header: titles and facts before the rows */
	bool has_header;
	/** @is_all: the tables of all network namespaces */
	bool is_all;
	/** @is_extended: cookies too */
	bool is_extended;
	/** @wants_help: --help */
	bool wants_help;
	/** @wants_version: --version */
	bool wants_version;
	/** @delta_ns: length of time to show the change over, or 0 for the totals */
	uint64_t delta_ns;
	/** @rows_nr: number of rows to stop after, or 0 for no end */
	uint64_t rows_nr;
	/** @letters: letters of the options that were given, each once */
	char letters[32];
};

int tpw_options_parse(struct tpw_options *options, int argc, char **argv, int *operand);
int tpw_options_check(const struct tpw_options *options, const char *command,
		      const char *letters);
void tpw_options_help(FILE *out);

#endif

// SPDX-License-Identifier: GPL-2.0
/*
 * Runs all unit tests and reports in KTAP, indented as the subtests of test/run.
 */
#include "test/unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct unit_case *const suites[] = {
	unit_text, unit_table, unit_grid, unit_json, unit_cgroup, unit_clock, unit_delta, unit_rules, unit_stop,
	unit_endpoint, unit_expression, unit_question, unit_column, unit_nearest, unit_ledger,
	unit_translation, unit_agreement, unit_distribution, unit_capture, unit_stream,
};

#define SUITES_NR	(sizeof(suites) / sizeof(suites[0]))

static bool has_failed;

/**
 * unit_number() - check a number; through CHECK_NUMBER()
 * @file: of the check
 * @line: of the check
 * @what: text of the expression
 * @got: its value
 * @expected: what it should be
 */
void unit_number(const char *file, int line, const char *what, uint64_t got, uint64_t expected)
{
	if (got == expected)
		return;
	has_failed = true;
	printf("  # %s:%d: %s is %" PRId64 ", not %" PRId64 "\n", file, line, what, (int64_t)got,
	       (int64_t)expected);
}

/**
 * unit_string() - check a string; through CHECK_STRING()
 * @file: of the check
 * @line: of the check
 * @what: text of the expression
 * @got: its value; may be NULL
 * @expected: what it should be
 */
void unit_string(const char *file, int line, const char *what, const char *got,
		 const char *expected)
{
	if (got && !strcmp(got, expected))
		return;
	has_failed = true;
	printf("  # %s:%d: %s is\n  #  \"%s\"\n  # not\n  #  \"%s\"\n", file, line, what,
	       got ? got : "(NULL)", expected);
}

/**
 * unit_open() - begin to catch output
 * @output: filled in
 *
 * Return: the stream to write to.
 */
FILE *unit_open(struct unit_output *output)
{
	output->text = NULL;
	output->stream = open_memstream(&output->text, &output->bytes);
	if (!output->stream)
		abort();
	return output->stream;
}

/**
 * unit_text_of() - what was written until now
 * @output: from unit_open()
 *
 * Return: the text, valid until more is written.
 */
const char *unit_text_of(struct unit_output *output)
{
	fflush(output->stream);
	return output->text;
}

/**
 * unit_close() - stop catching output and free it
 * @output: from unit_open()
 */
void unit_close(struct unit_output *output)
{
	fclose(output->stream);
	free(output->text);
}

int main(void)
{
	const struct unit_case *test;
	int number = 0, failed_nr = 0;
	size_t i;

	for (i = 0; i < SUITES_NR; i++) {
		for (test = suites[i]; test->name; test++)
			number++;
	}
	printf("  KTAP version 1\n  1..%d\n", number);
	number = 0;
	for (i = 0; i < SUITES_NR; i++) {
		for (test = suites[i]; test->name; test++) {
			has_failed = false;
			test->run();
			failed_nr += has_failed;
			printf("  %sok %d %s\n", has_failed ? "not " : "", ++number, test->name);
		}
	}
	return failed_nr ? 1 : 0;
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Unit tests that report in KTAP: a list of named cases, and checks that print both sides when
 * they fail. A failed check does not end its case, so that one run shows all of them.
 */
#ifndef TPR_TEST_UNIT_H
#define TPR_TEST_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** struct unit_case - one test */
struct unit_case {
	/** @name: what is true if it passes */
	const char *name;
	/** @run: its checks */
	void (*run)(void);
};

#define UNIT_CASE(function, text)	{ .name = (text), .run = (function) }

/* The suites, each ended by a case without a name. */
extern const struct unit_case unit_agreement[];
extern const struct unit_case unit_capture[];
extern const struct unit_case unit_cgroup[];
extern const struct unit_case unit_clock[];
extern const struct unit_case unit_column[];
extern const struct unit_case unit_delta[];
extern const struct unit_case unit_endpoint[];
extern const struct unit_case unit_expression[];
extern const struct unit_case unit_grid[];
extern const struct unit_case unit_json[];
extern const struct unit_case unit_ledger[];
extern const struct unit_case unit_distribution[];
extern const struct unit_case unit_nearest[];
extern const struct unit_case unit_rules[];
extern const struct unit_case unit_question[];
extern const struct unit_case unit_stop[];
extern const struct unit_case unit_stream[];
extern const struct unit_case unit_table[];
extern const struct unit_case unit_text[];
extern const struct unit_case unit_translation[];

void unit_number(const char *file, int line, const char *what, uint64_t got, uint64_t expected);
void unit_string(const char *file, int line, const char *what, const char *got,
		 const char *expected);

#define CHECK_NUMBER(got, expected) \
	unit_number(__FILE__, __LINE__, #got, (uint64_t)(got), (uint64_t)(expected))
#define CHECK_STRING(got, expected) unit_string(__FILE__, __LINE__, #got, got, expected)

/** struct unit_output - what was written to a stream */
struct unit_output {
	/** @stream: to write to */
	FILE *stream;
	/** @text: what was written, after unit_text_of() */
	char *text;
	/** @bytes: how much */
	size_t bytes;
};

FILE *unit_open(struct unit_output *output);
const char *unit_text_of(struct unit_output *output);
void unit_close(struct unit_output *output);

#endif

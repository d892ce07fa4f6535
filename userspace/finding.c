// SPDX-License-Identifier: GPL-2.0
/*
 * Findings, one a line, with the advice in a line below.
 */
#include "finding.h"

#include "grid.h"
#include "print.h"
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *word;
	enum tpw_colour colour;
} healths[TPW_HEALTH_NR] = {
	[TPW_HEALTH_OK] = { "ok", TPW_COLOUR_NONE },
	[TPW_HEALTH_NOTE] = { "note", TPW_COLOUR_NONE },
	[TPW_HEALTH_WARN] = { "warn", TPW_COLOUR_YELLOW },
	[TPW_HEALTH_FAIL] = { "FAIL", TPW_COLOUR_RED },
};

static void print_people(enum tpw_health health, const char *subject, const char *advice,
			 const char *text)
{
	static const struct tpw_grid_column looks[] = {
		{ .title = "", .width = 4 }, { .title = "", .width = 9 },
		{ .title = "", .is_wrapped = true },
	};
	struct tpw_grid *grid = tpw_grid_create(stdout, looks, 3);

	if (!grid)
		return;
	tpw_grid_colour(grid, tpw_print_has_colour());
	tpw_grid_wrap(grid, tpw_print_width());
	tpw_grid_cell(grid, healths[health].word, healths[health].colour);
	tpw_grid_cell(grid, subject, TPW_COLOUR_NONE);
	tpw_grid_cell(grid, text, TPW_COLOUR_NONE);
	if (advice) {
		tpw_grid_cell(grid, "", TPW_COLOUR_NONE);
		tpw_grid_cell(grid, "do:", TPW_COLOUR_NONE);
		tpw_grid_cell(grid, advice, TPW_COLOUR_NONE);
	}
	tpw_grid_flush(grid);
	tpw_grid_destroy(grid);
}

static void print_json(enum tpw_health health, const char *subject, const char *advice,
		       const char *text)
{
	printf("{\"check\":");
	tpw_text_json(stdout, subject);
	printf(",\"state\":\"%s\",\"text\":",
	       health == TPW_HEALTH_FAIL ? "fail" : healths[health].word);
	tpw_text_json(stdout, text);
	printf(",\"advice\":");
	if (advice)
		tpw_text_json(stdout, advice);
	else
		printf("null");
	printf("}\n");
}

/**
 * tpw_finding() - print a finding
 * @findings: those before it
 * @health: how bad it is
 * @subject: what it is about
 * @advice: what to do, or NULL
 * @fmt: printf format of what was found
 */
void tpw_finding(struct tpw_findings *findings, enum tpw_health health, const char *subject,
		 const char *advice, const char *fmt, ...)
{
	char *text = NULL;
	va_list args;

	findings->nr[health]++;
	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	if (findings->options->is_json)
		print_json(health, subject, advice, text ? text : "?");
	else
		print_people(health, subject, advice, text ? text : "?");
	free(text);
}

/**
 * tpw_findings_finish() - print how many there were
 * @findings: all of them
 */
void tpw_findings_finish(const struct tpw_findings *findings)
{
	if (!findings->options->is_json && !findings->options->has_no_header)
		printf("%zu ok, %zu to note, %zu warnings, %zu failures\n",
		       findings->nr[TPW_HEALTH_OK], findings->nr[TPW_HEALTH_NOTE],
		       findings->nr[TPW_HEALTH_WARN], findings->nr[TPW_HEALTH_FAIL]);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Findings, one a line, with the advice in a line below.
 */
#include "show/finding.h"

#include "lib/text.h"
#include "show/grid.h"
#include "show/print.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *word;
	enum tpr_colour colour;
} healths[TPR_HEALTH_NR] = {
	[TPR_HEALTH_OK] = { "ok", TPR_COLOUR_NONE },
	[TPR_HEALTH_NOTE] = { "note", TPR_COLOUR_NONE },
	[TPR_HEALTH_WARN] = { "warn", TPR_COLOUR_YELLOW },
	[TPR_HEALTH_FAIL] = { "FAIL", TPR_COLOUR_RED },
};

static void print_people(enum tpr_health health, const char *subject, const char *advice,
			 const char *text)
{
	static const struct tpr_grid_column looks[] = {
		{ .title = "", .width = 4 }, { .title = "", .width = 9 },
		{ .title = "", .is_wrapped = true },
	};
	struct tpr_grid *grid = tpr_grid_create(stdout, looks, 3);

	if (!grid)
		return;
	tpr_grid_colour(grid, tpr_print_has_colour());
	tpr_grid_wrap(grid, tpr_print_width());
	tpr_grid_cell(grid, healths[health].word, healths[health].colour);
	tpr_grid_cell(grid, subject, TPR_COLOUR_NONE);
	tpr_grid_cell(grid, text, TPR_COLOUR_NONE);
	if (advice) {
		tpr_grid_cell(grid, "", TPR_COLOUR_NONE);
		tpr_grid_cell(grid, "do:", TPR_COLOUR_NONE);
		tpr_grid_cell(grid, advice, TPR_COLOUR_NONE);
	}
	tpr_grid_flush(grid);
	tpr_grid_destroy(grid);
}

static void print_json(enum tpr_health health, const char *subject, const char *advice,
		       const char *text)
{
	printf("{\"check\":");
	tpr_text_json(stdout, subject);
	printf(",\"state\":\"%s\",\"text\":",
	       health == TPR_HEALTH_FAIL ? "fail" : healths[health].word);
	tpr_text_json(stdout, text);
	printf(",\"advice\":");
	if (advice)
		tpr_text_json(stdout, advice);
	else
		printf("null");
	printf("}\n");
}

/**
 * tpr_finding() - print a finding
 * @findings: those before it
 * @health: how bad it is
 * @subject: what it is about
 * @advice: what to do, or NULL
 * @fmt: printf format of what was found
 */
void tpr_finding(struct tpr_findings *findings, enum tpr_health health, const char *subject,
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
 * tpr_findings_finish() - print how many there were
 * @findings: all of them
 */
void tpr_findings_finish(const struct tpr_findings *findings)
{
	if (!findings->options->is_json && !findings->options->has_no_header)
		printf("%zu ok, %zu to note, %zu warnings, %zu failures\n",
		       findings->nr[TPR_HEALTH_OK], findings->nr[TPR_HEALTH_NOTE],
		       findings->nr[TPR_HEALTH_WARN], findings->nr[TPR_HEALTH_FAIL]);
}

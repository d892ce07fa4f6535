// SPDX-License-Identifier: GPL-2.0
/*
 * Findings, one a line, with the advice in a line below: first what is wrong, by whose trouble it
 * is, then what is worth knowing, then what is fine. Those of one rank stay as they were found.
 */
#include "show/finding.h"

#include "lib/message.h"
#include "lib/text.h"
#include "show/grid.h"
#include "show/print.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What begins an advice to look with this program */
static const char own_command[] = "tuplewatch ";

struct tpr_finding {
	enum tpr_concern concern;
	enum tpr_health health;
	const char *subject;
	char *advice;
	char *text;
};

static const struct {
	const char *word;
	enum tpr_colour colour;
} healths[TPR_HEALTH_NR] = {
	[TPR_HEALTH_OK] = { "ok", TPR_COLOUR_NONE },
	[TPR_HEALTH_NOTE] = { "note", TPR_COLOUR_NONE },
	[TPR_HEALTH_WARN] = { "warn", TPR_COLOUR_YELLOW },
	[TPR_HEALTH_FAIL] = { "FAIL", TPR_COLOUR_RED },
};

static void print_people(const struct tpr_finding *finding)
{
	static const struct tpr_grid_column looks[] = {
		{ .title = "", .width = 4 }, { .title = "", .width = 9 },
		{ .title = "", .is_wrapped = true, .is_filled = true },
	};
	struct tpr_grid *grid = tpr_grid_create(stdout, looks, 3);

	if (!grid)
		return;
	tpr_grid_colour(grid, tpr_print_has_colour());
	tpr_grid_wrap(grid, tpr_print_width());
	tpr_grid_cell(grid, healths[finding->health].word, healths[finding->health].colour);
	tpr_grid_cell(grid, finding->subject, TPR_COLOUR_NONE);
	tpr_grid_cell(grid, finding->text, TPR_COLOUR_NONE);
	if (finding->advice) {
		tpr_grid_cell(grid, "", TPR_COLOUR_NONE);
		tpr_grid_cell(grid, "do:", TPR_COLOUR_NONE);
		tpr_grid_cell(grid, finding->advice, TPR_COLOUR_NONE);
	}
	tpr_grid_flush(grid);
	tpr_grid_destroy(grid);
}

static void print_json(const struct tpr_finding *finding)
{
	printf("{\"check\":");
	tpr_text_json(stdout, finding->subject);
	printf(",\"state\":\"%s\",\"text\":",
	       finding->health == TPR_HEALTH_FAIL ? "fail" : healths[finding->health].word);
	tpr_text_json(stdout, finding->text);
	printf(",\"advice\":");
	if (finding->advice)
		tpr_text_json(stdout, finding->advice);
	else
		printf("null");
	printf("}\n");
}

/* The first are printed first. */
enum { RANK_NOTE = 2 * TPR_CONCERN_NR, RANK_OK, RANK_NR };

static size_t rank_of(const struct tpr_finding *finding)
{
	switch (finding->health) {
	case TPR_HEALTH_OK:
		return RANK_OK;
	case TPR_HEALTH_NOTE:
		return RANK_NOTE;
	default:
		return 2 * finding->concern + (finding->health != TPR_HEALTH_FAIL);
	}
}

/* A word of a shell's line, in quotes if it needs them */
static void put_word(FILE *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_./+,:@%-";

	if (!word[strspn(word, plain)]) {
		fputs(word, out);
		return;
	}
	fputc('\'', out);
	for (; *word; word++)
		fputs(*word == '\'' ? "'\\''" : (char[]){ *word, '\0' }, out);
	fputc('\'', out);
}

/* A command of ours that shows more, shows it of the same files. NULL without memory */
static char *make_advice(const struct tpr_findings *findings, const char *advice)
{
	const size_t own_bytes = strlen(own_command);
	char *text = NULL;
	size_t bytes;
	FILE *out;

	if (!findings->options->from || strncmp(advice, own_command, own_bytes))
		return strdup(advice);
	out = open_memstream(&text, &bytes);
	if (!out)
		return NULL;
	fprintf(out, "%s--from ", own_command);
	put_word(out, findings->options->from);
	fprintf(out, " %s", advice + own_bytes);
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

/**
 * tpr_finding() - add a finding; it is printed in the end
 * @findings: those before it
 * @health: how bad it is
 * @subject: what it is about; a literal
 * @advice: what to do, or NULL; a command of ours is made one about the same saved files
 * @fmt: printf format of what was found
 */
void tpr_finding(struct tpr_findings *findings, enum tpr_health health, const char *subject,
		 const char *advice, const char *fmt, ...)
{
	struct tpr_finding *all = reallocarray(findings->all, findings->all_nr + 1, sizeof(*all));
	char *made = advice ? make_advice(findings, advice) : NULL, *text = NULL;
	va_list args;

	findings->nr[health]++;
	if (all)
		findings->all = all;
	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	if (!all || !text || (advice && !made)) {
		tpr_message("out of memory");
		free(made);
		free(text);
		return;
	}
	all[findings->all_nr++] = (struct tpr_finding){
		.concern = findings->concern, .health = health, .subject = subject,
		.advice = made, .text = text,
	};
}

static void print(const struct tpr_findings *findings)
{
	size_t rank, i;

	for (rank = 0; rank < RANK_NR; rank++) {
		for (i = 0; i < findings->all_nr; i++) {
			if (rank_of(&findings->all[i]) != rank)
				continue;
			if (findings->options->is_json)
				print_json(&findings->all[i]);
			else
				print_people(&findings->all[i]);
		}
	}
}

/**
 * tpr_findings_finish() - print all of them, and how many there were
 * @findings: all of them; none are left
 */
void tpr_findings_finish(struct tpr_findings *findings)
{
	print(findings);
	if (!findings->options->is_json && !findings->options->has_no_header)
		printf("%zu ok, %zu to note, %zu warning%s, %zu failure%s\n",
		       findings->nr[TPR_HEALTH_OK], findings->nr[TPR_HEALTH_NOTE],
		       findings->nr[TPR_HEALTH_WARN],
		       tpr_text_plural(findings->nr[TPR_HEALTH_WARN], "", "s"),
		       findings->nr[TPR_HEALTH_FAIL],
		       tpr_text_plural(findings->nr[TPR_HEALTH_FAIL], "", "s"));
	while (findings->all_nr) {
		free(findings->all[--findings->all_nr].text);
		free(findings->all[findings->all_nr].advice);
	}
	free(findings->all);
	findings->all = NULL;
}

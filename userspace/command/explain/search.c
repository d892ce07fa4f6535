// SPDX-License-Identifier: GPL-2.0
/*
 * The first part of an answer for people: where the kernel looks, and what it finds there, as a
 * list. On a terminal it is drawn.
 */
#include "command/explain/explain.h"

#include "command/explain/candidate.h"
#include "command/explain/step.h"
#include "lib/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sockets stand under their step from here on. */
#define SOCKET_INDENT	7

/* Widths of the columns of steps, so that most answers look alike. */
#define NAME_WIDTH	17
#define WHAT_WIDTH	24
/* What is wider has a line of its own: two of these would not fit into one. */
#define WHAT_WIDTH_MAX	32
#define WHAT_INDENT	24
#define WHERE_WIDTH	23

static void write_cell(const char *text, size_t width)
{
	size_t has = tpr_text_width(text);

	tpr_text_show(stdout, text);
	printf("%*s", (int)(has < width ? width - has : 0) + 2, "");
}

static size_t wider(size_t width, const char *text)
{
	size_t has = tpr_text_width(text);

	return has > width ? has : width;
}

/** struct widths - of the columns of sockets */
struct widths {
	/** @number: of the first, behind SOCKET_INDENT */
	size_t number;
	/** @name: of cookie and address */
	size_t name;
	/** @process: of who holds it */
	size_t process;
	/** @score: of its points */
	size_t score;
	/** @is_tall: all is too much for one line */
	bool is_tall;
};

static void measure(const struct tpr_candidates *candidates, struct widths *to)
{
	size_t fate = strlen("WHAT HAPPENED"), i;

	*to = (struct widths){ 1, strlen("SOCKET"), strlen("PID/PROGRAM"), strlen("SCORE"), false };
	for (i = 0; i < candidates->nr; i++) {
		const struct tpr_candidate *candidate = &candidates->list[i];

		to->number = wider(to->number, candidate->place);
		to->name = wider(to->name, candidate->name);
		to->process = wider(to->process, candidate->process);
		to->score = wider(to->score, candidate->score);
		fate = wider(fate, candidate->fate);
	}
	to->is_tall = SOCKET_INDENT + to->number + to->name + to->process + to->score + 4 * 2 + fate >
		      TPR_EXPLAIN_WIDTH;
}

static void write_line(const struct tpr_candidate *line, const struct widths *widths)
{
	int begin = SOCKET_INDENT + widths->number + 2;

	printf("%*s%*s  ", SOCKET_INDENT, "", (int)widths->number, line->place);
	write_cell(line->name, widths->name);
	if (widths->is_tall) {
		tpr_text_show(stdout, line->process);
		printf("\n%*s", begin, "");
	} else {
		write_cell(line->process, widths->process);
		begin += widths->name + 2 + widths->process + 2;
	}
	write_cell(line->score, widths->score);
	printf("%s\n", line->fate);
	if (!line->more)
		return;
	printf("%*s", begin, "");
	tpr_explain_fold(line->more, begin);
}

static void write_lines(const struct tpr_candidates *candidates)
{
	static const struct tpr_candidate titles = {
		0, "#", (char *)"SOCKET", (char *)"PID/PROGRAM", (char *)"SCORE", "WHAT HAPPENED", NULL
	};
	struct widths widths;
	size_t i;

	measure(candidates, &widths);
	write_line(&titles, &widths);
	for (i = 0; i < candidates->nr; i++)
		write_line(&candidates->list[i], &widths);
}

static void write_sockets(const struct tpr_explained *explained, size_t step)
{
	struct tpr_candidates candidates;
	char *hidden;

	tpr_candidates_init(&candidates, explained, step);
	hidden = tpr_candidates_say_hidden(&candidates);
	if (candidates.nr)
		write_lines(&candidates);
	if (hidden)
		printf("%*s%s\n", SOCKET_INDENT, "", hidden);
	free(hidden);
	tpr_candidates_exit(&candidates);
}

static void write_step(const struct tpr_step *step, size_t width)
{
	printf("%3s  %-*s  ", step->number, NAME_WIDTH, step->name);
	if (step->what && width > WHAT_WIDTH_MAX)
		printf("%s\n%*s", step->what, WHAT_INDENT, "");
	else if (step->what)
		printf("%-*s   ", (int)width, step->what);
	if (!step->where)
		return;
	if (step->what && !step->is_listed)
		printf("%-*s   %s\n", WHERE_WIDTH, step->where, step->state);
	else
		printf("%s\n", step->where);
}

/* The widest thing that is searched for. */
static size_t what_width(const struct tpr_explained *explained)
{
	size_t width = WHAT_WIDTH, row = 0;

	for (; (row = tpr_explain_find(explained, row, "step")) != TPR_EXPLAIN_NONE; row++) {
		struct tpr_step step;

		tpr_step_init(&step, explained, row);
		if (step.what)
			width = wider(width, step.what);
		tpr_step_exit(&step);
	}
	return width;
}

/**
 * tpr_explain_search() - the steps of the search, with the sockets that were looked at
 * @explained: the answer
 */
void tpr_explain_search(const struct tpr_explained *explained)
{
	size_t width = what_width(explained), row = 0;

	for (; (row = tpr_explain_find(explained, row, "step")) != TPR_EXPLAIN_NONE; row++) {
		struct tpr_step step;

		tpr_step_init(&step, explained, row);
		write_step(&step, width);
		write_sockets(explained, row);
		tpr_step_exit(&step);
	}
}

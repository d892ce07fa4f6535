// SPDX-License-Identifier: GPL-2.0
/*
 * The first part of an answer for a terminal: the way of the segment goes down the left edge, past
 * what is in front of the lookup and the steps of the search. The sockets of a bucket hang below it
 * as the chain that they are; where the walk has ended, nobody comes along. It has the words of the
 * list.
 */
#include "command/explain/explain.h"

#include "command/explain/candidate.h"
#include "command/explain/step.h"
#include "lib/text.h"
#include "lib/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of what stands before a line: some glyphs, blanks, a number */
#define MARGIN_BYTES	128

/** struct margin - what stands before a text */
struct margin {
	/** @first: before its first line */
	char first[MARGIN_BYTES];
	/** @rest: before the others */
	char rest[MARGIN_BYTES];
};

/** struct way - how far it is drawn */
struct way {
	/** @explained: the answer */
	const struct tpr_explained *explained;
	/** @drawing: the terminal */
	const struct tpr_drawing *drawing;
	/** @left: gates and steps that are to come */
	size_t left;
};

static size_t count_nodes(const struct tpr_explained *explained)
{
	size_t row = 0, nr = 0;

	for (; (row = tpr_explain_find_gate(explained, row)) != TPR_EXPLAIN_NONE; row++)
		nr++;
	for (row = 0; (row = tpr_explain_find(explained, row, "step")) != TPR_EXPLAIN_NONE; row++)
		nr++;
	return nr;
}

/* The next thing on the way; where the segment does not get to, its line is broken. */
static void begin_node(struct way *way, struct margin *margin, const char *number, bool is_reached)
{
	const struct tpr_glyphs *glyphs = way->drawing->glyphs;
	const char *down = is_reached ? glyphs->down : glyphs->skipped;

	way->left--;
	snprintf(margin->first, sizeof(margin->first), "%s%s%2s  ",
		 !way->left ? glyphs->last : is_reached ? glyphs->branch : glyphs->skipped,
		 glyphs->across, number);
	snprintf(margin->rest, sizeof(margin->rest), "%s     ", way->left ? down : " ");
}

static enum tpr_colour colour_of_gate(const struct tpr_explained *explained, size_t row)
{
	if (tpr_explain_is(explained, row, "fate", TPR_GATE_FATE_PASSES))
		return TPR_COLOUR_NONE;
	if (tpr_explain_is(explained, row, "fate", TPR_GATE_FATE_DROPS) ||
	    tpr_explain_is(explained, row, "fate", TPR_GATE_FATE_REJECTS))
		return TPR_COLOUR_RED;
	return TPR_COLOUR_YELLOW;
}

static void draw_gates(struct way *way)
{
	size_t row = 0;

	for (; (row = tpr_explain_find_gate(way->explained, row)) != TPR_EXPLAIN_NONE; row++) {
		struct tpr_gate gate;
		struct margin margin;
		char *text = NULL;

		tpr_explain_gate_init(&gate, way->explained, row);
		begin_node(way, &margin, "-", true);
		if (asprintf(&text, "%s: %s %s", gate.place, gate.name ? gate.name : "?",
			     gate.fate ? gate.fate : "?") >= 0)
			tpr_drawing_say(way->drawing, margin.first, margin.rest, text,
					colour_of_gate(way->explained, row));
		free(text);
		tpr_explain_gate_exit(&gate);
	}
}

static void put_across(FILE *out, const struct tpr_drawing *drawing, size_t nr)
{
	while (nr--)
		fputs(drawing->glyphs->across, out);
}

/* A bucket as a box, from which the chain hangs */
static void draw_bucket(const struct tpr_drawing *drawing, const char *before, const char *text)
{
	const struct tpr_glyphs *glyphs = drawing->glyphs;
	size_t width = tpr_text_width(text);

	printf("%s%s", before, glyphs->top_left);
	put_across(stdout, drawing, width + 2);
	printf("%s\n%s%s %s %s\n", glyphs->top_right, before, glyphs->down, text, glyphs->down);
	printf("%s%s%s%s", before, glyphs->bottom_left, glyphs->across, glyphs->below);
	put_across(stdout, drawing, width);
	printf("%s\n", glyphs->bottom_right);
}

static bool is_same(const struct tpr_explained *explained, size_t a, size_t b)
{
	const char *cookie = tpr_explain_get(explained, a, "cookie");
	uint64_t inode;

	if (tpr_table_is_value(cookie) && !tpr_table_is_hidden(cookie))
		return tpr_explain_is(explained, b, "cookie", cookie);
	return tpr_text_u64(tpr_explain_get(explained, a, "inode"), &inode) && inode &&
	       tpr_explain_is(explained, b, "inode", tpr_explain_get(explained, a, "inode"));
}

/* What the socket is in the end: "RESULT", with the CPUs if that depends on them; NULL if nothing. */
static char *make_role(const struct tpr_explained *explained, size_t row)
{
	bool by_cpu = tpr_explain_depends_on_cpu(explained);
	size_t result = 0;
	char *text = NULL, *cpus;

	for (; (result = tpr_explain_find(explained, result, "result")) != TPR_EXPLAIN_NONE; result++) {
		cpus = tpr_explain_cpus_like(explained, result);
		if (!cpus || !is_same(explained, row, result)) {
			free(cpus);
			continue;
		}
		if (asprintf(&text, "%s%s%s", tpr_explain_label(explained), by_cpu ? " if CPU " : "",
			     by_cpu ? cpus : "") < 0)
			text = NULL;
		free(cpus);
		return text;
	}
	return NULL;
}

static bool is_looked_at(const struct tpr_explained *explained, size_t row)
{
	return !tpr_explain_is(explained, row, "fate", TPR_FATE_NOT_REACHED);
}

/* Whether the segment goes to it */
static bool is_chosen(const struct way *way, const struct tpr_candidate *candidate,
		      const char *role)
{
	return role || tpr_explain_is(way->explained, candidate->row, "fate", TPR_FATE_COPY);
}

/* What it had, and what became of it */
static void draw_fate(const struct way *way, const char *before,
		      const struct tpr_candidate *candidate, enum tpr_colour colour)
{
	bool has_score = tpr_table_is_value(candidate->score);
	char *text = NULL;

	if (asprintf(&text, "%s%s%s%s", has_score ? "score " : "", has_score ? candidate->score : "",
		     has_score ? ": " : "", candidate->fate) >= 0)
		tpr_drawing_say(way->drawing, before, before, text, colour);
	free(text);
	if (candidate->more)
		tpr_drawing_say(way->drawing, before, before, candidate->more, colour);
}

/* Its names, and a pointer to it if it is what the segment gets; to be freed. */
static char *make_title(const struct way *way, const struct tpr_candidate *candidate,
			const char *role)
{
	const struct tpr_glyphs *glyphs = way->drawing->glyphs;
	char *text = NULL;
	int bytes;

	if (role)
		bytes = asprintf(&text, "%s  %s  %s  %s%s %s", candidate->place, candidate->name,
				 candidate->process, glyphs->pointer, glyphs->across, role);
	else
		bytes = asprintf(&text, "%s  %s  %s", candidate->place, candidate->name,
				 candidate->process);
	return bytes < 0 ? NULL : text;
}

/* Behind the last that was looked at the line of the chain is broken. */
static void make_margin(const struct way *way, struct margin *margin, const char *before,
			const struct tpr_candidate *candidate, const struct tpr_candidate *next)
{
	const struct tpr_glyphs *glyphs = way->drawing->glyphs;
	bool is_looked = is_looked_at(way->explained, candidate->row);
	const char *down = " ";

	if (next)
		down = is_looked_at(way->explained, next->row) ? glyphs->down : glyphs->skipped;
	snprintf(margin->first, sizeof(margin->first), "%s  %s%s%s ", before,
		 !next ? glyphs->last : is_looked ? glyphs->branch : glyphs->skipped,
		 glyphs->across, is_looked ? glyphs->full : glyphs->hollow);
	snprintf(margin->rest, sizeof(margin->rest), "%s  %s   ", before, down);
}

static void draw_candidate(const struct way *way, const char *before,
			   const struct tpr_candidate *candidate, const struct tpr_candidate *next)
{
	char *role = make_role(way->explained, candidate->row);
	char *title = make_title(way, candidate, role);
	enum tpr_colour colour = TPR_COLOUR_NONE;
	struct margin margin;

	if (!is_looked_at(way->explained, candidate->row))
		colour = TPR_COLOUR_DIM;
	make_margin(way, &margin, before, candidate, next);
	if (title)
		tpr_drawing_say(way->drawing, margin.first, margin.rest, title,
				is_chosen(way, candidate, role) ? TPR_COLOUR_GREEN : colour);
	draw_fate(way, margin.rest, candidate, colour);
	free(title);
	free(role);
}

static void draw_chain(const struct way *way, const char *before, size_t row)
{
	struct tpr_candidates candidates;
	char *hidden;
	size_t i;

	tpr_candidates_init(&candidates, way->explained, row);
	hidden = tpr_candidates_say_hidden(&candidates);
	for (i = 0; i < candidates.nr; i++)
		draw_candidate(way, before, &candidates.list[i],
			       i + 1 < candidates.nr ? &candidates.list[i + 1] : NULL);
	if (hidden)
		tpr_drawing_say(way->drawing, before, before, hidden, TPR_COLOUR_DIM);
	free(hidden);
	tpr_candidates_exit(&candidates);
}

/* A step of which a line says all */
static void draw_short(const struct way *way, const struct margin *margin,
		       const struct tpr_step *step)
{
	bool has_what = step->what && *step->what, has_state = *step->state;
	char *text = NULL;

	if (asprintf(&text, "%s%s%s: %s%s%s", step->name, has_what ? ", " : "",
		     has_what ? step->what : "", step->where ? step->where : "?",
		     has_state ? ", " : "", step->state) >= 0)
		tpr_drawing_say(way->drawing, margin->first, margin->rest, text,
				step->is_reached ? TPR_COLOUR_NONE : TPR_COLOUR_DIM);
	free(text);
}

/* A step with a chain */
static void draw_long(const struct way *way, const struct margin *margin,
		      const struct tpr_step *step, size_t row)
{
	char *text = NULL;

	if (asprintf(&text, "%s, %s", step->name, step->what ? step->what : "") >= 0)
		tpr_drawing_say(way->drawing, margin->first, margin->rest, text, TPR_COLOUR_NONE);
	free(text);
	draw_bucket(way->drawing, margin->rest, step->where ? step->where : "?");
	draw_chain(way, margin->rest, row);
}

static void draw_steps(struct way *way)
{
	size_t row = 0;

	for (; (row = tpr_explain_find(way->explained, row, "step")) != TPR_EXPLAIN_NONE; row++) {
		struct tpr_step step;
		struct margin margin;

		tpr_step_init(&step, way->explained, row);
		begin_node(way, &margin, step.number, step.is_reached);
		if (step.is_listed) {
			draw_long(way, &margin, &step, row);
		} else {
			draw_short(way, &margin, &step);
			draw_chain(way, margin.rest, row);
		}
		tpr_step_exit(&step);
	}
}

/**
 * tpr_explain_draw() - draw what is passed before the lookup, and its steps
 * @explained: the answer
 * @drawing: the terminal
 */
void tpr_explain_draw(const struct tpr_explained *explained, const struct tpr_drawing *drawing)
{
	struct way way = {
		.explained = explained, .drawing = drawing, .left = count_nodes(explained),
	};

	draw_gates(&way);
	draw_steps(&way);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Where the kernel looks, for what, and what it finds there.
 */
#include "command/explain/step.h"

#include "lib/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* IPv6 sockets with SO_REUSEPORT join at the tail of a chain, all others at its head. */
static const char *order_of(const struct tpr_explained *explained, size_t step)
{
	size_t row;

	for (row = step + 1; row < explained->rows.nr; row++) {
		const char *local = tpr_explain_get(explained, row, "local");

		if (!tpr_explain_is(explained, row, "row", "socket"))
			break;
		if (*local == '[' && tpr_explain_has_flag(explained, row, TPR_SOCKET_FLAG_REUSEPORT))
			return ", in this order";
	}
	return ", newest first";
}

static const struct {
	const char *step;
	const char *name;
	/* behind the address, or instead of it */
	const char *what;
} steps[] = {
	{ TPR_STEP_EARLY_DEMUX, "early demux", "this tuple, first socket" },
	{ TPR_STEP_ESTABLISHED, "established table", "this tuple" },
	{ TPR_STEP_SK_LOOKUP, "BPF sk_lookup", NULL },
	{ TPR_STEP_LISTENER_ADDR, "listener table", "(exact)" },
	{ TPR_STEP_LISTENER_ANY, "listener table", "(any)" },
	{ TPR_STEP_UDP_ADDR, "UDP table", "(exact)" },
	{ TPR_STEP_UDP_ANY, "UDP table", "(any)" },
	{ TPR_STEP_UDP_PORT, "UDP table", "by port alone" },
	{ TPR_STEP_MULTICAST, "UDP table", "all that want it" },
};

/* What is searched for there; to be freed. */
static char *make_what(const struct tpr_explained *explained, size_t row, const char *what)
{
	char *text = NULL;

	if (what[0] != '(')
		return strdup(what);
	if (asprintf(&text, "%s %s", tpr_explain_get(explained, row, "local"), what) < 0)
		return NULL;
	return text;
}

/* Is what stands behind it a list of what was looked at? */
static bool is_listed(const struct tpr_explained *explained, size_t step)
{
	return step + 1 < explained->rows.nr &&
	       tpr_explain_is(explained, step + 1, "row", "socket") &&
	       !tpr_explain_is(explained, step, "fate", TPR_STEP_STATE_NOT_REACHED);
}

/* In which bucket; to be freed. */
static char *make_bucket(const struct tpr_explained *explained, size_t row)
{
	const char *sockets = tpr_explain_get(explained, row, "sockets");
	bool is_one = !strcmp(sockets, "1");
	char *text = NULL;

	if (asprintf(&text, "bucket %s, %s socket%s%s", tpr_explain_get(explained, row, "bucket"),
		     sockets, is_one ? "" : "s",
		     is_listed(explained, row) && !is_one ? order_of(explained, row) : "") < 0)
		return NULL;
	return text;
}

/* What came of it, where no list of sockets says so. */
static const char *state_of(const struct tpr_explained *explained, size_t row)
{
	if (is_listed(explained, row))
		return "";
	if (tpr_explain_is(explained, row, "fate", TPR_STEP_STATE_NOT_REACHED))
		return "not searched";
	return tpr_explain_is(explained, row, "fate", TPR_STEP_STATE_MATCH) ? "match" : "no match";
}

/* Which programs, and what they do here; to be freed. */
static char *make_programs(const struct tpr_explained *explained, size_t row)
{
	const char *ids = tpr_explain_programs(explained, row);
	char *text = NULL;

	if (tpr_explain_is(explained, row, "fate", TPR_STEP_STATE_NOT_ATTACHED))
		return strdup("no program attached");
	if (asprintf(&text, "program %s attached, %s", ids,
		     tpr_explain_is(explained, row, "fate", TPR_STEP_STATE_ATTACHED) ?
			     "not run here" : "not reached") < 0)
		return NULL;
	return text;
}

static size_t find_words(const struct tpr_explained *explained, size_t row)
{
	const char *step = tpr_explain_get(explained, row, "name");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		if (!strcmp(steps[i].step, step))
			break;
	}
	return i;
}

/**
 * tpr_step_init() - put a step into words
 * @step: filled in, for tpr_step_exit(); without memory @what or @where are NULL
 * @explained: the answer
 * @row: of the step
 */
void tpr_step_init(struct tpr_step *step, const struct tpr_explained *explained, size_t row)
{
	size_t i = find_words(explained, row);
	bool is_known = i < ARRAY_SIZE(steps);

	*step = (struct tpr_step){
		.number = tpr_explain_get(explained, row, "step"),
		.name = is_known ? steps[i].name : tpr_explain_get(explained, row, "name"),
		.state = "",
		.is_reached = !tpr_explain_is(explained, row, "fate", TPR_STEP_STATE_NOT_REACHED),
	};
	if (is_known && !steps[i].what) {
		step->where = make_programs(explained, row);
		return;
	}
	step->what = make_what(explained, row, is_known ? steps[i].what : "");
	step->where = make_bucket(explained, row);
	step->state = state_of(explained, row);
	step->is_listed = is_listed(explained, row);
}

/**
 * tpr_step_exit() - free what it holds
 * @step: from tpr_step_init()
 */
void tpr_step_exit(struct tpr_step *step)
{
	free(step->what);
	free(step->where);
}

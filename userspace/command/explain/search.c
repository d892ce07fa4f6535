// SPDX-License-Identifier: GPL-2.0
/*
 * The first part of an answer for people: where the kernel looks, and what it finds there.
 */
#include "command/explain/explain.h"

#include "lib/text.h"
#include "lib/words.h"
#include "show/grid.h"

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

/** struct line - a socket, in words */
struct line {
	/** @place: its place in the bucket */
	const char *place;
	/** @name: cookie and address */
	char *name;
	/** @process: who holds it */
	char *process;
	/** @score: its points */
	char *score;
	/** @fate: what happened */
	const char *fate;
	/** @more: a second line, or NULL */
	char *more;
};

static const struct {
	const char *fate;
	const char *words;
} fates[] = {
	{ TPR_FATE_OTHER_PORT, "another port" },
	{ TPR_FATE_OTHER_ADDRESS, "another address" },
	{ TPR_FATE_OTHER_DEVICE, "bound to another device" },
	{ TPR_FATE_OTHER_PEER, "connected to another peer" },
	{ TPR_FATE_ONLY_IPV4, "takes IPv4 only" },
	{ TPR_FATE_ONLY_IPV6, "takes IPv6 only" },
	{ TPR_FATE_NOT_JOINED, "has not joined the group" },
	{ TPR_FATE_SOURCE_FILTER, "does not want that source" },
	{ TPR_FATE_COPY, "gets a copy" },
	{ TPR_FATE_BEST, "best so far" },
	{ TPR_FATE_GROUP_STOPS, "best so far; SO_REUSEPORT" },
	{ TPR_FATE_GROUP_GOES_ON, "best so far; SO_REUSEPORT" },
	{ TPR_FATE_NOT_BETTER, "not better than the best" },
	{ TPR_FATE_NOT_REACHED, "never looked at" },
};

static const struct {
	const char *point;
	const char *words;
} points[] = {
	{ TPR_POINT_ANY_DEVICE, "any device" },
	{ TPR_POINT_IPV4, "IPv4" },
	{ TPR_POINT_IPV6, "IPv6" },
	{ TPR_POINT_PEER_ADDRESS, "peer address" },
	{ TPR_POINT_PEER_PORT, "peer port" },
	{ TPR_POINT_CPU, "this CPU" },
};

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static const char *fate_of(const char *fate)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fates); i++) {
		if (!strcmp(fates[i].fate, fate))
			return fates[i].words;
	}
	return fate;
}

static bool is_word(const char *text, size_t bytes, const char *word)
{
	return strlen(word) == bytes && !strncmp(word, text, bytes);
}

/* "any-device:1" as "any device 1", "device:2" as "device lo 2". */
static void write_point(FILE *out, const char *point, size_t bytes, const char *dev)
{
	const char *colon = memchr(point, ':', bytes);
	size_t name_bytes = colon ? (size_t)(colon - point) : bytes, i;

	if (is_word(point, name_bytes, TPR_POINT_DEVICE)) {
		fprintf(out, "device %s", dev);
	} else {
		for (i = 0; i < ARRAY_SIZE(points); i++) {
			if (is_word(point, name_bytes, points[i].point))
				break;
		}
		if (i < ARRAY_SIZE(points))
			fputs(points[i].words, out);
		else
			fprintf(out, "%.*s", (int)name_bytes, point);
	}
	if (colon)
		fprintf(out, " %.*s", (int)(bytes - name_bytes - 1), colon + 1);
}

/* "2 = any device 1 + IPv4 1" */
static char *make_score(const struct tpr_explained *explained, size_t row)
{
	const char *score = tpr_explain_get(explained, row, "score");
	const char *point = tpr_explain_get(explained, row, "points");
	const char *before = " = ";
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (!out)
		return NULL;
	fputs(score, out);
	while (tpr_table_is_value(point) && *point) {
		bytes = strcspn(point, ",");
		fputs(before, out);
		write_point(out, point, bytes, tpr_explain_get(explained, row, "dev"));
		before = " + ";
		point += bytes + (point[bytes] == ',');
	}
	return fclose(out) ? NULL : text;
}

/* What its group has to do with it, if it was asked. */
static char *make_more(const struct tpr_explained *explained, size_t row)
{
	const char *group = tpr_explain_get(explained, row, "group");
	const char *chooser = tpr_explain_get(explained, row, "chooser");
	const char *end = "the walk STOPS";
	char *text = NULL;
	int bytes;

	if (!tpr_table_is_value(group))
		return NULL;
	if (tpr_explain_is(explained, row, "fate", TPR_FATE_GROUP_GOES_ON))
		end = "it has connected members: the walk goes on";
	if (!strcmp(chooser, TPR_CHOOSER_EBPF))
		bytes = asprintf(&text, "group of %s asked, its eBPF program %s chooses, %s", group,
				 tpr_explain_programs(explained, row), end);
	else
		bytes = asprintf(&text, "group of %s asked, member %s chosen%s, %s", group,
				 tpr_explain_get(explained, row, "member"),
				 strcmp(chooser, TPR_CHOOSER_CBPF) ? "" :
				 " (its program, simulated)", end);
	return bytes < 0 ? NULL : text;
}

static char *make_name(const struct tpr_explained *explained, size_t row)
{
	const char *cookie = tpr_explain_get(explained, row, "cookie");
	char *endpoint = tpr_explain_endpoint(explained, row);
	char *text = NULL;

	if (!tpr_table_is_value(cookie))
		return endpoint;
	if (!endpoint || asprintf(&text, "%s %s", cookie, endpoint) < 0)
		text = NULL;
	free(endpoint);
	return text;
}

static bool fill_line(const struct tpr_explained *explained, size_t row, struct line *line)
{
	*line = (struct line){
		.place = tpr_explain_get(explained, row, "place"),
		.name = make_name(explained, row),
		.process = tpr_explain_process(explained, row),
		.score = make_score(explained, row),
		.fate = fate_of(tpr_explain_get(explained, row, "fate")),
		.more = make_more(explained, row),
	};
	return line->name && line->process && line->score;
}

static void free_lines(struct line *lines, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		free(lines[i].name);
		free(lines[i].process);
		free(lines[i].score);
		free(lines[i].more);
	}
	free(lines);
}

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

static void measure(const struct line *lines, size_t nr, struct widths *to)
{
	size_t fate = strlen("WHAT HAPPENED"), i;

	*to = (struct widths){ 1, strlen("SOCKET"), strlen("PID/PROGRAM"), strlen("SCORE"), false };
	for (i = 0; i < nr; i++) {
		to->number = wider(to->number, lines[i].place);
		to->name = wider(to->name, lines[i].name);
		to->process = wider(to->process, lines[i].process);
		to->score = wider(to->score, lines[i].score);
		fate = wider(fate, lines[i].fate);
	}
	to->is_tall = SOCKET_INDENT + to->number + to->name + to->process + to->score + 4 * 2 + fate >
		      TPR_EXPLAIN_WIDTH;
}

static void write_line(const struct line *line, const struct widths *widths)
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

static void write_lines(const struct line *lines, size_t nr)
{
	static const struct line titles = {
		"#", (char *)"SOCKET", (char *)"PID/PROGRAM", (char *)"SCORE", "WHAT HAPPENED", NULL
	};
	struct widths widths;
	size_t i;

	measure(lines, nr, &widths);
	write_line(&titles, &widths);
	for (i = 0; i < nr; i++)
		write_line(&lines[i], &widths);
}

/* Of those on other ports there may be thousands, and they say nothing. */
static bool is_shown(const struct tpr_explained *explained, size_t row)
{
	return explained->options->is_extended ||
	       (!tpr_explain_is(explained, row, "fate", TPR_FATE_OTHER_PORT) &&
		!(tpr_explain_is(explained, row, "fate", TPR_FATE_NOT_REACHED) &&
		  tpr_explain_is(explained, row, "score", "-")));
}

/* The sockets of a step, which stand behind it. */
static void write_sockets(const struct tpr_explained *explained, size_t step)
{
	size_t row, nr = 0, hidden = 0, end = step + 1;
	struct line *lines;

	while (end < explained->rows.nr && tpr_explain_is(explained, end, "row", "socket"))
		end++;
	lines = calloc(end - step, sizeof(*lines));
	for (row = step + 1; lines && row < end; row++) {
		if (!is_shown(explained, row))
			hidden++;
		else if (!fill_line(explained, row, &lines[nr++]))
			break;
	}
	if (nr)
		write_lines(lines, nr);
	if (hidden)
		printf("%*s%zu %s in this bucket, out of the question; -e lists them\n",
		       SOCKET_INDENT, "", hidden, nr ? "more" : tpr_text_plural(hidden, "socket", "sockets"));
	free_lines(lines, nr);
}

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
static char *make_where(const struct tpr_explained *explained, size_t row)
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

static void write_programs(const struct tpr_explained *explained, size_t row)
{
	const char *ids = tpr_explain_programs(explained, row);

	if (tpr_explain_is(explained, row, "fate", TPR_STEP_STATE_NOT_ATTACHED))
		printf("no program attached\n");
	else
		printf("program %s attached, %s\n", ids,
		       tpr_explain_is(explained, row, "fate", TPR_STEP_STATE_ATTACHED) ? "not run here" :
									   "not reached");
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

static void write_step(const struct tpr_explained *explained, size_t row, size_t width)
{
	size_t i = find_words(explained, row);
	bool is_known = i < ARRAY_SIZE(steps);
	char *what, *where;

	printf("%3s  %-*s  ", tpr_explain_get(explained, row, "step"), NAME_WIDTH,
	       is_known ? steps[i].name : tpr_explain_get(explained, row, "name"));
	if (is_known && !steps[i].what) {
		write_programs(explained, row);
		return;
	}
	what = make_what(explained, row, is_known ? steps[i].what : "");
	where = make_where(explained, row);
	if (what && width > WHAT_WIDTH_MAX)
		printf("%s\n%*s", what, WHAT_INDENT, "");
	else if (what)
		printf("%-*s   ", (int)width, what);
	if (where && is_listed(explained, row))
		printf("%s\n", where);
	else if (where)
		printf("%-*s   %s\n", WHERE_WIDTH, where, state_of(explained, row));
	free(what);
	free(where);
}

/* The widest thing that is searched for. */
static size_t what_width(const struct tpr_explained *explained)
{
	size_t width = WHAT_WIDTH, row = 0;

	for (; (row = tpr_explain_find(explained, row, "step")) != TPR_EXPLAIN_NONE; row++) {
		size_t i = find_words(explained, row);
		char *what;

		if (i == ARRAY_SIZE(steps) || !steps[i].what)
			continue;
		what = make_what(explained, row, steps[i].what);
		if (what)
			width = wider(width, what);
		free(what);
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
		write_step(explained, row, width);
		write_sockets(explained, row);
	}
}

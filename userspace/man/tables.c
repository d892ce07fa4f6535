// SPDX-License-Identifier: GPL-2.0
/*
 * What the manual has from the headers that the module has it from: names of facts and columns, and
 * words, each with its meaning. "make man" runs it.
 *
 *	tables		all names, one a line, behind the title of their list
 *	tables FILE	FILE with its lists made anew
 *
 * A list stands between two remarks:
 *	.\" words of via: made by "make man"
 *	.\" end
 */
#include "module/uapi/columns.h"
#include "module/uapi/tuplewatch.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MADE	": made by \"make man\"\n"

/* No line of a list is longer. */
#define WIDTH	78

/** struct entry - a name and what it means */
struct entry {
	/** @name: the name; NULL ends a list */
	const char *name;
	/** @meaning: in words */
	const char *meaning;
};

#define COLUMN(name, kind, meaning)	{ name, meaning },
#define WORD(id, word, meaning)		{ word, meaning },
#define END				{ NULL, NULL }

static const struct entry facts[] = { TPW_FACTS(COLUMN) END };
static const struct entry explain_facts[] = { TPW_EXPLAIN_FACTS(COLUMN) END };
static const struct entry counters[] = { TPW_COUNTERS_COLUMNS(COLUMN) END };
static const struct entry listeners[] = { TPW_LISTENERS_COLUMNS(COLUMN) END };
static const struct entry reader[] = { TPW_LISTENERS_READER_COLUMNS(COLUMN) END };
static const struct entry connections[] = { TPW_CONNECTIONS_COLUMNS(COLUMN) END };
static const struct entry refused[] = { TPW_REFUSED_COLUMNS(COLUMN) END };
static const struct entry taken[] = { TPW_TAKEN_COLUMNS(COLUMN) END };
static const struct entry records[] = { TPW_LOG_COLUMNS(COLUMN) END };
static const struct entry filters[] = { TPW_FILTERS_COLUMNS(COLUMN) END };
static const struct entry hooks[] = { TPW_HOOKS_COLUMNS(COLUMN) END };
static const struct entry explain[] = { TPW_EXPLAIN_COLUMNS(COLUMN) END };
static const struct entry via[] = { TPW_VIA_NAMES(WORD) END };
static const struct entry match[] = { TPW_MATCH_NAMES(WORD) END };
static const struct entry outcome[] = { TPW_OUTCOME_NAMES(WORD) END };
static const struct entry relookup[] = { TPW_RELOOKUP_NAMES(WORD) END };
static const struct entry close_reason[] = { TPW_CLOSE_NAMES(WORD) END };
static const struct entry nearest[] = { TPW_NEAR_NAMES(WORD) END };
static const struct entry socket_flags[] = { TPW_SOCKET_FLAG_NAMES(WORD) END };
static const struct entry points[] = { TPW_POINT_NAMES(WORD) END };
static const struct entry step[] = { TPW_STEP_NAMES(WORD) END };
static const struct entry step_state[] = { TPW_STEP_STATE_NAMES(WORD) END };
static const struct entry fate[] = { TPW_FATE_NAMES(WORD) END };
static const struct entry agreement[] = { TPW_AGREEMENT_NAMES(WORD) END };
static const struct entry takers[] = { TPW_TAKER_NAMES(WORD) END };
static const struct entry gates[] = { TPW_GATE_NAMES(WORD) END };
static const struct entry gate_fates[] = { TPW_GATE_FATE_NAMES(WORD) END };
static const struct entry after[] = { TPW_AFTER_NAMES(WORD) END };
static const struct entry holders[] = { TPW_HOLD_NAMES(WORD) END };
static const struct entry bind[] = { TPW_BIND_NAMES(WORD) END };

/** struct list - a list that has its place in a page */
static struct list {
	/** @title: what the remark before it calls it */
	const char *title;
	/** @entries: what stands in it */
	const struct entry *entries;
	/** @is_placed: it stood in the page */
	bool is_placed;
} lists[] = {
	{ "facts", facts, false },
	{ "facts of explain", explain_facts, false },
	{ "columns of counters", counters, false },
	{ "columns of listeners", listeners, false },
	{ "columns that the reader adds to listeners", reader, false },
	{ "columns of connections", connections, false },
	{ "columns of refused", refused, false },
	{ "columns of taken", taken, false },
	{ "columns of log", records, false },
	{ "columns of filter", filters, false },
	{ "columns of hooks", hooks, false },
	{ "columns of explain", explain, false },
	{ "words of via", via, false },
	{ "words of match", match, false },
	{ "words of outcome", outcome, false },
	{ "words of relookup", relookup, false },
	{ "words of close reason", close_reason, false },
	{ "words of nearest", nearest, false },
	{ "words of socket flags", socket_flags, false },
	{ "words of points", points, false },
	{ "words of step", step, false },
	{ "words of step state", step_state, false },
	{ "words of fate", fate, false },
	{ "words of agreement", agreement, false },
	{ "words of takers", takers, false },
	{ "words of gates", gates, false },
	{ "fates of gates", gate_fates, false },
	{ "words of after", after, false },
	{ "words of holders", holders, false },
	{ "words of bind", bind, false },
};

#define LISTS_NR	(sizeof(lists) / sizeof(lists[0]))

__attribute__((noreturn))
static void fail(const char *what, const char *which)
{
	fprintf(stderr, "tables: %s: %s\n", what, which);
	exit(1);
}

/* "?" would end a sentence, "-" be a hyphen, name() want markup, and a backslash be an escape. */
static void escape(char *to, const char *word, size_t bytes)
{
	if (bytes == 1 && (*word == '?' || *word == '-'))
		to += sprintf(to, *word == '?' ? "\\&" : "\\");
	for (; bytes; word++, bytes--) {
		if (!strncmp(word, "()", 2))
			to += sprintf(to, "\\&");
		if (*word == '\\')
			to += sprintf(to, "\\e");
		else
			*to++ = *word;
	}
	*to = '\0';
}

/* One word more of a paragraph, in this line or the next; no line may look like a request. */
static size_t write_word(size_t at, const char *word)
{
	bool is_new = !at || at + 1 + strlen(word) > WIDTH;
	const char *before = is_new && strchr(".'", *word) ? "\\&" : "";

	if (at)
		putchar(is_new ? '\n' : ' ');
	printf("%s%s", before, word);
	return (is_new ? 0 : at + 1) + strlen(before) + strlen(word);
}

static void write_meaning(const char *meaning)
{
	char word[4 * WIDTH];
	size_t at = 0, bytes;

	while (*meaning) {
		bytes = strcspn(meaning, " ");
		if (bytes >= WIDTH)
			fail("a word without end", meaning);
		escape(word, meaning, bytes);
		at = write_word(at, word);
		meaning += bytes + strspn(meaning + bytes, " ");
	}
	putchar('\n');
}

static void write_mdoc(const struct list *list)
{
	const struct entry *entry;
	char name[4 * WIDTH];

	puts(".Bl -tag -width Ds");
	for (entry = list->entries; entry->name; entry++) {
		escape(name, entry->name, strlen(entry->name));
		printf(".It Ic %s\n", name);
		write_meaning(entry->meaning);
	}
	puts(".El");
}

static struct list *find_list(const char *title, size_t bytes)
{
	size_t i;

	for (i = 0; i < LISTS_NR; i++) {
		if (strlen(lists[i].title) == bytes && !strncmp(lists[i].title, title, bytes))
			return &lists[i];
	}
	fail("no such list", title);
}

/* Past what stood there. */
static void skip_to_end(FILE *file, const char *mark)
{
	char *line = NULL;
	size_t max = 0;

	do {
		if (getline(&line, &max, file) < 0)
			fail("a list without end", mark);
	} while (strncmp(line, mark, strlen(mark)) || strcmp(line + strlen(mark), "end\n"));
	fputs(line, stdout);
	free(line);
}

/* If this line begins a list, that is written. */
static void write_list(FILE *file, const char *line)
{
	const char *mark = ".\\\" ", *made = strstr(line, MADE);
	struct list *list;

	if (!made || strncmp(line, mark, strlen(mark)))
		return;
	line += strlen(mark);
	list = find_list(line, (size_t)(made - line));
	write_mdoc(list);
	list->is_placed = true;
	skip_to_end(file, mark);
}

static void rewrite(const char *path)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t max = 0, i;

	if (!file)
		fail("cannot be read", path);
	while (getline(&line, &max, file) > 0) {
		fputs(line, stdout);
		write_list(file, line);
	}
	for (i = 0; i < LISTS_NR; i++) {
		if (!lists[i].is_placed)
			fail("has no place in the page", lists[i].title);
	}
	free(line);
	fclose(file);
}

int main(int argc, char **argv)
{
	const struct entry *entry;
	size_t i;

	if (argc == 2)
		rewrite(argv[1]);
	for (i = 0; argc < 2 && i < LISTS_NR; i++) {
		for (entry = lists[i].entries; entry->name; entry++)
			printf("%s: %s\n", lists[i].title, entry->name);
	}
	return fflush(stdout) || ferror(stdout);
}

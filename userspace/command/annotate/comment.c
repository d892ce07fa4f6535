// SPDX-License-Identifier: GPL-2.0
/*
 * Most of it stands in the columns of the log; the listener and the process the tables of sockets know,
 * perhaps only later: accept() comes after the segments of a handshake. So there is a text of a row first,
 * in parts, each behind a line's end: what is said first, the cookies of the socket and of its listener,
 * what is said last.
 */
#include "command/annotate/comment.h"

#include "lib/words.h"

#include <stdlib.h>
#include <string.h>

#define PARTS_NR	4

static const char *field(const struct tpr_table *log, const char *column)
{
	int at = tpr_table_column(log, column);

	return at < 0 ? "-" : log->fields[at];
}

static void write_part(FILE *out, const char *before, const char *word)
{
	fputs(before, out);
	tpr_owners_write_word(out, word);
}

/**
 * tpr_comment_text() - what a row of the log says
 * @log: at TPR_EVENT_ROW
 *
 * Return: a text, to be freed; NULL without memory.
 */
char *tpr_comment_text(const struct tpr_table *log)
{
	const char *netns = tpr_table_fact(log, "netns");
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (!out)
		return NULL;
	write_part(out, "via=", field(log, "via"));
	write_part(out, " match=", field(log, "match"));
	write_part(out, " outcome=", field(log, "outcome"));
	if (!strcmp(field(log, "outcome"), TPR_OUTCOME_DROPPED))
		write_part(out, ":", field(log, "reason"));
	write_part(out, "\n", field(log, "cookie"));
	write_part(out, "\n", field(log, "listener_cookie"));
	fputc('\n', out);
	if (netns && !strcmp(netns, "all"))
		write_part(out, " netns=", field(log, "netns"));
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

/* Its parts, in a copy to be freed; false without memory. No field has the end of a line in it. */
static bool split(char **copy, char *parts[PARTS_NR], const char *text)
{
	char *at = strdup(text);
	size_t i;

	*copy = at;
	for (i = 0; i < PARTS_NR && at; i++)
		parts[i] = strsep(&at, "\n");
	return i == PARTS_NR;
}

/**
 * tpr_comment_make() - the comment of a packet
 * @text: of its row
 * @owners: what is known of sockets
 * @is_complete: set to whether the tables know the socket and its process; NULL if nobody asks
 *
 * Return: the comment, to be freed; NULL without memory.
 */
char *tpr_comment_make(const char *text, const struct tpr_owners *owners, bool *is_complete)
{
	char *copy = NULL, *comment = NULL, *parts[PARTS_NR];
	size_t bytes;
	FILE *out = split(&copy, parts, text) ? open_memstream(&comment, &bytes) : NULL;

	if (out) {
		fprintf(out, "%s cookie=%s", parts[0], parts[1]);
		tpr_owners_write(owners, parts[1], parts[2], out);
		fputs(parts[3], out);
		if (is_complete)
			*is_complete = tpr_owners_have(owners, parts[1]);
	}
	free(copy);
	if (out && !fclose(out))
		return comment;
	free(comment);
	return NULL;
}

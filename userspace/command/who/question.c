// SPDX-License-Identifier: GPL-2.0
/*
 * Questions from words. People copy them from wherever they saw the connection, so its arrow may
 * stand between them, and tcpdump's dot before the port.
 */
#include "command/who/question.h"

#include "lib/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_BYTES	128

/* 10.0.0.1.80 and ::1.80 have one dot more than an address. Turns that into a colon. */
static void undo_tcpdump(char *word)
{
	char *dot = strrchr(word, '.');
	char copy[WORD_BYTES + 4];
	size_t dots = 0;
	char *c;

	for (c = word; *c; c++)
		dots += *c == '.';
	if (!dot || strchr(word, '[') || strchr(word, '/'))
		return;
	if (strchr(word, ':') && dots == 1) {
		/* brackets around what is before it: two bytes more, for which there is room */
		snprintf(copy, sizeof(copy), "[%.*s]:%s", (int)(dot - word), word, dot + 1);
		strcpy(word, copy);
	} else if (!strchr(word, ':') && dots == 4) {
		*dot = ':';
	}
}

static bool is_arrow(const char *word)
{
	return !strcmp(word, ">") || !strcmp(word, "<") || !strcmp(word, "->") ||
	       !strcmp(word, "<-") || !strcmp(word, "<->");
}

static bool add_end(struct tpr_question *question, const char *word)
{
	char copy[WORD_BYTES + 4];
	size_t bytes = strlen(word);

	if (question->ends_nr == 2) {
		tpr_message("who: '%s' is a third end: a connection has two", word);
		return false;
	}
	/* tcpdump ends the second one with a colon */
	if (bytes > 1 && word[bytes - 1] == ':' && word[bytes - 2] != ':')
		bytes--;
	if (bytes < WORD_BYTES) {
		snprintf(copy, sizeof(copy), "%.*s", (int)bytes, word);
		undo_tcpdump(copy);
		if (tpr_endpoint_prefix(copy, &question->ends[question->ends_nr])) {
			question->ends_nr++;
			return true;
		}
	}
	tpr_message("who: '%s' is no address with a port, as 10.0.0.1:80 or [::1]:80", word);
	return false;
}

/**
 * tpr_question_parse() - read a question
 * @question: filled in; it points into @argv
 * @argc: number of words
 * @argv: the words
 *
 * Return: false after a message that names the word that is wrong.
 */
bool tpr_question_parse(struct tpr_question *question, int argc, char **argv)
{
	int i;

	*question = (struct tpr_question){ 0 };
	for (i = 0; i < argc; i++) {
		if (is_arrow(argv[i]))
			continue;
		if (!strcmp(argv[i], "tcp") || !strcmp(argv[i], "udp"))
			question->proto = argv[i];
		else if (!strncmp(argv[i], "sk:", 3) && argv[i][3])
			question->cookie = argv[i] + 3;
		else if (!add_end(question, argv[i]))
			return false;
	}
	if (question->ends_nr || question->cookie)
		return true;
	tpr_message("who: which connection? One or two ends: who 10.0.0.1:54240 10.0.0.2:80");
	return false;
}

static bool is_end(const struct tpr_question *question, unsigned int end, const char *text)
{
	struct tpr_endpoint endpoint;

	return end >= question->ends_nr ||
	       (tpr_endpoint_parse(text, &endpoint) &&
		tpr_endpoint_is(&endpoint, &question->ends[end]));
}

/**
 * tpr_question_is() - whether a connection is the one that was asked for
 * @question: the question
 * @proto: tcp, tcp6, udp or udp6
 * @local: its local end, as in a table
 * @foreign: its foreign end, as in a table
 * @cookie: of its socket
 *
 * Return: whether it is, its ends in either order.
 */
bool tpr_question_is(const struct tpr_question *question, const char *proto, const char *local,
		     const char *foreign, const char *cookie)
{
	if (question->proto && strncmp(question->proto, proto, 3))
		return false;
	if (question->cookie && strcmp(question->cookie, cookie))
		return false;
	return (is_end(question, 0, local) && is_end(question, 1, foreign)) ||
	       (is_end(question, 0, foreign) && is_end(question, 1, local));
}

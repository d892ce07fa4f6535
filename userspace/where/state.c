// SPDX-License-Identifier: GPL-2.0
/*
 * Sets of states, one bit each.
 */
#include "where/state.h"

#include <stddef.h>
#include <string.h>

/* Each name once for the tables and once for ss; other spellings that people type come after. */
static const struct {
	const char *field;
	const char *word;
} states[] = {
	{ "ESTABLISHED", "established" },
	{ "SYN_SENT", "syn-sent" },
	{ "SYN_RECV", "syn-recv" },
	{ "FIN_WAIT1", "fin-wait-1" },
	{ "FIN_WAIT2", "fin-wait-2" },
	{ "TIME_WAIT", "time-wait" },
	{ "CLOSED", "closed" },
	{ "CLOSE_WAIT", "close-wait" },
	{ "LAST_ACK", "last-ack" },
	{ "LISTEN", "listening" },
	{ "CLOSING", "closing" },
	{ "-", "unconnected" },
};

#define STATES_NR	(sizeof(states) / sizeof(states[0]))
#define ALL		((1u << STATES_NR) - 1)
#define ESTABLISHED	(1u << 0)
#define SYN_SENT	(1u << 1)
#define SYN_RECV	(1u << 2)
#define TIME_WAIT	(1u << 5)
#define CLOSED		(1u << 6)
#define LISTENING	(1u << 9)
#define UNCONNECTED	(1u << 11)
#define CONNECTED	(ALL & ~(LISTENING | CLOSED | UNCONNECTED))
#define BUCKET		(SYN_RECV | TIME_WAIT)

static const struct {
	const char *word;
	unsigned int set;
} groups[] = {
	{ "all", ALL },
	{ "connected", CONNECTED },
	{ "synchronized", CONNECTED & ~SYN_SENT },
	{ "bucket", BUCKET },
	{ "big", ALL & ~BUCKET },
	/* other spellings of states, which are not offered */
	{ "listen", LISTENING },
	{ "estab", ESTABLISHED },
	{ "close", CLOSED },
	{ "fin-wait1", 1u << 3 },
	{ "fin-wait2", 1u << 4 },
};

/* So many of them stand before other spellings. */
#define GROUPS_OFFERED_NR	5

/**
 * tpr_state_offer() - the words of ss, each once
 * @index: from 0
 *
 * Return: a state or a group of them; NULL behind the last.
 */
const char *tpr_state_offer(size_t index)
{
	if (index < STATES_NR)
		return states[index].word;
	return index < STATES_NR + GROUPS_OFFERED_NR ? groups[index - STATES_NR].word : NULL;
}

/**
 * tpr_state_set() - what a word of ss stands for
 * @word: a state or a group of them, as ss has it
 * @set: set to one bit for each state
 *
 * Return: false if there is no such word.
 */
bool tpr_state_set(const char *word, unsigned int *set)
{
	size_t i;

	for (i = 0; i < STATES_NR; i++) {
		if (!strcasecmp(word, states[i].word) || !strcmp(word, states[i].field)) {
			*set = 1u << i;
			return true;
		}
	}
	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (!strcasecmp(word, groups[i].word)) {
			*set = groups[i].set;
			return true;
		}
	}
	return false;
}

/**
 * tpr_state_of() - the state of a socket
 * @field: of a column "state"
 *
 * Return: its bit; 0 for a state that is not known here.
 */
unsigned int tpr_state_of(const char *field)
{
	size_t i;

	for (i = 0; i < STATES_NR; i++) {
		if (!strcmp(field, states[i].field))
			return 1u << i;
	}
	return 0;
}

/**
 * tpr_state_word() - the word that a filter has for a state
 * @field: of a column "state"
 *
 * Return: as ss has it; @field itself for a state that is not known here.
 */
const char *tpr_state_word(const char *field)
{
	size_t i;

	for (i = 0; i < STATES_NR; i++) {
		if (!strcmp(field, states[i].field))
			return states[i].word;
	}
	return field;
}

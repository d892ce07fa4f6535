// SPDX-License-Identifier: GPL-2.0
/*
 * The words that completions offer, with their meanings: those of the module's headers, and those that the parsers of the
 * reader have.
 */
#include "command/complete/offers.h"

#include "module/uapi/tuplewatch.h"
#include "show/tally.h"
#include "table/column.h"
#include "table/table.h"
#include "where/state.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

/** struct word - one of a list */
struct word {
	/** @word: as it is written; NULL ends a list */
	const char *word;
	/** @meaning: in words */
	const char *meaning;
};

#define TPR_WORD(id, word, meaning)	{ word, meaning },
#define END				{ NULL, NULL }

static const struct word via[] = { TPW_VIA_NAMES(TPR_WORD) END };
static const struct word match[] = { TPW_MATCH_NAMES(TPR_WORD) END };
static const struct word outcome[] = { TPW_OUTCOME_NAMES(TPR_WORD) END };
static const struct word close_reason[] = { TPW_CLOSE_NAMES(TPR_WORD) END };
static const struct word near[] = { TPW_NEAR_NAMES(TPR_WORD) END };
static const struct word by[] = { TPW_TAKER_NAMES(TPR_WORD) END };
static const struct word proto[] = {
	{ "tcp", "TCP over IPv4" }, { "tcp6", "TCP over IPv6" },
	{ "udp", "UDP over IPv4" }, { "udp6", "UDP over IPv6" }, END
};
static const struct word role[] = {
	{ "server", "accepted" }, { "client", "opened by a process of this host" }, END
};

/* What can stand in a column. */
static const struct {
	const char *column;
	const struct word *words;
} values[] = {
	{ "proto", proto },
	{ "via", via },
	{ "match", match },
	{ "outcome", outcome },
	{ "close_reason", close_reason },
	{ "nearest", near },
	{ "by", by },
	{ "role", role },
};

/**
 * tpr_offer() - offer a word, if what was typed is the beginning of it
 * @offers: what was typed
 * @word: the word
 * @meaning: in words, or NULL
 */
void tpr_offer(const struct tpr_offers *offers, const char *word, const char *meaning)
{
	if (!strncmp(word, offers->typed, strlen(offers->typed)))
		printf("%.*s%s\t%s\n", (int)offers->kept_bytes, offers->kept, word,
		       meaning ? meaning : "");
}

/**
 * tpr_offer_list() - offer words that have no meaning to be told
 * @offers: what was typed
 * @words: the words, with a NULL behind
 */
void tpr_offer_list(const struct tpr_offers *offers, const char *const *words)
{
	for (; *words; words++)
		tpr_offer(offers, *words, NULL);
}

/**
 * tpr_offer_values() - offer what can stand in a column, where that is a list
 * @offers: what was typed
 * @column: its name
 */
void tpr_offer_values(const struct tpr_offers *offers, const char *column)
{
	const struct word *word;
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (strcmp(values[i].column, column))
			continue;
		for (word = values[i].words; word->word; word++) {
			if (strcmp(word->word, "?"))
				tpr_offer(offers, word->word, word->meaning);
		}
	}
}

/**
 * tpr_offer_states() - offer what stands behind "state"
 * @offers: what was typed
 */
void tpr_offer_states(const struct tpr_offers *offers)
{
	const char *word;
	size_t i;

	for (i = 0; (word = tpr_state_offer(i)); i++)
		tpr_offer(offers, word, NULL);
}

/**
 * tpr_offer_columns() - offer the columns that a filter can ask for
 * @offers: what was typed
 * @table: that it is about
 */
void tpr_offer_columns(const struct tpr_offers *offers, const char *table)
{
	const char *name;
	size_t i;

	/* "state" is a word of ss, and is asked otherwise */
	for (i = 0; (name = tpr_column_name(table, i)); i++) {
		if (strcmp(name, "state"))
			tpr_offer(offers, name, tpr_column_meaning(table, name));
	}
}

/**
 * tpr_offer_by() - offer what the rows of a table can be counted by; of that, what names something
 * @offers: what was typed
 * @table: its name
 */
void tpr_offer_by(const struct tpr_offers *offers, const char *table)
{
	const char *words[TPR_TALLY_WORDS_NR];
	size_t i;

	tpr_tally_words(table, words);
	for (i = 0; words[i]; i++) {
		switch (tpr_column_kind(table, words[i])) {
		case TPR_KIND_TEXT:
		case TPR_KIND_NUMBER:
		case TPR_KIND_ENDPOINT:
		case TPR_KIND_LIST:
			tpr_offer(offers, words[i], tpr_column_meaning(table, words[i]));
			break;
		default:
			break;
		}
	}
}

/* What a directory has, but for what is hidden */
static void offer_entries(const struct tpr_offers *offers, const char *path)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		if (entry->d_name[0] != '.')
			tpr_offer(offers, entry->d_name, NULL);
	}
	if (directory)
		closedir(directory);
}

/**
 * tpr_offer_devices() - offer the devices of this namespace
 * @offers: what was typed
 */
void tpr_offer_devices(const struct tpr_offers *offers)
{
	offer_entries(offers, "/sys/class/net");
}

/**
 * tpr_offer_namespaces() - offer those that "ip netns" has names for, and all
 * @offers: what was typed
 */
void tpr_offer_namespaces(const struct tpr_offers *offers)
{
	offer_entries(offers, "/run/netns");
	tpr_offer(offers, "all", "all network namespaces");
}

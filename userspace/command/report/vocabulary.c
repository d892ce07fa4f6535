// SPDX-License-Identifier: GPL-2.0
/*
 * The meanings stand in the module's headers; the page has them from there, as the manual has.
 */
#include "command/report/vocabulary.h"

#include "lib/text.h"
#include "module/uapi/columns.h"
#include "module/uapi/tuplewatch.h"

#include <stddef.h>

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

static const struct entry via[] = { TPW_VIA_NAMES(WORD) END };
static const struct entry match[] = { TPW_MATCH_NAMES(WORD) END };
static const struct entry outcome[] = { TPW_OUTCOME_NAMES(WORD) END };
static const struct entry relookup[] = { TPW_RELOOKUP_NAMES(WORD) END };
static const struct entry close_reason[] = { TPW_CLOSE_NAMES(WORD) END };
static const struct entry nearest[] = { TPW_NEAR_NAMES(WORD) END };
static const struct entry takers[] = { TPW_TAKER_NAMES(WORD) END };
static const struct entry points[] = { TPW_POINT_NAMES(WORD) END };
static const struct entry step[] = { TPW_STEP_NAMES(WORD) END };
static const struct entry step_state[] = { TPW_STEP_STATE_NAMES(WORD) END };
static const struct entry fate[] = { TPW_FATE_NAMES(WORD) END };
static const struct entry agreement[] = { TPW_AGREEMENT_NAMES(WORD) END };
static const struct entry gates[] = { TPW_GATE_NAMES(WORD) END };
static const struct entry gate_fate[] = { TPW_GATE_FATE_NAMES(WORD) END };
static const struct entry after[] = { TPW_AFTER_NAMES(WORD) END };
static const struct entry hold[] = { TPW_HOLD_NAMES(WORD) END };
static const struct entry bind[] = { TPW_BIND_NAMES(WORD) END };
static const struct entry log_columns[] = { TPW_LOG_COLUMNS(COLUMN) END };
static const struct entry connections[] = { TPW_CONNECTIONS_COLUMNS(COLUMN) END };
static const struct entry listeners[] = {
	TPW_LISTENERS_COLUMNS(COLUMN) TPW_LISTENERS_READER_COLUMNS(COLUMN) END
};
static const struct entry refused[] = { TPW_REFUSED_COLUMNS(COLUMN) END };
static const struct entry taken[] = { TPW_TAKEN_COLUMNS(COLUMN) END };

static const struct {
	const char *kind;
	const char *name;
	const struct entry *entries;
} lists[] = {
	{ "words", "via", via },
	{ "words", "match", match },
	{ "words", "outcome", outcome },
	{ "words", "relookup", relookup },
	{ "words", "close_reason", close_reason },
	{ "words", "nearest", nearest },
	{ "words", "by", takers },
	{ "words", "points", points },
	{ "words", "step", step },
	{ "words", "step_state", step_state },
	{ "words", "fate", fate },
	{ "words", "agreement", agreement },
	{ "words", "gate", gates },
	{ "words", "gate_fate", gate_fate },
	{ "words", "after", after },
	{ "words", "hold", hold },
	{ "words", "bind", bind },
	{ "columns", "log", log_columns },
	{ "columns", "connections", connections },
	{ "columns", "listeners", listeners },
	{ "columns", "refused", refused },
	{ "columns", "taken", taken },
};

/**
 * tpr_vocabulary_write() - write all lists, a JSON object a line
 * @out: where to
 */
void tpr_vocabulary_write(FILE *out)
{
	const struct entry *entry;
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		fprintf(out, "{\"%s\":\"%s\",\"meanings\":{", lists[i].kind, lists[i].name);
		for (entry = lists[i].entries; entry->name; entry++) {
			if (entry != lists[i].entries)
				fputc(',', out);
			tpr_text_json(out, entry->name);
			fputc(':', out);
			tpr_text_json(out, entry->meaning);
		}
		fputs("}}\n", out);
	}
}

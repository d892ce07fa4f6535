// SPDX-License-Identifier: GPL-2.0
/*
 * Words that somebody may have meant.
 */
#include "lib/nearest.h"

#include "test/unit.h"

#include <string.h>

static const char *const words[] = { "state", "segments", "peer", "port", "pid", "via", NULL };

static const char *nearest(const char *word)
{
	const char *found = tpr_nearest(word, words);

	return found ? found : "none";
}

static void found(void)
{
	CHECK_STRING(nearest("sate"), "state");
	CHECK_STRING(nearest("states"), "state");
	CHECK_STRING(nearest("stave"), "state");
	CHECK_STRING(nearest("segs"), "none");
	CHECK_STRING(nearest("segment"), "segments");
	CHECK_STRING(nearest("peers"), "peer");
	CHECK_STRING(nearest("prot"), "port");
	CHECK_STRING(nearest("pi"), "pid");
	CHECK_STRING(nearest("via"), "via");
}

static void not_found(void)
{
	char long_word[1000];

	CHECK_STRING(nearest("outcome"), "none");
	CHECK_STRING(nearest("xyz"), "none");
	memset(long_word, 's', sizeof(long_word) - 1);
	long_word[sizeof(long_word) - 1] = '\0';
	CHECK_STRING(nearest(long_word), "none");
}

const struct unit_case unit_nearest[] = {
	UNIT_CASE(found, "nearest: what was meant"),
	UNIT_CASE(not_found, "nearest: nothing like it"),
	{ .name = NULL },
};

// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for the fuzz targets that needs no clang: it mutates given files, always in the same
 * way, so that a failure comes back with the same number.
 *
 *	mutate INPUTS SECONDS FILE...
 *
 * ends after so many inputs or so many seconds (0: no such end), whichever comes first.
 */
#include "lib/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define INPUT_BYTES	16384

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* Words that the format gives a meaning to, and some that nearly have one; from the target */
extern const char *const fuzz_words[];

static uint64_t random_state = 0x9e3779b97f4a7c15;

/* xorshift64: the same numbers on every machine */
static size_t random_below(size_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return limit ? (size_t)(random_state % limit) : 0;
}

static size_t insert(uint8_t *input, size_t bytes, size_t at, const void *what, size_t what_bytes)
{
	if (bytes + what_bytes > INPUT_BYTES)
		return bytes;
	memmove(input + at + what_bytes, input + at, bytes - at);
	memcpy(input + at, what, what_bytes);
	return bytes + what_bytes;
}

static size_t words_nr;

static size_t mutate(uint8_t *input, size_t bytes)
{
	size_t at = random_below(bytes + 1), span = random_below(bytes - at + 1) % 64;
	const char *word = fuzz_words[random_below(words_nr)];
	uint8_t copy[64];

	switch (random_below(5)) {
	case 0:
		if (at < bytes)
			input[at] = (uint8_t)random_below(256);
		return bytes;
	case 1:
		memmove(input + at, input + at + span, bytes - at - span);
		return bytes - span;
	case 2:
		return insert(input, bytes, at, word, strlen(word));
	case 3:
		memcpy(copy, input + at, span);
		return insert(input, bytes, random_below(bytes + 1), copy, span);
	default:
		return random_below(20) ? bytes : at;
	}
}

static size_t load(const char *path, uint8_t *input)
{
	FILE *file = fopen(path, "r");
	size_t bytes;

	if (!file) {
		perror(path);
		return 0;
	}
	bytes = fread(input, 1, INPUT_BYTES, file);
	fclose(file);
	return bytes;
}

/* Returns the number of inputs tried. */
static uint64_t fuzz(uint64_t inputs_nr, uint64_t seconds, char **files, size_t files_nr)
{
	static uint8_t input[INPUT_BYTES];
	time_t end = time(NULL) + (time_t)seconds;
	uint64_t i;

	for (i = 0; (!inputs_nr || i < inputs_nr) && (!seconds || time(NULL) < end); i++) {
		size_t bytes = load(files[i % files_nr], input);
		size_t changes_nr = random_below(8);

		while (changes_nr--)
			bytes = mutate(input, bytes);
		LLVMFuzzerTestOneInput(input, bytes);
	}
	return i;
}

int main(int argc, char **argv)
{
	uint64_t inputs_nr, seconds;

	if (argc < 4 || !tpr_text_u64(argv[1], &inputs_nr) || !tpr_text_u64(argv[2], &seconds)) {
		fprintf(stderr, "usage: mutate INPUTS SECONDS FILE...\n");
		return 2;
	}
	while (fuzz_words[words_nr])
		words_nr++;
	printf("  # %" PRIu64 " inputs tried\n",
	       fuzz(inputs_nr, seconds, argv + 3, (size_t)argc - 3));
	return 0;
}

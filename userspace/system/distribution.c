// SPDX-License-Identifier: GPL-2.0
/*
 * Which distribution this is. Nothing of os-release is printed: it only chooses from the list.
 */
#include "system/distribution.h"

#include "lib/file.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *id;
	const char *headers;
} distributions[] = {
#define DISTRIBUTION(distribution_id, command) { .id = distribution_id, .headers = command TPR_DISTRIBUTION_ELSE },
	TPR_DISTRIBUTIONS(DISTRIBUTION)
#undef DISTRIBUTION
};

#define DISTRIBUTIONS_NR	(sizeof(distributions) / sizeof(distributions[0]))

/* The last assignment counts, as for a shell; @bytes: of the value, without its quotes. */
static const char *value_of(const char *text, const char *key, size_t *bytes)
{
	const char *line = text, *value = NULL;
	size_t key_bytes = strlen(key);

	while (line) {
		if (!strncmp(line, key, key_bytes))
			value = line + key_bytes;
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	*bytes = value ? strcspn(value, "\r\n") : 0;
	if (*bytes >= 2 && (*value == '"' || *value == '\'') && value[*bytes - 1] == *value) {
		value++;
		*bytes -= 2;
	}
	return value;
}

static const char *find_word(const char *word, size_t bytes)
{
	size_t i;

	for (i = 0; i < DISTRIBUTIONS_NR; i++)
		if (strlen(distributions[i].id) == bytes && !memcmp(distributions[i].id, word, bytes))
			return distributions[i].headers;
	return NULL;
}

static const char *find_words(const char *words, size_t bytes)
{
	const char *end = words + bytes, *found = NULL;

	while (words && words < end && !found) {
		size_t word_bytes = strcspn(words, " \t\r\n");

		if (word_bytes > (size_t)(end - words))
			word_bytes = (size_t)(end - words);
		found = find_word(words, word_bytes);
		words += word_bytes + 1;
	}
	return found;
}

/**
 * tpr_distribution_find() - what brings the headers on a distribution
 * @os_release: content of its os-release
 *
 * Return: the command for its ID, else for the first of ID_LIKE that is known; NULL for none.
 */
const char *tpr_distribution_find(const char *os_release)
{
	const char *value, *found;
	size_t bytes;

	value = value_of(os_release, "ID=", &bytes);
	found = find_words(value, bytes);
	if (!found) {
		value = value_of(os_release, "ID_LIKE=", &bytes);
		found = find_words(value, bytes);
	}
	return found;
}

/**
 * tpr_distribution_headers() - what brings the headers here
 *
 * Return: a literal: a command, or words for it where the distribution is not known.
 */
const char *tpr_distribution_headers(void)
{
	char *text = tpr_file_read(NULL, "%s/etc/os-release", tpr_file_root());
	const char *found;

	if (!text)
		text = tpr_file_read(NULL, "%s/usr/lib/os-release", tpr_file_root());
	found = text ? tpr_distribution_find(text) : NULL;
	free(text);
	return found ? found : TPR_DISTRIBUTION_OTHER TPR_DISTRIBUTION_ELSE;
}

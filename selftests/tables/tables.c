// SPDX-License-Identifier: GPL-2.0
/*
 * Usage: tables TOPIC. See tables.h.
 *
 * Environment: TPW_KO, the module; TPW_BACKEND, ftrace or kprobe; TPW_LONG, if
 * it is set all numbers are those of a machine that is not emulated.
 */
#include "tables.h"

#include <stdio.h>
#include <string.h>

static const struct topic *const topics[] = {
	&lineage_topic, &overflow_topic, &order_topic, &agree_topic,
	&scale_topic, &speed_topic, &flood_topic, &views_topic,
};

static const struct topic *find_topic(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(topics); i++)
		if (!strcmp(topics[i]->name, name))
			return topics[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const struct topic *topic = argc == 2 ? find_topic(argv[1]) : NULL;
	size_t i;

	if (!topic) {
		fputs("usage: tables TOPIC\ntopics:", stderr);
		for (i = 0; i < ARRAY_SIZE(topics); i++)
			fprintf(stderr, " %s", topics[i]->name);
		fputs("\n", stderr);
		return 2;
	}
	result_plan(topic->results);
	kernel_init();
	topic->run();
	module_unload();
	return result_finish();
}

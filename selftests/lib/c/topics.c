// SPDX-License-Identifier: GPL-2.0
/*
 * A program whose tests are topics: PROGRAM TOPIC.
 *
 * Environment: TPW_KO, the module; TPW_BACKEND, ftrace or kprobe; TPW_LONG, if
 * it is set all numbers are those of a machine that is not emulated.
 */
#include "check.h"

#include <stdio.h>
#include <string.h>

static const struct topic *find_topic(const struct topic *const *topics, size_t nr,
				      const char *name)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strcmp(topics[i]->name, name))
			return topics[i];
	return NULL;
}

/**
 * topics_main() - run the topic that the command line names
 * @topics: those that there are
 * @nr: how many
 * @init: called before the topic; may be NULL
 * @argc: of main()
 * @argv: of main()
 *
 * Return: exit status of the program.
 */
int topics_main(const struct topic *const *topics, size_t nr, void (*init)(void),
		int argc, char **argv)
{
	const struct topic *topic = argc == 2 ? find_topic(topics, nr, argv[1]) : NULL;
	size_t i;

	if (!topic) {
		fprintf(stderr, "Usage: %s TOPIC, which is one of", argv[0]);
		for (i = 0; i < nr; i++)
			fprintf(stderr, " %s", topics[i]->name);
		fputs("\n", stderr);
		return 2;
	}
	result_plan(topic->results);
	kernel_init();
	if (init)
		init();
	topic->run();
	module_unload();
	return result_finish();
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Usage: explain TOPIC.  See explain.h.
 *
 * Environment: TPW_KO, the module; TPW_BACKEND, ftrace or kprobe; TPW_LONG, if
 * it is set all numbers are those of a machine that is not emulated; TPW_SEED,
 * to have the same random numbers again.
 */
#include "explain.h"

#include <stdio.h>
#include <string.h>

static const struct topic *const topics[] = {
	&explain_agree_topic, &explain_programs_topic, &explain_churn_topic,
	&explain_bucket_topic, &explain_near_topic, &explain_question_topic,
	&explain_state_topic,
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
		fputs("usage: explain TOPIC\ntopics:", stderr);
		for (i = 0; i < ARRAY_SIZE(topics); i++)
			fprintf(stderr, " %s", topics[i]->name);
		fputs("\n", stderr);
		return 2;
	}
	result_plan(topic->results);
	kernel_init();
	random_init();
	topic->run();
	module_unload();
	return result_finish();
}

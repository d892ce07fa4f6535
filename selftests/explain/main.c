// SPDX-License-Identifier: GPL-2.0
/*
 * Usage: explain TOPIC.  See explain.h.
 *
 * Environment: as topics.c says, and TPW_SEED, to have the same random numbers again.
 */
#include "explain.h"

static const struct topic *const topics[] = {
	&explain_agree_topic, &explain_programs_topic, &explain_churn_topic,
	&explain_bucket_topic, &explain_near_topic, &explain_question_topic,
	&explain_state_topic, &explain_bind_topic, &explain_way_topic, &explain_chain_topic,
	&explain_many_topic,
};

int main(int argc, char **argv)
{
	return topics_main(topics, ARRAY_SIZE(topics), random_init, argc, argv);
}

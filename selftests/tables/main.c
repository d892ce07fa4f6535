// SPDX-License-Identifier: GPL-2.0
/*
 * Usage: tables TOPIC. See tables.h.
 */
#include "tables.h"

static const struct topic *const topics[] = {
	&lineage_topic, &overflow_topic, &order_topic, &agree_topic,
	&scale_topic, &speed_topic, &flood_topic, &views_topic, &columns_topic,
	&page_topic, &accepting_topic, &closing_topic,
};

int main(int argc, char **argv)
{
	return topics_main(topics, ARRAY_SIZE(topics), NULL, argc, argv);
}

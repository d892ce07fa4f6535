/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tests of the tables of listeners, connections and refused endpoints: one
 * program, a topic a run. A topic makes sockets of which it knows everything
 * and compares what the module says with that, and with what the kernel says.
 */
#ifndef TABLES_H
#define TABLES_H

#include "../lib/c/check.h"

extern const struct topic lineage_topic;
extern const struct topic overflow_topic;
extern const struct topic order_topic;
extern const struct topic agree_topic;
extern const struct topic scale_topic;
extern const struct topic speed_topic;
extern const struct topic flood_topic;
extern const struct topic views_topic;
extern const struct topic columns_topic;
extern const struct topic page_topic;
extern const struct topic accepting_topic;
extern const struct topic closing_topic;

#endif /* TABLES_H */

// SPDX-License-Identifier: GPL-2.0
#include "command/metrics/catalogue.h"

/* Freed after each run, so that they start empty. */
static struct tpr_family families[TPR_METRICS_NR] = {
	[TPR_METRIC_INFO] = { .name = "info", .is_gauge = true,
		.help = "Always 1; version of the reader, and how the module hooks the kernel" },
	[TPR_METRIC_WATCHING] = { .name = "watching", .is_gauge = true,
		.help = "1 if the module's hooks work" },
	[TPR_METRIC_FAMILY_WATCHED] = { .name = "family_watched", .is_gauge = true,
		.help = "0 if a function that the family needs cannot be hooked: nothing is known of it" },
	[TPR_METRIC_HOOKS_ARMED] = { .name = "hooks_armed", .is_gauge = true,
		.help = "Hooks that are armed" },
	[TPR_METRIC_HOOKS] = { .name = "hooks", .is_gauge = true, .help = "Hooks that there are" },
	[TPR_METRIC_MISSED] = { .name = "hook_missed",
		.help = "Calls that a hook could not see" },
	[TPR_METRIC_SEEN] = { .name = "segments",
		.help = "TCP segments and UDP datagrams that came in" },
	[TPR_METRIC_VIA] = { .name = "segments_via",
		.help = "Segments by how their socket was found" },
	[TPR_METRIC_MATCH] = { .name = "segments_match",
		.help = "Segments by the kind of socket they matched" },
	[TPR_METRIC_OUTCOME] = { .name = "segments_outcome",
		.help = "Segments by what became of them" },
	[TPR_METRIC_LATER] = { .name = "segments_dropped_later",
		.help = "Segments that were dropped after they had matched" },
	[TPR_METRIC_RELOOKUP] = { .name = "relookups",
		.help = "Segments that needed another search" },
	[TPR_METRIC_UNRESOLVED] = { .name = "segments_unresolved",
		.help = "Segments that no hook explained" },
	[TPR_METRIC_LOGGED] = { .name = "segments_logged", .help = "Segments in the log" },
	[TPR_METRIC_FILTERED] = { .name = "segments_filtered",
		.help = "Segments that the filter kept out of the log" },
	[TPR_METRIC_UNLOGGED] = { .name = "segments_unlogged",
		.help = "Segments that the log had no room for" },
	[TPR_METRIC_UNWATCHED] = { .name = "segments_unwatched",
		.help = "TCP segments that the kernel counted and no hook saw, since hooks were armed" },
	[TPR_METRIC_TAKEN] = { .name = "packets_taken",
		.help = "Packets that arrived and that neither TCP nor UDP got" },
	[TPR_METRIC_EVICTED] = { .name = "evicted",
		.help = "Sockets that were forgotten for want of room" },
	[TPR_METRIC_END_REFUSED] = { .name = "end_refused",
		.help = "Segments that were refused, by what they asked for: the 20 with most" },
	[TPR_METRIC_END_TAKEN] = { .name = "end_taken",
		.help = "Packets that neither TCP nor UDP got, by what they were for: the 20 with most" },
	[TPR_METRIC_LISTENER] = { .name = "listener_info", .is_gauge = true,
		.help = "Always 1; who opened the listener" },
	[TPR_METRIC_SEGMENTS] = { .name = "listener_segments",
		.help = "Segments that matched the listener itself" },
	[TPR_METRIC_SYNS] = { .name = "listener_syns", .help = "SYNs that the listener was given" },
	[TPR_METRIC_CHILDREN] = { .name = "listener_connections",
		.help = "Connections that the listener made" },
	[TPR_METRIC_ACCEPTED] = { .name = "listener_accepted",
		.help = "Connections that were accepted from the listener" },
	[TPR_METRIC_INHERITED] = { .name = "listener_inherited",
		.help = "Connections that the listener got from a closed one of its group" },
	[TPR_METRIC_LOST] = { .name = "listener_lost", .is_gauge = true,
		.help = "Connections reset unaccepted at the close of remembered listeners" },
	[TPR_METRIC_MIGRATED] = { .name = "listener_migrated", .is_gauge = true,
		.help = "Connections handed on at the close of remembered listeners" },
	[TPR_METRIC_WAIT] = { .name = "listener_wait_seconds", .unit = "seconds", .is_gauge = true,
		.help = "How long the first in the accept queue has been waiting" },
	[TPR_METRIC_WAITED] = { .name = "listener_accept_wait_seconds", .unit = "seconds",
		.is_histogram = true,
		.help = "How long connections waited that were accepted from the listener" },
	[TPR_METRIC_OVERFLOWS] = { .name = "listener_overflows",
		.help = "Segments that met a full accept queue" },
	[TPR_METRIC_DROPS] = { .name = "listener_drops",
		.help = "Drops that the kernel counts for the listener" },
	[TPR_METRIC_COOKIES_SENT] = { .name = "listener_cookies_sent",
		.help = "SYN cookies that were sent" },
	[TPR_METRIC_COOKIES_BAD] = { .name = "listener_cookies_bad",
		.help = "SYN cookies that came back wrong" },
	[TPR_METRIC_QUEUE] = { .name = "listener_queue", .is_gauge = true,
		.help = "Connections that wait for accept()" },
	[TPR_METRIC_QUEUE_BYTES] = { .name = "listener_queue_bytes", .unit = "bytes", .is_gauge = true,
		.help = "Bytes that wait to be read from a UDP socket" },
	[TPR_METRIC_BACKLOG] = { .name = "listener_queue_limit", .is_gauge = true,
		.help = "Connections that may wait for accept()" },
	[TPR_METRIC_GROUP] = { .name = "listener_group_members", .is_gauge = true,
		.help = "Sockets in the reuseport group of the listener" },
	[TPR_METRIC_CONNECTIONS] = { .name = "connections", .is_gauge = true,
		.help = "Connections by their state" },
	[TPR_METRIC_UNACCEPTED] = { .name = "connections_unaccepted", .is_gauge = true,
		.help = "Connections that wait for accept()" },
};

/**
 * tpr_metric_family() - the samples of a metric
 * @metric: which
 *
 * Return: them, for those who add what is more than a number.
 */
struct tpr_family *tpr_metric_family(enum tpr_metric metric)
{
	return &families[metric];
}

/**
 * tpr_metric_add() - one more sample
 * @metric: of which metric
 * @labels: its labels
 * @nr: how many
 * @value: the number
 *
 * Return: 0 or -ENOMEM.
 */
int tpr_metric_add(enum tpr_metric metric, const struct tpr_label *labels, size_t nr, uint64_t value)
{
	return tpr_family_add(&families[metric], labels, nr, value);
}

/**
 * tpr_catalogue_write() - write all of them, and that these are all
 * @out: where to
 */
void tpr_catalogue_write(FILE *out)
{
	size_t i;

	for (i = 0; i < TPR_METRICS_NR; i++)
		tpr_family_write(out, &families[i]);
	tpr_family_end(out);
}

/** tpr_catalogue_exit() - forget all samples */
void tpr_catalogue_exit(void)
{
	size_t i;

	for (i = 0; i < TPR_METRICS_NR; i++)
		tpr_family_exit(&families[i]);
}

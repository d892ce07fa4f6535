// SPDX-License-Identifier: GPL-2.0
/*
 * Who accepted last, from the map of times that each row has.
 */
#include "command/doctor/acceptor.h"

#include "lib/text.h"

#include <stdlib.h>

/* The latest of "190:6505236630,191:6506756191"; 0 for none, and if others' are hidden */
static uint64_t latest(const char *map)
{
	uint64_t pid, latest_pid = 0, ns, latest_ns = 0;
	char *end;

	while (*map) {
		pid = strtoull(map, &end, 10);
		if (end == map || *end != ':')
			return 0;
		map = end + 1;
		ns = strtoull(map, &end, 10);
		if (end == map || (*end && *end != ','))
			return 0;
		map = *end ? end + 1 : end;
		if (ns >= latest_ns) {
			latest_ns = ns;
			latest_pid = pid;
		}
	}
	return latest_pid;
}

/* Its holders; none if that is not known */
static const struct tpr_holder *holders_of(const struct tpr_processes *processes,
					   const struct tpr_rows *listeners, size_t row, size_t *nr)
{
	uint64_t inode;

	*nr = 0;
	if (!tpr_text_u64(tpr_rows_get(listeners, row, "inode"), &inode) || !inode)
		return NULL;
	return tpr_processes_find(processes, inode, nr);
}

/**
 * tpr_acceptor_find() - who should accept: who did so last
 * @acceptor: filled in; its number is 0 if nobody did, or if that is hidden
 * @processes: from tpr_processes_scan()
 * @listeners: the table
 * @row: the listener
 *
 * Whether a process is stopped is asked of those only that hold the listener: a number alone may
 * be another's by now.
 */
void tpr_acceptor_find(struct tpr_acceptor *acceptor, const struct tpr_processes *processes,
		       const struct tpr_rows *listeners, size_t row)
{
	uint64_t wanted = latest(tpr_rows_get(listeners, row, "accepted_by_ns"));
	const struct tpr_holder *holders;
	size_t nr, i;

	*acceptor = (struct tpr_acceptor){ .pid = wanted };
	holders = holders_of(processes, listeners, row, &nr);
	for (i = 0; i < nr && !acceptor->holder; i++) {
		if (holders[i].pid == wanted)
			acceptor->holder = holders + i;
	}
	acceptor->is_gone = !acceptor->holder && processes->is_whole && !processes->hidden;
	/* if he is not there any more, any of the others should */
	for (i = 0; i < nr && !acceptor->stopped_pid; i++) {
		if ((!acceptor->holder || acceptor->holder == holders + i) &&
		    tpr_process_is_stopped(holders[i].pid))
			acceptor->stopped_pid = holders[i].pid;
	}
}

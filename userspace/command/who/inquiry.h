/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is asked of one socket, and the tables in which the answer is.
 */
#ifndef TPR_INQUIRY_H
#define TPR_INQUIRY_H

#include "command/who/question.h"
#include "lib/options.h"
#include "system/process.h"
#include "table/rows.h"

#include <stdbool.h>
#include <stddef.h>

/** struct tpr_inquiry - what is asked and what is known */
struct tpr_inquiry {
	/** @options: of the command line, or a copy that asks for all namespaces */
	struct tpr_options options;
	/** @question: which connection */
	struct tpr_question question;
	/** @connections: all of them */
	struct tpr_rows connections;
	/** @listeners: all of them */
	struct tpr_rows listeners;
	/** @processes: who holds sockets */
	struct tpr_processes processes;
	/** @cgroup_fd: to look up cgroups, or -1 */
	int cgroup_fd;
	/** @published: what was asked for before NAT of this namespace changed it, or NULL */
	const char *published;
	/** @has_server: an answer is about the server's end of a connection, or a listener */
	bool has_server;
	/** @found_nr: answers so far */
	size_t found_nr;
	/** @shown_nr: how many of them have been told */
	size_t shown_nr;
	/** @shown_max: how many may be */
	size_t shown_max;
};

#endif

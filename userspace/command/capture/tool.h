/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The program that captures: dumpcap or, where there is none, tcpdump.
 */
#ifndef TPR_CAPTURE_TOOL_H
#define TPR_CAPTURE_TOOL_H

#include <stdio.h>
#include <sys/types.h>

/** struct tpr_tool - the program while it runs */
struct tpr_tool {
	/** @pid: its process; 0 once it has ended */
	pid_t pid;
	/** @packets: what it captures, unbuffered, so that poll(2) tells whether there is some */
	FILE *packets;
};

int tpr_tool_start(struct tpr_tool *tool, const char *device, const char *filter);
void tpr_tool_stop(const struct tpr_tool *tool);
int tpr_tool_end(struct tpr_tool *tool);

#endif

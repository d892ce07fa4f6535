/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The SSH session that we run in: who prints each segment that comes in must not print those
 * that his own printing brings about.
 */
#ifndef TPR_SSH_H
#define TPR_SSH_H

#include "lib/endpoint.h"
#include "table/table.h"

/** struct tpr_ssh - a session */
struct tpr_ssh {
	/** @foreign: where the person sits */
	struct tpr_endpoint foreign;
	/** @local: the server's end, here */
	struct tpr_endpoint local;
	/** @name: @foreign as text, for messages */
	char name[64];
};

bool tpr_ssh_find(struct tpr_ssh *ssh);
bool tpr_ssh_parse(struct tpr_ssh *ssh, const char *text);
bool tpr_ssh_is_row(const struct tpr_ssh *ssh, const struct tpr_table *table, char *const *fields);

#endif

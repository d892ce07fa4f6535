/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The SSH session that we run in: who prints each segment that comes in must not print those
 * that his own printing brings about.
 */
#ifndef TPW_SSH_H
#define TPW_SSH_H

#include "endpoint.h"
#include "table.h"

/** struct tpw_ssh - a session */
struct tpw_ssh {
	/** @foreign: where the person sits */
	struct tpw_endpoint foreign;
	/** @local: the server's end, here */
	struct tpw_endpoint local;
	/** @name: @foreign as text, for messages */
	char name[64];
};

bool tpw_ssh_find(struct tpw_ssh *ssh);
bool tpw_ssh_parse(struct tpw_ssh *ssh, const char *text);
bool tpw_ssh_is_row(const struct tpw_ssh *ssh, const struct tpw_table *table, char *const *fields);

#endif

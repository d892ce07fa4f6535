/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A connection as people name it: one or two of its ends, in the form of ss, of the tables or of
 * tcpdump.
 */
#ifndef TPR_QUESTION_H
#define TPR_QUESTION_H

#include "lib/endpoint.h"

/** struct tpr_question - what is asked for */
struct tpr_question {
	/** @proto: tcp or udp, or NULL for both */
	const char *proto;
	/** @ends: in either order */
	struct tpr_prefix ends[2];
	/** @ends_nr: how many were given */
	unsigned int ends_nr;
	/** @cookie: of the socket, or NULL */
	const char *cookie;
};

bool tpr_question_parse(struct tpr_question *question, int argc, char **argv);
bool tpr_question_is(const struct tpr_question *question, const char *proto, const char *local,
		     const char *foreign, const char *cookie);

#endif

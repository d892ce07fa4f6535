/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A connection as people name it: one or two of its ends, in the form of ss, of the tables or of
 * tcpdump.
 */
#ifndef TPW_QUESTION_H
#define TPW_QUESTION_H

#include "endpoint.h"

/** struct tpw_question - what is asked for */
struct tpw_question {
	/** @proto: tcp or udp, or NULL for both */
	const char *proto;
	/** @ends: in either order */
	struct tpw_prefix ends[2];
	/** @ends_nr: how many were given */
	unsigned int ends_nr;
	/** @cookie: of the socket, or NULL */
	const char *cookie;
};

bool tpw_question_parse(struct tpw_question *question, int argc, char **argv);
bool tpw_question_is(const struct tpw_question *question, const char *proto, const char *local,
		     const char *foreign, const char *cookie);

#endif

// SPDX-License-Identifier: GPL-2.0
/*
 * The tracepoints, and what fills in their fields.  Nothing of this runs unless
 * somebody traces.
 */
#include "verdict/reason.h"
#include "verdict/verdict.h"

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/string.h>

#define CREATE_TRACE_POINTS
#include "record/trace.h"

/**
 * tpw_trace_put_addr() - a socket address, for "%pISpc"
 * @to: TPW_TRACE_ADDR_LEN bytes
 * @family: AF_INET or AF_INET6; of any other it is all 0
 * @addr: the address
 * @port: the port
 *
 * Context: any.
 */
void tpw_trace_put_addr(u8 *to, u8 family, const union tpw_addr *addr,
			__be16 port)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)to;
	struct sockaddr_in *in = (struct sockaddr_in *)to;

	memset(to, 0, TPW_TRACE_ADDR_LEN);
	if (family == AF_INET) {
		in->sin_family = family;
		in->sin_port = port;
		in->sin_addr.s_addr = addr->ip;
	} else if (family == AF_INET6) {
		in6->sin6_family = family;
		in6->sin6_port = port;
		memcpy(&in6->sin6_addr, addr, sizeof(in6->sin6_addr));
	}
}

/**
 * tpw_trace_put_word() - a word, "-" for an empty one
 * @to: TPW_TRACE_WORD_LEN bytes
 * @word: the word; cut if it is longer
 *
 * Context: any.
 */
void tpw_trace_put_word(char *to, const char *word)
{
	/* Padded: what a ring buffer held before is nobody's business. */
	strscpy_pad(to, *word ? word : "-", TPW_TRACE_WORD_LEN);
}

/**
 * tpw_trace_put_proto() - the protocol as netstat names it
 * @to: TPW_TRACE_WORD_LEN bytes
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @family: AF_INET or AF_INET6
 *
 * Context: any.
 */
void tpw_trace_put_proto(char *to, u8 proto, u8 family)
{
	bool is_ip6 = family == AF_INET6;

	if (proto == IPPROTO_TCP)
		tpw_trace_put_word(to, is_ip6 ? "tcp6" : "tcp");
	else if (proto == IPPROTO_UDP)
		tpw_trace_put_word(to, is_ip6 ? "udp6" : "udp");
	else
		tpw_trace_put_word(to, "?");
}

/**
 * tpw_trace_put_flags() - the flags of a TCP segment in tcpdump's letters
 * @to: TPW_TRACE_WORD_LEN bytes
 * @v: the verdict on it
 *
 * Context: any.
 */
void tpw_trace_put_flags(char *to, const struct tpw_verdict *v)
{
	char letters[8];

	tpw_trace_put_word(to, v->tuple.proto == IPPROTO_TCP ?
			   tpw_flags_format(v->flags, letters) : "-");
}

/**
 * tpw_trace_put_reason() - why a segment was dropped
 * @to: TPW_TRACE_REASON_LEN bytes
 * @v: the verdict on it
 *
 * Context: any.
 */
void tpw_trace_put_reason(char *to, const struct tpw_verdict *v)
{
	strscpy_pad(to, v->outcome == TPW_OUTCOME_DROPPED ?
		    tpw_reason_name(v->reason) : "-", TPW_TRACE_REASON_LEN);
}

/**
 * tpw_trace_put_relookup() - why a segment was searched for again
 * @to: TPW_TRACE_WORD_LEN bytes
 * @v: the verdict on it
 *
 * Context: any.
 */
void tpw_trace_put_relookup(char *to, const struct tpw_verdict *v)
{
	tpw_trace_put_word(to, v->relookup ?
			   tpw_relookup_names[v->relookup - 1] : "-");
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The names of what a verdict says.  Compiles in user space too.
 */
#include "verdict/verdict.h"

#define TPW_NAME_VIA(id, name, meaning)		[TPW_VIA_##id] = name,
#define TPW_NAME_MATCH(id, name, meaning)	[TPW_MATCH_##id] = name,
#define TPW_NAME_OUTCOME(id, name, meaning)	[TPW_OUTCOME_##id] = name,
#define TPW_NAME_RELOOKUP(id, name, meaning)	[TPW_RELOOKUP_##id] = name,
#define TPW_NAME_FAMILY(id, name, meaning)	[TPW_##id] = name,
#define TPW_MEANING(id, name, meaning)		[TPW_##id] = meaning,
#define TPW_NAME_CHOOSER(id, name, meaning)	[TPW_CHOOSER_##id] = name,
#define TPW_NAME_SOCKET_FLAG(id, name, meaning)	[TPW_SOCKET_##id] = name,

const char *const tpw_via_names[] = { TPW_VIA_NAMES(TPW_NAME_VIA) };
const char *const tpw_match_names[] = { TPW_MATCH_NAMES(TPW_NAME_MATCH) };
const char *const tpw_outcome_names[] = { TPW_OUTCOME_NAMES(TPW_NAME_OUTCOME) };
const char *const tpw_relookup_names[] = {
	TPW_RELOOKUP_NAMES(TPW_NAME_RELOOKUP)
};
const char *const tpw_family_names[] = { TPW_FAMILY_NAMES(TPW_NAME_FAMILY) };
const char *const tpw_family_meanings[] = { TPW_FAMILY_NAMES(TPW_MEANING) };
const char *const tpw_chooser_names[] = { TPW_CHOOSER_NAMES(TPW_NAME_CHOOSER) };
const char *const tpw_socket_flag_names[] = {
	TPW_SOCKET_FLAG_NAMES(TPW_NAME_SOCKET_FLAG)
};

/* By TCP_ESTABLISHED = 1 ... as in include/net/tcp_states.h, netstat's words. */
static const char *const state_names[] = {
	"-", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",
	"TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING",
	"SYN_RECV",
};

/**
 * tpw_state_name() - name of a TCP state, as netstat prints it
 * @state: TCP_ESTABLISHED ..., 0 for none
 *
 * A request (TCP_NEW_SYN_RECV) is SYN_RECV to netstat and so it is here.
 *
 * Context: any.
 * Return: a string that lives forever; "?" for a state newer than this code.
 */
const char *tpw_state_name(unsigned int state)
{
	if (state >= sizeof(state_names) / sizeof(state_names[0]))
		return "?";
	return state_names[state];
}

/**
 * tpw_flags_format() - the flags of a TCP header in tcpdump's letters
 * @flags: byte 13 of the header
 * @buf: where to write, 8 bytes are enough for all
 *
 * tcpdump's order: F S R P U, then a dot for ACK; "none" if none is set.  Its
 * E and W (ECE, CWR) are left out: they say nothing about a lookup.
 *
 * Context: any.
 * Return: @buf.
 */
const char *tpw_flags_format(__u8 flags, char buf[8])
{
	static const struct { __u8 bit; char letter; } letters[] = {
		{ 0x01, 'F' }, { 0x02, 'S' }, { 0x04, 'R' }, { 0x08, 'P' },
		{ 0x10, '.' }, { 0x20, 'U' },
	};
	unsigned int i, n = 0;

	for (i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (flags & letters[i].bit)
			buf[n++] = letters[i].letter;
	if (!n) {
		buf[n++] = 'n';
		buf[n++] = 'o';
		buf[n++] = 'n';
		buf[n++] = 'e';
	}
	buf[n] = '\0';
	return buf;
}

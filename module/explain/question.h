/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A question as people write it: "tcp|udp FOREIGN LOCAL [dev IF] [cpu N]", or
 * "bind tcp LOCAL [dev IF] [uid N] [reuseaddr] [reuseport] [v6only]".
 */
#ifndef _TPW_QUESTION_H
#define _TPW_QUESTION_H

#include "uapi/tuplewatch.h"
#include "kernel/lookup.h"

#include <linux/types.h>

struct net;

#define TPW_ENUM_DEVICE_SOURCE(id, name, meaning)	TPW_DEVICE_##id,
#define TPW_ENUM_LOCAL(id, name, meaning)		TPW_LOCAL_##id,
#define TPW_ENUM_WRONG(id, name)		TPW_WRONG_##id,

/** enum tpw_device_source - why it is this device */
enum tpw_device_source { TPW_DEVICE_SOURCE_NAMES(TPW_ENUM_DEVICE_SOURCE) };

/** enum tpw_local_kind - what the local address is to this host */
enum tpw_local_kind { TPW_LOCAL_NAMES(TPW_ENUM_LOCAL) };

/** enum tpw_wrong - what is wrong with a word */
enum tpw_wrong { TPW_WRONG_NAMES(TPW_ENUM_WRONG) };

#define TPW_WORD_LEN		64
#define TPW_QUESTION_LEN	256

/**
 * struct tpw_question - what was asked
 * @q: the segment as the lookup gets it; its device is set by
 *	tpw_device_assume(), its tuple may be translated by NAT
 * @asked: the tuple that was asked for
 * @ifindex: the device that was named or assumed, 0 if none is known
 * @cpu: the CPU that was named, or -1
 * @uid: of a bind(), the user who calls it, if @has_uid; else who asks
 * @is_bind: it is about a bind() to the local end
 * @is_mapped: of an IPv6 socket to an IPv4-mapped address
 * @has_uid: see there
 * @has_reuseaddr: SO_REUSEADDR is set
 * @has_reuseport: SO_REUSEPORT is set
 * @is_only_ipv6: IPV6_V6ONLY is set
 * @source: enum tpw_device_source
 * @local: enum tpw_local_kind
 * @wrong: enum tpw_wrong; there is no question if this is not NOTHING
 * @word: the word at fault
 */
struct tpw_question {
	struct tpw_query q;
	struct tpw_tuple asked;
	int ifindex;
	int cpu;
	u32 uid;
	bool is_bind;
	bool is_mapped;
	bool has_uid;
	bool has_reuseaddr;
	bool has_reuseport;
	bool is_only_ipv6;
	u8 source;
	u8 local;
	u8 wrong;
	char word[TPW_WORD_LEN];
};

int tpw_question_parse(struct tpw_question *to, struct net *net, char *text,
		       bool is_cut);
void tpw_device_assume(struct tpw_question *to, struct net *net);
void tpw_device_assume_bind(struct tpw_question *to, struct net *net);
void tpw_device_place(struct tpw_question *to, struct net *net);

extern const char *const tpw_device_source_names[];
extern const char *const tpw_local_names[];
extern const char *const tpw_wrong_names[];

#endif /* _TPW_QUESTION_H */

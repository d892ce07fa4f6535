/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A question as people write it: "tcp|udp FOREIGN LOCAL [dev IF] [cpu N]".
 */
#ifndef _TPW_QUESTION_H
#define _TPW_QUESTION_H

#include "kernel/lookup.h"

#include <linux/types.h>

struct net;

/* Why it is this device. */
#define TPW_DEVICE_SOURCE_NAMES(X)		\
	X(GIVEN,	"given")		\
	X(LOOPBACK,	"loopback")		\
	X(OWNER,	"owner")		\
	X(ROUTE,	"route")		\
	X(UNKNOWN,	"?")

/* What the local address is to this host. */
#define TPW_LOCAL_NAMES(X)			\
	X(HOST,		"host")			\
	X(BROADCAST,	"broadcast")		\
	X(MULTICAST,	"multicast")		\
	X(ELSEWHERE,	"elsewhere")

/* What is wrong with a word; with blanks for hyphens, a sentence about it. */
#define TPW_WRONG_NAMES(X)			\
	X(NOTHING,	"-")			\
	X(PROTO,	"is-neither-tcp-nor-udp") \
	X(ADDRESS,	"is-no-address:port")	\
	X(ANY_ADDRESS,	"is-the-wildcard,-no-packet-has-it") \
	X(PORT,		"has-no-port-from-1-to-65535") \
	X(FAMILY,	"is-of-another-family-than-the-first-address") \
	X(DEVICE,	"is-no-device-here")	\
	X(NEEDS_DEVICE,	"is-link-local,-name-its-device:-dev-IF") \
	X(CPU,		"is-no-number-of-a-CPU") \
	X(OFFLINE,	"is-no-CPU-that-is-online") \
	X(OPTION,	"is-neither-dev-nor-cpu") \
	X(TWICE,	"contradicts-what-was-said-before") \
	X(MISSING,	"needs-a-word-behind-it") \
	X(NOT_ASKED,	"an-empty-question")	\
	X(LENGTH,	"is-followed-by-too-much")

#define TPW_ENUM_DEVICE_SOURCE(id, name)	TPW_DEVICE_##id,
#define TPW_ENUM_LOCAL(id, name)		TPW_LOCAL_##id,
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
 * @q: the segment; its device is set by tpw_device_assume()
 * @ifindex: the device that was named or assumed, 0 if none is known
 * @cpu: the CPU that was named, or -1
 * @source: enum tpw_device_source
 * @local: enum tpw_local_kind
 * @wrong: enum tpw_wrong; there is no question if this is not NOTHING
 * @word: the word at fault
 */
struct tpw_question {
	struct tpw_query q;
	int ifindex;
	int cpu;
	u8 source;
	u8 local;
	u8 wrong;
	char word[TPW_WORD_LEN];
};

int tpw_question_parse(struct tpw_question *to, struct net *net, char *text,
		       bool is_cut);
void tpw_device_assume(struct tpw_question *to, struct net *net);

extern const char *const tpw_device_source_names[];
extern const char *const tpw_local_names[];
extern const char *const tpw_wrong_names[];

#endif /* _TPW_QUESTION_H */

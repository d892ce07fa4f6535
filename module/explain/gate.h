/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a segment has to pass before the lookup: programs on its device,
 * netfilter, connection tracking, input routing, IPsec.
 *
 * What the kernel can be asked without a trace is asked: routing, which
 * validates the source, and connection tracking.  A chain of nftables is read as
 * far as it goes by what is known of the segment, one of NAT too.  Another
 * ruleset or a program is not run, since nobody knows what else it does: it is
 * named, and decides.
 */
#ifndef _TPW_GATE_H
#define _TPW_GATE_H

#include "uapi/tuplewatch.h"
#include "base/tuple.h"
#include "explain/question.h"

#include <linux/if.h>
#include <linux/types.h>

struct net;
struct net_device;
struct nf_hook_entries;
struct nf_hook_ops;
struct nft_chain;

#define TPW_ENUM_GATE(id, name, meaning)	TPW_GATE_##id,
#define TPW_ENUM_GATE_FATE(id, name, meaning)	TPW_GATE_FATE_##id,

/** enum tpw_gate_kind - what there is to pass */
enum tpw_gate_kind { TPW_GATE_NAMES(TPW_ENUM_GATE) TPW_GATE_NR };

/** enum tpw_gate_fate - what it does with the segment */
enum tpw_gate_fate { TPW_GATE_FATE_NAMES(TPW_ENUM_GATE_FATE) TPW_GATE_FATE_NR };

#define TPW_GATE_WHO_LEN	80
#define TPW_GATES_ROOM		48	/* as many are named */
#define TPW_GATES_BUDGET	65536	/* expressions of chains that are read */

/**
 * struct tpw_gate - one of them
 * @translated: the tuple behind it, if it translates
 * @priority: of a netfilter hook
 * @prog: id of its BPF program, 0 for none or not known
 * @kind: enum tpw_gate_kind
 * @fate: enum tpw_gate_fate
 * @who: who stands there
 */
struct tpw_gate {
	struct tpw_tuple translated;
	s32 priority;
	u32 prog;
	u8 kind;
	u8 fate;
	char who[TPW_GATE_WHO_LEN];
};

/**
 * struct tpw_gates - all of them
 * @gate: in the order of the segment
 * @rest: one for all that there was no room for: not known
 * @tuple: of the segment, as it comes so far; NULL if an entry of connection
 *	tracking makes another of it
 * @budget: as many more expressions of chains are read
 * @ifindex: the device on which it comes, where rules see that one; else 0
 * @device: its name
 * @mark: that a rule has set
 * @ct_state: as a bit of `ct state`, once connection tracking has seen it; 0 if
 *	that is not known
 * @has_mark: its mark is known, as a rule has set it
 * @is_admin: rules are read for who may list them, or they could be found out
 * @nr: how many; those without room count in @fate alone
 * @unnamed: how many there was no room for
 * @is_own: this host sends the segment to itself
 * @may_be_own: so it does most of what comes on the device that was named
 * @has_conntrack: connection tracking is on the way
 * @is_past_conntrack: and has been passed by what is looked at now
 * @is_tracked: it has an entry of the tuple
 * @is_translated: which says that NAT makes another tuple of it
 * @has_source_nat: rules for the source have had their say, or have none
 * @has_target_nat: and those for the destination
 */
struct tpw_gates {
	struct tpw_gate gate[TPW_GATES_ROOM];
	struct tpw_gate rest;
	struct tpw_tuple *tuple;
	int budget;
	int ifindex;
	char device[IFNAMSIZ];
	u32 mark;
	u32 ct_state;
	unsigned int nr;
	unsigned int unnamed;
	bool has_mark;
	bool is_admin;
	bool is_own;
	bool may_be_own;
	bool has_conntrack;
	bool is_past_conntrack;
	bool is_tracked;
	bool is_translated;
	bool has_source_nat;
	bool has_target_nat;
};

void tpw_gates_find(struct tpw_gates *to, struct net *net,
		    struct tpw_question *q, bool is_admin);
const struct tpw_gate *tpw_gates_end(const struct tpw_gates *gates);

struct tpw_gate *tpw_gate_add(struct tpw_gates *to, enum tpw_gate_kind kind,
			      enum tpw_gate_fate fate);
void tpw_gate_hooks(struct tpw_gates *to, struct net *net,
		    const struct net_device *dev, u8 family,
		    enum tpw_gate_kind kind);
bool tpw_gate_hook_at(const struct nf_hook_entries *entries, unsigned int i,
		      struct nf_hook_ops *to);
void tpw_gate_hook(struct tpw_gates *gates, struct tpw_gate *to,
		   const struct net *net, const struct nf_hook_ops *ops,
		   const struct tpw_tuple *t);
u64 tpw_gate_nft(struct tpw_gates *gates, struct tpw_gate *to,
		 const struct net *net, const struct nft_chain *chain,
		 const struct tpw_tuple *t);
bool tpw_gate_is_nat(const char *who);
void tpw_gate_nat(struct tpw_gates *gates, struct tpw_gate *to,
		  struct net *net, const struct nf_hook_ops *nat);
void tpw_gate_device(struct tpw_gates *to, struct net *net,
		     const struct net_device *dev, u8 family);
void tpw_gate_conntrack(struct tpw_gates *to, struct net *net,
			struct tpw_tuple *t);
bool tpw_gate_is_taken(struct net *net, const struct tpw_tuple *t);
void tpw_gate_route(struct tpw_gates *to, struct net *net,
		    const struct tpw_question *q);
bool tpw_gate_is_routed(struct net *net, const struct tpw_query *q);

extern const char *const tpw_gate_names[];
extern const char *const tpw_gate_fate_names[];

#endif /* _TPW_GATE_H */

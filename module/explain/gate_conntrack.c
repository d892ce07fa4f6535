// SPDX-License-Identifier: GPL-2.0
/*
 * What connection tracking knows of a tuple, and what NAT makes of it.
 *
 * The table is in a module that may not be there: its lookup is called by name,
 * and that module is not kept from going but for the call.
 */
#include "explain/gate.h"

#include <linux/in.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#if IS_ENABLED(CONFIG_NF_CONNTRACK)
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_expect.h>

static const struct nf_conntrack_zone default_zone = {
	.id = NF_CT_DEFAULT_ZONE_ID,
	.dir = NF_CT_DEFAULT_ZONE_DIR,
};

static void to_tuple(struct nf_conntrack_tuple *to, const struct tpw_tuple *t)
{
	memset(to, 0, sizeof(*to));
	to->src.l3num = t->family == AF_INET6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	memcpy(&to->src.u3, &t->foreign, sizeof(t->foreign));
	memcpy(&to->dst.u3, &t->local, sizeof(t->local));
	if (t->family != AF_INET6) {
		memset(&to->src.u3.all[1], 0, 3 * sizeof(u32));
		memset(&to->dst.u3.all[1], 0, 3 * sizeof(u32));
	}
	to->src.u.all = t->fport;
	to->dst.u.all = t->lport;
	to->dst.protonum = t->proto;
}

/* The other direction is what comes back from where it has been sent to. */
static bool translate(struct tpw_tuple *t, const struct nf_conn *ct, u8 dir)
{
	const struct nf_conntrack_tuple *back = &ct->tuplehash[!dir].tuple;
	struct tpw_tuple was = *t;

	memcpy(&t->local, &back->src.u3, sizeof(t->local));
	memcpy(&t->foreign, &back->dst.u3, sizeof(t->foreign));
	t->lport = back->src.u.all;
	t->fport = back->dst.u.all;
	return t->lport != was.lport || t->fport != was.fport ||
	       memcmp(&t->local, &was.local, sizeof(t->local)) ||
	       memcmp(&t->foreign, &was.foreign, sizeof(t->foreign));
}

/*
 * A SYN opens anew what has ended, and rules see it as the first.  As
 * nf_conntrack_tcp_packet(): closed by a FIN, or by a RST from the same side,
 * which is told from a SYN here (0) by its number alone.
 */
static bool is_reopened(const struct nf_conn *ct, u8 proto, u8 dir)
{
	const struct ip_ct_tcp *tcp = &ct->proto.tcp;

	if (proto != IPPROTO_TCP ||
	    READ_ONCE(tcp->state) < TCP_CONNTRACK_TIME_WAIT)
		return false;
	return (tcp->seen[0].flags | tcp->seen[1].flags) &
		       IP_CT_TCP_FLAG_CLOSE_INIT ||
	       (tcp->last_dir == dir && tcp->last_index);
}

/* What has been answered, or is an answer, is beyond all rules of NAT. */
static void read_status(struct tpw_gates *to, const struct nf_conn *ct, u8 dir)
{
	unsigned long status = READ_ONCE(ct->status);
	bool is_old = dir == IP_CT_DIR_REPLY || status & IPS_SEEN_REPLY;

	to->has_source_nat = is_old || status & IPS_SRC_NAT_DONE;
	to->has_target_nat = is_old || status & IPS_DST_NAT_DONE;
}

/*
 * As resolve_normal_ct().  A segment of TCP may be found invalid besides, by what
 * stands in it.
 */
static u32 state_of(const struct nf_conn *ct, u8 proto, u8 dir)
{
	unsigned long status = READ_ONCE(ct->status);

	if (proto == IPPROTO_TCP)
		return 0;
	if (dir == IP_CT_DIR_REPLY || status & IPS_SEEN_REPLY)
		return NF_CT_STATE_BIT(IP_CT_ESTABLISHED);
	return NF_CT_STATE_BIT(status & IPS_EXPECTED ? IP_CT_RELATED : IP_CT_NEW);
}

/* Of a first segment: new, unless a helper expects it. */
static u32 state_of_first(struct net *net, const struct nf_conntrack_tuple *t)
{
	typeof(__nf_ct_expect_find) *lookup;
	bool is_expected;

	lookup = symbol_get(__nf_ct_expect_find);
	if (!lookup)
		return 0;
	rcu_read_lock();
	is_expected = lookup(net, &default_zone, t);
	rcu_read_unlock();
	symbol_put(__nf_ct_expect_find);
	return is_expected ? 0 : NF_CT_STATE_BIT(IP_CT_NEW);
}

static struct nf_conntrack_tuple_hash *find(struct net *net,
					    const struct nf_conntrack_tuple *t)
{
	typeof(nf_conntrack_find_get) *lookup;
	struct nf_conntrack_tuple_hash *hash;

	lookup = symbol_get(nf_conntrack_find_get);
	if (!lookup)
		return NULL;
	hash = lookup(net, &default_zone, t);
	symbol_put(nf_conntrack_find_get);
	return hash;
}

/**
 * tpw_gate_conntrack() - the entry of a tuple
 * @to: where to
 * @net: the namespace
 * @t: the tuple; becomes what NAT makes of it
 *
 * To be called before the hooks are looked at, which have a say if there is
 * none.
 *
 * Context: process.
 */
void tpw_gate_conntrack(struct tpw_gates *to, struct net *net,
			struct tpw_tuple *t)
{
	struct nf_conntrack_tuple_hash *hash;
	struct nf_conntrack_tuple tuple;
	struct nf_conn *ct;
	u8 dir;

	to_tuple(&tuple, t);
	hash = find(net, &tuple);
	if (!hash) {
		to->ct_state = state_of_first(net, &tuple);
		return;
	}
	ct = nf_ct_tuplehash_to_ctrack(hash);
	dir = NF_CT_DIRECTION(hash);
	if (!is_reopened(ct, t->proto, dir)) {
		to->is_tracked = true;
		to->ct_state = state_of(ct, t->proto, dir);
		to->is_translated = translate(t, ct, dir);
		read_status(to, ct, dir);
	}
	nf_conntrack_put(&ct->ct_general);
}

/**
 * tpw_gate_is_taken() - would another one be translated to have the same answers?
 * @net: the namespace
 * @t: the tuple of one that connection tracking does not know yet
 *
 * NAT takes another port for its source then.
 *
 * Context: process, in an RCU read-side section too.
 * Return: true if an answer has an entry already, or may have.
 */
bool tpw_gate_is_taken(struct net *net, const struct tpw_tuple *t)
{
	struct tpw_tuple back = *t;
	struct nf_conntrack_tuple_hash *hash;
	struct nf_conntrack_tuple tuple;

	swap(back.local, back.foreign);
	swap(back.lport, back.fport);
	to_tuple(&tuple, &back);
	hash = find(net, &tuple);
	if (hash)
		nf_conntrack_put(&nf_ct_tuplehash_to_ctrack(hash)->ct_general);
	return hash;
}
#else
void tpw_gate_conntrack(struct tpw_gates *to, struct net *net,
			struct tpw_tuple *t)
{
}

bool tpw_gate_is_taken(struct net *net, const struct tpw_tuple *t)
{
	return true;
}
#endif

// SPDX-License-Identifier: GPL-2.0
/*
 * Making the verdict of a raw verdict.
 */
#include "kernel/raw_verdict.h"

static void expand_tuple(const struct tpw_raw_verdict *g, struct tpw_tuple *t)
{
	const bool is_ipv6 = tpw_family_is_ipv6(g->kind.family);
	const size_t bytes = is_ipv6 ? 16 : 4;

	memset(t, 0, sizeof(*t));
	memcpy(&t->foreign, g->addrs, bytes);
	memcpy(&t->local, g->addrs + bytes, bytes);
	t->fport = g->ports[0];
	t->lport = g->ports[1];
	t->family = is_ipv6 ? AF_INET6 : AF_INET;
	t->proto = tpw_family_is_tcp(g->kind.family) ? IPPROTO_TCP :
						       IPPROTO_UDP;
}

static u8 mods_of(const struct tpw_raw_verdict *g)
{
	u8 mods = 0;

	if (g->sock.family == AF_INET6 && !tpw_family_is_ipv6(g->kind.family))
		mods |= TPW_MOD_DUAL;
	if (g->sock.ifindex)
		mods |= TPW_MOD_DEVICE;
	if (g->is_mptcp)
		mods |= TPW_MOD_MPTCP;
	return mods;
}

/**
 * tpw_raw_verdict_expand() - make a verdict of a raw verdict
 * @g: the raw verdict
 * @v: where to
 *
 * Context: any.
 */
void tpw_raw_verdict_expand(const struct tpw_raw_verdict *g, struct tpw_verdict *v)
{
	memset(v, 0, sizeof(*v));
	expand_tuple(g, &v->tuple);
	memcpy(v->dev, g->dev.name, TPW_DEV_LEN);
	v->cookie = g->cookie;
	v->listener = g->listener;
	v->len = g->len - sizeof(struct udphdr);
	if (tpw_family_is_tcp(g->kind.family)) {
		v->len = g->len - (g->tcp[0] >> 4) * 4;
		v->flags = g->tcp[1];
	}
	v->family = g->kind.family;
	v->via = g->via;
	v->match = g->kind.match;
	v->outcome = g->kind.outcome;
	v->state = g->kind.match == TPW_MATCH_BOUND ? 0 : g->sock.state;
	v->mods = mods_of(g);
	v->chooser = TPW_CHOOSER_NOBODY;
	/* A datagram that NAT had changed would not be here: see watch/udp.c. */
	v->asked.is = tpw_family_is_tcp(g->kind.family) ? TPW_ASKED_UNKNOWN :
							  TPW_ASKED_LOCAL;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What the registers of nftables hold: what a segment says of itself, and what
 * is known of how it came.
 */
#include "explain/passage.h"

#if TPW_READS_NFT
#include <linux/bits.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/string.h>
#include <net/netfilter/nf_tables_core.h>
#include <net/netfilter/nft_meta.h>

static u32 bits_of(unsigned int reg, unsigned int len)
{
	unsigned int nr = DIV_ROUND_UP(len, sizeof(u32));

	if (!nr || nr > TPW_PASSAGE_REGS || reg > TPW_PASSAGE_REGS - nr)
		return 0;
	return GENMASK(reg + nr - 1, reg);
}

/**
 * tpw_passage_set() - registers that are known from now on
 * @p: the passage
 * @reg: the first
 * @value: of all, as it stands in a packet
 * @len: of that, in bytes; the rest of the last register is 0
 */
void tpw_passage_set(struct tpw_passage *p, unsigned int reg, const void *value,
		     unsigned int len)
{
	u32 bits = bits_of(reg, len);

	if (!bits)
		return;
	p->reg[reg + (len - 1) / sizeof(u32)] = 0;
	memcpy(&p->reg[reg], value, len);
	p->known |= bits;
}

/**
 * tpw_passage_forget() - registers that are not known any more
 * @p: the passage
 * @reg: the first
 * @len: of what is there, in bytes
 *
 * What is to be loaded may also not be there, and then the rule does not match.
 */
void tpw_passage_forget(struct tpw_passage *p, unsigned int reg,
			unsigned int len)
{
	unsigned int i, nr = DIV_ROUND_UP(len, sizeof(u32));

	for (i = reg; i < TPW_PASSAGE_REGS && i - reg < nr; i++)
		p->known &= ~BIT(i);
	p->is_maybe = true;
}

/**
 * tpw_passage_knows() - whether what registers hold is known
 * @p: the passage
 * @reg: the first
 * @len: of what is asked for, in bytes
 *
 * Return: true for all of it.
 */
bool tpw_passage_knows(const struct tpw_passage *p, unsigned int reg,
		       unsigned int len)
{
	u32 bits = bits_of(reg, len);

	return bits && (p->known & bits) == bits;
}

/* Load @load from @known, which stand at @offset of the header. */
static bool load_part(struct tpw_passage *p, const struct nft_payload *load,
		      const void *known, unsigned int offset, unsigned int size)
{
	if (load->offset < offset || load->offset + load->len > offset + size)
		return false;
	tpw_passage_set(p, load->dreg, known + load->offset - offset, load->len);
	return true;
}

/* What follows a header of IPv6 may be another one, so no protocol is known. */
static bool load_network(struct tpw_passage *p, const struct nft_payload *load)
{
	const struct tpw_tuple *t = p->t;
	union tpw_addr of_ipv6[2] = { t->foreign, t->local };
	__be32 of_ipv4[2] = { t->foreign.ip, t->local.ip };

	if (t->family == AF_INET6)
		return load_part(p, load, of_ipv6,
				 offsetof(struct ipv6hdr, saddr),
				 sizeof(of_ipv6));
	return load_part(p, load, &t->proto, offsetof(struct iphdr, protocol),
			 sizeof(t->proto)) ||
	       load_part(p, load, of_ipv4, offsetof(struct iphdr, saddr),
			 sizeof(of_ipv4));
}

static bool load_transport(struct tpw_passage *p, const struct nft_payload *load)
{
	__be16 ports[2] = { p->t->fport, p->t->lport };

	return load_part(p, load, ports, 0, sizeof(ports));
}

/**
 * tpw_passage_load_bytes() - a rule loads bytes of a header
 * @p: the passage
 * @expr: the expression
 *
 * Context: in an RCU read-side section.
 */
void tpw_passage_load_bytes(struct tpw_passage *p, const struct nft_expr *expr)
{
	const struct nft_payload *load = nft_expr_priv(expr);
	bool is_known = false;

	if (load->base == NFT_PAYLOAD_NETWORK_HEADER)
		is_known = load_network(p, load);
	else if (load->base == NFT_PAYLOAD_TRANSPORT_HEADER)
		is_known = load_transport(p, load);
	if (!is_known)
		tpw_passage_forget(p, load->dreg, load->len);
}

static void load_device(struct tpw_passage *p, const struct nft_meta *meta)
{
	const struct tpw_gates *gates = p->gates;
	u32 ifindex = gates->ifindex;

	if (!ifindex)
		tpw_passage_forget(p, meta->dreg, sizeof(gates->device));
	else if (meta->key == NFT_META_IIF)
		tpw_passage_set(p, meta->dreg, &ifindex, sizeof(ifindex));
	else
		tpw_passage_set(p, meta->dreg, gates->device,
				sizeof(gates->device));
}

/* What it came with is not known: a device below, or a program, may have set it. */
static void load_mark(struct tpw_passage *p, const struct nft_meta *meta)
{
	if (p->gates->has_mark)
		tpw_passage_set(p, meta->dreg, &p->gates->mark,
				sizeof(p->gates->mark));
	else
		tpw_passage_forget(p, meta->dreg, sizeof(p->gates->mark));
}

/**
 * tpw_passage_load_meta() - a rule loads what the kernel knows of a packet
 * @p: the passage
 * @expr: the expression
 *
 * Context: in an RCU read-side section.
 */
void tpw_passage_load_meta(struct tpw_passage *p, const struct nft_expr *expr)
{
	const struct nft_meta *meta = nft_expr_priv(expr);
	bool is_v6 = p->t->family == AF_INET6;
	u8 pf = is_v6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	__be16 protocol = htons(is_v6 ? ETH_P_IPV6 : ETH_P_IP);

	switch (meta->key) {
	case NFT_META_L4PROTO:
		tpw_passage_set(p, meta->dreg, &p->t->proto, 1);
		return;
	case NFT_META_PROTOCOL:
		tpw_passage_set(p, meta->dreg, &protocol, sizeof(protocol));
		return;
	case NFT_META_MARK:
		load_mark(p, meta);
		return;
	case NFT_META_IIF:
	case NFT_META_IIFNAME:
		load_device(p, meta);
		return;
	case NFT_META_NFPROTO:
		/* On a device it is that of netdev. */
		if (p->table->family != NFPROTO_NETDEV) {
			tpw_passage_set(p, meta->dreg, &pf, 1);
			return;
		}
		fallthrough;
	default:
		tpw_passage_forget(p, meta->dreg, sizeof(p->reg[0]) * 4);
	}
}
#endif

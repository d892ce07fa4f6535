// SPDX-License-Identifier: GPL-2.0
/*
 * A question as people write it. Each error names the word at fault.
 */
#include "explain/question.h"

#include "base/address.h"
#include "base/span.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>

#define TPW_NAME_DEVICE_SOURCE(id, name, meaning)	[TPW_DEVICE_##id] = name,
#define TPW_NAME_LOCAL(id, name, meaning)		[TPW_LOCAL_##id] = name,
#define TPW_NAME_WRONG(id, name)		[TPW_WRONG_##id] = name,

const char *const tpw_device_source_names[] = {
	TPW_DEVICE_SOURCE_NAMES(TPW_NAME_DEVICE_SOURCE)
};

const char *const tpw_local_names[] = { TPW_LOCAL_NAMES(TPW_NAME_LOCAL) };
const char *const tpw_wrong_names[] = { TPW_WRONG_NAMES(TPW_NAME_WRONG) };

/**
 * struct reading - a question that is being read
 * @to: where the answer goes
 * @net: whose devices are meant
 * @rest: what has not been read
 * @last: the word that was read last
 */
struct reading {
	struct tpw_question *to;
	struct net *net;
	char *rest;
	const char *last;
};

/**
 * struct endpoint - one end of the tuple
 * @addr: its address
 * @port: its port, network byte order
 * @family: AF_INET also for a mapped address
 * @is_mapped: it is one
 */
struct endpoint {
	union tpw_addr addr;
	__be16 port;
	u8 family;
	bool is_mapped;
};

static int refuse(struct reading *r, const char *word, enum tpw_wrong wrong)
{
	strscpy(r->to->word, word, sizeof(r->to->word));
	r->to->wrong = wrong;
	return -EINVAL;
}

/* NULL at the end. */
static char *next_word(struct reading *r)
{
	char *word;

	do {
		word = strsep(&r->rest, " \t\n");
	} while (word && !*word);
	if (word)
		r->last = word;
	return word;
}

static struct tpw_span span_of(const char *word)
{
	return (struct tpw_span){ word, strlen(word) };
}

static int find_device(struct reading *r, const char *name)
{
	const struct net_device *dev;
	int ifindex = 0;

	rcu_read_lock();
	dev = dev_get_by_name_rcu(r->net, name);
	if (dev)
		ifindex = dev->ifindex;
	rcu_read_unlock();
	return ifindex;
}

static int read_dev(struct reading *r, char *word)
{
	int ifindex = find_device(r, word);

	if (!ifindex)
		return refuse(r, word, TPW_WRONG_DEVICE);
	if (r->to->ifindex && r->to->ifindex != ifindex)
		return refuse(r, word, TPW_WRONG_TWICE);
	r->to->ifindex = ifindex;
	return 0;
}

static int read_cpu(struct reading *r, char *word)
{
	u32 cpu;

	if (!tpw_span_number(span_of(word), S32_MAX, &cpu))
		return refuse(r, word, TPW_WRONG_CPU);
	if (cpu >= nr_cpu_ids || !cpu_online(cpu))
		return refuse(r, word, TPW_WRONG_OFFLINE);
	if (r->to->cpu >= 0)
		return refuse(r, word, TPW_WRONG_TWICE);
	r->to->cpu = cpu;
	return 0;
}

static int read_uid(struct reading *r, char *word)
{
	if (!tpw_span_number(span_of(word), U32_MAX - 1, &r->to->uid))
		return refuse(r, word, TPW_WRONG_UID);
	r->to->has_uid = true;
	return 0;
}

static int read_reuseaddr(struct reading *r, char *word)
{
	r->to->has_reuseaddr = true;
	return 0;
}

static int read_reuseport(struct reading *r, char *word)
{
	r->to->has_reuseport = true;
	return 0;
}

static int read_v6only(struct reading *r, char *word)
{
	if (r->to->q.tuple.family != AF_INET6 && !r->to->is_mapped)
		return refuse(r, r->last, TPW_WRONG_V6ONLY);
	r->to->is_only_ipv6 = true;
	return 0;
}

/**
 * struct option - what may stand behind a question
 * @name: its word
 * @read: reads the word behind it, or takes none
 * @has_value: a word stands behind it
 */
struct option {
	const char *name;
	int (*read)(struct reading *r, char *word);
	bool has_value;
};

static const struct option options[] = {
	{ "dev", read_dev, true },
	{ "cpu", read_cpu, true },
	{}
};

static const struct option bind_options[] = {
	{ "dev", read_dev, true },
	{ "uid", read_uid, true },
	{ "reuseaddr", read_reuseaddr },
	{ "reuseport", read_reuseport },
	{ "v6only", read_v6only },
	{}
};

/* An IPv4 packet is one whatever its addresses are written like. */
static void unmap(struct endpoint *e)
{
	struct in6_addr *a = (struct in6_addr *)e->addr.ip6;
	__be32 ip = a->s6_addr32[3];

	if (!ipv6_addr_v4mapped(a))
		return;
	memset(&e->addr, 0, sizeof(e->addr));
	e->addr.ip = ip;
	e->family = AF_INET;
	e->is_mapped = true;
}

/* "[address%device]"; returns what follows it, NULL if it is none. */
static const char *read_v6(struct reading *r, char *word, struct endpoint *e)
{
	char *close = strchr(word, ']');
	char *scope;

	if (!close)
		return NULL;
	*close = '\0';
	scope = strchr(word, '%');
	if (scope)
		*scope++ = '\0';
	if (!tpw_address_parse(span_of(word + 1), &e->family, &e->addr) ||
	    e->family != AF_INET6)
		return NULL;
	unmap(e);
	if (scope && read_dev(r, scope))
		return NULL;
	return close + 1;
}

/* "address"; the same. */
static const char *read_v4(const char *word, struct endpoint *e)
{
	struct tpw_span text = span_of(word);
	size_t len = tpw_span_find(text, ':');

	if (!tpw_address_parse(tpw_span_cut(text, len), &e->family, &e->addr))
		return NULL;
	return word + len;
}

static bool read_port(const char *word, __be16 *port)
{
	u32 nr;

	if (!tpw_span_number(span_of(word), U16_MAX, &nr) || !nr)
		return false;
	*port = htons(nr);
	return true;
}

static int read_endpoint(struct reading *r, struct endpoint *e)
{
	char copy[TPW_WORD_LEN];
	const char *behind;
	char *word;

	word = next_word(r);
	if (!word)
		return refuse(r, r->last, TPW_WRONG_MISSING);
	if (strscpy(copy, word, sizeof(copy)) < 0)
		return refuse(r, word, TPW_WRONG_ADDRESS);
	memset(e, 0, sizeof(*e));
	behind = *copy == '[' ? read_v6(r, copy, e) : read_v4(copy, e);
	if (r->to->wrong)
		return -EINVAL;
	if (!behind)
		return refuse(r, word, TPW_WRONG_ADDRESS);
	if (*behind != ':' || !read_port(behind + 1, &e->port))
		return refuse(r, word, TPW_WRONG_PORT);
	if (tpw_addr_is_any(&e->addr) && !r->to->is_bind)
		return refuse(r, word, TPW_WRONG_ANY_ADDRESS);
	return 0;
}

static int read_proto(struct reading *r)
{
	const char *word = next_word(r);

	if (word && !strcmp(word, "bind")) {
		r->to->is_bind = true;
		word = next_word(r);
	}
	if (!word)
		return refuse(r, "-", TPW_WRONG_NOT_ASKED);
	if (r->to->is_bind && strcmp(word, "tcp"))
		return refuse(r, word, TPW_WRONG_BIND_PROTO);
	if (!strcmp(word, "tcp"))
		r->to->q.tuple.proto = IPPROTO_TCP;
	else if (!strcmp(word, "udp"))
		r->to->q.tuple.proto = IPPROTO_UDP;
	else
		return refuse(r, word, TPW_WRONG_PROTO);
	return 0;
}

/* Of a bind() there is no other end. */
static int read_tuple(struct reading *r)
{
	struct tpw_tuple *t = &r->to->q.tuple;
	struct endpoint foreign = {}, local;
	int err = 0;

	if (!r->to->is_bind)
		err = read_endpoint(r, &foreign);
	if (!err)
		err = read_endpoint(r, &local);
	if (err)
		return err;
	if (!r->to->is_bind && foreign.family != local.family)
		return refuse(r, r->last, TPW_WRONG_FAMILY);
	t->foreign = foreign.addr;
	t->fport = foreign.port;
	t->local = local.addr;
	t->lport = local.port;
	t->family = local.family;
	r->to->is_mapped = local.is_mapped;
	return 0;
}

static int read_option(struct reading *r, const char *name)
{
	const struct option *option = r->to->is_bind ? bind_options : options;
	char *word;

	for (; option->name; option++) {
		if (strcmp(name, option->name))
			continue;
		word = option->has_value ? next_word(r) : NULL;
		if (option->has_value && !word)
			return refuse(r, name, TPW_WRONG_MISSING);
		return option->read(r, word);
	}
	return refuse(r, name, r->to->is_bind ? TPW_WRONG_BIND_OPTION :
						TPW_WRONG_OPTION);
}

/* Such an address says nothing without its link. */
static int check_scope(struct reading *r)
{
	const struct tpw_tuple *t = &r->to->q.tuple;

	if (t->family != AF_INET6 || r->to->ifindex)
		return 0;
	if (__ipv6_addr_needs_scope_id(ipv6_addr_type((void *)t->local.ip6)) ||
	    __ipv6_addr_needs_scope_id(ipv6_addr_type((void *)t->foreign.ip6)))
		return refuse(r, r->last, TPW_WRONG_NEEDS_DEVICE);
	return 0;
}

/**
 * tpw_question_parse() - read a question
 * @to: where to; if it is refused, what was wrong
 * @net: whose devices are meant
 * @text: its text; destroyed
 * @is_cut: that is not all of it
 *
 * Context: process.
 * Return: 0, or -EINVAL and @to says why.
 */
int tpw_question_parse(struct tpw_question *to, struct net *net, char *text,
		       bool is_cut)
{
	struct reading r = { .to = to, .net = net, .rest = text, .last = "" };
	const char *word;
	int err;

	memset(to, 0, sizeof(*to));
	to->cpu = -1;
	err = read_proto(&r);
	if (!err)
		err = is_cut ? refuse(&r, r.last, TPW_WRONG_LENGTH) :
			       read_tuple(&r);
	while (!err) {
		word = next_word(&r);
		if (!word)
			break;
		err = read_option(&r, word);
	}
	return err ? err : check_scope(&r);
}

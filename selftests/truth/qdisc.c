// SPDX-License-Identifier: GPL-2.0
/*
 * Queueing disciplines, by rtnetlink: a BPF program at the ingress of the
 * server's device, where it sees packets before IP does; a plug in the client's.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <errno.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/ethernet.h>
#include <string.h>
#include <unistd.h>

struct request {
	struct nlmsghdr head;
	struct tcmsg tc;
	uint8_t attributes[256];
};

static struct rtattr *put(struct request *r, unsigned short type, const void *data, size_t len)
{
	struct rtattr *a = (struct rtattr *)((uint8_t *)r + NLMSG_ALIGN(r->head.nlmsg_len));

	a->rta_type = type;
	a->rta_len = RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(a), data, len);
	r->head.nlmsg_len = NLMSG_ALIGN(r->head.nlmsg_len) + RTA_ALIGN(a->rta_len);
	return a;
}

static struct request request_of(const struct play *p, enum end side, int type,
				 uint32_t parent)
{
	struct request r = { 0 };

	r.head.nlmsg_len = NLMSG_LENGTH(sizeof(r.tc));
	r.head.nlmsg_type = type;
	r.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	if (type != RTM_DELQDISC)
		r.head.nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
	r.tc.tcm_ifindex = place_ifindex(p, side);
	r.tc.tcm_parent = parent;
	return r;
}

/* In the namespace that we are in. Return: 0 or -errno */
static int ask(const struct request *r)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		uint8_t rest[1024];
	} answer = { .error.error = -EIO };

	if (fd >= 0 && send(fd, r, r->head.nlmsg_len, 0) > 0 &&
	    recv(fd, &answer, sizeof(answer), 0) < 0)
		answer.error.error = -errno;
	if (fd >= 0)
		close(fd);
	return answer.error.error;
}

static struct request classifier(const struct play *p, int type)
{
	struct request r = request_of(p, SERVER, type, TC_H_CLSACT);

	r.tc.tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0);
	put(&r, TCA_KIND, "clsact", sizeof("clsact"));
	return r;
}

/* From now on the program sees every packet that comes in on v0. */
void classifier_add(struct play *p, int program)
{
	uint32_t parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS);
	struct request gone = classifier(p, RTM_DELQDISC);
	struct request r = classifier(p, RTM_NEWQDISC);
	uint32_t flags = TCA_BPF_FLAG_ACT_DIRECT;
	uint32_t fd = program;
	struct rtattr *options;

	/* A play that failed may have left it behind. */
	ask(&gone);
	errno = -ask(&r);
	if (errno)
		play_fail(p, "adding clsact");
	r = request_of(p, SERVER, RTM_NEWTFILTER, parent);
	r.tc.tcm_info = TC_H_MAKE(1 << 16, htons(ETH_P_ALL));
	put(&r, TCA_KIND, "bpf", sizeof("bpf"));
	options = put(&r, TCA_OPTIONS, NULL, 0);
	put(&r, TCA_BPF_FD, &fd, sizeof(fd));
	put(&r, TCA_BPF_NAME, "truth", sizeof("truth"));
	put(&r, TCA_BPF_FLAGS, &flags, sizeof(flags));
	options->rta_len = (uint8_t *)&r + r.head.nlmsg_len - (uint8_t *)options;
	errno = -ask(&r);
	if (errno)
		play_fail(p, "adding a BPF classifier");
}

void classifier_remove(struct play *p)
{
	struct request r = classifier(p, RTM_DELQDISC);

	errno = -ask(&r);
	if (errno)
		play_fail(p, "removing clsact");
}

static int ask_plug(struct play *p, int action, uint16_t flags)
{
	struct request r = request_of(p, CLIENT, RTM_NEWQDISC, TC_H_ROOT);
	struct tc_plug_qopt option = { .action = action };
	int err;

	r.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	put(&r, TCA_KIND, "plug", sizeof("plug"));
	if (!flags)
		put(&r, TCA_OPTIONS, &option, sizeof(option));
	if (place_enter(true))
		play_fail(p, "cannot enter a namespace");
	err = ask(&r);
	if (place_enter(false))
		play_fail(p, "cannot return to the server's namespace");
	return err;
}

/* What the client sends from now on waits in its device. */
void plug_insert(struct play *p)
{
	int err = ask_plug(p, TCQ_PLUG_BUFFER, NLM_F_CREATE | NLM_F_EXCL);

	if (err == -ENOENT)
		play_skip(p, "CONFIG_NET_SCH_PLUG");
	if (err == -EEXIST)
		err = ask_plug(p, TCQ_PLUG_BUFFER, 0);
	errno = -err;
	if (err)
		play_fail(p, "adding a plug");
}

/*
 * All of it comes at once, and what is sent later as ever. Returns when it has
 * been received: who accepts or reads at its first segment holds the socket's
 * lock while the next comes, which then goes to the backlog.
 */
void plug_pull(struct play *p)
{
	errno = -ask_plug(p, TCQ_PLUG_RELEASE_INDEFINITE, 0);
	if (errno)
		play_fail(p, "pulling the plug");
	ep_settle(p);
}

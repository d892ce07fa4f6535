// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes as a question to explain. Besides what the sanitizers find: what is refused has a
 * reason and a word that was asked; what is taken means the same when it is written anew, in the
 * form that inet_ntop() gives its addresses.
 */
#include "module/explain/question.h"

#include <arpa/inet.h>
#include <linux/netdevice.h>
#include <net/ipv6.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

const char *const fuzz_words[] = {
	"tcp", "udp", " ", "\t", "\n", ":", "[", "]", "%", "::", ".", "dev", "cpu", "lo", "eth0",
	"0", "1", "2", "3", "4", "80", "65535", "65536", "127.0.0.1:80", "0.0.0.0:80", "[::]:80",
	"10.0.0.1:40000", "[fe80::1%eth0]:80", "[ff02::1]:53", "[::ffff:1.2.3.4]:80", "[fd00::1]:1",
	"4294967296", "\xff", NULL,
};

static const char *const devices[] = { "lo", "eth0" };

struct net_device *dev_get_by_name_rcu(struct net *net, const char *name)
{
	static struct net_device found;

	(void)net;
	for (found.ifindex = 1; found.ifindex <= 2; found.ifindex++)
		if (!strcmp(devices[found.ifindex - 1], name))
			return &found;
	return NULL;
}

static void must(bool is_true, const char *what, const char *text)
{
	if (is_true)
		return;
	fprintf(stderr, "%s: %s\n", what, text);
	abort();
}

static void check_refused(const struct tpw_question *to, const char *text)
{
	size_t len = strnlen(to->word, sizeof(to->word));

	must(to->wrong > TPW_WRONG_NOTHING && to->wrong <= TPW_WRONG_LENGTH, "why", text);
	must(len < sizeof(to->word), "a word without end", text);
	/* that of an empty question is none of it, and a device's was cut out of an address */
	must(to->wrong == TPW_WRONG_NOT_ASKED || strstr(text, to->word), "whose word", text);
}

static size_t write_endpoint(char *to, size_t size, __u8 family, const union tpw_addr *addr,
			     __be16 port)
{
	char address[INET6_ADDRSTRLEN];

	inet_ntop(family, addr, address, sizeof(address));
	return (size_t)snprintf(to, size, family == AF_INET6 ? " [%s]:%u" : " %s:%u", address,
				ntohs(port));
}

/* Written anew, with the device and the CPU said once. */
static void check_taken(const struct tpw_question *to, const char *text)
{
	const struct tpw_tuple *t = &to->q.tuple;
	static struct tpw_question again;
	char anew[256];
	size_t n;

	must(t->proto == IPPROTO_TCP || t->proto == IPPROTO_UDP, "protocol", text);
	must(t->family == AF_INET || t->family == AF_INET6, "family", text);
	must(t->lport && t->fport, "port", text);
	must(to->cpu >= -1 && to->cpu < 4 && to->cpu != 2, "CPU", text);
	must(to->ifindex >= 0 && to->ifindex <= 2, "device", text);
	n = (size_t)snprintf(anew, sizeof(anew), t->proto == IPPROTO_TCP ? "tcp" : "udp");
	n += write_endpoint(anew + n, sizeof(anew) - n, t->family, &t->foreign, t->fport);
	n += write_endpoint(anew + n, sizeof(anew) - n, t->family, &t->local, t->lport);
	if (to->ifindex)
		n += (size_t)snprintf(anew + n, sizeof(anew) - n, " dev %s",
				      devices[to->ifindex - 1]);
	if (to->cpu >= 0)
		snprintf(anew + n, sizeof(anew) - n, " cpu %d", to->cpu);
	must(!tpw_question_parse(&again, NULL, anew, false), "refused when written anew", text);
	must(!memcmp(to, &again, sizeof(again)), "means something else", text);
}

/**
 * LLVMFuzzerTestOneInput() - try one input; the name is libFuzzer's
 * @data: bytes of a question
 * @bytes: how many
 *
 * Return: 0. It aborts if something is wrong.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	bool is_cut = bytes > TPW_QUESTION_LEN;
	static struct tpw_question question;
	char *text, *kept;

	/* as the file takes it; of just this size, so that a byte read beyond it is found */
	if (is_cut)
		bytes = TPW_QUESTION_LEN;
	text = strndup((const char *)data, bytes);
	kept = strdup(text);
	if (tpw_question_parse(&question, NULL, text, is_cut))
		check_refused(&question, kept);
	else
		check_taken(&question, kept);
	free(text);
	free(kept);
	return 0;
}

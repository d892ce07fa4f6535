// SPDX-License-Identifier: GPL-2.0
/*
 * Populations of sockets at random: is the one that explain names the one that
 * gets the segment, and does the kernel's own lookup agree each time?
 */
#include "explain.h"

#include <stdlib.h>

/* TPW_POPULATIONS: or as many as that. */
#define SHORT_RUN	1000
#define LONG_RUN	5000	/* TPW_LONG */

static struct {
	unsigned int asked;
	unsigned int right;
	unsigned int agreed;
	unsigned int device_right;
	unsigned int unanswered;
	unsigned int candidates;
	unsigned int group;
	unsigned int refused;
	unsigned int of_type[2][2];
	unsigned int device;
	unsigned int cpu;
	unsigned int v6only;
	unsigned int dual;
	unsigned int connected;
	unsigned int remote;
} sum;

static void count_classes(const struct population *p, const struct answer *a, uint64_t got)
{
	sum.candidates += a->sockets >= 2;
	sum.group += a->groups > 0;
	sum.refused += !got;
	sum.of_type[p->type == SOCK_DGRAM][p->target->family == AF_INET6]++;
	sum.device += p->has_device;
	sum.cpu += p->has_cpu;
	sum.v6only += p->has_v6only;
	sum.dual += p->has_dual;
	sum.connected += p->has_connected;
	sum.remote += p->target->is_remote;
}

static void try_one(void)
{
	unsigned int cpu = below(place_cpus());
	char question[QUESTION_LEN];
	struct population p;
	uint64_t got = 0;
	struct answer a;
	bool is_answered;

	place_cpu(cpu);
	population_make(&p);
	population_question(&p, cpu, question);
	ask(&a, question);
	is_answered = population_send(&p, &got);
	sum.asked++;
	sum.unanswered += !is_answered;
	sum.right += is_answered && a.cookie == got;
	sum.agreed += a.is_agreed;
	sum.device_right += answer_fact_is(&a, "dev", device_names[p.target->device]);
	count_classes(&p, &a, got);
	if (!is_answered || a.cookie != got || !a.is_agreed) {
		diag("got by %llx, on CPU %u%s", (unsigned long long)got, cpu,
		     is_answered ? "" : ", no answer");
		answer_show(&a, question);
	}
	answer_free(&a);
	population_close(&p);
}

static void all_of(const char *what, unsigned int nr)
{
	result(nr == sum.asked && nr, "%s: %u of %u", what, nr, sum.asked);
}

static void at_least(const char *what, unsigned int nr, unsigned int percent)
{
	result(nr * 100 >= sum.asked * percent, "%s: %u of %u, at least %u %%", what, nr, sum.asked,
	       percent);
}

static void run(void)
{
	const char *wanted = getenv("TPW_POPULATIONS");
	unsigned int nr = is_long_run ? LONG_RUN : SHORT_RUN;

	if (wanted)
		nr = strtoul(wanted, NULL, 10);
	place_make();
	module_load("");
	while (sum.asked < nr)
		try_one();
	diag("tcp4 %u, tcp6 %u, udp4 %u, udp6 %u, from a veth %u", sum.of_type[0][0],
	     sum.of_type[0][1], sum.of_type[1][0], sum.of_type[1][1], sum.remote);
	diag("device-bound %u, SO_INCOMING_CPU %u, IPv6 only %u, dual-stack %u, connected %u",
	     sum.device, sum.cpu, sum.v6only, sum.dual, sum.connected);
	result_is("populations", sum.asked, nr);
	all_of("the socket that explain names gets it", sum.right);
	all_of("the kernel's lookup agrees", sum.agreed);
	result_is("disagreements counted", disagreements(), 0);
	all_of("the device is the one assumed", sum.device_right);
	result_is("segments of which nothing was heard", sum.unanswered, 0);
	at_least("two or more candidates", sum.candidates, 60);
	at_least("a group is asked", sum.group, 30);
	at_least("refused", sum.refused, 15);
}

const struct topic explain_agree_topic = {
	.name = "agree",
	.results = 9,
	.run = run,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * The answer to a question: our search and the kernel's, side by side.
 *
 * They are made one after the other, so sockets may come and go between them.
 * The kernel is asked before and after our search; if all three say the same,
 * that is the answer.  Else all is done once more, and only if each time the
 * kernel says one thing and we say another it is a disagreement, and counted.
 *
 * SO_INCOMING_CPU makes the answer depend on the CPU that handles the segment.
 * The kernel's lookup has to run there, which only an administrator of the host
 * can have; for anybody else it is asked on the CPU that he runs on, as himself,
 * and of another CPU there is our search alone.
 */
#include "explain/answer.h"

#include "kernel/socket.h"
#include "explain/group.h"
#include "explain/multicast.h"
#include "explain/search_tcp.h"
#include "explain/search_udp.h"

#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <net/inet_hashtables.h>

#define TRIES	5

#define TPW_NAME_AGREEMENT(id, name, meaning)	[TPW_AGREEMENT_##id] = name,

const char *const tpw_agreement_names[] = {
	TPW_AGREEMENT_NAMES(TPW_NAME_AGREEMENT)
};

static atomic64_t given = ATOMIC64_INIT(0);
static atomic64_t disputed = ATOMIC64_INIT(0);
static atomic64_t repeated = ATOMIC64_INIT(0);

/**
 * struct opinion - who gets the segment, in somebody's words
 * @established: cookie of who has the whole tuple, 0 for nobody; TCP
 * @found: cookie of who is found behind that, 0 for nobody
 */
struct opinion {
	u64 established;
	u64 found;
};

/**
 * struct asking - a question on its way to its CPU
 * @s: the search
 * @to: where the answer goes
 * @err: -errno
 */
struct asking {
	struct tpw_search *s;
	struct tpw_cpu_answer *to;
	int err;
};

static u64 cookie_of(const struct tpw_finding *found)
{
	return found->match == TPW_MATCH_NONE ? 0 : found->socket.cookie;
}

/* Behind a connection nothing is searched; behind a TIME_WAIT perhaps. */
static bool is_final(const struct tpw_finding *established)
{
	return established->match == TPW_MATCH_ESTABLISHED ||
	       established->match == TPW_MATCH_REQUEST;
}

/**
 * tpw_answer_first() - what a segment finds first
 * @a: the answer
 *
 * Return: the socket that has its whole tuple, else what is found behind.
 */
const struct tpw_finding *tpw_answer_first(const struct tpw_cpu_answer *a)
{
	return a->established.match != TPW_MATCH_NONE ? &a->established :
							&a->found;
}

static void ask_kernel(struct tpw_search *s, struct opinion *to)
{
	struct sock *sk;

	memset(to, 0, sizeof(*to));
	memset(&s->hashes, 0, sizeof(s->hashes));
	rcu_read_lock();
	sk = tpw_search_is_udp(s) ? tpw_lookup_udp(s->net, s->q, &s->hashes) :
				    tpw_lookup_listener(s->net, s->q);
	if (sk)
		to->found = tpw_socket_cookie(sk);
	rcu_read_unlock();
	if (tpw_search_is_udp(s))
		return;
	sk = tpw_lookup_established(s->net, s->q);
	if (!sk)
		return;
	to->established = tpw_socket_cookie(sk);
	sock_gen_put(sk);
}

static void ask_ourselves(struct tpw_search *s, struct opinion *to)
{
	unsigned int i;

	/* Who lets others run in a long bucket may find it changed. */
	for (i = 0; i < TRIES; i++) {
		tpw_search_reset(s);
		if (tpw_search_is_udp(s))
			tpw_explain_udp(s);
		else
			tpw_explain_tcp(s);
		if (!s->is_broken)
			break;
	}
	to->established = tpw_search_is_udp(s) ? 0 : cookie_of(&s->established);
	to->found = cookie_of(&s->found);
}

static void ask_nobody(struct tpw_search *s)
{
	struct opinion ours;

	memset(&s->hashes, 0, sizeof(s->hashes));
	s->kernel = 0;
	ask_ourselves(s, &ours);
}

static bool is_same(const struct tpw_search *s, const struct opinion *a,
		    const struct opinion *b)
{
	if (a->established != b->established)
		return false;
	return is_final(&s->established) || a->found == b->found;
}

/* Without early demux and programs, as the kernel has it without a packet. */
static enum tpw_agreement compare(struct tpw_search *s, u64 *answer)
{
	struct opinion before, after, ours, first_kernel, first_ours;
	bool is_stable = true;
	unsigned int i;

	s->is_real = false;
	for (i = 0; i < TRIES; i++) {
		/* Anew each time: a program may have been attached. */
		s->is_unasked = !tpw_lookup_is_harmless(s->net);
		if (s->is_unasked) {
			ask_nobody(s);
			*answer = 0;
			return TPW_AGREEMENT_NOT_ASKED;
		}
		ask_kernel(s, &before);
		s->kernel = before.found;
		ask_ourselves(s, &ours);
		ask_kernel(s, &after);
		*answer = is_final(&s->established) ? after.established :
						      after.found;
		if (!i) {
			first_kernel = before;
			first_ours = ours;
		}
		is_stable = is_stable && !s->is_broken &&
			    is_same(s, &before, &after) &&
			    is_same(s, &before, &first_kernel) &&
			    is_same(s, &ours, &first_ours);
		if (is_same(s, &before, &after) && is_same(s, &ours, &after))
			return s->lacks_hash ? TPW_AGREEMENT_NAMED :
					       TPW_AGREEMENT_AGREES;
		atomic64_inc(&repeated);
		cond_resched();
	}
	return is_stable ? TPW_AGREEMENT_DIFFERS : TPW_AGREEMENT_UNSETTLED;
}

static void finish(struct tpw_search *s, struct tpw_cpu_answer *to)
{
	struct opinion ours;

	to->cpu = s->cpu;
	if (s->has_program || s->q->has_early_demux) {
		s->is_real = true;
		ask_ourselves(s, &ours);
	}
	if (s->is_broken)
		to->agreement = TPW_AGREEMENT_UNSETTLED;
	to->established = s->established;
	to->found = s->found;
	to->has_sk_lookup = s->has_sk_lookup;
}

/* Runs on the CPU that the question is about, and stays there. */
static long ask_here(void *data)
{
	struct asking *a = data;
	struct tpw_search *s = a->s;

	a->err = tpw_lookup_begin(s->is_host_admin);
	if (a->err)
		return a->err;
	migrate_disable();
	s->cpu = raw_smp_processor_id();
	a->to->agreement = compare(s, &a->to->kernel);
	finish(s, a->to);
	migrate_enable();
	tpw_lookup_end();
	return 0;
}

/*
 * About another CPU, without running there: the kernel is asked here, for the
 * hashes alone, which are the same on all CPUs.
 */
static int ask_about(int cpu, struct tpw_search *s, struct tpw_cpu_answer *to)
{
	struct opinion kernels, ours;
	int err;

	err = tpw_lookup_begin(s->is_host_admin);
	if (err)
		return err;
	s->cpu = cpu;
	s->is_real = false;
	s->is_unasked = true;
	memset(&s->hashes, 0, sizeof(s->hashes));
	if (tpw_lookup_is_harmless(s->net))
		ask_kernel(s, &kernels);
	s->kernel = 0;
	ask_ourselves(s, &ours);
	to->agreement = TPW_AGREEMENT_NOT_ASKED;
	to->kernel = 0;
	finish(s, to);
	tpw_lookup_end();
	return 0;
}

static int ask_there(int cpu, struct asking *a)
{
	long err = -ENODEV;

	cpus_read_lock();
	if (cpu_online(cpu))
		err = work_on_cpu(cpu, ask_here, a);
	cpus_read_unlock();
	return err;
}

/* @cpu: -1 for the one that this runs on. */
static int ask_on(int cpu, struct tpw_search *s, struct tpw_cpu_answer *to)
{
	struct asking asking = { .s = s, .to = to };

	if (cpu < 0)
		return ask_here(&asking);
	if (s->is_host_admin)
		return ask_there(cpu, &asking);
	return cpu_online(cpu) ? ask_about(cpu, s, to) : -ENODEV;
}

/* Until there is room for all that is met; in a flood of new sockets, not. */
static int ask_first(struct tpw_answer *a)
{
	int cpu = a->question.cpu;
	unsigned int i;
	int err;

	for (i = 0; i < TRIES; i++) {
		err = i ? tpw_search_grow(&a->s) : 0;
		if (!err)
			err = ask_on(cpu, &a->s, &a->cpu[0]);
		if (err || a->s.nr <= a->s.room ||
		    a->s.room == TPW_SEARCH_ROOM_MAX)
			break;
	}
	return err;
}

/* All others, if it matters: the answers alone. */
static int ask_others(struct tpw_answer *a)
{
	struct tpw_search s = a->s;
	int cpu, err;

	s.seen = NULL;
	s.room = 0;
	for_each_online_cpu(cpu) {
		if (cpu == a->cpu[0].cpu)
			continue;
		if (fatal_signal_pending(current))
			return -EINTR;
		err = ask_on(cpu, &s, &a->cpu[a->cpus]);
		if (err == -ENODEV)	/* just gone offline */
			continue;
		if (err)
			return err;
		if (++a->cpus == num_possible_cpus())
			break;
		cond_resched();
	}
	return 0;
}

/* Until there is room for all sockets of the port. */
static int ask_many(struct tpw_answer *a)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < TRIES && !err; i++) {
		if (i)
			err = tpw_search_grow(&a->s);
		if (err)
			break;
		tpw_search_reset(&a->s);
		if (tpw_search_is_udp(&a->s))
			tpw_explain_multicast(&a->s);
		if (a->s.nr <= a->s.room || a->s.room == TPW_SEARCH_ROOM_MAX)
			break;
	}
	return err;
}

/* TCP is for one host: the kernel drops it before any search. */
static int answer_many(struct tpw_answer *a)
{
	struct tpw_cpu_answer *to = &a->cpu[0];
	int err = ask_many(a);

	to->cpu = raw_smp_processor_id();
	to->established = a->s.established;
	to->found = a->s.found;
	to->agreement = TPW_AGREEMENT_NOT_ASKED;
	if (!tpw_search_is_udp(&a->s))
		to->found.via = TPW_VIA_UNSEARCHED;
	return err;
}

static int answer_one(struct tpw_answer *a)
{
	unsigned int i;
	int err;

	err = ask_first(a);
	if (!err && a->s.has_cpu && a->question.cpu < 0)
		err = ask_others(a);
	for (i = 0; !err && i < a->cpus; i++)
		if (a->cpu[i].agreement == TPW_AGREEMENT_DIFFERS)
			atomic64_inc(&disputed);
	return err;
}

/**
 * tpw_answer_is_for_many() - does the datagram go to many?
 * @q: the question, its local address placed
 *
 * Return: true for a multicast or a broadcast.
 */
bool tpw_answer_is_for_many(const struct tpw_question *q)
{
	return q->local == TPW_LOCAL_MULTICAST ||
	       q->local == TPW_LOCAL_BROADCAST;
}

/**
 * tpw_answer_make() - answer a question
 * @to: zeroed but for the question, which has been parsed
 * @net: the namespace that it is about
 * @is_admin: who asks may see what is open in the namespace
 * @is_host_admin: who asks may have work done on any CPU
 *
 * Context: process, may sleep.
 * Return: 0 or -errno; tpw_answer_free() is due in either case.
 */
int tpw_answer_make(struct tpw_answer *to, struct net *net, bool is_admin,
		    bool is_host_admin)
{
	int err;

	tpw_device_assume(&to->question, net);
	tpw_gates_find(&to->gates, net, &to->question, is_admin);
	tpw_device_place(&to->question, net);
	tpw_search_init(&to->s, net, &to->question.q);
	to->s.is_host_admin = is_host_admin;
	to->cpu = kvcalloc(num_possible_cpus(), sizeof(*to->cpu),
			   GFP_KERNEL_ACCOUNT);
	if (!to->cpu)
		return -ENOMEM;
	err = tpw_search_grow(&to->s);
	if (!err)
		err = tpw_group_make_packet(&to->s);
	if (err)
		return err;
	to->cpus = 1;
	atomic64_inc(&given);
	return tpw_answer_is_for_many(&to->question) ? answer_many(to) :
						       answer_one(to);
}

/**
 * tpw_answer_free() - free an answer
 * @a: the answer; may be made anew
 *
 * Context: process, may sleep.
 */
void tpw_answer_free(struct tpw_answer *a)
{
	tpw_search_exit(&a->s);
	kvfree(a->cpu);
	memset(a, 0, sizeof(*a));
}

/**
 * tpw_answers_given() - questions answered since the module was loaded
 *
 * Return: their number, over all namespaces.
 */
u64 tpw_answers_given(void)
{
	return atomic64_read(&given);
}

/**
 * tpw_answers_repeated() - searches that were made once more
 *
 * Return: how often the kernel's lookup and ours said different things, or the
 *	kernel's two did, over all namespaces and CPUs.
 */
u64 tpw_answers_repeated(void)
{
	return atomic64_read(&repeated);
}

/**
 * tpw_answers_disputed() - answers that the kernel's lookup contradicts
 *
 * Return: their number, over all namespaces and CPUs; 0, or this module is
 *	wrong about the kernel.
 */
u64 tpw_answers_disputed(void)
{
	return atomic64_read(&disputed);
}

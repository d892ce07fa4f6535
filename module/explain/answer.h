/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The answer to a question: our search and the kernel's, side by side.
 */
#ifndef _TPW_ANSWER_H
#define _TPW_ANSWER_H

#include "uapi/tuplewatch.h"
#include "explain/gate.h"
#include "explain/question.h"
#include "explain/search.h"

#include <linux/types.h>

struct net;

#define TPW_ENUM_AGREEMENT(id, name, meaning)	TPW_AGREEMENT_##id,

/*
 * NAMED: it agrees, and a member of a group was taken from it.  UNSETTLED:
 * sockets came and went while both were asked.
 */
/** enum tpw_agreement - what the kernel's own lookup says of our search */
enum tpw_agreement { TPW_AGREEMENT_NAMES(TPW_ENUM_AGREEMENT) };

/**
 * struct tpw_cpu_answer - the answer for a segment that one CPU handles
 * @established: who has the whole tuple, or is found by early demux
 * @found: who is found behind that
 * @kernel: cookie of what the kernel finds, 0 for nothing
 * @cpu: the CPU
 * @agreement: enum tpw_agreement
 * @has_sk_lookup: BPF sk_lookup programs are asked before @found
 */
struct tpw_cpu_answer {
	struct tpw_finding established;
	struct tpw_finding found;
	u64 kernel;
	int cpu;
	u8 agreement;
	bool has_sk_lookup;
};

/**
 * struct tpw_answer - an answer
 * @question: the question
 * @gates: what is passed before the lookup
 * @s: the search on the first CPU
 * @cpu: the answers; the first one is about the CPU that was named or assumed,
 *	others are there if it matters
 * @cpus: how many
 */
struct tpw_answer {
	struct tpw_question question;
	struct tpw_gates gates;
	struct tpw_search s;
	struct tpw_cpu_answer *cpu;
	unsigned int cpus;
};

bool tpw_answer_is_for_many(const struct tpw_question *q);
int tpw_answer_make(struct tpw_answer *to, struct net *net, bool is_admin,
		    bool is_host_admin);
void tpw_answer_free(struct tpw_answer *a);
const struct tpw_finding *tpw_answer_first(const struct tpw_cpu_answer *a);
u64 tpw_answers_given(void);
u64 tpw_answers_repeated(void);
u64 tpw_answers_disputed(void);

extern const char *const tpw_agreement_names[];

#endif /* _TPW_ANSWER_H */

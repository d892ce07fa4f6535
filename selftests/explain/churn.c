// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets that come and go as fast as they can while questions are asked: what
 * is asked before and after may differ, and must not be taken for a
 * disagreement.
 */
#define _GNU_SOURCE
#include "explain.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHURNERS	3
#define SOCKETS		4
#define PORT		30000
#define QUESTIONS_MIN	200
#define MADE_MIN	2000
#define QUESTIONS_MAX	50000
#define SHORT_NS	10000000000ULL
#define LONG_NS		60000000000ULL

/* How many sockets each has made, shared. */
static uint64_t *made;

static const char *const addresses[] = { "0.0.0.0", "127.0.0.1", "::", "::ffff:127.0.0.1" };

static int make(int type)
{
	const char *address = addresses[below(ARRAY_SIZE(addresses))];
	unsigned int options = chance(80) ? OPT_REUSEPORT : 0;
	union address a;
	socklen_t len = address_set(&a, address, PORT);
	int fd = sock_new(a.sa.sa_family, type, options);

	if (bind(fd, &a.sa, len) || (type == SOCK_STREAM && listen(fd, 8))) {
		close(fd);
		return -1;
	}
	return fd;
}

static void churn(unsigned int nr)
{
	int fd[SOCKETS] = { -1, -1, -1, -1 };
	unsigned int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	use_all_cpus();
	for (;;) {
		i = below(SOCKETS);
		if (fd[i] >= 0)
			close(fd[i]);
		fd[i] = make(chance(50) ? SOCK_STREAM : SOCK_DGRAM);
		made[nr] += fd[i] >= 0;
	}
}

static uint64_t total(void)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < CHURNERS; i++)
		sum += made[i];
	return sum;
}

/* Long enough for a question to meet a table that changes under it, also on a slow machine. */
static bool is_enough(unsigned int asked, uint64_t until)
{
	if (asked >= QUESTIONS_MAX)
		return true;
	return now_ns() >= until && asked >= QUESTIONS_MIN && total() >= MADE_MIN &&
	       questions_fact("searches_repeated");
}

static void run(void)
{
	static const char *const questions[] = {
		"tcp 127.0.0.1:%u 127.0.0.1:30000", "udp 127.0.0.1:%u 127.0.0.1:30000",
		"tcp [::1]:%u [::1]:30000", "udp [::1]:%u [::1]:30000",
	};
	unsigned int asked = 0, agreed = 0, unsettled = 0, found = 0, i;
	char question[QUESTION_LEN];
	pid_t pids[CHURNERS];
	struct answer a;
	uint64_t until;

	place_make();
	module_load("");
	made = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < CHURNERS; i++) {
		below(2);	/* each goes its own way */
		pids[i] = fork();
		if (!pids[i])
			churn(i);
	}
	use_all_cpus();
	until = now_ns() + (is_long_run ? LONG_NS : SHORT_NS);
	for (; !is_enough(asked, until); asked++) {
		snprintf(question, sizeof(question), questions[asked % 4], 1024 + below(60000));
		ask(&a, question);
		agreed += a.is_agreed;
		found += a.cookie != 0;
		unsettled += table_find(&a.t, "fate", "unsettled") != NO_ROW;
		answer_free(&a);
	}
	for (i = 0; i < CHURNERS; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	result(total() >= MADE_MIN && found >= asked / 4,
	       "questions %u, found %u, sockets made meanwhile %llu", asked, found,
	       (unsigned long long)total());
	result(agreed + unsettled == asked && agreed * 10 >= asked * 9,
	       "agreed %u, unsettled %u: %u of %u", agreed, unsettled, agreed + unsettled, asked);
	result(questions_fact("searches_repeated") > 0,
	       "searched again, as sockets had come or gone: %llu times",
	       (unsigned long long)questions_fact("searches_repeated"));
	result_is("disagreements counted", disagreements(), 0);
}

const struct topic explain_churn_topic = {
	.name = "churn",
	.results = 4,
	.run = run,
};

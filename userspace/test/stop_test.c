// SPDX-License-Identifier: GPL-2.0
/*
 * Being asked to end: once, as `timeout` does it, twice, and again later.
 */
#include "lib/stop.h"

#include "test/unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int stops_nr;
static uint64_t stop_ns;

static void on_stop(uint64_t now_ns)
{
	stops_nr++;
	stop_ns = now_ns;
}

/* Both come when they are no longer blocked, one behind the other, however busy the machine is. */
static void raise_together(int first, int second)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	raise(first);
	raise(second);
	sigprocmask(SIG_UNBLOCK, &all, NULL);
}

static void raise_apart(int first, int second)
{
	struct timespec span = { .tv_nsec = 300000000 };

	raise(first);
	nanosleep(&span, NULL);
	raise(second);
}

/* In a child, which exits with 1 if it was told once. Returns what waitpid() says. */
static int ask_twice(int first, int second, void (*ask)(int, int))
{
	int status = -1;
	pid_t child = fork();

	if (!child) {
		stops_nr = 0;
		if (tpr_stop_catch(on_stop, true))
			_exit(99);
		ask(first, second);
		_exit(stops_nr == 1 && stop_ns ? 1 : 98);
	}
	waitpid(child, &status, 0);
	return status;
}

static void at_once(void)
{
	CHECK_NUMBER(WEXITSTATUS(ask_twice(SIGTERM, SIGINT, raise_together)), 1);
	CHECK_NUMBER(WEXITSTATUS(ask_twice(SIGHUP, SIGTERM, raise_together)), 1);
}

static void again(void)
{
	CHECK_NUMBER(WTERMSIG(ask_twice(SIGINT, SIGINT, raise_apart)), SIGINT);
	CHECK_NUMBER(WTERMSIG(ask_twice(SIGINT, SIGTERM, raise_apart)), SIGTERM);
}

const struct unit_case unit_stop[] = {
	UNIT_CASE(at_once, "stop: what comes twice at once was asked once"),
	UNIT_CASE(again, "stop: who asks again later does not wait"),
	{ 0 },
};

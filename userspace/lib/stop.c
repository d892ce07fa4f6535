// SPDX-License-Identifier: GPL-2.0
/*
 * A command that is asked to end finishes what it is at; who asks again does not want to wait for that. But
 * `timeout` signals its command and then the whole group that the command is in: what comes twice within a quarter
 * of a second was asked once.
 */
#include "stop.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

#define NS_PER_S	1000000000ULL
#define ONCE_NS		(NS_PER_S / 4)

static tpr_stop_fn on_stop;
/* CLOCK_MONOTONIC of the first signal, or 0. Only the handler has it, and no handler interrupts another. */
static volatile uint64_t asked_ns;

static void on_signal(int signal_nr)
{
	int saved_errno = errno;
	struct timespec now;
	uint64_t now_ns;

	clock_gettime(CLOCK_MONOTONIC, &now);
	now_ns = (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
	if (!asked_ns) {
		asked_ns = now_ns;
		on_stop(now_ns);
	} else if (now_ns - asked_ns > ONCE_NS) {
		/* it is blocked until we return */
		signal(signal_nr, SIG_DFL);
		raise(signal_nr);
	}
	errno = saved_errno;
}

/**
 * tpr_stop_catch() - be told of SIGINT and SIGTERM
 * @stop: called at the first of them, in the signal's handler, with the time (CLOCK_MONOTONIC, ns)
 * @with_hangup: of SIGHUP too
 *
 * System calls that wait end with EINTR. A signal that comes later than a quarter of a second after the first ends the
 * process.
 *
 * Return: 0 or -errno.
 */
int tpr_stop_catch(tpr_stop_fn stop, bool with_hangup)
{
	/* no SA_RESTART: a write to a pipe that nobody empties must end too */
	struct sigaction action = { .sa_handler = on_signal };

	on_stop = stop;
	sigemptyset(&action.sa_mask);
	sigaddset(&action.sa_mask, SIGINT);
	sigaddset(&action.sa_mask, SIGTERM);
	sigaddset(&action.sa_mask, SIGHUP);
	if (sigaction(SIGINT, &action, NULL) || sigaction(SIGTERM, &action, NULL) ||
	    (with_hangup && sigaction(SIGHUP, &action, NULL)))
		return -errno;
	return 0;
}

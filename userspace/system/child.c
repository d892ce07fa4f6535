// SPDX-License-Identifier: GPL-2.0
/*
 * A pipe that closes on exec tells whether a program could be started at all.
 */
#include "system/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child. Only if it fails it returns, with the errno. */
static int become(const char *const *argv, tpr_child_fn prepare, const void *what)
{
	int error = prepare ? prepare(what) : 0;

	if (error)
		return -error;
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	execvp(argv[0], (char *const *)argv);
	return errno;
}

/**
 * tpr_child_start() - start a program
 * @argv: its name and its words, NULL behind them
 * @prepare: called in the child before; returns 0 or -errno. Or NULL
 * @what: for @prepare
 *
 * Return: its pid, or -errno if it could not be started.
 */
pid_t tpr_child_start(const char *const *argv, tpr_child_fn prepare, const void *what)
{
	int error = 0, fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (!pid) {
		error = become(argv, prepare, what);
		if (write(fds[1], &error, sizeof(error)) < 0) {
			/* whoever started us is gone */
		}
		_exit(TPR_STATUS_NOT_FOUND);
	}
	close(fds[1]);
	if (pid < 0)
		error = errno;
	else if (read(fds[0], &error, sizeof(error)) == sizeof(error))
		waitpid(pid, NULL, 0);
	else
		error = 0;
	close(fds[0]);
	return error ? -error : pid;
}

/**
 * tpr_child_status() - how a process ended, as a shell has it
 * @status: of waitpid()
 *
 * Return: its exit status, or 128 and the number of the signal.
 */
int tpr_child_status(int status)
{
	return WIFSIGNALED(status) ? TPR_STATUS_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

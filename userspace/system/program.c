// SPDX-License-Identifier: GPL-2.0
/*
 * A program gets an environment of our making: TAR_OPTIONS and its like would change what it does,
 * and what it says is to be understood. It is killed when it takes too long.
 */
#include "system/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MS_PER_S	1000

/* Behind the PATH of who calls us: nft is not in that of users */
#define SBIN		"/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * MS_PER_S + now.tv_nsec / 1000000;
}

static void set_environment(void)
{
	const char *path = getenv("PATH");
	char *longer = NULL;

	if (asprintf(&longer, "%s%s" SBIN, path ? path : "", path ? ":" : "") < 0)
		longer = NULL;
	clearenv();
	setenv("PATH", longer ? longer : SBIN, 1);
	setenv("LC_ALL", "C", 1);
}

/* In the new process. Never returns. */
static void become(const struct tpr_program *program, int err)
{
	const struct rlimit limit = { program->bytes_max, program->bytes_max };
	int in = program->in >= 0 ? program->in : open("/dev/null", O_RDONLY);

	set_environment();
	/* who writes too much fails, and says so */
	signal(SIGXFSZ, SIG_IGN);
	umask(077);
	if (in < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(program->out, STDOUT_FILENO) < 0 ||
	    dup2(err, STDERR_FILENO) < 0 ||
	    (program->bytes_max && setrlimit(RLIMIT_FSIZE, &limit)))
		dprintf(err, "%s\n", strerror(errno));
	else if (execvp(program->argv[0], (char *const *)program->argv))
		dprintf(err, "cannot be run: %s\n", strerror(errno));
	_exit(127);
}

/* Keep the first line of what it says, until it has said all. False if that takes too long. */
static bool listen(struct tpr_program *program, int fd, int64_t end_ms)
{
	size_t used = 0, room = sizeof(program->said) - 1;
	char rest[256];

	for (;;) {
		struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
		int64_t left_ms = end_ms - now_ms();
		ssize_t bytes;

		if (left_ms <= 0)
			return false;
		if (poll(&poll_fd, 1, (int)left_ms) <= 0)
			continue;
		bytes = used < room ? read(fd, program->said + used, room - used) :
				      read(fd, rest, sizeof(rest));
		if (bytes <= 0)
			break;
		if (used < room)
			used += (size_t)bytes;
	}
	program->said[used] = '\0';
	program->said[strcspn(program->said, "\n")] = '\0';
	return true;
}

/* Its exit status, or -1 if it had to be killed. */
static int wait_for(pid_t pid, int64_t end_ms)
{
	const struct timespec tick = { .tv_nsec = 5000000 };
	int status = 127 << 8;

	while (!waitpid(pid, &status, WNOHANG)) {
		if (now_ms() >= end_ms)
			kill(pid, SIGKILL);
		nanosleep(&tick, NULL);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* "tar: listeners: Not found" without "tar: " */
static void drop_name(struct tpr_program *program)
{
	size_t bytes = strlen(program->argv[0]);

	if (!strncmp(program->said, program->argv[0], bytes) &&
	    !strncmp(program->said + bytes, ": ", 2))
		memmove(program->said, program->said + bytes + 2,
			strlen(program->said + bytes + 2) + 1);
}

static int watch(struct tpr_program *program, pid_t pid, int fd)
{
	int64_t end_ms = now_ms() + (int64_t)program->seconds * MS_PER_S;
	int status;

	if (!listen(program, fd, end_ms))
		program->said[0] = '\0';
	status = wait_for(pid, end_ms);
	drop_name(program);
	if (status && !program->said[0])
		snprintf(program->said, sizeof(program->said),
			 "%s failed, or took longer than %u s", program->argv[0],
			 program->seconds);
	return status ? -EIO : 0;
}

/**
 * tpr_program_run() - run a program to its end
 * @program: which one, and how
 *
 * Return: 0 if it ended well, else -errno: -ENOENT if there is no such program, -EIO if it failed;
 *	@program->said tells why.
 */
int tpr_program_run(struct tpr_program *program)
{
	int fds[2], error;
	pid_t pid;

	program->said[0] = '\0';
	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (!pid)
		become(program, fds[1]);
	error = pid < 0 ? -errno : 0;
	close(fds[1]);
	if (!error)
		error = watch(program, pid, fds[0]);
	close(fds[0]);
	if (!program->said[0] && error)
		snprintf(program->said, sizeof(program->said), "%s", strerror(-error));
	return error;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Calls on files of a network namespace that never return, and then the last
 * process of that namespace ends: what waits for such a call waits for ever.
 *
 * "own": each file is that of a network namespace made for it, which we are
 * root of; it is opened in there, so that this is so for /proc/tuplewatch too.
 * "host": the files of the namespace that we were started in.
 *
 * Prints "stalled=N" when all calls stand still and the namespaces have no
 * process any more.
 */
#define _GNU_SOURCE
#include "attacks.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOUNT_POINT	"/mnt"
#define LEN		4096

/**
 * struct call - one that will stand still
 * @fd: the file
 * @is_write: write(), not read()
 * @page: of a file that has no contents and never will
 * @sitter: the process in the file's namespace, 0 if that is not ours
 * @is_open: it has opened the file
 */
struct call {
	int fd;
	bool is_write;
	void *page;
	pid_t sitter;
	atomic_bool is_open;
};

static void open_file(struct call *c, const char *what)
{
	const char *path = strchr(what, ':');

	if (!path)
		die("neither read:PATH nor write:PATH");
	c->is_write = !strncmp(what, "write:", 6);
	c->fd = open(path + 1, (c->is_write ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	if (c->fd < 0)
		die("%s", path + 1);
}

/*
 * The process shares our descriptors, so what it has opened stays open when it
 * has ended; nothing else that is ours has anything to do with its namespace.
 */
static void open_in_own(struct call *c, const char *what)
{
	pid_t pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);

	if (pid < 0)
		die("clone");
	if (pid) {
		c->sitter = pid;
		while (!c->is_open)
			if (waitpid(pid, NULL, WNOHANG))
				die("%s", what);
		return;
	}
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || unshare(CLONE_NEWNET))
		die("unshare");
	open_file(c, what);
	c->is_open = true;
	for (;;)
		pause();
}

static void *stand_still(void *data)
{
	struct call *c = data;

	if (c->is_write)
		say("write returned %zd", write(c->fd, c->page, LEN));
	else
		say("read returned %zd", read(c->fd, c->page, LEN));
	return NULL;
}

static void end_sitter(struct call *c)
{
	if (c->sitter && (kill(c->sitter, SIGKILL) || waitpid(c->sitter, NULL, 0) != c->sitter))
		die("the process of the namespace");
}

/* Whoever opens a file writes into it as well. */
static struct call *new_calls(int nr)
{
	struct call *calls = mmap(NULL, nr * sizeof(*calls), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (calls == MAP_FAILED)
		die("mmap");
	return calls;
}

int stall_main(int argc, char **argv)
{
	bool is_own = argc > 2 && !strcmp(argv[1], "own");
	struct call *calls;
	pthread_t thread;
	int i, nr = argc - 2;

	if (nr < 1)
		return 2;
	own_users(CLONE_NEWNS);
	fuse_mount(MOUNT_POINT);
	calls = new_calls(nr);
	for (i = 0; i < nr; i++) {
		(is_own ? open_in_own : open_file)(&calls[i], argv[i + 2]);
		calls[i].page = fuse_page(MOUNT_POINT, i);
		if (pthread_create(&thread, NULL, stand_still, &calls[i]))
			die("pthread_create");
	}
	fuse_await_stalled(nr);
	for (i = 0; i < nr; i++)
		end_sitter(&calls[i]);
	say("stalled=%d", nr);
	ready();
}

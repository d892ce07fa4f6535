// SPDX-License-Identifier: GPL-2.0
/*
 * A reader of log_pipe that counts: rows, the rows that it was told it lost,
 * and the gaps in the rows' own numbers, which must come to the same.
 *
 * Says "open" once it is, reads until SIGTERM, then what is still there, and
 * prints "rows=N lost=N gaps=N disorder=N".  Ends the same way at end of file.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CPUS_MAX	1024
#define SLOW_MS		50

/**
 * struct tally - what was read
 * @rows: verdicts
 * @lost: the sum of the "# lost N"
 * @gaps: numbers that are missing between two rows of a CPU
 * @disorder: rows with a number that is not above the last one of its CPU
 * @last: that number, by CPU
 */
struct tally {
	unsigned long rows;
	unsigned long lost;
	unsigned long gaps;
	unsigned long disorder;
	unsigned long last[CPUS_MAX];
};

static volatile sig_atomic_t is_over;

static void on_term(int sig)
{
	(void)sig;
	is_over = true;
}

static void die(const char *what)
{
	fprintf(stderr, "logcount: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* seq time_ns cpu ...: the first and the third column, as line 2 says. */
static void take_row(struct tally *t, const char *line)
{
	unsigned long seq, cpu;
	char *at;

	seq = strtoul(line, &at, 10);
	strtoul(at, &at, 10);
	cpu = strtoul(at, &at, 10);
	if (*at != ' ' || cpu >= CPUS_MAX) {
		fprintf(stderr, "logcount: not a row: %s\n", line);
		exit(1);
	}
	t->rows++;
	if (seq <= t->last[cpu])
		t->disorder++;
	else if (t->last[cpu])
		t->gaps += seq - t->last[cpu] - 1;
	t->last[cpu] = seq;
}

static void take_line(struct tally *t, const char *line)
{
	if (!strncmp(line, "# lost ", 7))
		t->lost += strtoul(line + 7, NULL, 10);
	else if (*line >= '0' && *line <= '9')
		take_row(t, line);
	else if (strncmp(line, "# tuplewatch 2 ", 15) && strncmp(line, "seq time_ns cpu ", 16))
		die(line);
}

/* Lines may come in pieces. */
static void take(struct tally *t, const char *data, size_t len)
{
	static char line[4096];
	static size_t have;
	size_t i;

	for (i = 0; i < len; i++) {
		if (have == sizeof(line) - 1)
			die("a line without end");
		if (data[i] != '\n') {
			line[have++] = data[i];
			continue;
		}
		line[have] = '\0';
		have = 0;
		take_line(t, line);
	}
}

/* Return: false when there is no more. */
static bool read_some(struct tally *t, int fd, size_t size)
{
	char data[65536];
	ssize_t n = read(fd, data, size);

	if (n > 0)
		take(t, data, n);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		die("read");
	return n > 0;
}

/*
 * SIGTERM comes only while this waits, lest one that comes just before a wait
 * be slept over.
 */
static void follow(struct tally *t, int fd, bool is_slow, const sigset_t *unblocked)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	struct timespec slowly = { .tv_nsec = SLOW_MS * 1000000L };

	while (!is_over) {
		if (is_slow)
			ppoll(NULL, 0, &slowly, unblocked);
		else if (ppoll(&pollfd, 1, NULL, unblocked) < 0)
			continue;
		if (!read_some(t, fd, is_slow ? 1000 : 65536) && (pollfd.revents & POLLHUP))
			break;
	}
}

int main(int argc, char **argv)
{
	static struct tally tally;
	bool is_slow = false, is_late = false;
	sigset_t term, before;
	int fd, opt;

	while ((opt = getopt(argc, argv, "sl")) != -1) {
		is_slow |= opt == 's';
		is_late |= opt == 'l';
	}
	if (optind != argc - 1) {
		fputs("Usage: logcount [-s | -l] FILE   -s: slowly, -l: nothing until SIGTERM\n", stderr);
		return 2;
	}
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &before);
	signal(SIGTERM, on_term);
	fd = open(argv[optind], O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		die(argv[optind]);
	puts("open");
	fflush(stdout);
	while (is_late && !is_over)
		sigsuspend(&before);
	follow(&tally, fd, is_slow, &before);
	while (read_some(&tally, fd, 65536))
		;
	printf("rows=%lu lost=%lu gaps=%lu disorder=%lu\n", tally.rows, tally.lost,
	       tally.gaps, tally.disorder);
	return 0;
}

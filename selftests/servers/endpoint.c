// SPDX-License-Identifier: GPL-2.0
/*
 * Servers in trouble, and their clients; each says "ready" when it is, and stays.
 *
 *	endpoint serve ADDRESS PORT BACKLOG PAUSE	accepts a connection each PAUSE ms; none at all if that is 0
 *	endpoint hold ADDRESS PORT NR			NR connections; says when the first was made, by the clock in ms,
 *							and how many were reset, once all have ended
 *	endpoint flood ADDRESS PORT PAUSE		a SYN each PAUSE ms
 *	endpoint get ADDRESS PORT NR			asks a web server NR times, by a connection each, and says for each
 *							from which port, and the answer's last line
 *	endpoint ask ADDRESS PORT NR			asks a name server NR times for tuplewatch.test, and says how many
 *							answers came
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void ready(void)
{
	puts("ready");
	fflush(stdout);
}

union end {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static union end parse(char **argv)
{
	union end end = { .in6.sin6_port = htons(atoi(argv[1])) };

	if (inet_pton(AF_INET, argv[0], &end.in.sin_addr) == 1)
		end.any.sa_family = AF_INET;
	else if (inet_pton(AF_INET6, argv[0], &end.in6.sin6_addr) == 1)
		end.any.sa_family = AF_INET6;
	else
		errx(1, "no address: %s", argv[0]);
	return end;
}

static int make(union end end, int flags)
{
	int fd = socket(end.any.sa_family, SOCK_STREAM | flags, 0);

	if (fd < 0)
		err(1, "socket");
	return fd;
}

static void serve(union end end, int backlog, int pause_ms)
{
	int fd = make(end, 0), one = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)) ||
	    bind(fd, &end.any, sizeof(end)) || listen(fd, backlog))
		err(1, "listen");
	ready();
	if (!pause_ms)
		pause();
	for (;;) {
		if (accept(fd, NULL, NULL) < 0)
			err(1, "accept");
		usleep(pause_ms * 1000);
	}
}

static void hold(union end end, int nr)
{
	int *fds = calloc(nr, sizeof(*fds)), reset_nr = 0, i;
	long begin = now_ms();
	char byte;

	for (i = 0; i < nr; i++) {
		fds[i] = make(end, 0);
		if (connect(fds[i], &end.any, sizeof(end)))
			err(1, "connect");
		if (!i)
			printf("first %ld %ld\n", begin, now_ms());
	}
	ready();
	for (i = 0; i < nr; i++)
		reset_nr += recv(fds[i], &byte, 1, 0) < 0 && errno == ECONNRESET;
	printf("reset %d\n", reset_nr);
	fflush(stdout);
	pause();
}

static void flood(union end end, int pause_ms)
{
	struct rlimit limit = { 65536, 65536 };

	setrlimit(RLIMIT_NOFILE, &limit);
	ready();
	for (;;) {
		connect(make(end, SOCK_NONBLOCK), &end.any, sizeof(end));
		usleep(pause_ms * 1000);
	}
}

/* What came until the other end closed, or nothing if that did not come to pass */
static char *answer_of(int fd)
{
	static const char question[] = "GET / HTTP/1.0\r\n\r\n";
	static char answer[4096];
	size_t len = 0;
	ssize_t got;

	if (write(fd, question, sizeof(question) - 1) < 0)
		return NULL;
	while ((got = read(fd, answer + len, sizeof(answer) - 1 - len)) > 0)
		len += got;
	answer[len] = '\0';
	return got < 0 || !len ? NULL : answer;
}

static void get(union end end, int nr)
{
	const char *answer, *last;
	socklen_t len;
	union end own;
	int fd;

	while (nr--) {
		fd = make(end, 0);
		len = sizeof(own);
		if (connect(fd, &end.any, sizeof(end)) || getsockname(fd, &own.any, &len))
			err(1, "connect");
		answer = answer_of(fd);
		last = answer ? strrchr(answer, '\n') : NULL;
		printf("got %d %s\n", ntohs(own.in.sin_port), last ? last + 1 : "nothing");
		fflush(stdout);
		close(fd);
		/* on a fast machine, too, a reload takes no longer than a hundred of them */
		usleep(2000);
	}
}

static void ask(union end end, int nr)
{
	static const char question[] = "\0\1\1\0\0\1\0\0\0\0\0\0\12tuplewatch\4test\0\0\1\0\1";
	struct timeval patience = { 5, 0 };
	int answers_nr = 0, i, fd;
	char answer[512];

	for (i = 0; i < nr; i++) {
		fd = socket(end.any.sa_family, SOCK_DGRAM, 0);
		if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
		    connect(fd, &end.any, sizeof(end)) || send(fd, question, sizeof(question) - 1, 0) < 0)
			err(1, "ask");
		answers_nr += recv(fd, answer, sizeof(answer), 0) > (ssize_t)sizeof(question);
		close(fd);
	}
	printf("answers %d\n", answers_nr);
}

int main(int argc, char **argv)
{
	if (argc == 6 && !strcmp(argv[1], "serve"))
		serve(parse(argv + 2), atoi(argv[4]), atoi(argv[5]));
	else if (argc == 5 && !strcmp(argv[1], "hold"))
		hold(parse(argv + 2), atoi(argv[4]));
	else if (argc == 5 && !strcmp(argv[1], "flood"))
		flood(parse(argv + 2), atoi(argv[4]));
	else if (argc == 5 && !strcmp(argv[1], "get"))
		get(parse(argv + 2), atoi(argv[4]));
	else if (argc == 5 && !strcmp(argv[1], "ask"))
		ask(parse(argv + 2), atoi(argv[4]));
	else
		errx(2, "usage: endpoint serve|hold|flood|get|ask ADDRESS PORT NUMBER...");
	return 0;
}

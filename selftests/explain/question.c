// SPDX-License-Identifier: GPL-2.0
/*
 * Questions that are wrong, what they are told, and what asking leaves behind.
 */
#define _GNU_SOURCE
#include "explain.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
	const char *question;
	const char *word;
	const char *error;
} wrong[] = {
	{ " \n", "-", "an-empty-question" },
	{ "sctp 1.2.3.4:5 1.2.3.4:6", "sctp", "is-neither-tcp-nor-udp" },
	{ "TCP 1.2.3.4:5 1.2.3.4:6", "TCP", "is-neither-tcp-nor-udp" },
	{ "tcp", "tcp", "needs-a-word-behind-it" },
	{ "tcp 1.2.3.4:5", "1.2.3.4:5", "needs-a-word-behind-it" },
	{ "tcp 1.2.3.444:5 1.2.3.4:6", "1.2.3.444:5", "is-no-address:port" },
	{ "tcp 1.2.3:5 1.2.3.4:6", "1.2.3:5", "is-no-address:port" },
	{ "tcp host:5 1.2.3.4:6", "host:5", "is-no-address:port" },
	{ "tcp [::1:5 [::1]:6", "[::1:5", "is-no-address:port" },
	{ "tcp ::1:5 [::1]:6", "::1:5", "is-no-address:port" },
	{ "tcp [1.2.3.4]:5 1.2.3.4:6", "[1.2.3.4]:5", "is-no-address:port" },
	{ "tcp 1.2.3.4 1.2.3.4:6", "1.2.3.4", "has-no-port-from-1-to-65535" },
	{ "tcp 1.2.3.4:5 1.2.3.4:", "1.2.3.4:", "has-no-port-from-1-to-65535" },
	{ "tcp 1.2.3.4:5 1.2.3.4:0", "1.2.3.4:0", "has-no-port-from-1-to-65535" },
	{ "tcp 1.2.3.4:5 1.2.3.4:65536", "1.2.3.4:65536", "has-no-port-from-1-to-65535" },
	{ "tcp 1.2.3.4:5 1.2.3.4:+6", "1.2.3.4:+6", "has-no-port-from-1-to-65535" },
	{ "tcp 1.2.3.4:5 1.2.3.4:6x", "1.2.3.4:6x", "has-no-port-from-1-to-65535" },
	{ "tcp 1.2.3.4:5 1.2.3.4:*", "1.2.3.4:*", "has-no-port-from-1-to-65535" },
	{ "tcp 1.2.3.4:5 0.0.0.0:6", "0.0.0.0:6", "is-the-wildcard,-no-packet-has-it" },
	{ "tcp [::1]:5 [::]:6", "[::]:6", "is-the-wildcard,-no-packet-has-it" },
	{ "tcp 1.2.3.4:5 [::1]:6", "[::1]:6", "is-of-another-family-than-the-first-address" },
	{ "tcp [fe80::1]:5 [fe80::2]:6", "[fe80::2]:6", "is-link-local,-name-its-device:-dev-IF" },
	{ "tcp [fe80::1%no]:5 [fe80::2]:6", "no", "is-no-device-here" },
	{ "tcp 1.2.3.4:5 1.2.3.4:6 dev", "dev", "needs-a-word-behind-it" },
	{ "tcp 1.2.3.4:5 1.2.3.4:6 dev no", "no", "is-no-device-here" },
	{ "tcp 1.2.3.4:5 1.2.3.4:6 dev v1 dev v2", "v2", "contradicts-what-was-said-before" },
	{ "tcp [fe80::1%v1]:5 [fe80::2%v2]:6", "v2", "contradicts-what-was-said-before" },
	{ "tcp 1.2.3.4:5 1.2.3.4:6 cpu", "cpu", "needs-a-word-behind-it" },
	{ "tcp 1.2.3.4:5 1.2.3.4:6 cpu -1", "-1", "is-no-number-of-a-CPU" },
	{ "tcp 1.2.3.4:5 1.2.3.4:6 cpu x", "x", "is-no-number-of-a-CPU" },
	{ "tcp 1.2.3.4:5 1.2.3.4:6 cpu 4096", "4096", "is-no-CPU-that-is-online" },
	{ "tcp 1.2.3.4:5 1.2.3.4:6 cpu 0 cpu 0", "0", "contradicts-what-was-said-before" },
	{ "tcp 1.2.3.4:5 1.2.3.4:6 via v1", "via", "is-none-of-the-options-dev,-cpu" },
	{ "tcp 1.2.3.4:5 1.2.3.4:6 a\033[31mb", "a\\033[31mb", "is-none-of-the-options-dev,-cpu" },
	{ "bind tcp 1.2.3.4:5 v6only", "v6only", "is-no-option-of-an-IPv4-socket" },
	{ "tcp 1.2.3.4:5 1.2.3.4:6\ntcp 1.2.3.4:5 1.2.3.4:7", "tcp", "is-none-of-the-options-dev,-cpu" },
};

static const char *const right[] = {
	"tcp 1.2.3.4:5 1.2.3.4:6", "tcp 1.2.3.4:5 1.2.3.4:6\n", "  udp  1.2.3.4:5\t1.2.3.4:6  ",
	"tcp 1.2.3.4:5 1.2.3.4:6 dev v1 cpu 0", "tcp 1.2.3.4:5 1.2.3.4:6 cpu 0 dev v1",
	"tcp [::ffff:1.2.3.4]:5 1.2.3.4:6", "tcp [::ffff:1.2.3.4]:5 [::ffff:102:305]:6",
	"udp [fe80::1%v1]:5 [fe80::2]:6", "udp [fe80::1%v1]:5 [fe80::2%v1]:6",
	"udp [fe80::1]:5 [fe80::2]:6 dev v2", "tcp 1.2.3.4:5 224.0.0.1:6",
	"udp 1.2.3.4:5 255.255.255.255:6", "udp [::1]:5 [ff02::1%v1]:6",
};

static void refuse(void)
{
	size_t i, refused = 0;
	struct answer a;
	bool is_told;
	int err;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		err = ask_wrong(&a, wrong[i].question);
		is_told = err == EINVAL && !a.t.rows &&
			  answer_fact_is(&a, "word", wrong[i].word) &&
			  answer_fact_is(&a, "error", wrong[i].error);
		refused += is_told;
		if (!is_told)
			diag("%s: %s: %s", wrong[i].question, strerror(err), a.t.facts);
		answer_free(&a);
	}
	result(refused == ARRAY_SIZE(wrong), "wrong questions refused, the word named: %zu of %zu",
	       refused, ARRAY_SIZE(wrong));
}

/* Longer than any question can be. */
static void refuse_long(void)
{
	char text[5000];
	struct answer a;
	int err;

	memset(text, ' ', sizeof(text) - 1);
	memcpy(text, "tcp 1.2.3.4:5", 13);
	text[sizeof(text) - 1] = '\0';
	err = ask_wrong(&a, text);
	result(err == EINVAL && answer_fact_is(&a, "error", "is-followed-by-too-much"),
	       "5000 bytes: %s", strerror(err));
	answer_free(&a);
}

static void take(void)
{
	size_t i, taken = 0;
	struct answer a;

	for (i = 0; i < ARRAY_SIZE(right); i++) {
		ask(&a, right[i]);
		taken += a.cookie == 0 || a.cookie == NOT_KNOWN;
		answer_free(&a);
	}
	result(taken == ARRAY_SIZE(right), "good questions answered: %zu of %zu", taken,
	       ARRAY_SIZE(right));
	ask(&a, "udp 1.2.3.4:5 224.0.0.1:6");
	result(!a.cookie && table_is(&a.t, answer_row(&a, "result"), "fate", "none") &&
	       table_is(&a.t, answer_row(&a, "step"), "name", "multicast") &&
	       table_is(&a.t, answer_row(&a, "step"), "fate", "no-match") &&
	       table_find(&a.t, "fate", "not-asked") != NO_ROW,
	       "a multicast that no socket of the port wants: nobody, and the kernel's lookup is not asked");
	answer_free(&a);
}

/* The rows of a table, without line 1, which has the time in it. */
static char *rows_of(const char *path)
{
	char *text = file_read(path, NULL);
	char *rows = strdup(strchr(text, '\n'));

	free(text);
	return rows;
}

static void leave_nothing_behind(void)
{
	int tcp = sock_listen("127.0.0.1", 700, OPT_REUSEPORT, 4);
	int udp = sock_bound("127.0.0.1", 700, SOCK_DGRAM, OPT_REUSEPORT);
	char *counters, *listeners, *log, *now;
	struct answer a;
	unsigned int i;

	sock_cookie(tcp);
	sock_cookie(udp);
	counters = rows_of(DIRECTORY "counters");
	listeners = rows_of(LISTENERS);
	log = rows_of(DIRECTORY "log");
	for (i = 0; i < 50; i++) {
		ask(&a, "tcp 127.0.0.1:5 127.0.0.1:700");
		answer_free(&a);
		ask(&a, "udp 127.0.0.1:5 127.0.0.1:700");
		answer_free(&a);
	}
	now = rows_of(DIRECTORY "counters");
	result(!strcmp(counters, now), "100 questions leave all counters as they were");
	now = rows_of(LISTENERS);
	result(!strcmp(listeners, now), "100 questions leave the listeners as they were");
	now = rows_of(DIRECTORY "log");
	result(!strcmp(log, now), "100 questions leave the log as it was");
	close(tcp);
	close(udp);
}

static size_t read_all(int fd, char *text, size_t size)
{
	size_t at = 0;
	ssize_t n;

	while ((n = read(fd, text + at, size - at - 1)) > 0)
		at += n;
	text[at] = '\0';
	return at;
}

static void ask_on(int fd, const char *question)
{
	if (write(fd, question, strlen(question)) < 0 && errno != EINVAL)
		bail("asking: %s", question);
}

/* Each open file has an answer of its own, which stays until the next question. */
static void keep_apart(void)
{
	char first[1 << 13], second[1 << 13], again[1 << 13];
	int a = open(EXPLAIN, O_RDWR | O_CLOEXEC), b = open(EXPLAIN, O_RDWR | O_CLOEXEC);

	ask_on(a, "tcp 1.2.3.4:5 1.2.3.4:11");
	ask_on(b, "tcp 1.2.3.4:5 1.2.3.4:22");
	read_all(a, first, sizeof(first));
	read_all(b, second, sizeof(second));
	result(strstr(first, "local=1.2.3.4:11 ") && strstr(second, "local=1.2.3.4:22 "),
	       "two open files, two answers");
	lseek(a, 0, SEEK_SET);
	read_all(a, again, sizeof(again));
	result(!strcmp(strchr(first, '\n'), strchr(again, '\n')), "from the front: the same again");
	ask_on(a, "nonsense");
	read_all(a, again, sizeof(again));
	result(strstr(again, "word=nonsense") && !strstr(again, "\nstep "),
	       "after a wrong question, read where the last answer ended: the error");
	ask_on(a, "tcp 1.2.3.4:5 1.2.3.4:33");
	read_all(a, again, sizeof(again));
	result(strstr(again, "local=1.2.3.4:33 ") && strstr(again, "\nresult "),
	       "and then a good one: its answer");
	close(a);
	close(b);
}

/* The answer that the user nobody gets. */
static void ask_as_nobody(const char *question, struct answer *a)
{
	char text[1 << 14];
	int pipe_fds[2];
	pid_t pid;

	if (pipe(pipe_fds))
		bail("pipe");
	pid = fork();
	if (!pid) {
		int file;

		if (setgroups(0, NULL) || setgid(65534) || setuid(65534))
			_exit(1);
		file = open(EXPLAIN, O_RDWR | O_CLOEXEC);
		ask_on(file, question);
		read_all(file, text, sizeof(text));
		_exit(write(pipe_fds[1], text, strlen(text)) < 0);
	}
	close(pipe_fds[1]);
	read_all(pipe_fds[0], text, sizeof(text));
	waitpid(pid, NULL, 0);
	close(pipe_fds[0]);
	table_parse(&a->t, strdup(text), strlen(text));
}

/* What is for CAP_NET_ADMIN only is hidden from all others. */
static void hide(void)
{
	int fd = sock_listen("127.0.0.1", 700, OPT_REUSEPORT, 4);
	struct answer a;
	size_t row;

	ask_as_nobody("tcp 127.0.0.1:5 127.0.0.1:700", &a);
	row = table_find(&a.t, "row", "socket");
	result(row != NO_ROW && table_is(&a.t, row, "local", "127.0.0.1:700") &&
	       table_is(&a.t, row, "cookie", HIDDEN) &&
	       table_is(&a.t, row, "chosen_cookie", HIDDEN) &&
	       table_is(&a.t, row, "pid", HIDDEN),
	       "nobody sees the address, and neither cookie nor process");
	row = table_find(&a.t, "name", "listener-addr");
	result(table_is(&a.t, row, "bucket", HIDDEN) &&
	       table_is(&a.t, row, "other_netns", HIDDEN) && table_is(&a.t, row, "sockets", "1"),
	       "nobody sees how many sockets, and neither bucket nor those of others");
	result(answer_fact_is(&a, "questions", HIDDEN) &&
	       answer_fact_is(&a, "searches_repeated", HIDDEN) &&
	       answer_fact_is(&a, "disagreements", HIDDEN),
	       "nobody sees what all others have asked");
	answer_free(&a);
	close(fd);
}

static void assume(const char *question, const char *device, const char *why)
{
	struct answer a;

	ask(&a, question);
	result(answer_fact_is(&a, "dev", device) && answer_fact_is(&a, "dev_by", why) &&
	       answer_fact_is(&a, "local_is", "host"),
	       "%s: to this host, on %s, by %s", question, device, why);
	answer_free(&a);
}

static void assume_devices(void)
{
	assume("tcp 127.0.0.1:5 127.0.0.1:700", "lo", "loopback");
	assume("tcp 10.1.1.1:5 10.1.1.1:700", "v1", "owner");
	assume("udp [fd01::1]:5 [fd01::1]:700", "v1", "owner");
	assume("tcp 10.2.2.2:5 10.2.2.1:700", "v2", "route");
	assume("udp 10.2.2.2:5 10.2.2.1:700 dev v1", "v1", "given");
	assume("tcp 9.9.9.9:5 10.2.2.1:700", "?", "?");
	place_vrf();
	assume("tcp 10.2.2.2:5 10.2.2.1:700", "v2", "route");
	assume("tcp [fd02::2]:5 [fd02::1]:700", "v2", "route");
}

static void run(void)
{
	place_make();
	module_load("");
	refuse();
	refuse_long();
	take();
	assume_devices();
	leave_nothing_behind();
	keep_apart();
	hide();
	result_is("disagreements counted", disagreements(), 0);
}

const struct topic explain_question_topic = {
	.name = "question",
	.results = 23,
	.run = run,
};

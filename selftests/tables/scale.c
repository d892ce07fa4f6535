// SPDX-License-Identifier: GPL-2.0
/*
 * Many connections: each of them in the table once, read as fast as the kernel
 * reads its own; readers that are slow; and a table too small for all.
 *
 * All connections are on loopback: each is two rows.
 */
#define _GNU_SOURCE
#include "tables.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT		7300
#define CHURN_PORT	7301
#define HOSTS		8	/* 127.0.1.1 ...: tuples enough for all */
#define SLOW_NR		500
#define SLOW_READS	3
#define SLOW_BYTES	301
#define SMALL_TABLE	1024

static int *ends;		/* client and server by turns */
static size_t ends_nr;

static void host(size_t i, char text[16])
{
	snprintf(text, 16, "127.0.1.%zu", 1 + i % HOSTS);
}

static void open_connections(size_t nr)
{
	char to[16];
	size_t i;
	int listener = sock_listen("0.0.0.0", PORT, 0, 1024);

	ends = calloc(2 * nr, sizeof(*ends));
	for (i = 0; i < nr; i++) {
		host(i, to);
		ends[2 * i] = sock_connect(to, PORT, 0);
		ends[2 * i + 1] = sock_accept(listener);
	}
	ends_nr = 2 * nr;
	close(listener);
}

/* The client's RST takes the server's end with it. */
static void close_connections(void)
{
	size_t i;

	for (i = 0; i < ends_nr; i++)
		close(ends[i]);
	free(ends);
}

/* How long it takes to read a file to its end, like cat. Return: the time, and lines in @lines */
static uint64_t time_cat(const char *path, size_t *lines)
{
	static char buf[128 * 1024];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t start_ns = now_ns(), end_ns;
	ssize_t n;
	char *at;

	if (fd < 0)
		bail("%s", path);
	*lines = 0;
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (at = buf; (at = memchr(at, '\n', buf + n - at)); at++)
			++*lines;
	end_ns = now_ns();
	close(fd);
	return end_ns - start_ns;
}

static void check_speed(void)
{
	uint64_t ours = UINT64_MAX, kernels = UINT64_MAX, ns;
	size_t rows, lines, i;

	for (i = 0; i < 5; i++) {
		ns = time_cat(CONNECTIONS, &rows);
		ours = ns < ours ? ns : ours;
		ns = time_cat("/proc/net/tcp", &lines);
		kernels = ns < kernels ? ns : kernels;
	}
	rows -= 2;
	lines -= 1;
	result(ours / rows <= kernels / lines,
	       "speed: %llu ns a row of connections (%zu), /proc/net/tcp %llu ns a line (%zu)",
	       (unsigned long long)(ours / rows), rows, (unsigned long long)(kernels / lines),
	       lines);
}

/* Tuple as a number that no other one has: all are IPv4, both hosts in 127/8. */
static uint64_t tuple_number(const char *local, const char *foreign)
{
	unsigned int a[4], b[4], lport, fport;

	if (sscanf(local, "%u.%u.%u.%u:%u", &a[0], &a[1], &a[2], &a[3], &lport) != 5 ||
	    sscanf(foreign, "%u.%u.%u.%u:%u", &b[0], &b[1], &b[2], &b[3], &fport) != 5)
		return 0;
	return (uint64_t)lport << 48 | (uint64_t)fport << 32 | a[2] << 24 | a[3] << 16 |
	       b[2] << 8 | b[3];
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static uint64_t *numbers_of_kernel(size_t *nr)
{
	char *text = file_read("/proc/net/tcp", NULL), *line, *save = NULL;
	uint64_t *numbers = malloc((ends_nr + 1024) * sizeof(*numbers));
	unsigned int local, lport, foreign, fport, state;

	*nr = 0;
	strtok_r(text, "\n", &save);
	while ((line = strtok_r(NULL, "\n", &save)) && *nr < ends_nr + 1024) {
		if (sscanf(line, " %*[0-9]: %x:%x %x:%x %x", &local, &lport, &foreign, &fport,
			   &state) != 5)
			bail("/proc/net/tcp: %s", line);
		if (state != 1)
			continue;
		numbers[(*nr)++] = (uint64_t)lport << 48 | (uint64_t)fport << 32 |
				   (local >> 16 & 0xff) << 24 | (local >> 24) << 16 |
				   (foreign >> 16 & 0xff) << 8 | foreign >> 24;
	}
	free(text);
	qsort(numbers, *nr, sizeof(*numbers), compare_numbers);
	return numbers;
}

static uint64_t *numbers_of_ours(size_t *nr)
{
	uint64_t *numbers;
	struct table t;
	size_t i;

	table_read(&t, CONNECTIONS);
	numbers = malloc((t.rows + 1) * sizeof(*numbers));
	for (*nr = i = 0; i < t.rows; i++)
		if (table_is(&t, i, "state", "ESTABLISHED"))
			numbers[(*nr)++] = tuple_number(table_cell(&t, i, "local"),
							table_cell(&t, i, "foreign"));
	table_free(&t);
	qsort(numbers, *nr, sizeof(*numbers), compare_numbers);
	return numbers;
}

static void check_complete(const char *name, size_t want)
{
	size_t of_kernel, of_ours, i, doubles = 0;
	uint64_t *kernels = numbers_of_kernel(&of_kernel);
	uint64_t *ours = numbers_of_ours(&of_ours);
	bool is_same;

	for (i = 1; i < of_ours; i++)
		doubles += ours[i] == ours[i - 1];
	is_same = of_ours == of_kernel && !memcmp(ours, kernels, of_ours * sizeof(*ours));
	result(is_same && of_ours == want && !doubles,
	       "%s: %zu connections of ours, the kernel's %zu%s, wanted %zu, %zu twice", name,
	       of_ours, of_kernel, is_same ? ", the same" : ", NOT the same", want, doubles);
	free(kernels);
	free(ours);
}

/* Bytes that the module allocated with pages of its own, guard pages left out. */
static uint64_t allocated(void)
{
	char *text = file_read("/proc/vmallocinfo", NULL), *line, *save = NULL;
	uint64_t sum = 0, pages;
	char *at;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		at = strstr(line, " pages=");
		if (!strstr(line, " [tuplewatch]") || !at)
			continue;
		pages = strtoull(at + 7, NULL, 10);
		sum += pages * sysconf(_SC_PAGESIZE);
	}
	free(text);
	return sum;
}

/* What the overview prints, in tenths of a MiB. */
static uint64_t printed(void)
{
	char *text = file_read(OVERVIEW, NULL);
	char *at = strstr(text, "memory ");
	unsigned int whole = 0, tenth = 0;

	if (!at || sscanf(at, "memory %u.%u MiB", &whole, &tenth) != 2)
		bail("no memory in %s", OVERVIEW);
	free(text);
	return whole * 10 + tenth;
}

static void check_memory(const char *name)
{
	uint64_t is = printed(), really = allocated() * 10 >> 20;

	/* The rounding of the last digit besides. */
	result(is * 100 + 100 >= really * 98 && is * 100 <= really * 102 + 100,
	       "%s: memory printed %llu.%llu MiB, allocated %llu.%llu MiB", name,
	       (unsigned long long)is / 10, (unsigned long long)is % 10,
	       (unsigned long long)really / 10, (unsigned long long)really % 10);
}

/* Connections that come and go until this process is killed. */
static pid_t start_churn(void)
{
	int listener = sock_listen("127.0.0.1", CHURN_PORT, 0, 64), client, server, n;
	pid_t pid = fork();

	if (pid < 0)
		bail("fork");
	if (!pid)
		use_all_cpus();
	for (n = 0; !pid; n++) {
		client = sock_connect("127.0.0.1", CHURN_PORT, n & 1 ? OPT_NO_ABORT : 0);
		server = sock_accept(listener);
		close(client);
		close(server);
	}
	close(listener);
	return pid;
}

/* Read in pieces that end anywhere, with time in between. */
static char *read_slowly(const char *path, size_t *bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t room = 1 << 20;
	char *text = malloc(room);
	unsigned int pieces = 0;
	ssize_t n;

	for (*bytes = 0; (n = read(fd, text + *bytes, SLOW_BYTES)) > 0; *bytes += n) {
		if (room - *bytes < 2 * SLOW_BYTES)
			text = realloc(text, room *= 2);
		if (++pieces % 16 == 0)
			pause_ms(1);
	}
	if (fd < 0 || n < 0)
		bail("%s", path);
	text[*bytes] = '\0';
	close(fd);
	return text;
}

/* Of the connections that lived all the time: how many stand in the table not once? */
static size_t count_wrong(const struct table *t, size_t *doubles)
{
	struct by_cookie index;
	size_t i, row, wrong = 0;

	by_cookie_make(&index, t);
	*doubles += index.doubles;
	for (i = 0; i < ends_nr; i++) {
		row = by_cookie_find(&index, sock_cookie(ends[i]));
		wrong += row == NO_ROW || !table_is(t, row, "state", "ESTABLISHED");
	}
	by_cookie_free(&index);
	return wrong;
}

static void slow_readers(const char *name, const char *parameters)
{
	size_t wrong = 0, doubles = 0, bytes, i, rows = 0, others = 0;
	uint64_t churned;
	struct netns ns;
	struct table t;
	char *text;
	pid_t pid;

	module_load(parameters);
	netns_new(&ns);
	/* TIME_WAITs would fill the ports. */
	sysctl_set("net/ipv4/tcp_max_tw_buckets", "500");
	open_connections(SLOW_NR);
	pid = start_churn();
	churned = mib("Tcp", "PassiveOpens");
	for (i = 0; i < SLOW_READS; i++) {
		text = read_slowly(CONNECTIONS, &bytes);
		table_parse(&t, text, bytes);
		wrong += count_wrong(&t, &doubles);
		rows += t.rows;
		others += t.rows - table_count(&t, "state", "ESTABLISHED");
		table_free(&t);
	}
	churned = mib("Tcp", "PassiveOpens") - churned;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	diag("%s: %zu rows in all, %zu not ESTABLISHED", name, rows, others);
	result(!wrong && !doubles && churned,
	       "%s: read slowly %d times, while %llu came and went: %zu of %zu that stayed are not there, %zu rows are there twice",
	       name, SLOW_READS, (unsigned long long)churned, wrong, ends_nr * SLOW_READS,
	       doubles);
	close_connections();
}

/* More connections than the table holds. */
static void small_table(size_t nr)
{
	uint64_t seen, insegs;
	struct netns ns;
	struct table t;

	module_load("max_connections=1024");
	netns_new(&ns);
	seen = tcp_seen();
	insegs = mib("Tcp", "InSegs");
	open_connections(nr);
	seen = tcp_seen() - seen;
	insegs = mib("Tcp", "InSegs") - insegs;
	table_read(&t, CONNECTIONS);
	result(table_fact(&t, "held") <= SMALL_TABLE && table_fact(&t, "max") == SMALL_TABLE,
	       "small table: held %llu, at most %d", (unsigned long long)table_fact(&t, "held"),
	       SMALL_TABLE);
	/* Each connection gave its row to another but those that the table has now. */
	result(table_fact(&t, "evicted") == 2 * nr - SMALL_TABLE,
	       "small table: evicted %llu, of %zu all but %d",
	       (unsigned long long)table_fact(&t, "evicted"), 2 * nr, SMALL_TABLE);
	table_free(&t);
	result(seen == insegs && seen, "small table: seen %llu, InSegs %llu",
	       (unsigned long long)seen, (unsigned long long)insegs);
	check_complete("small table", 2 * nr);
	check_memory("small table");
	close_connections();
}

static void large_table(size_t nr)
{
	uint64_t start_ns = now_ns();
	struct netns ns;
	struct table t;

	/* With room for all, and as little more as the numbers of a short run. */
	module_load(is_long_run ? "max_connections=262144" : "max_connections=26214");
	netns_new(&ns);
	open_connections(nr);
	diag("opening %zu connections took %llu ms", nr,
	     (unsigned long long)(now_ns() - start_ns) / 1000000);
	check_complete("large table", 2 * nr);
	table_read(&t, CONNECTIONS);
	result(table_fact(&t, "held") == 2 * nr && !table_fact(&t, "evicted") &&
	       table_sum(&t, "segments") >= 2 * nr,
	       "large table: held %llu of %zu, evicted %llu, segments %llu",
	       (unsigned long long)table_fact(&t, "held"), 2 * nr,
	       (unsigned long long)table_fact(&t, "evicted"),
	       (unsigned long long)table_sum(&t, "segments"));
	table_free(&t);
	check_memory("large table");
	close_connections();
}

static void run(void)
{
	size_t nr = is_long_run ? 100000 : 10000;

	slow_readers("roomy table", "max_connections=65536");
	slow_readers("small table", "max_connections=1024");
	small_table(nr / 4);
	large_table(nr);
}

const struct topic scale_topic = {
	.name = "scale",
	.results = 10,
	.run = run,
};

/* To be run where the clock counts instructions: see selftests/vm/guests. */
static void run_speed(void)
{
	struct netns ns;

	module_load("max_connections=65536");
	netns_new(&ns);
	open_connections(is_long_run ? 20000 : 5000);
	check_speed();
	close_connections();
}

const struct topic speed_topic = {
	.name = "speed",
	.results = 1,
	.run = run_speed,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * The page for people is bounded in lines and columns, and complete: what has a
 * row, what is folded into one and what "and N more" says add up to the sockets
 * that the kernel has, as its Segs do to "seen".
 */
#define _GNU_SOURCE
#include "tables.h"

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT		7600
#define FULL_PORT	7700
#define MANY_LISTENERS	50
#define MANY		3000
#define UNACCEPTED	3
#define LOOKS		6144	/* TPW_PAGE_LOOKS, with connections of both ends */
#define MORE		150	/* connections that make them more than that */
#define ENDS		300	/* more than the page compares at a time */
#define EACH		8	/* connections to each of these */
#define HEAVY		40	/* but to one */
#define LATE		5	/* SYNs that find the queue full */
#define LONG_ADDRESS	"fd00:1234:5678:9abc:def0:1234:5678:9abc"
#define LINES		50
#define COLUMNS		80
#define ROOM		8192	/* descriptors */

/**
 * struct page - what it says
 * @text: all of it
 * @lines: how many lines it has
 * @columns: of its widest line
 * @crooked: rows of SOCKETS without a number where the title has Segs
 * @seen: sum over the columns of that line
 * @segments: sum over Segs
 * @listening: TCP listeners that have a row, or are more
 * @bound: the same of UDP sockets that are not connected
 * @connections: the same of connections
 * @unlooked: sockets that were not looked at
 * @listening_rows: of @listening, have a row
 */
struct page {
	char *text;
	size_t lines;
	size_t columns;
	size_t crooked;
	uint64_t seen;
	uint64_t segments;
	uint64_t listening;
	uint64_t bound;
	uint64_t connections;
	uint64_t unlooked;
	uint64_t listening_rows;
};

static int fds[ROOM];
static size_t fds_nr;

static int keep(int fd)
{
	if (fds_nr == ROOM)
		bail("too many sockets");
	fds[fds_nr++] = fd;
	return fd;
}

static void close_all(void)
{
	while (fds_nr)
		close(fds[--fds_nr]);
}

/* "N what" or "N+ what", wherever it stands in the line; 0 if it does not. */
static uint64_t number_before(const char *line, const char *what)
{
	const char *at = strstr(line, what);

	if (at && at > line && at[-1] == '+')
		at--;
	while (at && at > line && at[-1] >= '0' && at[-1] <= '9')
		at--;
	return at ? strtoull(at, NULL, 10) : 0;
}

static uint64_t number_at_end(const char *line, size_t end, bool *is_there)
{
	size_t at = end;

	if (strlen(line) < end)
		return 0;
	while (at && line[at - 1] >= '0' && line[at - 1] <= '9')
		at--;
	*is_there = at < end || !strncmp(line + end - 6, HIDDEN, 6);
	return at < end ? strtoull(line + at, NULL, 10) : 0;
}

static void count_row(struct page *p, const char *line)
{
	if (line[0] == '(')
		return;
	if (!strncmp(line, "and ", 4)) {
		p->listening += number_before(line, " more listener");
		p->bound += number_before(line, " more UDP");
		p->connections += number_before(line, " more connection");
		if (strstr(line, " not looked at"))
			p->unlooked += number_before(line, " socket");
	} else if (strstr(line, " connection") && !strstr(line, " CLOSED ")) {
		p->connections += number_before(line, " connection");
	} else if (strstr(line, " LISTEN ")) {
		p->listening++;
		p->listening_rows++;
	} else if (!strncmp(line, "udp", 3) && strstr(line, ":* ")) {
		p->bound++;
	} else if (!strstr(line, " CLOSED ") && !strstr(line, " connection")) {
		p->connections++;
	}
}

static void read_row(struct page *p, const char *line, size_t end)
{
	bool is_there = false;

	p->segments += number_at_end(line, end, &is_there);
	p->crooked += !is_there;
	count_row(p, line);
}

static uint64_t sum_of(const char *line)
{
	uint64_t sum = 0;
	char *end;

	for (line += strcspn(line, "0123456789"); *line; line = end) {
		sum += strtoull(line, &end, 10);
		if (end == line)
			break;
	}
	return sum;
}

static void read_line(struct page *p, const char *line, size_t *end)
{
	const char *segs = strstr(line, " Segs ");

	p->lines++;
	if (strlen(line) > p->columns)
		p->columns = strlen(line);
	if (!strncmp(line, "seen ", 5))
		p->seen = sum_of(line);
	if (!strncmp(line, "Proto ", 6) && segs)
		*end = segs - line + 5;
	else if (!*line)
		*end = 0;
	else if (*end)
		read_row(p, line, *end);
}

static void page_read(struct page *p)
{
	char *line, *copy, *rest;
	size_t end = 0;

	memset(p, 0, sizeof(*p));
	p->text = file_read(OVERVIEW, NULL);
	copy = strdup(p->text);
	rest = copy;
	while ((line = strsep(&rest, "\n")) && (rest || *line))
		read_line(p, line, &end);
	free(copy);
}

static bool has(const struct page *p, const char *what)
{
	return strstr(p->text, what);
}

/* The line that begins with one and has the other. */
static const char *find_row(const struct page *p, const char *begin, const char *what)
{
	const char *line = p->text, *end, *at;

	for (; (end = strchr(line, '\n')); line = end + 1) {
		at = strstr(line, what);
		if (!strncmp(line, begin, strlen(begin)) && at && at < end)
			return line;
	}
	return NULL;
}

/**
 * struct kernels - what ss would list
 * @listening: TCP listeners
 * @bound: UDP sockets that are not connected
 * @connections: all others
 */
struct kernels {
	uint64_t listening;
	uint64_t bound;
	uint64_t connections;
};

static void count_file(struct kernels *k, const char *path, bool is_udp)
{
	char *text = file_read(path, NULL), *line, *save = NULL;
	unsigned int state;

	strtok_r(text, "\n", &save);
	while ((line = strtok_r(NULL, "\n", &save))) {
		if (sscanf(line, " %*[0-9]: %*[0-9A-F]:%*x %*[0-9A-F]:%*x %x", &state) != 1)
			bail("%s: %s", path, line);
		if (state == 0x0a)
			k->listening++;
		else if (is_udp && state == 0x07)
			k->bound++;
		else
			k->connections++;
	}
	free(text);
}

static void count_kernels(struct kernels *k)
{
	memset(k, 0, sizeof(*k));
	count_file(k, "/proc/net/tcp", false);
	count_file(k, "/proc/net/tcp6", false);
	count_file(k, "/proc/net/udp", true);
	count_file(k, "/proc/net/udp6", true);
}

static void page_free(struct page *p)
{
	free(p->text);
}

static void page_show(const struct page *p)
{
	char *copy = strdup(p->text), *line, *rest = copy;

	while ((line = strsep(&rest, "\n")))
		diag("%s", line);
	free(copy);
}

/* What is true of each page. */
static void check_page(const char *name, struct page *p)
{
	bool fits, is_whole, is_exact;
	struct kernels k;

	page_read(p);
	count_kernels(&k);
	fits = p->lines <= LINES && p->columns <= COLUMNS && !p->crooked;
	is_whole = p->listening == k.listening && p->bound == k.bound &&
		   p->connections + p->unlooked == k.connections;
	is_exact = p->segments == p->seen;
	if (!fits || !is_whole || !is_exact)
		page_show(p);
	result(fits,
	       "%s: %zu lines of at most %d, %zu columns of at most %d, %zu rows not below the title",
	       name, p->lines, LINES, p->columns, COLUMNS, p->crooked);
	result(is_whole,
	       "%s: %llu listeners, %llu bound, %llu connections and %llu more; the kernel's are %llu, %llu, %llu",
	       name, (unsigned long long)p->listening, (unsigned long long)p->bound,
	       (unsigned long long)p->connections, (unsigned long long)p->unlooked,
	       (unsigned long long)k.listening,
	       (unsigned long long)k.bound, (unsigned long long)k.connections);
	result(is_exact, "%s: sum over Segs %llu, seen %llu", name,
	       (unsigned long long)p->segments, (unsigned long long)p->seen);
}

static void check_nothing(void)
{
	struct page p;

	check_page("nothing", &p);
	result(has(&p, "NOTHING YET") && has(&p, "nc -z 127.0.0.1"),
	       "nothing: the page says what to do next");
	page_free(&p);
}

static void check_three(const char *address)
{
	struct page p;
	char name[64];
	int i;

	for (i = 0; i < 3; i++)
		keep(sock_listen(address, PORT + i, 0, 16));
	keep(sock_bound(address, PORT, SOCK_DGRAM, 0));
	keep(sock_connect(address, PORT, 0));
	keep(sock_accept(fds[0]));
	snprintf(name, sizeof(name), "three listeners, %s", address);
	check_page(name, &p);
	result(p.listening_rows == 3 && !has(&p, " more ") && !has(&p, " 1 connection"),
	       "%s: each has a row, and a group of one is no group", name);
	page_free(&p);
	close_all();
}

/* Who comes late finds the accept queue full, and the page says of which. */
static void check_full(const char *address)
{
	uint64_t before, after, said;
	char name[64], end[ENDPOINT_LEN];
	struct page p;
	const char *line;
	int i;

	before = mib("TcpExt", "ListenOverflows");
	keep(sock_listen(address, FULL_PORT, 0, 1));
	for (i = 0; i < 2; i++)
		keep(sock_connect(address, FULL_PORT, 0));
	for (i = 0; i < LATE; i++)
		keep(sock_try_connect(address, FULL_PORT, 0));
	snprintf(name, sizeof(name), "full queue, %s", address);
	check_page(name, &p);
	after = mib("TcpExt", "ListenOverflows") - before;
	/* A long address keeps its begin and its port. */
	snprintf(end, sizeof(end), "%s:%d ", strchr(address, ':') ? ":9abc]" : address, FULL_PORT);
	line = find_row(&p, "queue-full ", end);
	said = line ? strtoull(line + strlen("queue-full "), NULL, 10) : 0;
	result(said >= LATE && said <= after,
	       "%s: the page says that %llu found the queue of %s full, the kernel counted %llu",
	       name, (unsigned long long)said, end, (unsigned long long)after);
	page_free(&p);
	close_all();
}

static void refused_datagrams(uint16_t port, int nr)
{
	union address to;
	socklen_t len = address_set(&to, "127.0.0.1", port);
	int fd = sock_new(AF_INET, SOCK_DGRAM, 0);

	while (nr--)
		if (sendto(fd, "x", 1, 0, &to.sa, len) != 1)
			bail("sendto");
	close(fd);
}

static unsigned long long refused_at(const struct page *p, const char *local)
{
	const char *line = find_row(p, "refused ", local);

	return line ? strtoull(line + strlen("refused "), NULL, 10) : 0;
}

/* The three that had most are named with their numbers, and the others are counted. */
static void check_refused(void)
{
	unsigned long long a, b, c, others;
	struct page p;
	int i;

	for (i = 0; i < 10; i++)
		sock_refused("127.0.0.1", i < 7 ? FULL_PORT : FULL_PORT + 1);
	refused_datagrams(FULL_PORT + 2, 5);
	refused_datagrams(FULL_PORT + 3, 2);
	page_read(&p);
	a = refused_at(&p, "127.0.0.1:7700 ");
	b = refused_at(&p, "127.0.0.1:7702 ");
	c = refused_at(&p, "127.0.0.1:7701 ");
	others = refused_at(&p, " others: ");
	if (a != 7)
		page_show(&p);
	result(a == 7 && b == 5 && c == 3 && others == 2,
	       "refused: %llu, %llu, %llu and %llu to others; it was 7, 5, 3 and 2", a, b, c, others);
	result(has(&p, " 7 SYN, last from 127.0.0.1:") && !refused_at(&p, "127.0.0.1:7703 "),
	       "refused: of TCP the SYNs are told, and of ends no more than three");
	page_free(&p);
}

static void check_as_user(void)
{
	struct page p;
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		bail("fork");
	if (!pid) {
		if (setgroups(0, NULL) || setresgid(65534, 65534, 65534) ||
		    setresuid(65534, 65534, 65534))
			_exit(1);
		page_read(&p);
		_exit(p.lines > LINES || p.columns > COLUMNS || p.crooked ||
		      p.segments != p.seen || p.listening != MANY_LISTENERS ||
		      p.connections != 2 * MANY || !has(&p, " hidden  hidden"));
	}
	waitpid(pid, &status, 0);
	result(!status, "many, as a user: as long, as wide, as many, hidden and not -");
}

/* More than are looked at: the sums are the kernel's, and who waits is known from the listener. */
static void check_too_many(const char *address)
{
	const char *line;
	char name[64];
	struct page p;
	int i;

	for (i = 0; i < MORE; i++) {
		keep(sock_connect(address, PORT, 0));
		keep(sock_accept(fds[0]));
	}
	snprintf(name, sizeof(name), "%d connections, %s", MANY + MORE, address);
	check_page(name, &p);
	line = find_row(&p, " \\_ ", "+ connections, 3 not accepted, the oldest ");
	result(p.unlooked == 2 * (MANY + MORE) - LOOKS && line &&
	       number_before(line, " connections") < MANY + MORE,
	       "%s: %llu are not looked at, and of the listener's some are", name,
	       (unsigned long long)p.unlooked);
	page_free(&p);
}

static void check_many(const char *address)
{
	char name[64], what[96];
	struct page p;
	int i;

	for (i = 0; i < MANY_LISTENERS; i++)
		keep(sock_listen(address, PORT + i, 0, 16));
	snprintf(name, sizeof(name), "%d listeners, %s", MANY_LISTENERS, address);
	check_page(name, &p);
	result(p.listening_rows > 10 && p.listening_rows < MANY_LISTENERS,
	       "%s: %llu have a row, the others are more", name,
	       (unsigned long long)p.listening_rows);
	page_free(&p);
	for (i = 0; i < MANY; i++) {
		keep(sock_connect(address, PORT, 0));
		if (i >= UNACCEPTED)
			keep(sock_accept(fds[0]));
	}
	snprintf(name, sizeof(name), "%d connections, %s", MANY, address);
	check_page(name, &p);
	snprintf(what, sizeof(what), " \\_ %d connections, %d not accepted, the oldest ", MANY,
		 UNACCEPTED);
	result(has(&p, what) && !p.unlooked, "%s: the page has \"%s...\"", name, what);
	page_free(&p);
	check_as_user();
	check_too_many(address);
	close_all();
}

/* Ends with a row, and how many of these rows have the wrong number. */
static size_t count_ends(const struct page *p, size_t *wrong)
{
	const char *line = p->text, *end;
	uint64_t said;
	size_t n = 0;

	for (*wrong = 0; (end = strchr(line, '\n')); line = end + 1) {
		if (strncmp(line, "tcp ", 4) || !memmem(line, end - line, " 127.1.", 7))
			continue;
		said = number_before(line, " connections ");
		*wrong += said != EACH && said != HEAVY;
		n++;
	}
	return n;
}

/*
 * One that has many is found among more ends than are compared at a time; and
 * one that had to make room and came back is counted from the first.
 */
static void check_ends(void)
{
	int listener = keep(sock_listen("0.0.0.0", PORT, 0, 16)), i, n;
	size_t wrong;
	char to[20];
	const char *line;
	struct page p;

	for (i = 0; i < ENDS; i++) {
		snprintf(to, sizeof(to), "127.1.%d.%d", i / 200, 1 + i % 200);
		for (n = i == ENDS / 2 ? HEAVY : EACH; n; n--) {
			keep(sock_connect(to, PORT, 0));
			keep(sock_accept(listener));
		}
	}
	check_page("many foreign ends", &p);
	snprintf(to, sizeof(to), " 127.1.%d.%d:", ENDS / 2 / 200, 1 + ENDS / 2 % 200);
	line = find_row(&p, "tcp ", to);
	result_is("many foreign ends: connections of the one that has many",
		  line ? number_before(line, " connections ") : 0, HEAVY);
	n = count_ends(&p, &wrong);
	result(n > 5 && !wrong, "many foreign ends: %d have a row, %zu with a wrong number", n,
	       wrong);
	page_free(&p);
	close_all();
}

static void run(void)
{
	static const char *const addresses[] = { "127.0.0.1", LONG_ADDRESS };
	struct netns ns;
	size_t i;

	module_load("");
	netns_new(&ns);
	check_nothing();
	for (i = 0; i < ARRAY_SIZE(addresses); i++) {
		/* What was before would be remembered. */
		netns_new(&ns);
		if (i && system("ip -6 address add " LONG_ADDRESS "/64 dev lo nodad"))
			bail("no address");
		check_three(addresses[i]);
		check_full(addresses[i]);
		check_many(addresses[i]);
	}
	netns_new(&ns);
	check_refused();
	netns_new(&ns);
	check_ends();
}

const struct topic page_topic = {
	.name = "page",
	.results = 4 + 2 * (4 + 4 + 4 + 4 + 1 + 4) + 2 + 5,
	.run = run,
};

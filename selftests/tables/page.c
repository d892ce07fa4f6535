// SPDX-License-Identifier: GPL-2.0
/*
 * The page for people is bounded in lines and columns, and complete: what has a
 * row, what is folded into one and what "and N more" says add up to the sockets
 * that the kernel has, as its Segs do to "seen".
 */
#define _GNU_SOURCE
#include "tables.h"

#include "page_read.h"

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
#define MANY_DATAGRAMS	40	/* more than a small buffer holds */
#define LATE		5	/* SYNs that find the queue full */
#define LONG_ADDRESS	"fd00:1234:5678:9abc:def0:1234:5678:9abc"
#define LINES		50
#define COLUMNS		80
#define ROOM		8192	/* descriptors */

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

/* What is true of each page. */
static void check_page(const char *name, struct page *p)
{
	bool fits, is_whole, is_exact;
	struct kernels k;

	page_read(p);
	kernels_count(&k);
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
	result(page_has(&p, "NOTHING YET") && page_has(&p, "nc -z 127.0.0.1"),
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
	result(p.listening_rows == 3 && !page_has(&p, " more ") && !page_has(&p, " 1 connection"),
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
	line = page_row(&p, "queue-full ", end);
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

/* The last number of its line, which is filled up with blanks. */
static uint64_t drops_of(uint16_t port)
{
	char *text = file_read("/proc/net/udp", NULL), *line, *save = NULL, want[16];
	uint64_t drops = 0;
	size_t end;

	snprintf(want, sizeof(want), ":%04X ", port);
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		for (end = strlen(line); end && line[end - 1] == ' '; end--)
			line[end - 1] = '\0';
		if (strstr(line, want))
			drops = strtoull(strrchr(line, ' '), NULL, 10);
	}
	free(text);
	return drops;
}

/* Whom nobody reads loses datagrams: his row says how many. */
static void check_unread(void)
{
	int room = 2048, bound = keep(sock_bound("127.0.0.1", FULL_PORT, SOCK_DGRAM, 0)), i;
	char what[64];
	struct page p;

	setsockopt(bound, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	for (i = 0; i < MANY_DATAGRAMS; i++)
		refused_datagrams(FULL_PORT, 1);
	check_page("unread", &p);
	snprintf(what, sizeof(what), "  unread, lost %llu\n", (unsigned long long)drops_of(FULL_PORT));
	result(drops_of(FULL_PORT) && page_row(&p, "udp ", what), "unread: the row ends with \"%.*s\"",
	       (int)strlen(what) - 1, what);
	page_free(&p);
	close_all();
}

static unsigned long long refused_at(const struct page *p, const char *local)
{
	const char *line = page_row(p, "refused ", local);

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
	result(page_has(&p, " 7 SYN, last from 127.0.0.1:") && !refused_at(&p, "127.0.0.1:7703 "),
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
		      p.connections != 2 * MANY || !page_has(&p, " hidden  hidden"));
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
	line = page_row(&p, " \\_ ", "+ connections, 3 not accepted, the oldest ");
	result(p.unlooked == 2 * (MANY + MORE) - LOOKS && line &&
	       page_number(line, " connections") < MANY + MORE,
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
	result(page_has(&p, what) && !p.unlooked, "%s: the page has \"%s...\"", name, what);
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
		said = page_number(line, " connections ");
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
	line = page_row(&p, "tcp ", to);
	result_is("many foreign ends: connections of the one that has many",
		  line ? page_number(line, " connections ") : 0, HEAVY);
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
		netns_settle();
		check_three(addresses[i]);
		check_full(addresses[i]);
		check_many(addresses[i]);
	}
	netns_new(&ns);
	check_unread();
	netns_new(&ns);
	check_refused();
	netns_new(&ns);
	check_ends();
}

const struct topic page_topic = {
	.name = "page",
	.results = 4 + 2 * (4 + 4 + 4 + 4 + 1 + 4) + 4 + 2 + 5,
	.run = run,
};

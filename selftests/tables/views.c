// SPDX-License-Identifier: GPL-2.0
/*
 * Who sees what: a container with its own root, the initial namespace, a user
 * without rights.
 */
#define _GNU_SOURCE
#include "tables.h"
#include "past.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONTAINER_UID	1234
#define CONTAINER_PORT	7501
#define HOST_PORT	7502
#define CLOSED_PORT	7503	/* nobody listens there */
#define USER_PORT	7504
#define OTHER_UID	4321

#define ALL		"/proc/1/net/tuplewatch/all/"

static const char *const files[] = {
	"counters", "listeners", "connections", "refused", "log", "hooks",
};

/* Of such traffic: both ends, and the one that was refused. */
#define TRAFFIC_CONNECTIONS	3
/* SYN, SYN-ACK, ACK; SYN, RST. */
#define TRAFFIC_SEGMENTS	5

/**
 * struct end - somebody's traffic: a connection, and a SYN that is refused
 * @listener: the listener
 * @client: who connects
 * @server: what accept() returned
 */
struct end {
	int listener;
	int client;
	int server;
};

static void make_traffic(struct end *e, uint16_t port)
{
	e->listener = sock_listen("127.0.0.1", port, 0, 4);
	e->client = sock_connect("127.0.0.1", port, 0);
	e->server = sock_accept(e->listener);
	sock_refused("127.0.0.1", CLOSED_PORT);
}

static void end_traffic(struct end *e)
{
	close(e->client);
	close(e->server);
	close(e->listener);
}

static unsigned int count_rows(const char *path, uint32_t inum, unsigned int *others)
{
	unsigned int column, own = 0;
	struct table t;
	size_t i;

	table_read(&t, path);
	column = table_column(&t, "netns");
	for (i = 0; i < t.rows; i++) {
		if (strtoul(table_cell(&t, i, t.names[column]), NULL, 10) == inum)
			own++;
		else
			++*others;
	}
	table_free(&t);
	return own;
}

static bool has_text(const char *path, const char *what)
{
	char *text = file_read(path, NULL);
	bool has = strstr(text, what);

	free(text);
	return has;
}


static void check_in_container(const struct netns *ns, const struct end *e)
{
	unsigned int own[4], others = 0;
	struct table t;
	size_t row;

	own[0] = count_rows(LISTENERS, ns->inum, &others);
	own[1] = count_rows(CONNECTIONS, ns->inum, &others);
	own[2] = count_rows(REFUSED, ns->inum, &others);
	own[3] = count_rows(DIRECTORY "log", ns->inum, &others);
	result(own[0] == 1 && own[1] == TRAFFIC_CONNECTIONS && own[2] == 1 &&
	       own[3] == TRAFFIC_SEGMENTS && !others,
	       "container: rows of listeners %u, connections %u, refused %u, log %u, of others %u",
	       own[0], own[1], own[2], own[3], others);
	result_is("container: seen", counter("seen"), TRAFFIC_SEGMENTS);
	result(has_text(OVERVIEW, ":7501") && !has_text(OVERVIEW, ":7502"),
	       "container: its overview has its sockets and not the host's");
	table_read(&t, CONNECTIONS);
	row = table_find_cookie(&t, sock_cookie(e->server));
	result(row != NO_ROW && table_number(&t, row, "pid") == (uint64_t)getpid() &&
	       strtoull(table_cell(&t, row, "listener_cookie"), NULL, 16) ==
	       sock_cookie(e->listener),
	       "container: its root sees its own cookies and processes");
	table_free(&t);
	result(access(DIRECTORY "all", F_OK) && open(ALL "listeners", O_RDONLY) < 0,
	       "container: there is no all/ in it, and the initial one's does not open");
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		bail("%s", path);
	close(fd);
}

static void wait_child(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status))
		bail("a process failed");
}

/* What is given up there cannot be had again. */
static void in_child(void (*act)(void))
{
	pid_t pid = fork();

	if (pid < 0)
		bail("fork");
	if (!pid) {
		act();
		_exit(0);
	}
	wait_child(pid);
}

static void become(uid_t uid)
{
	if (setgroups(0, NULL) || setresgid(uid, uid, uid) || setresuid(uid, uid, uid))
		bail("setresuid");
	/* Or else /proc/self would be root's. */
	if (prctl(PR_SET_DUMPABLE, 1))
		bail("PR_SET_DUMPABLE");
}

/**
 * struct container - what is told about one that lives
 * @to_child: it may end
 * @to_parent: its namespace, when its traffic has been
 */
struct container {
	int to_child[2];
	int to_parent[2];
};

static void contain(const struct container *c)
{
	struct netns ns;
	struct end e;
	char byte;

	become(CONTAINER_UID);
	if (unshare(CLONE_NEWUSER))
		bail("no user namespace");
	write_file("/proc/self/uid_map", "0 1234 1");
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/gid_map", "0 1234 1");
	netns_new(&ns);
	make_traffic(&e, CONTAINER_PORT);
	check_in_container(&ns, &e);
	if (write(c->to_parent[1], &ns.inum, sizeof(ns.inum)) != sizeof(ns.inum) ||
	    read(c->to_child[0], &byte, 1) != 1)
		bail("pipe");
	end_traffic(&e);
}

/* Number of files in all/ that open() refuses with @error. */
static unsigned int count_refused(int error)
{
	unsigned int n = 0;
	char path[64];
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), ALL "%s", files[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n += fd < 0 && errno == error;
		if (fd >= 0)
			close(fd);
	}
	return n;
}

static bool is_hidden(const struct table *t, size_t row, bool has_listener)
{
	return row != NO_ROW && table_is(t, row, "cookie", HIDDEN) && table_is(t, row, "pid", HIDDEN) &&
	       table_is(t, row, "comm", HIDDEN) && table_is(t, row, "cgroup", HIDDEN) &&
	       (!has_listener || table_is(t, row, "listener_cookie", HIDDEN));
}

/* How full the tables are, and what has given way. */
static bool are_facts_hidden(const struct table *t)
{
	static const char *const facts[] = {
		"held", "evicted", "evicted_all", "forgotten", "forgotten_ns",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(facts); i++)
		if (!table_fact_is(t, facts[i], HIDDEN))
			return false;
	return table_fact_is(t, "shows", "own");
}

/* No cookie at all, and no process of another user. */
static void check_blind(const char *who, uint16_t port)
{
	bool is_root = geteuid() == 0;
	char local[ENDPOINT_LEN];
	struct table listeners, connections;
	size_t l, c;

	snprintf(local, sizeof(local), "127.0.0.1:%u", port);
	table_read(&listeners, LISTENERS);
	table_read(&connections, CONNECTIONS);
	l = table_find(&listeners, "local", local);
	c = table_find(&connections, "local", local);
	result(table_count(&listeners, "cookie", HIDDEN) == listeners.rows &&
	       table_count(&connections, "cookie", HIDDEN) == connections.rows &&
	       (is_root || (is_hidden(&listeners, l, false) && is_hidden(&connections, c, true))),
	       "%s: cookies of %zu of %zu listeners and %zu of %zu connections are hidden%s", who,
	       table_count(&listeners, "cookie", HIDDEN), listeners.rows,
	       table_count(&connections, "cookie", HIDDEN), connections.rows,
	       is_root ? "" : ", other users' processes too");
	result(are_facts_hidden(&listeners) && are_facts_hidden(&connections),
	       "%s: how full the tables are is hidden", who);
	table_free(&listeners);
	table_free(&connections);
}

static void drop_net_admin(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct caps[2];

	if (syscall(SYS_capget, &head, caps))
		bail("capget");
	caps[0].effective &= ~(1U << CAP_NET_ADMIN);
	caps[0].permitted &= ~(1U << CAP_NET_ADMIN);
	if (syscall(SYS_capset, &head, caps))
		bail("capset");
	result_is("initial namespace: files in all/ with EPERM without CAP_NET_ADMIN",
		  count_refused(EPERM), ARRAY_SIZE(files));
	check_blind("without CAP_NET_ADMIN", HOST_PORT);
}

static void be_user(void)
{
	struct table t;
	struct end e;
	size_t row;
	int fd, err;

	become(OTHER_UID);
	result_is("user: files in all/ that do not open", count_refused(EACCES) +
		  count_refused(EPERM), ARRAY_SIZE(files));
	fd = open(DIRECTORY "log", O_RDONLY);
	err = fd < 0 ? errno : 0;
	result(err == EPERM, "user: the log does not open (%s)", strerror(err));
	check_blind("user", HOST_PORT);
	make_traffic(&e, USER_PORT);
	table_read(&t, CONNECTIONS);
	row = table_find(&t, "local", "127.0.0.1:7504");
	result(row != NO_ROW && table_number(&t, row, "pid") == (uint64_t)getpid() &&
	       table_number(&t, row, "uid") == OTHER_UID && table_is(&t, row, "cookie", HIDDEN),
	       "user: of its own connection it sees the process, pid %s",
	       row == NO_ROW ? "-" : table_cell(&t, row, "pid"));
	table_free(&t);
	end_traffic(&e);
}

/* The initial namespace, while a container and the host have traffic. */
static void check_all(uint32_t container, const struct netns *here)
{
	unsigned int own[3], theirs[3], ignored = 0;
	size_t i;

	for (i = 0; i < 3; i++) {
		char path[64];

		snprintf(path, sizeof(path), ALL "%s", files[i + 1]);
		own[i] = count_rows(path, here->inum, &ignored);
		theirs[i] = count_rows(path, container, &ignored);
	}
	result(own[0] == 1 && own[1] == TRAFFIC_CONNECTIONS && own[2] == 1 && theirs[0] == 1 &&
	       theirs[1] == TRAFFIC_CONNECTIONS && theirs[2] == 1,
	       "all/: listeners, connections, refused of the container %u %u %u, of another namespace %u %u %u",
	       theirs[0], theirs[1], theirs[2], own[0], own[1], own[2]);
	result(has_text(ALL "connections", ":7501") && !has_text(CONNECTIONS, ":7501") &&
	       !has_text(LISTENERS, ":7501") && !has_text(OVERVIEW, ":7501"),
	       "another namespace: the container's rows are in all/ only");
}

static void run(void)
{
	struct container c;
	struct netns here;
	uint32_t inum;
	struct end e;
	pid_t pid;

	module_load("");
	netns_new(&here);
	make_traffic(&e, HOST_PORT);
	if (pipe(c.to_child) || pipe(c.to_parent))
		bail("pipe");
	pid = fork();
	if (pid < 0)
		bail("fork");
	if (!pid) {
		contain(&c);
		_exit(0);
	}
	close(c.to_parent[1]);
	if (read(c.to_parent[0], &inum, sizeof(inum)) != sizeof(inum))
		bail("the container failed");
	check_all(inum, &here);
	if (write(c.to_child[1], "", 1) != 1)
		bail("pipe");
	wait_child(pid);
	in_child(drop_net_admin);
	in_child(be_user);
	end_traffic(&e);
	past_run();
}

const struct topic views_topic = {
	.name = "views",
	.results = 15 + PAST_RESULTS,
	.run = run,
};

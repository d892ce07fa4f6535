// SPDX-License-Identifier: GPL-2.0
/*
 * Servers and clients that say who they are: each socket with its cookie, which
 * is the name that it has in the tables, and the process that holds it.
 *
 *	peer listen ADDRESS PORT [members=N] [only=M] [forks=F] [pass=1]
 *	peer connect ADDRESS PORT NR [turns=T] [pace=MS] [hold=1] [from=PORT]
 *
 * "listen" starts N processes, each with a listener of its own on the same port,
 * of which only the first M are chosen by a classic BPF program if M is given:
 * by the client's port modulo M. "from" is the port of the first client, the next
 * has the next.
 * Each forks F children that hold the listener too; with pass=1 it is also given
 * to one that did not inherit it. A listener answers each byte with one.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS_MAX	4096
#define MEMBERS_MAX	64

union address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/** struct setting - words behind the operands, as key=NUMBER */
struct setting {
	const char *key;
	long value;
};

static struct setting settings[] = {
	{ "members", 1 }, { "only", 0 }, { "forks", 0 }, { "pass", 0 },
	{ "turns", 1 }, { "pace", 0 }, { "hold", 0 }, { "from", 0 },
};

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *fmt, ...)
{
	int err = errno;
	va_list args;

	va_start(args, fmt);
	fputs("peer: ", stderr);
	vfprintf(stderr, fmt, args);
	fprintf(stderr, ": %s\n", strerror(err));
	va_end(args);
	exit(1);
}

static long setting(const char *key)
{
	size_t i;

	for (i = 0; strcmp(settings[i].key, key); i++)
		;
	return settings[i].value;
}

static void set(const char *word)
{
	const char *equals = strchr(word, '=');
	size_t i;

	for (i = 0; equals && i < sizeof(settings) / sizeof(settings[0]); i++) {
		if (strlen(settings[i].key) == (size_t)(equals - word) &&
		    !strncmp(settings[i].key, word, (size_t)(equals - word))) {
			settings[i].value = atol(equals + 1);
			return;
		}
	}
	errno = EINVAL;
	die("%s", word);
}

static socklen_t parse(union address *address, const char *host, const char *port)
{
	memset(address, 0, sizeof(*address));
	if (inet_pton(AF_INET, host, &address->in.sin_addr) == 1) {
		address->in.sin_family = AF_INET;
		address->in.sin_port = htons((uint16_t)atoi(port));
		return sizeof(address->in);
	}
	if (inet_pton(AF_INET6, host, &address->in6.sin6_addr) != 1) {
		errno = EINVAL;
		die("%s", host);
	}
	address->in6.sin6_family = AF_INET6;
	address->in6.sin6_port = htons((uint16_t)atoi(port));
	return sizeof(address->in6);
}

static uint64_t cookie_of(int fd)
{
	socklen_t bytes = sizeof(uint64_t);
	uint64_t cookie;

	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &bytes))
		die("SO_COOKIE");
	return cookie;
}

static unsigned long inode_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		die("fstat");
	return (unsigned long)st.st_ino;
}

static unsigned int port_of(int fd, int (*get)(int, struct sockaddr *, socklen_t *))
{
	union address address;
	socklen_t bytes = sizeof(address);

	if (get(fd, &address.sa, &bytes))
		die("getsockname");
	return ntohs(address.in.sin_port);
}

/* One write a line: several processes share the output. */
static void __attribute__((format(printf, 1, 2))) say(const char *fmt, ...)
{
	char line[256];
	va_list args;
	int bytes;

	va_start(args, fmt);
	bytes = vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	if (write(STDOUT_FILENO, line, (size_t)bytes) != bytes)
		die("write");
}

/* Behind an IPv4 header without options */
static void choose_only(int fd, long nr)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, (uint32_t)(SKF_NET_OFF + 20)),
		BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, (uint32_t)nr),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct sock_fprog program = { .len = 3, .filter = code };

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof(program)))
		die("SO_ATTACH_REUSEPORT_CBPF");
}

static int open_listener(const union address *address, socklen_t bytes)
{
	int fd = socket(address->sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	if (fd < 0)
		die("socket");
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    (setting("members") > 1 &&
	     setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one))))
		die("setsockopt");
	if (bind(fd, &address->sa, bytes) || listen(fd, 512))
		die("listen");
	return fd;
}

static void __attribute__((noreturn)) hold(void)
{
	for (;;)
		pause();
}

static void die_with_parent(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* To a process that was there before the listener. */
static void pass(int link, int fd)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(fd))];
	} control;
	char byte = 0;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};

	control.header = (struct cmsghdr){
		.cmsg_len = CMSG_LEN(sizeof(fd)), .cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS,
	};
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	if (sendmsg(link, &message, 0) != 1)
		die("sendmsg");
}

static void __attribute__((noreturn)) receive(int link)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	int fd;

	die_with_parent();
	if (recvmsg(link, &message, 0) != 1)
		die("recvmsg");
	memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	say("passed pid=%d fd=%d cookie=%" PRIx64 "\n", (int)getpid(), fd, cookie_of(fd));
	hold();
}

/* Accept, and answer each byte with one, until the clients have gone. */
static void __attribute__((noreturn)) serve(int listener)
{
	static struct pollfd fds[CLIENTS_MAX];
	nfds_t nr = 1, i;

	fds[0] = (struct pollfd){ .fd = listener, .events = POLLIN };
	for (;;) {
		if (poll(fds, nr, -1) < 0)
			die("poll");
		for (i = nr - 1; i > 0; i--) {
			char byte;

			if (!fds[i].revents)
				continue;
			if (read(fds[i].fd, &byte, 1) == 1 && write(fds[i].fd, &byte, 1) == 1)
				continue;
			close(fds[i].fd);
			fds[i] = fds[--nr];
		}
		if (fds[0].revents && nr < CLIENTS_MAX) {
			int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

			if (fd < 0)
				die("accept");
			say("accepted pid=%d fd=%d cookie=%" PRIx64 " port=%u inode=%lu\n",
			    (int)getpid(), fd, cookie_of(fd), port_of(fd, getpeername),
			    inode_of(fd));
			fds[nr++] = (struct pollfd){ .fd = fd, .events = POLLIN };
		}
	}
}

static void __attribute__((noreturn)) be_member(const union address *address, socklen_t bytes,
						long member, int ready)
{
	int fd, links[2];
	long i;

	die_with_parent();
	if (setting("pass")) {
		if (socketpair(AF_UNIX, SOCK_DGRAM, 0, links))
			die("socketpair");
		if (!fork())
			receive(links[1]);
	}
	fd = open_listener(address, bytes);
	if (setting("only"))
		choose_only(fd, setting("only"));
	say("listener member=%ld pid=%d fd=%d cookie=%" PRIx64 " inode=%lu\n", member + 1,
	    (int)getpid(), fd, cookie_of(fd), inode_of(fd));
	if (setting("pass"))
		pass(links[0], fd);
	for (i = 0; i < setting("forks"); i++) {
		pid_t pid = fork();

		if (!pid) {
			die_with_parent();
			hold();
		}
		say("holder pid=%d fd=%d cookie=%" PRIx64 "\n", (int)pid, fd, cookie_of(fd));
	}
	if (write(ready, "", 1) != 1)
		die("write");
	serve(fd);
}

/* One after the other, so that member n is the nth of the group. */
static int do_listen(const union address *address, socklen_t bytes)
{
	int ready[2];
	char byte;
	long i;

	if (pipe(ready))
		die("pipe");
	for (i = 0; i < setting("members") && i < MEMBERS_MAX; i++) {
		if (!fork())
			be_member(address, bytes, i, ready[1]);
		if (read(ready[0], &byte, 1) != 1)
			die("read");
	}
	say("ready\n");
	hold();
}

static void rest(long ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

static void talk(int fd)
{
	long i;

	for (i = 0; i < setting("turns"); i++) {
		char byte = 'x';

		if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 1)
			die("no answer");
		if (setting("pace"))
			rest(setting("pace"));
	}
}

static int open_client(const union address *address, socklen_t bytes, long i)
{
	int fd = socket(address->sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	union address own = { .sa.sa_family = address->sa.sa_family };

	if (fd < 0)
		die("socket");
	/* the port is at the same place for both families */
	own.in.sin_port = htons((uint16_t)(setting("from") + i));
	if (setting("from") && bind(fd, &own.sa, bytes))
		die("bind");
	if (connect(fd, &address->sa, bytes))
		die("connect");
	return fd;
}

static int do_connect(const union address *address, socklen_t bytes, long nr)
{
	long i;

	for (i = 0; i < nr; i++) {
		int fd = open_client(address, bytes, i);

		talk(fd);
		say("connection pid=%d fd=%d cookie=%" PRIx64 " port=%u inode=%lu\n", (int)getpid(),
		    fd, cookie_of(fd), port_of(fd, getsockname), inode_of(fd));
		if (!setting("hold"))
			close(fd);
	}
	if (setting("hold")) {
		say("ready\n");
		hold();
	}
	return 0;
}

int main(int argc, char **argv)
{
	union address address;
	socklen_t bytes;
	int is_client, i;

	is_client = argc > 4 && !strcmp(argv[1], "connect");
	if (!is_client && (argc < 4 || strcmp(argv[1], "listen"))) {
		fputs("usage: peer listen ADDRESS PORT [KEY=NUMBER]...\n"
		      "       peer connect ADDRESS PORT NR [KEY=NUMBER]...\n", stderr);
		return 2;
	}
	for (i = 4 + is_client; i < argc; i++)
		set(argv[i]);
	bytes = parse(&address, argv[2], argv[3]);
	return is_client ? do_connect(&address, bytes, atol(argv[4])) :
			   do_listen(&address, bytes);
}

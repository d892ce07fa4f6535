// SPDX-License-Identifier: GPL-2.0
/*
 * loader PROGRAM.o PORT: two listeners on that port with SO_REUSEPORT, the program attached to their group. Prints the
 * cookies of the two, then accepts from both for ever.
 */
#include <arpa/inet.h>
#include <bpf/libbpf.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define SO_COOKIE_OF_LINUX 57
#define SO_ATTACH_REUSEPORT_EBPF_OF_LINUX 52

static void stop(const char *what)
{
	perror(what);
	exit(1);
}

static int worker(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	int sock = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	if (sock < 0 || setsockopt(sock, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) ||
	    bind(sock, (struct sockaddr *)&address, sizeof(address)) || listen(sock, 128))
		stop("worker");
	return sock;
}

static void attach(int sock, const char *file)
{
	struct bpf_object *object = bpf_object__open_file(file, NULL);
	struct bpf_program *program;
	int fd;

	if (!object || bpf_object__load(object))
		stop(file);
	program = bpf_object__next_program(object, NULL);
	if (!program)
		stop("no program");
	fd = bpf_program__fd(program);
	if (setsockopt(sock, SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF_OF_LINUX, &fd, sizeof(fd)))
		stop("attach");
}

int main(int argc, char **argv)
{
	struct pollfd workers[2];
	int i;

	if (argc != 3)
		return 2;
	for (i = 0; i < 2; i++) {
		unsigned long long cookie;
		socklen_t size = sizeof(cookie);

		workers[i] = (struct pollfd){ .fd = worker(atoi(argv[2])), .events = POLLIN };
		if (getsockopt(workers[i].fd, SOL_SOCKET, SO_COOKIE_OF_LINUX, &cookie, &size))
			stop("cookie");
		printf("worker %d cookie=%llx\n", i, cookie);
	}
	attach(workers[0].fd, argv[1]);
	puts("ready");
	fflush(stdout);
	for (;;) {
		if (poll(workers, 2, -1) < 0)
			stop("poll");
		for (i = 0; i < 2; i++)
			if (workers[i].revents & POLLIN)
				accept(workers[i].fd, NULL, NULL);
	}
}

// SPDX-License-Identifier: GPL-2.0
/* So many threads, made before; all of them sleep in accept() of the one listener. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define THREADS 32

static void serve(int sock)
{
	char buffer[4096];
	ssize_t length;

	while ((length = read(sock, buffer, sizeof(buffer))) > 0)
		if (write(sock, buffer, length) != length)
			break;
	close(sock);
}

static void *thread(void *arg)
{
	int listener = *(int *)arg;

	for (;;) {
		int sock = accept(listener, NULL, NULL);

		if (sock >= 0)
			serve(sock);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1, i;
	pthread_t id;

	if (argc != 2)
		return 2;
	address.sin_port = htons(atoi(argv[1]));
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, 128)) {
		perror("listen");
		return 1;
	}
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&id, NULL, thread, &listener))
			return 1;
	pause();
	return 0;
}

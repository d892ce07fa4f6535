// SPDX-License-Identifier: GPL-2.0
/* A thread for each connection, which nobody waits for. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

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
	serve((int)(long)arg);
	return NULL;
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	if (argc != 2)
		return 2;
	address.sin_port = htons(atoi(argv[1]));
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, 128)) {
		perror("listen");
		return 1;
	}
	for (;;) {
		int sock = accept(listener, NULL, NULL);
		pthread_t id;

		if (sock < 0)
			continue;
		if (pthread_create(&id, NULL, thread, (void *)(long)sock))
			close(sock);
		else
			pthread_detach(id);
	}
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What segments can come to: the addresses and devices of this host, and questions about them.
 */
#include "command/audit/audit.h"

#include "lib/message.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All of 127/8 is ours; an address that nobody is likely to bind to stands for the rest of it. */
#define REST_OF_LOOPBACK	"127.255.255.254"

/* Each text once. */
static int add(char ***list, size_t *nr, const char *text)
{
	char **moved;
	size_t i;

	for (i = 0; i < *nr; i++) {
		if (!strcmp((*list)[i], text))
			return 0;
	}
	moved = realloc(*list, (*nr + 1) * sizeof(**list));
	if (!moved)
		return -ENOMEM;
	*list = moved;
	moved[*nr] = strdup(text);
	if (!moved[*nr])
		return -ENOMEM;
	++*nr;
	return 0;
}

static int add_address(struct tpr_audit *audit, const struct sockaddr *addr)
{
	char text[INET6_ADDRSTRLEN + 2], bare[INET6_ADDRSTRLEN];
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)addr;
	const struct sockaddr_in *in = (const struct sockaddr_in *)addr;

	if (addr->sa_family == AF_INET &&
	    inet_ntop(AF_INET, &in->sin_addr, text, INET6_ADDRSTRLEN))
		return add(&audit->addresses, &audit->addresses_nr, text);
	/* A link-local one is an address of each link: it needs its device, and has it. */
	if (addr->sa_family != AF_INET6 || !inet_ntop(AF_INET6, &in6->sin6_addr, bare, sizeof(bare)))
		return 0;
	snprintf(text, sizeof(text), "[%s]", bare);
	return add(&audit->addresses, &audit->addresses_nr, text);
}

/**
 * tpr_audit_host() - find the addresses and devices of this namespace
 * @audit: where they go
 *
 * Return: 0, or -errno after a message.
 */
int tpr_audit_host(struct tpr_audit *audit)
{
	struct ifaddrs *all, *one;
	int error = 0;

	if (getifaddrs(&all)) {
		error = -errno;
		tpr_message("addresses of this host: %s", strerror(errno));
		return error;
	}
	for (one = all; one && !error; one = one->ifa_next) {
		if (one->ifa_addr)
			error = add_address(audit, one->ifa_addr);
		if (!error)
			error = add(&audit->devices, &audit->devices_nr, one->ifa_name);
	}
	freeifaddrs(all);
	if (!error)
		error = add(&audit->addresses, &audit->addresses_nr, REST_OF_LOOPBACK);
	if (error)
		tpr_message("out of memory");
	return error;
}

/**
 * tpr_audit_ask() - ask for a segment to the port of a listener
 * @audit: the audit; its answer is in tpr_audit.explained
 * @row: which listener
 * @address: to this address
 * @dev: coming in on this device
 *
 * Its sender is nobody: a loopback address, or one that is for documentation.
 *
 * Return: 0, or -errno after a message.
 */
int tpr_audit_ask(struct tpr_audit *audit, size_t row, const char *address, const char *dev)
{
	bool is_v6 = *address == '[';
	bool is_loopback = !strncmp(address, "127.", 4) || !strcmp(address, "[::1]");
	const char *foreign = is_v6 ? (is_loopback ? "[::1]" : "[2001:db8::1]") :
				      (is_loopback ? "127.0.0.1" : "192.0.2.1");
	char *question;
	int error;

	if (asprintf(&question, "%s %s:1 %s:%s dev %s", audit->audited[row].is_udp ? "udp" : "tcp",
		     foreign, address, audit->audited[row].port, dev) < 0) {
		tpr_message("out of memory");
		return -ENOMEM;
	}
	error = tpr_explain_ask(&audit->explained, question);
	free(question);
	audit->questions_nr++;
	return error;
}

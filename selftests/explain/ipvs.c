// SPDX-License-Identifier: GPL-2.0
/*
 * A service of IPVS, which has one server: another host by NAT, this one, or
 * another one as it is (direct routing).
 */
#define _GNU_SOURCE
#include "explain.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/ip_vs.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int file = -1;

/* False if this kernel has none. */
bool ipvs_open(void)
{
	if (system("modprobe -q ip_vs && modprobe -q ip_vs_rr"))
		return false;
	file = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (file < 0)
		bail("a raw socket");
	return true;
}

static void tell(int command, const void *what, size_t size)
{
	if (setsockopt(file, IPPROTO_IP, command, what, size))
		bail("IPVS: command %d", command);
}

/* @flags: IP_VS_CONN_F_MASQ, IP_VS_CONN_F_DROUTE */
void ipvs_add(int proto, const char *address, uint16_t port, const char *server, uint16_t server_port,
	      unsigned int flags)
{
	struct {
		struct ip_vs_service_user service;
		struct ip_vs_dest_user server;
	} both = {
		.service = {
			.protocol = proto, .addr = inet_addr(address), .port = htons(port),
			.sched_name = "rr", .netmask = INADDR_NONE,
		},
		.server = {
			.addr = inet_addr(server), .port = htons(server_port),
			.conn_flags = flags, .weight = 1,
		},
	};

	tell(IP_VS_SO_SET_ADD, &both.service, sizeof(both.service));
	tell(IP_VS_SO_SET_ADDDEST, &both, sizeof(both));
}

void ipvs_flush(void)
{
	tell(IP_VS_SO_SET_FLUSH, NULL, 0);
}

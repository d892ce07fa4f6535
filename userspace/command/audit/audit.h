/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of "tuplewatch listeners --audit".
 */
#ifndef TPR_AUDIT_H
#define TPR_AUDIT_H

#include "table/rows.h"
#include "command/explain/explain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** struct tpr_audited - a listener, and what became of it */
struct tpr_audited {
	/** @address: without its port, IPv6 in brackets; a mapped address in IPv4 form */
	char *address;
	/** @port: its port */
	const char *port;
	/** @id: its cookie or, where that may not be seen, its inode */
	uint64_t id;
	/** @is_udp: it stands in the table of UDP */
	bool is_udp;
	/** @is_any: it is bound to the wildcard */
	bool is_any;
	/** @has_cpu: it has SO_INCOMING_CPU */
	bool has_cpu;
	/** @is_seen: its bucket is known */
	bool is_seen;
	/** @is_dead: it can get no segment */
	bool is_dead;
	/** @by: name of the one that gets them instead; NULL if nobody does */
	char *by;
};

/** struct tpr_bucket - a bucket of the kernel's tables */
struct tpr_bucket {
	/** @is_udp: of which table */
	bool is_udp;
	/** @number: its number; hidden if @others is */
	char number[16];
	/** @sockets: how many sockets of this namespace are in it */
	uint64_t sockets;
	/** @others: and of other namespaces; 0 if that is not known */
	uint64_t others;
	/** @example: one of them */
	char example[80];
};

/** struct tpr_audit - an audit */
struct tpr_audit {
	/** @options: of the command line */
	const struct tpr_options *options;
	/** @listeners: the listeners, sorted, live ones only */
	struct tpr_rows listeners;
	/** @explained: for questions; not for saved files */
	struct tpr_explained explained;
	/** @audited: by row of @listeners */
	struct tpr_audited *audited;
	/** @by_port: rows of @listeners, sorted by table and port */
	size_t *by_port;
	/** @by_id: rows of @listeners, sorted by id */
	size_t *by_id;
	/** @has_cookies: ids are cookies */
	bool has_cookies;
	/** @buckets: those that are known */
	struct tpr_bucket *buckets;
	/** @buckets_nr: number of @buckets */
	size_t buckets_nr;
	/** @addresses: of this host, as the tables write them, without port */
	char **addresses;
	/** @addresses_nr: number of @addresses */
	size_t addresses_nr;
	/** @devices: names of devices */
	char **devices;
	/** @devices_nr: number of @devices */
	size_t devices_nr;
	/** @questions_nr: how many questions were asked */
	size_t questions_nr;
};

int tpr_audit_index(struct tpr_audit *audit);
int tpr_audit_host(struct tpr_audit *audit);
int tpr_audit_reach(struct tpr_audit *audit);
int tpr_audit_buckets(struct tpr_audit *audit);

const char *tpr_audit_get(const struct tpr_audit *audit, size_t row, const char *column);
size_t tpr_audit_with_port(const struct tpr_audit *audit, size_t row, size_t *nr);
size_t tpr_audit_find(const struct tpr_audit *audit, size_t found);
int tpr_audit_ask(struct tpr_audit *audit, size_t row, const char *address, const char *dev);

#endif

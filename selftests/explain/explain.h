/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tests of the file "explain": one program, a topic a run.  A topic makes
 * sockets, asks which of them would get a segment, sends that segment, and
 * compares.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "../lib/c/check.h"

#define EXPLAIN		DIRECTORY "explain"
#define QUESTION_LEN	256

/* ask.c: questions and answers */

/**
 * struct answer - what the module says
 * @t: the table
 * @cookie: of the socket that would get it, 0 for none, NOT_KNOWN for "?"
 * @is_agreed: the kernel's own lookup says the same
 * @sockets: sockets of that port that were looked at
 * @groups: how many of them asked a reuseport group
 */
struct answer {
	struct table t;
	uint64_t cookie;
	bool is_agreed;
	unsigned int sockets;
	unsigned int groups;
};

#define NOT_KNOWN	UINT64_MAX

void ask(struct answer *a, const char *question);
int ask_wrong(struct answer *a, const char *question);
void answer_free(struct answer *a);
size_t answer_row(const struct answer *a, const char *kind);
bool answer_fact_is(const struct answer *a, const char *key, const char *want);
void answer_show(const struct answer *a, const char *question);
uint64_t questions_fact(const char *key);
uint64_t disagreements(void);

/* place.c: the namespaces, and the devices between them */

enum { DEV_NONE, DEV_LO, DEV_V1, DEV_V2, DEV_NR };

extern const char *const device_names[DEV_NR];

void place_make(void);
void place_server(void);
void place_vrf(void);
void place_client(void);
void place_cpu(unsigned int cpu);
unsigned int place_cpus(void);

/* random.c: numbers that can be had again */

void random_init(void);
unsigned int below(unsigned int n);
bool chance(unsigned int percent);

/* population.c: sockets at random on one port */

#define SOCKETS_MAX	8

/**
 * struct target - where a segment goes, and where from
 * @family: of the packet
 * @local: address of the server
 * @foreign: address of the client
 * @device: where it comes in
 * @is_remote: the client is in a namespace of its own
 */
struct target {
	int family;
	const char *local;
	const char *foreign;
	unsigned int device;
	bool is_remote;
};

/**
 * struct population - sockets on one port
 * @type: SOCK_STREAM or SOCK_DGRAM
 * @port: the port
 * @target: what is sent
 * @client: the client's socket, bound and no more
 * @fd: the sockets
 * @nr: how many
 * @has_device: one is bound to a device
 * @has_cpu: one has SO_INCOMING_CPU
 * @has_v6only: one takes IPv6 only
 * @has_dual: one is an IPv6 socket and the packet is not
 * @has_connected: one is connected, UDP only
 */
struct population {
	int type;
	uint16_t port;
	const struct target *target;
	int client;
	int fd[SOCKETS_MAX];
	unsigned int nr;
	bool has_device;
	bool has_cpu;
	bool has_v6only;
	bool has_dual;
	bool has_connected;
};

void population_make(struct population *p);
void population_question(const struct population *p, unsigned int cpu, char text[QUESTION_LEN]);
bool population_send(const struct population *p, uint64_t *cookie);
void population_close(struct population *p);

/* wire.c: segments from whatever address */

void wire_open(void);
void wire_send(int proto, const union address *foreign, const union address *local);

/* world.c: how the server routes */

enum world {
	WORLD_HOME, WORLD_BY_SOURCE, WORLD_BY_PORT, WORLD_BY_SOURCE_PORT, WORLD_BY_DEVICE,
	WORLD_BY_MARK, WORLD_FORBIDDEN, WORLD_BLACKHOLE, WORLD_GONE, WORLD_MOVED, WORLD_VRF,
	WORLD_OFF6, WORLD_NR
};

void world_make(void);
void world_set(enum world world, bool is_ipv6, const char *proto, uint16_t port);
void world_clear(enum world world, bool is_ipv6, const char *proto, uint16_t port);

/* ipvs.c: services of it */

bool ipvs_open(void);
void ipvs_add(int proto, const char *address, uint16_t port, const char *server,
	      uint16_t server_port, unsigned int flags);
void ipvs_flush(void);

/* The topics. */
extern const struct topic explain_agree_topic;
extern const struct topic explain_programs_topic;
extern const struct topic explain_churn_topic;
extern const struct topic explain_bucket_topic;
extern const struct topic explain_state_topic;
extern const struct topic explain_question_topic;
extern const struct topic explain_near_topic;
extern const struct topic explain_bind_topic;
extern const struct topic explain_way_topic;
extern const struct topic explain_chain_topic;
extern const struct topic explain_many_topic;

void result_at_least(const char *what, unsigned int nr, unsigned int of, unsigned int percent);

#endif /* EXPLAIN_H */

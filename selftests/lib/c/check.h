/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tests of the tables stand on: results as KTAP, the module, namespaces,
 * sockets, and the tables as they are read.
 *
 * One thread plays all ends, on one CPU. Every topic inserts the module itself, as it wants
 * it, and works in network namespaces of its own.
 */
#ifndef CHECK_H
#define CHECK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define DIRECTORY	"/proc/net/tuplewatch/"
#define LISTENERS	DIRECTORY "listeners"
#define CONNECTIONS	DIRECTORY "connections"
#define REFUSED		DIRECTORY "refused"
#define OVERVIEW	"/proc/tuplewatch"

/* How long any single step may take before the topic has failed. */
#define STEP_MS		10000

/* Room for "[address]:port". */
#define ENDPOINT_LEN	72

/* What a table has in place of what it does not tell its reader. */
#define HIDDEN		"hidden"

/* result.c: what was found, as KTAP */

void result_plan(unsigned int nr);
void result(bool ok, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void result_is(const char *name, uint64_t got, uint64_t want);
void result_skip(const char *name, const char *why);
void diag(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void bail(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
int result_finish(void);

/* kernel.c: the module, namespaces, and the kernel's own numbers */

extern bool is_long_run;	/* TPW_LONG: all numbers in full */
extern unsigned int patience;	/* TPW_PATIENCE: how many times slower the kernel is */

void module_load(const char *parameters);
void module_unload(void);
void kernel_init(void);
bool kernel_is_since(unsigned int major, unsigned int minor);
bool sysctl_set(const char *path, const char *value);
uint64_t mib(const char *group, const char *name);
uint64_t now_ns(void);
void pause_ms(unsigned int ms);
void use_all_cpus(void);
void fence(void);

/* netns.c: network namespaces */

/**
 * struct netns - a network namespace
 * @fd: keeps it
 * @inum: its number, as the tables print it
 */
struct netns {
	int fd;
	uint32_t inum;
};

void netns_here(struct netns *ns);
void netns_new(struct netns *ns);
void netns_enter(const struct netns *ns);
void netns_settle(void);

/* socket.c: sockets as the topics use them */

union address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

enum {
	OPT_REUSEPORT = 1,
	OPT_V6ONLY = 2,
	OPT_LO = 4,		/* bound to the device lo */
	OPT_MPTCP = 8,
	OPT_NONBLOCK = 16,
	OPT_NO_ABORT = 32,	/* close() in the ordinary way, not with a RST */
};

socklen_t address_set(union address *a, const char *text, uint16_t port);
socklen_t address_len(const union address *a);
void address_format(const union address *a, char text[ENDPOINT_LEN]);
int sock_new(int family, int type, unsigned int options);
int sock_bound(const char *address, uint16_t port, int type, unsigned int options);
int sock_listen(const char *address, uint16_t port, unsigned int options, int backlog);
int sock_connect(const char *address, uint16_t port, unsigned int options);
int sock_try_connect(const char *address, uint16_t port, unsigned int options);
void sock_refused(const char *address, uint16_t port);
int sock_fast_open(const char *address, uint16_t port, unsigned int options);
int sock_try_accept(int listener);
int sock_accept(int listener);
void sock_drop_all_but_syns(int fd);
void sock_drop_all(int fd);
void sock_undrop(int fd);
uint64_t sock_cookie(int fd);
void sock_name(int fd, char text[ENDPOINT_LEN]);
void sock_peer(int fd, char text[ENDPOINT_LEN]);
uint16_t sock_port(int fd);

/* table.c: reading a table */

/**
 * struct table - a copy of a file
 * @text: its text, cut into fields in place
 * @bytes: its length
 * @cells: offsets of fields in @text, row by row
 * @names: names of columns
 * @columns: how many
 * @rows: how many
 * @facts: line 1
 * @before_ns: the time before it was read, CLOCK_MONOTONIC
 * @after_ns: the time after that
 */
struct table {
	char *text;
	size_t bytes;
	uint32_t *cells;
	char *names[48];
	unsigned int columns;
	size_t rows;
	char *facts;
	uint64_t before_ns;
	uint64_t after_ns;
};

void table_read(struct table *t, const char *path);
void table_parse(struct table *t, char *text, size_t bytes);
void table_free(struct table *t);
unsigned int table_column(const struct table *t, const char *name);
const char *table_cell(const struct table *t, size_t row, const char *name);
uint64_t table_number(const struct table *t, size_t row, const char *name);
bool table_is(const struct table *t, size_t row, const char *name, const char *want);
bool table_has(const struct table *t, size_t row, const char *name, const char *word);
uint64_t table_sum(const struct table *t, const char *name);
uint64_t table_fact(const struct table *t, const char *key);
bool table_fact_is(const struct table *t, const char *key, const char *want);
size_t table_count(const struct table *t, const char *name, const char *want);

#define NO_ROW	((size_t)-1)

size_t table_find(const struct table *t, const char *name, const char *want);
size_t table_find_cookie(const struct table *t, uint64_t cookie);
size_t table_find_tuple(const struct table *t, const char *local, const char *foreign);
size_t table_find_tuple_from(const struct table *t, size_t from, const char *local,
			     const char *foreign);

/**
 * struct by_cookie - an index of a table
 * @t: the table
 * @column: with the cookies
 * @slots: row + 1 by hash, 0 for none
 * @mask: number of slots - 1
 * @doubles: rows whose cookie has a row already
 */
struct by_cookie {
	const struct table *t;
	unsigned int column;
	uint32_t *slots;
	size_t mask;
	size_t doubles;
};

void by_cookie_make(struct by_cookie *index, const struct table *t);
size_t by_cookie_find(const struct by_cookie *index, uint64_t cookie);
void by_cookie_free(struct by_cookie *index);

char *file_read(const char *path, size_t *bytes);
uint64_t counter(const char *name);
uint64_t tcp_seen(void);

/* topics.c: programs with a topic a run */

/**
 * struct topic - one test program
 * @name: as on the command line
 * @results: how many it has
 * @run: makes them
 */
struct topic {
	const char *name;
	unsigned int results;
	void (*run)(void);
};

int topics_main(const struct topic *const *topics, size_t nr, void (*init)(void),
		int argc, char **argv);

#endif /* CHECK_H */

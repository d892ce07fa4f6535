/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The truth table test: exchanges whose every segment has a known verdict.
 *
 * An exchange is a function that makes traffic and names its sockets and
 * ports. It is played in a place (loopback, or a veth pair between two
 * namespaces) with packets of one family. The rows of truth.table say, in
 * those names, what the log must show of it.
 *
 * The whole program runs on one CPU: all segments then pass through one
 * queue, so the log's order is the order in which they were sent, and a
 * datagram sent last (the fence) proves that everything before it was seen.
 */
#ifndef TRUTH_H
#define TRUTH_H

#include <netinet/in.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* How long any single step may take before its exchange has failed. */
#define STEP_MS		5000

/* The longest command. */
#define COMMAND_LEN	4000

enum place {
	PLACE_LO, PLACE_VETH, PLACE_VRF, PLACE_POLL, PLACE_VXLAN, PLACE_ESP, PLACE_ESPUDP,
	PLACE_NR
};

/* Whose address: PUPPET and STRANGER live behind the veth, no kernel owns them. */
enum end { SERVER, CLIENT, PUPPET, STRANGER, ANY, GROUP, UNJOINED, BCAST, END_NR };

struct play;
union bpf_attr;

/**
 * struct exchange - some traffic that can be played
 * @name: as in the table
 * @run: makes the traffic; ends the play through play_fail() if it cannot
 */
struct exchange {
	const char *name;
	void (*run)(struct play *p);
};

/* Each ends with an entry without a name. */
extern const struct exchange tcp_exchanges[];
extern const struct exchange listen_exchanges[];
extern const struct exchange group_exchanges[];
extern const struct exchange bpf_exchanges[];
extern const struct exchange proxy_exchanges[];
extern const struct exchange link_exchanges[];
extern const struct exchange vrf_exchanges[];
extern const struct exchange batch_exchanges[];
extern const struct exchange ipsec_exchanges[];
extern const struct exchange mptcp_exchanges[];
extern const struct exchange icmp_exchanges[];
extern const struct exchange handshake_exchanges[];
extern const struct exchange close_exchanges[];
extern const struct exchange drop_exchanges[];
extern const struct exchange udp_exchanges[];
extern const struct exchange multicast_exchanges[];

struct name {
	char text[16];
	uint64_t value;
};

/**
 * struct play - one exchange being played in one place
 * @exchange: what is played
 * @on: the place's name in the table: lo4, lo6, lom, veth4, veth6, vethm, vrf4 ...
 * @place: loopback, the veth pair, or one of special.c
 * @family: of the packets
 * @domain: of the server's sockets; differs from @family on lom and vethm
 * @cookies: SO_COOKIE of the sockets by name
 * @ports: port numbers by name
 * @fds: what to close when the play is over
 * @sysctls: what to restore then
 * @missing: what this kernel lacks: the play was skipped
 * @by_address: the segments have no ports to go by: all of STRANGER's count
 * @failed: where play_fail() returns to
 * @why: what failed
 */
struct play {
	const struct exchange *exchange;
	const char *on;
	enum place place;
	int family;
	int domain;
	struct name cookies[24];
	unsigned int cookies_nr;
	struct name ports[24];
	unsigned int ports_nr;
	int fds[256];
	unsigned int fds_nr;
	struct {
		bool in_client;
		char path[64];
		char old[32];
	} sysctls[8];
	unsigned int sysctls_nr;
	const char *missing;
	bool by_address;
	jmp_buf failed;
	char why[200];
};

/* play.c */
void play_fail(struct play *p, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 2, 3)));
void play_skip(struct play *p, const char *config) __attribute__((noreturn));
uint16_t play_port(struct play *p, const char *name);
uint16_t play_spare_port(void);
void play_name_port(struct play *p, const char *name, uint16_t port);
void play_add_cookie(struct play *p, const char *name, uint64_t cookie);
void play_name_cookie(struct play *p, const char *name, int fd);
int play_keep(struct play *p, int fd);
int play_bpf(struct play *p, int command, union bpf_attr *attr);
void play_need_sysctl(struct play *p, const char *path, const char *config);
void play_sysctl(struct play *p, enum end side, const char *path, const char *value);
bool play_run(struct play *p, const struct exchange *x, const char *on);
void play_end(struct play *p);

/* command.c */
void command(struct play *p, enum end side, const char *config, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void command_output(struct play *p, enum end side, char *said, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
void command_settle(struct play *p, enum end side);

/* place.c */
struct address {
	struct sockaddr_storage ss;
	socklen_t len;
};

/* The VRF, and the device in it by which its segments come. */
#define PLACE_VRF_DEVICE	"red"
#define PLACE_VRF_SLAVE		"w0"

int place_init(void);
enum place place_named(const char *on);
int place_find_devices(enum place place, const char *server, const char *client);
void place_netns_path(char *path, size_t size);
int place_enter(bool client);
uint64_t place_netns(void);
const char *place_device(const struct play *p);
unsigned int place_ifindex(const struct play *p, enum end side);
void place_address(const struct play *p, int domain, enum end end, uint16_t port,
		   struct address *a);
const void *place_bytes(const struct play *p, enum end end);
extern const uint8_t place_mac_server[6], place_mac_client[6];

/* special.c */
void special_prepare(struct play *p);

/* endpoint.c: kernel sockets */
int ep_socket(struct play *p, enum end side, int type);
void ep_bind(struct play *p, int fd, enum end end, uint16_t port);
void ep_option(struct play *p, int fd, int level, int name, int value);
void ep_wait(struct play *p, int fd, short events);
void ep_wait_state(struct play *p, int fd, int state);
void ep_write(struct play *p, int fd, size_t len);
void ep_read(struct play *p, int fd, size_t len);
void ep_read_end(struct play *p, int fd);
void ep_settle(struct play *p);
void ep_close(struct play *p, int fd);
void ep_drop_all(struct play *p, int fd);
int ep_listen(struct play *p, const char *name, enum end end, uint16_t port);
int ep_accept(struct play *p, const char *name, int listener);
int ep_connect(struct play *p, const char *name, uint16_t from, uint16_t to);
void ep_connect_to(struct play *p, int fd, enum end end, uint16_t port);
int ep_datagram(struct play *p, const char *name, enum end end, uint16_t port);
int ep_sender(struct play *p, uint16_t port);
void ep_send_to(struct play *p, int fd, enum end end, uint16_t port, size_t len);

/* puppet.c: segments made by hand, on the client's side of the veth */
enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

/**
 * struct wire - one segment to send by hand
 * @end: the source: PUPPET or STRANGER
 * @from: source port
 * @to: destination port at the server
 * @flags: TCP flags
 * @seq: sequence number
 * @ack: acknowledgement number
 * @len: payload bytes
 * @hops: TTL or hop limit; 0 is 64
 * @cut: if not 0, the transport part ends after so many bytes
 * @doff: if not 0, the header length to claim, in words
 * @md5: carry a TCP MD5 option, whose digest is wrong
 * @bad_checksum: spoil the checksum
 * @mac: whose frame it is; NULL is the server's
 * @fragments: send it in two parts, of which the first has 24 bytes of the transport's
 */
struct wire {
	enum end end;
	uint16_t from;
	uint16_t to;
	uint8_t flags;
	uint32_t seq;
	uint32_t ack;
	size_t len;
	uint8_t hops;
	size_t cut;
	uint8_t doff;
	bool md5;
	bool bad_checksum;
	const uint8_t *mac;
	bool fragments;
};

/**
 * struct puppet - one hand-made TCP end
 * @from: its port
 * @to: the server's port
 * @seq: the next number to send
 * @ack: the next number expected from the server
 */
struct puppet {
	uint16_t from;
	uint16_t to;
	uint32_t seq;
	uint32_t ack;
};

/* kfunc.c */
int kfunc_id(const char *name);

void puppet_begin(struct play *p);
void puppet_tcp(struct play *p, const struct wire *w);
void puppet_udp(struct play *p, const struct wire *w);
void puppet_send(struct play *p, struct puppet *t, uint8_t flags, size_t len);
void puppet_expect(struct play *p, struct puppet *t, uint8_t flags);
void puppet_handshake(struct play *p, struct puppet *t);
void puppet_unreachable(struct play *p, uint8_t protocol, const struct puppet *t, bool host);

/* qdisc.c */
void classifier_add(struct play *p, int program);
void classifier_remove(struct play *p);
void plug_insert(struct play *p);
void plug_pull(struct play *p);

/* segment.c: what came to the server, as the log or a capture tells it */
enum field {
	F_VIA, F_MATCH, F_STATE, F_OUTCOME, F_COOKIE, F_LISTENER,
	F_MODS, F_RECEIVERS, F_REUSEPORT, F_RELOOKUP, F_NR
};

extern const char *const field_names[F_NR];

struct segment {
	bool has_verdict;
	uint64_t netns;
	char dev[20];
	char proto[8];
	char foreign[48];
	uint16_t foreign_port;
	uint16_t local_port;
	char flags[12];
	char field[F_NR][64];
};

struct segments {
	struct segment *list;
	unsigned int nr;
	unsigned int room;
	unsigned int lost;
};

struct segment *segments_add(struct segments *s);
void segments_keep(struct segments *s, const struct play *p);
void segments_print(const struct segments *s);

/* source of segments: logread.c or, without the module, capture.c */
struct source {
	int (*open)(void);
	int (*read_until)(int fd, struct segments *s, uint16_t fence);
};

extern const struct source log_source;
extern const struct source capture_source;

struct counters;
struct counters *counters_read(void);
long counters_growth(const struct counters *before, const struct counters *after,
		     const char *name, const char *column);
void counters_free(struct counters *c);

/* mib.c */
struct mib;
struct mib *mib_read(bool all);
bool mib_growth(const struct mib *before, const struct mib *after, int family,
		const char *name, long *growth);

/* table.c */

/**
 * struct row - one row of the table
 * @line: of the file
 * @from: first kernel that it is for, 6.12 as 6012
 * @to: and the last
 * @exchange: the exchange that it speaks of
 * @on: and the place
 * @selector: which segment
 * @want: the verdict
 * @amount: instead of a segment, so many of them, or the growth of a counter
 * @counter: name of the counter, or NULL
 * @column: tcp or udp
 * @mib: or, instead, the name of a counter of the kernel's
 * @dev: the device it came in by; NULL is the place's
 */
struct row {
	unsigned int line;
	unsigned int from;
	unsigned int to;
	char *exchange;
	char *on;
	char *selector;
	char *want[F_NR];
	char *amount;
	char *counter;
	char *column;
	char *mib;
	char *dev;
};

struct table {
	struct row *rows;
	unsigned int nr;
};

int table_read(struct table *t, const char *path, const char *release);

/* check.c */

/**
 * struct evidence - what a row is checked against
 * @play: the play
 * @segments: its segments
 * @before: counters before it
 * @after: and after it
 * @mib_before: the kernel's counters before it
 * @mib_after: and after it
 * @has_counters: false without the module
 * @bound: what $NAMEs turned out to be
 * @bound_nr: how many
 * @played: it came to its end, and the log is complete
 */
struct evidence {
	const struct play *play;
	const struct segments *segments;
	struct counters *before;
	struct counters *after;
	struct mib *mib_before;
	struct mib *mib_after;
	struct name bound[8];
	unsigned int bound_nr;
	bool has_counters;
	bool played;
};

void check_describe(const struct row *row, char *text, size_t size);
bool check_row(const struct row *row, struct evidence *e, char *why, size_t size);

#endif

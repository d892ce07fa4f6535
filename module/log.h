/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The log: one ring a CPU of records of fixed size, the oldest overwritten.
 *
 * Writers never wait and never look at readers.  A reader has its own position
 * in each ring and can tell when a writer has overtaken it.
 */
#ifndef _TPW_LOG_H
#define _TPW_LOG_H

#include "verdict.h"

#include <linux/types.h>
#include <linux/wait.h>

#define TPW_LOG_DEFAULT	8192
#define TPW_LOG_MAX	(1 << 22)

/**
 * struct tpw_log_record - one verdict in the log
 * @published: 1 + its position in the ring; 0 while it is written.  Pairs the
 *	release of the writer with the acquire of readers.
 * @time_ns: when the verdict was known, CLOCK_MONOTONIC
 * @seq: its number among those of its namespace and CPU, from 1
 * @net: the namespace
 * @cpu: where it was written
 * @v: the verdict
 */
struct tpw_log_record {
	u64 published;
	u64 time_ns;
	u64 seq;
	struct tpw_netid net;
	u32 cpu;
	struct tpw_verdict v;
};

int tpw_log_init(u32 nr_records);
void tpw_log_exit(void);
size_t tpw_log_bytes(void);
u32 tpw_log_nr(void);
u32 tpw_log_held(void);

void tpw_log_write(const struct tpw_netid *net, u64 seq,
		   const struct tpw_verdict *v, u64 now_ns);

u64 tpw_log_head(int cpu);
u64 tpw_log_oldest(int cpu);
bool tpw_log_read(int cpu, u64 *position, u64 *overtaken,
		  struct tpw_log_record *to);

void tpw_log_wait_begin(void);
void tpw_log_wait_end(void);
void tpw_log_wake(void);
extern wait_queue_head_t tpw_log_waitq;

#endif /* _TPW_LOG_H */

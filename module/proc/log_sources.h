/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The logs that an open file reads.
 */
#ifndef _TPW_LOG_SOURCES_H
#define _TPW_LOG_SOURCES_H

#include "store/log.h"

#include <linux/list.h>
#include <linux/types.h>

/**
 * struct tpw_log_sources - what is read
 * @list: the logs, each with where the reader is
 * @serial: of the newest of them
 * @is_all: of all namespaces; each log is held
 * @is_endless: what comes from now on
 */
struct tpw_log_sources {
	struct list_head list;
	u64 serial;
	bool is_all;
	bool is_endless;
};

int tpw_log_sources_start(struct tpw_log_sources *all, struct tpw_log *log,
			  bool is_endless);
void tpw_log_sources_drop(struct tpw_log_sources *all);
int tpw_log_sources_refresh(struct tpw_log_sources *all);
bool tpw_log_sources_next(struct tpw_log_sources *all,
			  struct tpw_log_record *to, u32 *inum, u64 *lost);
bool tpw_log_sources_have_next(struct tpw_log_sources *all);

#endif /* _TPW_LOG_SOURCES_H */

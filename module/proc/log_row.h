/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A record of the log as text.
 */
#ifndef _TPW_LOG_ROW_H
#define _TPW_LOG_ROW_H

#include "store/log.h"

#include <linux/types.h>

#define TPW_LOG_ROW_LEN	768	/* the longest row is some 430 */

const char *tpw_log_row_columns(void);

size_t tpw_log_row_format(char *buf, size_t size, u32 inum,
			  const struct tpw_log_record *rec);

#endif /* _TPW_LOG_ROW_H */

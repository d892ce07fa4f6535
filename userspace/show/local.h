/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Our end of a socket, with the device it is bound to.
 */
#ifndef TPR_LOCAL_H
#define TPR_LOCAL_H

#include "table/rows.h"

/* Room for what tpr_local_text() makes */
#define TPR_LOCAL_BYTES	160

const char *tpr_local_text(char *text, const struct tpr_rows *rows, size_t row);

#endif

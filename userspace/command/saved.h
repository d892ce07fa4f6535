/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The file "saved", which says what the files beside it are.
 */
#ifndef TPR_SAVED_H
#define TPR_SAVED_H

#include "table/rows.h"
#include "table/table.h"

/* Its name */
#define TPR_SAVED	"saved"

extern const struct tpr_shape tpr_saved_shape;

const char *tpr_saved_value(const struct tpr_rows *saved, const char *name);

#endif

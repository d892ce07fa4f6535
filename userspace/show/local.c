// SPDX-License-Identifier: GPL-2.0
/*
 * Our end of a socket. Two that differ in nothing but the device they are bound to are told apart
 * by it.
 */
#include "show/local.h"

#include <stdio.h>
#include <string.h>

/**
 * tpr_local_text() - our end, as ss has it: 0.0.0.0%eth0:80
 * @text: at least TPR_LOCAL_BYTES
 * @rows: listeners or connections
 * @row: the row
 *
 * Return: @text.
 */
const char *tpr_local_text(char *text, const struct tpr_rows *rows, size_t row)
{
	const char *local = tpr_rows_get(rows, row, "local");
	const char *dev = tpr_rows_get(rows, row, "dev");
	const char *colon = strrchr(local, ':');

	if (!tpr_table_is_value(dev) || !colon)
		snprintf(text, TPR_LOCAL_BYTES, "%s", local);
	else
		snprintf(text, TPR_LOCAL_BYTES, "%.*s%%%s%s", (int)(colon - local), local, dev,
			 colon);
	return text;
}

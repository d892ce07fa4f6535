/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files of report/, which the program has in it.
 */
#ifndef TPR_REPORT_TEMPLATE_H
#define TPR_REPORT_TEMPLATE_H

#include <stddef.h>
#include <stdio.h>

/** struct tpr_template - a file of report/ */
struct tpr_template {
	/** @text: what is in it; no NUL ends it */
	const char *text;
	/** @bytes: size of @text */
	size_t bytes;
};

struct tpr_template tpr_template_html(void);
void tpr_template_write_style(FILE *out);
void tpr_template_write_script(FILE *out);

#endif

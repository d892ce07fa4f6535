// SPDX-License-Identifier: GPL-2.0
/*
 * Where a page goes. Whoever finds it finds all of it, and only its owner does.
 */
#include "command/report/output.h"

#include "command/report/page.h"
#include "lib/message.h"
#include "lib/replace.h"
#include "lib/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int write_file(const char *path, const struct tpr_report_data *data)
{
	struct tpr_replace replace;
	int error = tpr_replace_begin(&replace, path);

	if (error)
		return error;
	error = tpr_page_write(replace.out, data->text, data->bytes);
	return tpr_replace_end(&replace, error);
}

static void say_number(uint64_t number, const char *what, const char *behind)
{
	printf("%" PRIu64 " %s%s%s", number, what, number == 1 ? "" : "s", behind);
}

/**
 * tpr_report_output() - write a page, and say so on stdout
 * @path: where to; a file that is there gives way to it
 * @data: what it has
 *
 * Return: 0, or -errno after a message.
 */
int tpr_report_output(const char *path, const struct tpr_report_data *data)
{
	int error = write_file(path, data);

	if (error) {
		tpr_message("%s: %s", path, strerror(-error));
		return error;
	}
	tpr_text_show(stdout, path);
	fputs(": ", stdout);
	say_number(data->segments_nr, "segment", ", ");
	say_number(data->connections_nr, "connection", ", ");
	say_number(data->listeners_nr, "listener", "; open it in a browser\n");
	return 0;
}

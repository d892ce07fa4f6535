// SPDX-License-Identifier: GPL-2.0
/*
 * A report has what the commands have with -j: the log, the tables of sockets, the counters, and
 * the answer of explain if there is one. Who may not read the log gets a page without it, which
 * says so; a table that is missing or damaged otherwise is an error.
 */
#include "command/report/data.h"

#include "command.h"
#include "command/explain/explain.h"
#include "command/report/segments.h"
#include "command/report/transcript.h"
#include "command/report/vocabulary.h"
#include "command/saved.h"
#include "lib/message.h"
#include "lib/text.h"
#include "show/json.h"
#include "show/listing.h"
#include "system/procfs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

static void write_rows(FILE *out, const struct tpr_rows *rows)
{
	size_t i;

	tpr_json_head(out, rows->table);
	for (i = 0; i < rows->nr; i++)
		tpr_json_row(out, rows->table, rows->rows[i]);
}

static int write_listing(struct tpr_report_data *data, const struct tpr_listing_kind *kind,
			 uint64_t *rows_nr)
{
	struct tpr_listing listing;
	int error = tpr_listing_load(&listing, kind, data->options);

	if (!error) {
		write_rows(data->out, &listing.rows);
		*rows_nr = listing.rows.nr;
	}
	tpr_listing_free(&listing);
	return error;
}

static int write_table(struct tpr_report_data *data, const char *name,
		       const struct tpr_shape *shape)
{
	struct tpr_rows rows;
	int error = tpr_rows_load(&rows, data->options, name, shape);

	if (!error)
		write_rows(data->out, &rows);
	tpr_rows_free(&rows);
	return error;
}

static int write_segments(struct tpr_report_data *data)
{
	struct tpr_segments_choice choice = { .is_wanted = NULL };
	struct tpr_cookies cookies = { .nr = 0 };
	int error = data->scope ? tpr_cookies_init(&cookies, data->scope) : 0;

	if (error)
		return error;
	if (data->scope)
		choice = (struct tpr_segments_choice){ tpr_cookies_has_segment, &cookies };
	error = tpr_segments_write(data->out, data->options, &choice, &data->segments_nr);
	tpr_cookies_exit(&cookies);
	return error;
}

/* What save left out, as not everybody may read it, is missing in the page too. */
static int write_log(struct tpr_report_data *data)
{
	int error = write_segments(data);

	if (error != -EACCES && error != -EPERM && error != -ENOENT)
		return error;
	tpr_message("report: the page will have no segments and no replay");
	return 0;
}

/* A copy of the module's file that nobody had asked anything has advice where the rows would be. */
static bool is_answer(const struct tpr_file *file)
{
	struct tpr_table *table = tpr_table_create(file->path, &tpr_explain_shape);
	enum tpr_event event = TPR_EVENT_WAIT;
	bool is_asked = true;

	while (table && event == TPR_EVENT_WAIT)
		event = tpr_table_read(table, file->fd);
	if (event == TPR_EVENT_HEAD)
		is_asked = tpr_table_fact(table, "asked_ns");
	tpr_table_destroy(table);
	return is_asked;
}

static bool has_saved_answer(const struct tpr_options *options)
{
	struct tpr_file file;
	bool is_asked;

	if (!options->from || !tpr_procfs_has(options, TPR_PROCFS_EXPLAIN) ||
	    tpr_procfs_open(&file, options, TPR_PROCFS_EXPLAIN, 0))
		return false;
	is_asked = is_answer(&file);
	tpr_procfs_close(&file);
	return is_asked;
}

static int write_explain(struct tpr_report_data *data)
{
	struct tpr_explained explained;
	int error;

	if (!data->question && !has_saved_answer(data->options))
		return 0;
	error = tpr_explain_open(&explained, data->options);
	if (error)
		return error;
	error = tpr_explain_ask(&explained, data->question);
	if (!error)
		write_rows(data->out, &explained.rows);
	tpr_explain_close(&explained);
	return error;
}

/* Of a running kernel, what "saved" would say */
static void write_host(FILE *out)
{
	struct utsname kernel;

	if (uname(&kernel))
		return;
	fputs(",\"kernel\":", out);
	tpr_text_json(out, kernel.release);
	fputs(",\"host\":", out);
	tpr_text_json(out, kernel.nodename);
}

static int write_source(struct tpr_report_data *data)
{
	const char *from = data->options->from;

	fputs("{\"report\":\"" TPW_VERSION "\",\"from\":", data->out);
	if (from)
		tpr_text_json(data->out, from);
	else
		fputs("null", data->out);
	if (!from)
		write_host(data->out);
	if (data->scope) {
		fputs(",\"scope\":", data->out);
		tpr_text_json(data->out, data->scope->title);
	}
	fputs("}\n", data->out);
	if (from && tpr_procfs_has(data->options, TPR_SAVED))
		return write_table(data, TPR_SAVED, &tpr_saved_shape);
	return 0;
}

/* What was refused, taken and counted is nobody's. */
static void write_scope(struct tpr_report_data *data)
{
	write_rows(data->out, data->scope->connections);
	write_rows(data->out, data->scope->listeners);
	data->connections_nr = data->scope->connections->nr;
	data->listeners_nr = data->scope->listeners->nr;
}

/* Files that somebody kept may be without it. */
static int write_taken(struct tpr_report_data *data)
{
	uint64_t unused;

	if (data->options->from && !tpr_procfs_has(data->options, "taken"))
		return 0;
	return write_listing(data, &tpr_taken_kind, &unused);
}

static int write_tables(struct tpr_report_data *data)
{
	uint64_t unused;
	int error;

	error = write_listing(data, &tpr_connections_kind, &data->connections_nr);
	if (!error)
		error = write_listing(data, &tpr_listeners_kind, &data->listeners_nr);
	if (!error)
		error = write_listing(data, &tpr_refused_kind, &unused);
	if (!error)
		error = write_taken(data);
	if (!error)
		error = write_table(data, "counters", &tpr_counters_shape);
	return error;
}

/* The log first: the tables then have what became of its last sockets, too. */
static int write_all(struct tpr_report_data *data)
{
	int error = write_source(data);

	tpr_vocabulary_write(data->out);
	if (!error)
		error = tpr_transcript_write(data->out, data->options);
	if (!error)
		error = write_log(data);
	if (!error && data->scope)
		write_scope(data);
	else if (!error)
		error = write_tables(data);
	return error ? error : write_explain(data);
}

/**
 * tpr_report_gather() - read all that a report has
 * @data: @options and @question are set, all else is 0; for tpr_report_free()
 *
 * Return: 0, or -errno after a message; -EDOM if the question was wrong.
 */
int tpr_report_gather(struct tpr_report_data *data)
{
	int error;

	data->out = open_memstream(&data->text, &data->bytes);
	if (!data->out) {
		tpr_message("out of memory");
		return -ENOMEM;
	}
	error = write_all(data);
	if (fclose(data->out) && !error) {
		tpr_message("out of memory");
		error = -ENOMEM;
	}
	return error;
}

/**
 * tpr_report_free() - free what was gathered
 * @data: from tpr_report_gather(), whatever it returned
 */
void tpr_report_free(struct tpr_report_data *data)
{
	free(data->text);
}

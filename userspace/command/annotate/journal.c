// SPDX-License-Identifier: GPL-2.0
/*
 * A file that begins as a table does, or with an object, is a log by itself: what log or log -j wrote, or
 * a copy of the module's file. It tells nothing of listeners and processes. All else is what save wrote.
 */
#include "command/annotate/journal.h"

#include "command/annotate/json_log.h"
#include "command/annotate/records.h"
#include "command/filter.h"
#include "lib/message.h"
#include "show/verdict_line.h"
#include "system/archive.h"
#include "system/procfs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * tpr_journal_event() - take what the parser of the log found
 * @annotation: where rows go
 * @table: the log
 * @event: what was found
 *
 * Return: 0, or -errno after a message.
 */
int tpr_journal_event(struct tpr_annotation *annotation, const struct tpr_table *table,
		      enum tpr_event event)
{
	switch (event) {
	case TPR_EVENT_HEAD:
		tpr_table_warn_blind(table);
		return 0;
	case TPR_EVENT_ROW:
		return tpr_records_add(annotation, table);
	case TPR_EVENT_LOST:
		annotation->lost_nr += table->lost;
		return 0;
	case TPR_EVENT_ERROR:
		tpr_message("%s", tpr_table_error(table));
		return -EINVAL;
	default:
		return 0;
	}
}

static int read_rows(struct tpr_annotation *annotation, struct tpr_table *table, int fd)
{
	enum tpr_event event;
	int error;

	do {
		event = tpr_table_read(table, fd);
		error = tpr_journal_event(annotation, table, event);
	} while (!error && event != TPR_EVENT_END);
	return error;
}

static int read_table(struct tpr_annotation *annotation, const char *path, FILE *json, int fd)
{
	struct tpr_table *table = tpr_table_create(path, &tpr_verdict_shape);
	int error = 0;

	if (!table) {
		tpr_message("out of memory");
		return -ENOMEM;
	}
	if (json)
		error = tpr_json_log_push(table, json, path);
	if (!error)
		error = read_rows(annotation, table, fd);
	tpr_table_destroy(table);
	return error;
}

/* What a log by itself begins with; 0 of anything else */
static char first_byte(const char *path)
{
	FILE *file = tpr_archive_is(path) ? fopen(path, "re") : NULL;
	int c = file ? fgetc(file) : EOF;

	if (file)
		fclose(file);
	return c == '#' || c == '{' ? (char)c : '\0';
}

static int read_file(struct tpr_annotation *annotation, const char *path, bool is_json)
{
	FILE *file = fopen(path, "re");
	int error;

	if (!file) {
		tpr_message("%s: %s", path, strerror(errno));
		return -EINVAL;
	}
	error = read_table(annotation, path, is_json ? file : NULL, fileno(file));
	fclose(file);
	return error;
}

static int read_module(struct tpr_annotation *annotation, const struct tpr_options *options)
{
	struct tpr_file file;
	int error = tpr_procfs_open(&file, options, "log", 0);

	if (error)
		return error;
	error = read_table(annotation, file.path, NULL, file.fd);
	tpr_procfs_close(&file);
	return error;
}

/**
 * tpr_journal_is_filtered() - whether the log has not all verdicts
 * @options: --from and --net
 *
 * Return: whether a filter keeps some from it, as far as that can be seen.
 */
bool tpr_journal_is_filtered(const struct tpr_options *options)
{
	bool has_rules = !options->is_all && tpr_procfs_has(options, "filter");
	char *rules = has_rules ? tpr_filter_rules(options) : NULL;
	bool is_filtered = rules && strcmp(rules, "all");

	free(rules);
	return is_filtered;
}

/**
 * tpr_journal_read() - read the log, and what explains it
 * @annotation: where rows go
 * @owners: filled in; for tpr_owners_free(), whatever is returned
 * @options: --from and --net
 *
 * Return: 0, or -errno after a message.
 */
int tpr_journal_read(struct tpr_annotation *annotation, struct tpr_owners *owners,
		     const struct tpr_options *options)
{
	char first = options->from ? first_byte(options->from) : '\0';
	int error;

	*owners = (struct tpr_owners){ .list = NULL };
	if (first)
		return read_file(annotation, options->from, first == '{');
	annotation->is_filtered = tpr_journal_is_filtered(options);
	error = read_module(annotation, options);
	if (!error)
		error = tpr_owners_load(owners, options);
	return error ? error : tpr_records_locals(annotation, owners);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Of saved files: when and where they were saved, and which of them cannot be judged.
 */
#include "command/doctor/examine.h"

#include "command.h"
#include "command/saved.h"
#include "system/procfs.h"
#include "table/clock.h"

#include <errno.h>
#include <string.h>

/* To the second; tpr_clock_utc() has more */
#define SECOND_BYTES	19

/**
 * tpr_examine_load() - read a table, and say if that cannot be done of saved ones
 * @findings: where the finding goes
 * @rows: filled in; for tpr_rows_free(), whatever is returned
 * @name: of the table
 * @shape: what it must have
 *
 * Return: 0, or -errno after a message.
 */
int tpr_examine_load(struct tpr_findings *findings, struct tpr_rows *rows, const char *name,
		     const struct tpr_shape *shape)
{
	int error = tpr_rows_load(rows, findings->options, name, shape);

	if (error && findings->options->from)
		tpr_finding(findings, error == -ENOENT ? TPR_HEALTH_WARN : TPR_HEALTH_FAIL,
			    "tables", NULL, error == -ENOENT ?
			    "%s was not saved: what it would tell is not known" :
			    "%s cannot be read: what it would tell is not known", name);
	return error;
}

/**
 * tpr_examine_has_tables() - whether any of the saved files is one that can be judged
 * @options: --from
 *
 * Return: whether there is one; else there was a message.
 */
bool tpr_examine_has_tables(const struct tpr_options *options)
{
	static const char *const tables[] = {
		"listeners", "hooks", "counters", "connections", "refused", "taken",
	};
	struct tpr_file file;
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		if (tpr_procfs_has(options, tables[i]))
			return true;
	}
	if (tpr_procfs_open(&file, options, tables[0], 0))
		return false;
	tpr_procfs_close(&file);
	return true;
}

/* " at 2026-11-30T12:00:00Z", or nothing if that is not known; of any table. */
static void put_time(char *text, size_t bytes, const struct tpr_table *table)
{
	const char *now = tpr_table_fact(table, "now_ns");
	char time[TPR_CLOCK_BYTES];
	int64_t wall_ns;

	text[0] = '\0';
	if (!now || !tpr_clock_wall(table, now, &wall_ns))
		return;
	tpr_clock_utc(time, wall_ns);
	snprintf(text, bytes, " at %.*sZ", SECOND_BYTES, time);
}

static void tell(struct tpr_findings *findings, const struct tpr_table *table, const char *host)
{
	char time[TPR_CLOCK_BYTES + 8] = "";

	if (table)
		put_time(time, sizeof(time), table);
	tpr_finding(findings, TPR_HEALTH_NOTE, "machine", NULL,
		    "saved%s%s%s: the machine itself is not examined", time, host ? " on " : "",
		    host ? host : "");
}

static void judge_version(struct tpr_findings *findings, const char *version)
{
	if (!version)
		return;
	if (!strcmp(version, TPW_VERSION))
		tpr_finding(findings, TPR_HEALTH_OK, "module", NULL, "version %s was loaded",
			    version);
	else
		tpr_finding(findings, TPR_HEALTH_WARN, "module",
			    "use the tuplewatch that came with the module",
			    "version %s was loaded; this reader is %s", version, TPW_VERSION);
}

/*
 * Files that somebody has copied by hand: the tables of sockets have the time, too. What is wrong
 * with one is told when its rows are read.
 */
static void examine_copies(struct tpr_findings *findings)
{
	struct tpr_table *table = NULL;
	enum tpr_event event = TPR_EVENT_ERROR;
	struct tpr_file file;

	if (tpr_procfs_has(findings->options, "listeners") &&
	    !tpr_procfs_open(&file, findings->options, "listeners", 0)) {
		table = tpr_table_create(file.path, &tpr_listeners_shape);
		event = table ? tpr_table_read(table, file.fd) : TPR_EVENT_ERROR;
		tpr_procfs_close(&file);
	}
	tell(findings, event == TPR_EVENT_HEAD ? table : NULL, NULL);
	tpr_table_destroy(table);
}

/**
 * tpr_examine_saved() - when and where the files were saved, of which module
 * @findings: where the findings go
 */
void tpr_examine_saved(struct tpr_findings *findings)
{
	struct tpr_rows saved = { 0 };

	if (tpr_procfs_has(findings->options, TPR_SAVED) &&
	    !tpr_examine_load(findings, &saved, TPR_SAVED, &tpr_saved_shape)) {
		tell(findings, saved.table, tpr_saved_value(&saved, "host"));
		judge_version(findings, tpr_saved_value(&saved, "module"));
	} else {
		examine_copies(findings);
	}
	tpr_rows_free(&saved);
}

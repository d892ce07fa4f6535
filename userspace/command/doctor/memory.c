// SPDX-License-Identifier: GPL-2.0
/*
 * What the module remembers, and what it had to forget for want of room.
 */
#include "command.h"

#include "command/doctor/examine.h"
#include "system/procfs.h"
#include "table/rows.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

/* More than the page has: 50 lines of 80 columns */
#define OVERVIEW_BYTES	16384

/* A fact that is not this reader's to know. */
static bool is_hidden(const struct tpr_rows *rows, const char *key)
{
	const char *fact = tpr_table_fact(rows->table, key);

	return fact && tpr_table_is_hidden(fact);
}

static void judge_table(struct tpr_findings *findings, const struct tpr_rows *rows,
			const char *name, const char *advice)
{
	/* A module that does not tell of all namespaces tells of none but all. */
	const char *whose = tpr_table_fact(rows->table, "evicted_all") &&
			    !is_hidden(rows, "evicted_all") ? "evicted_all" : "evicted";
	uint64_t evicted = tpr_rows_fact(rows, whose), closed = tpr_rows_fact(rows, "forgotten");
	uint64_t max = tpr_rows_fact(rows, "max");

	if (is_hidden(rows, "evicted"))
		tpr_finding(findings, TPR_HEALTH_NOTE, "memory", NULL,
			    "room for %" PRIu64 " %s; what was forgotten is hidden from %s", max, name,
			    findings->options->from ? "who saved it" : "you");
	else if (is_hidden(rows, "held"))
		tpr_finding(findings, evicted ? TPR_HEALTH_WARN : TPR_HEALTH_OK, "memory",
			    evicted ? advice : NULL,
			    "room for %" PRIu64 " %s, %" PRIu64 " of this namespace forgotten", max,
			    name, evicted);
	else
		tpr_finding(findings, evicted ? TPR_HEALTH_WARN : TPR_HEALTH_OK, "memory",
			    evicted ? advice : NULL,
			    "%" PRIu64 " of %" PRIu64 " %s remembered, %" PRIu64
			    " forgotten for want of room", tpr_rows_fact(rows, "held"), max, name, evicted);
	if (closed)
		tpr_finding(findings, TPR_HEALTH_OK, "memory", NULL,
			    "%" PRIu64 " closed %s of this namespace forgotten too", closed, name);
}

static void examine_table(struct tpr_findings *findings, const char *name,
			  const struct tpr_shape *shape, const char *advice)
{
	struct tpr_rows rows;

	if (!tpr_examine_load(findings, &rows, name, shape))
		judge_table(findings, &rows, name, advice);
	tpr_rows_free(&rows);
}

/* As much of it as there is room for; a saved one may be anything. */
static void read_overview(char *text, const struct tpr_options *options)
{
	struct tpr_file file;
	ssize_t bytes = 1;
	size_t nr = 0;

	text[0] = '\0';
	if (!tpr_procfs_has(options, TPR_PROCFS_OVERVIEW) ||
	    tpr_procfs_open(&file, options, TPR_PROCFS_OVERVIEW, 0))
		return;
	while (bytes > 0 && nr < OVERVIEW_BYTES - 1) {
		bytes = read(file.fd, text + nr, OVERVIEW_BYTES - 1 - nr);
		nr += bytes > 0 ? (size_t)bytes : 0;
	}
	text[nr] = '\0';
	tpr_procfs_close(&file);
}

/* The overview is the only file that says it: "...; memory 6.7 MiB" */
static void examine_bytes(struct tpr_findings *findings)
{
	static const char key[] = "; memory ";
	char text[OVERVIEW_BYTES], *at;

	read_overview(text, findings->options);
	at = strstr(text, key);
	if (at) {
		at += strlen(key);
		at[strcspn(at, "\n;")] = '\0';
		tpr_finding(findings, TPR_HEALTH_OK, "memory", NULL, "%s in all, taken at load", at);
	}
}

/**
 * tpr_examine_memory() - what was forgotten, and which parameter makes room
 * @findings: where the findings go
 * @has_listeners: that table can be read
 */
void tpr_examine_memory(struct tpr_findings *findings, bool has_listeners)
{
	if (has_listeners)
		examine_table(findings, "listeners", &tpr_listeners_shape,
			      "rmmod tuplewatch; insmod tuplewatch.ko max_listeners=...");
	examine_table(findings, "connections", &tpr_connections_shape,
		      "rmmod tuplewatch; insmod tuplewatch.ko max_connections=...");
	examine_bytes(findings);
}

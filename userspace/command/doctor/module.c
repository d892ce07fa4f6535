// SPDX-License-Identifier: GPL-2.0
/*
 * How the loaded module does, or did when its files were saved, from these.
 */
#include "command/doctor/examine.h"

#include "lib/file.h"
#include "lib/text.h"
#include "lib/words.h"
#include "system/procfs.h"
#include "table/rows.h"
#include "table/watched.h"
#include "command.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is not known where an optional hook is not armed. */
static const struct {
	const char *hook;
	const char *loss;
} losses[] = {
	{ "state", "when TCP sockets close, and why" },
	{ "request", "which cookie a request had" },
	{ "birth", "which listener a connection was born from, and how long it waited" },
	{ "birth-queued", "which listener a Fast Open connection was born from" },
	{ "time-wait", "that a connection went on as TIME_WAIT, and who closed it first" },
	{ "close-udp", "when UDP sockets close" },
	{ "netfilter-add", "when others hook INPUT; so arrivals are counted always, which costs time" },
	{ "netfilter-remove", "when others leave INPUT; arrivals are counted some seconds longer" },
	{ "bind-udp", "who opened a UDP socket" },
	{ "reset", "that RST was sent for a segment or to end a connection" },
	{ "accept", "who accepted a connection, and when" },
	{ "cookie-send", "how many SYN cookies were sent" },
	{ "cookie-check", "whether SYN cookies were good" },
	{ "listener-search", "whether a BPF program chose the listener" },
	{ "listener-walk", "whether a BPF program chose the listener" },
	{ "reuseport-select", "which member of a reuseport group was chosen, and how" },
	{ "reuseport-migrate", "what a listener lost or handed on when it was closed" },
	{ "child-create", "that the accept queue was full when a handshake ended" },
};

static const char *loss_of(const char *hook)
{
	size_t bytes = strcspn(hook, "6"), i;

	for (i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
		if (strlen(losses[i].hook) == bytes && !strncmp(losses[i].hook, hook, bytes))
			return losses[i].loss;
	}
	return "what it would have told ('?' in the tables)";
}

/* The canary is the module's own, and tracepoints have types. */
static bool is_unexamined(const char *target, const char *backend)
{
	return strcmp(backend, "tracepoint") && strncmp(target, "tpw_", 4) &&
	       !tpr_arguments_are_known(target);
}

static void examine_hook(struct tpr_findings *findings, const struct tpr_rows *rows, size_t row)
{
	const char *hook = tpr_rows_get(rows, row, "hook");
	const char *state = tpr_rows_get(rows, row, "state");
	uint64_t missed = tpr_rows_number(rows, row, "missed");

	/* What is lost without one that is required is a finding of its own. */
	if ((!strcmp(state, "missing") || !strcmp(state, "failed")) &&
	    strcmp(tpr_rows_get(rows, row, "need"), "required"))
		tpr_finding(findings, TPR_HEALTH_WARN, "hooks", NULL,
			    "%s (%s) is %s; not known: %s", hook, tpr_rows_get(rows, row, "target"),
			    state, loss_of(hook));
	if (!findings->options->from &&
	    is_unexamined(tpr_rows_get(rows, row, "target"), tpr_rows_get(rows, row, "backend")))
		tpr_finding(findings, TPR_HEALTH_WARN, "arguments",
			    "use the tuplewatch that came with the module",
			    "what %s (%s) takes its arguments for is not known to this reader",
			    hook, tpr_rows_get(rows, row, "target"));
	if (missed)
		tpr_finding(findings, TPR_HEALTH_WARN, "missed",
			    "insmod tuplewatch.ko backend=ftrace, which misses none",
			    "%s (%s) missed %" PRIu64 " call%s", hook,
			    tpr_rows_get(rows, row, "target"), missed,
			    tpr_text_plural(missed, "", "s"));
}

static void judge_hooks(struct tpr_findings *findings, const struct tpr_rows *rows)
{
	const char *backend = tpr_table_fact(rows->table, "backend");
	const char *enabled = tpr_table_fact(rows->table, "enabled");
	const char *netfilter = tpr_table_fact(rows->table, "netfilter");
	bool is_watching = !strcmp(tpr_table_fact(rows->table, "canary"), "yes");

	findings->concern = TPR_CONCERN_SIGHT;
	if (enabled && !strcmp(enabled, "0"))
		tpr_finding(findings, TPR_HEALTH_FAIL, "hooks",
			    "echo 1 > /sys/module/tuplewatch/parameters/enabled",
			    "enabled=0: the hooks are detached");
	else if (!is_watching)
		tpr_finding(findings, TPR_HEALTH_FAIL, "hooks", !strcmp(backend, "ftrace") ?
			    "sysctl kernel.ftrace_enabled=1" :
			    "echo 1 > /sys/kernel/debug/kprobes/enabled",
			    "NOT WATCHING: no hook fires; backend %s", backend);
	else
		tpr_finding(findings, TPR_HEALTH_OK, "hooks", NULL,
			    "%s of %s armed by %s, and they fire",
			    tpr_table_fact(rows->table, "armed"),
			    tpr_table_fact(rows->table, "total"), backend);
	findings->concern = TPR_CONCERN_INSTALLATION;
	if (netfilter && !strcmp(netfilter, "0"))
		tpr_finding(findings, TPR_HEALTH_NOTE, "firewall", NULL,
			    "netfilter=0: what a firewall drops is not counted");
}

static void judge_families(struct tpr_findings *findings, const struct tpr_rows *rows)
{
	size_t i;

	findings->concern = TPR_CONCERN_SIGHT;
	for (i = 0; i < TPR_FAMILIES_NR; i++) {
		char *sentence = tpr_watched_sentence(rows->table, i);

		if (sentence)
			tpr_finding(findings, TPR_HEALTH_WARN, "hooks",
				    "use another kernel; all else is watched", "%s", sentence);
		free(sentence);
	}
	findings->concern = TPR_CONCERN_INSTALLATION;
}

static void examine_hooks(struct tpr_findings *findings)
{
	struct tpr_rows rows;
	size_t i;

	if (!tpr_examine_load(findings, &rows, "hooks", &tpr_hooks_shape)) {
		judge_hooks(findings, &rows);
		judge_families(findings, &rows);
		for (i = 0; i < rows.nr; i++)
			examine_hook(findings, &rows, i);
	}
	tpr_rows_free(&rows);
}

static void examine_counters(struct tpr_findings *findings)
{
	uint64_t unwatched, unresolved, unlogged, seen;
	struct tpr_rows rows;

	if (!tpr_examine_load(findings, &rows, "counters", &tpr_counters_shape)) {
		/* TCP of a family that is not watched is counted by the kernel all the same. */
		unwatched = tpr_watched_has_tcp(rows.table) ? tpr_rows_fact(&rows, "unwatched") : 0;
		unresolved = tpr_counters_total(&rows, "unresolved");
		unlogged = tpr_counters_total(&rows, "unlogged");
		seen = tpr_counters_total(&rows, "seen");
		if (unwatched || unresolved || unlogged)
			tpr_finding(findings, TPR_HEALTH_WARN, "counters",
				    "report it: by the backend ftrace these are 0",
				    "%" PRIu64 " %s not seen, %" PRIu64 " not explained, %" PRIu64
				    " not logged", unwatched,
				    tpr_text_plural(unwatched, "segment was", "segments were"),
				    unresolved, unlogged);
		else
			tpr_finding(findings, TPR_HEALTH_OK, "counters", NULL,
				    "%" PRIu64 " segment%s seen, each of them explained", seen,
				    tpr_text_plural(seen, "", "s"));
	}
	tpr_rows_free(&rows);
}

static void examine_version(struct tpr_findings *findings)
{
	char *text = tpr_file_read(NULL, "%s/sys/module/tuplewatch/version", tpr_file_root());

	if (text)
		text[strcspn(text, "\n")] = '\0';
	if (!text)
		tpr_finding(findings, TPR_HEALTH_OK, "module", NULL, "loaded");
	else if (!strcmp(text, TPW_VERSION))
		tpr_finding(findings, TPR_HEALTH_OK, "module", NULL, "version %s is loaded", text);
	else
		tpr_finding(findings, TPR_HEALTH_WARN, "module",
			    "use the tuplewatch that came with the module",
			    "version %s is loaded; this reader is %s", text, TPW_VERSION);
	free(text);
}

static void examine_rights(struct tpr_findings *findings)
{
	if (geteuid())
		tpr_finding(findings, TPR_HEALTH_NOTE, "rights", "sudo tuplewatch ...",
			    "without CAP_NET_ADMIN there are no cookies and no log, and of others' "
			    "sockets no more than /proc/net/tcp has");
}

/* What anybody may open of a module that looks at everybody. */
static void examine_openness(struct tpr_findings *findings)
{
	char *text = tpr_file_read(NULL, "%s/sys/module/tuplewatch/parameters/admin_only",
				   tpr_file_root());
	char *users = tpr_file_read(NULL, "%s/sys/user/max_user_namespaces",
				    tpr_procfs_root());
	bool has_containers = users && strtoul(users, NULL, 10);

	if (text && *text == 'Y')
		tpr_finding(findings, TPR_HEALTH_OK, "openness", NULL,
			    "only administrators of this host may open the files");
	else if (text)
		tpr_finding(findings, TPR_HEALTH_NOTE, "openness",
			    "echo 1 > /sys/module/tuplewatch/parameters/admin_only, if others use "
			    "this host",
			    "everybody may open the files, and sees his own sockets%s",
			    has_containers ? "; whoever makes a user namespace, the log of his own "
					     "network namespaces" : "");
	free(text);
	free(users);
}

/**
 * tpr_examine_module() - how the loaded module does; of saved files, what its tables tell of that
 * @findings: where the findings go
 */
void tpr_examine_module(struct tpr_findings *findings)
{
	if (!findings->options->from)
		examine_version(findings);
	examine_hooks(findings);
	examine_counters(findings);
	if (findings->options->from)
		return;
	examine_rights(findings);
	examine_openness(findings);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A record of the log as text.
 */
#include "proc/log_row.h"

#include "uapi/columns.h"
#include "verdict/reason.h"
#include "verdict/verdict.h"
#include "store/connections.h"
#include "proc/proc.h"

#include <linux/kernel.h>

static const char columns[] = TPW_LOG_COLUMNS(TPW_COLUMN_NAME) "\n";

/** tpw_log_row_columns() - Return: line 2 of the table. */
const char *tpw_log_row_columns(void)
{
	return &columns[1];
}

static const char *proto_name(const struct tpw_verdict *v)
{
	static const char *const names[TPW_FAMILY_NR] = {
		[TPW_TCP4] = "tcp",
		[TPW_TCP6] = "tcp6",
		[TPW_UDP4] = "udp",
		[TPW_UDP6] = "udp6",
	};

	return names[v->family];
}

static void format_mods(char *buf, size_t size, const struct tpw_verdict *v)
{
	size_t n = 0;

	if (v->mods & TPW_MOD_DUAL)
		n += scnprintf(buf + n, size - n, ",dual");
	if (v->mods & TPW_MOD_DEVICE)
		n += scnprintf(buf + n, size - n, ",device");
	if (v->mods & TPW_MOD_MPTCP)
		n += scnprintf(buf + n, size - n, ",mptcp");
	if (!n)
		scnprintf(buf, size, ",-");
}

static void format_receivers(char *buf, size_t size, const struct tpw_verdict *v)
{
	if (v->via == TPW_VIA_MULTICAST || v->receivers > 1)
		scnprintf(buf, size, "%u", v->receivers);
	else
		scnprintf(buf, size, "-");
}

/* "member group chooser" */
static void format_group(char *buf, size_t size, const struct tpw_verdict *v)
{
	const char *chooser = tpw_chooser_names[v->chooser];

	if (v->chooser == TPW_CHOOSER_NOBODY)
		scnprintf(buf, size, "- - -");
	else if (v->match == TPW_MATCH_NONE)
		scnprintf(buf, size, "- %u %s", v->members, chooser);
	else if (!v->member)
		scnprintf(buf, size, "? %u %s", v->members, chooser);
	else
		scnprintf(buf, size, "%u %u %s", v->member, v->members, chooser);
}

static void format_cookie(char *buf, size_t size, const struct tpw_verdict *v)
{
	if (v->cookie)
		scnprintf(buf, size, "%llx", v->cookie);
	else if (v->match == TPW_MATCH_NONE || v->via == TPW_VIA_UNSEARCHED)
		scnprintf(buf, size, "-");
	else
		scnprintf(buf, size, "?");
}

static void format_listener(char *buf, size_t size, const struct tpw_verdict *v)
{
	if (v->listener)
		scnprintf(buf, size, "%llx", v->listener);
	else if (v->match == TPW_MATCH_UNKNOWN)
		scnprintf(buf, size, "?");
	else
		scnprintf(buf, size, "-");
}

/* Of a connection that had been asked for before, its row knows. */
static void format_asked(char *buf, size_t size, const struct tpw_verdict *v)
{
	struct tpw_asked asked = v->asked;

	if (asked.is == TPW_ASKED_UNKNOWN && v->cookie)
		tpw_connections_asked(v->cookie, &v->tuple, &asked);
	tpw_proc_format_asked(buf, size, &asked, v->tuple.family, false);
}

/**
 * tpw_log_row_format() - a record as a row of the table
 * @buf: where to
 * @size: of @buf, TPW_LOG_ROW_LEN
 * @inum: of its namespace, as people know it
 * @rec: the record
 *
 * Context: any.
 * Return: how long the row is.
 */
size_t tpw_log_row_format(char *buf, size_t size, u32 inum,
			  const struct tpw_log_record *rec)
{
	const struct tpw_verdict *v = &rec->v;
	char local[TPW_ENDPOINT_LEN], foreign[TPW_ENDPOINT_LEN];
	char asked[TPW_ENDPOINT_LEN];
	char dev[4 * TPW_DEV_LEN + 8], mods[24], receivers[8], group[24];
	char cookie[20], listener[20], flags[8];
	bool is_tcp = tpw_family_is_tcp(v->family);

	tpw_proc_format_addr(local, sizeof(local), &v->tuple.local,
			     v->tuple.family, v->tuple.lport, NULL);
	tpw_proc_format_addr(foreign, sizeof(foreign), &v->tuple.foreign,
			     v->tuple.family, v->tuple.fport, NULL);
	tpw_proc_escape(dev, sizeof(dev), v->dev, TPW_DEV_LEN);
	format_mods(mods, sizeof(mods), v);
	format_receivers(receivers, sizeof(receivers), v);
	format_group(group, sizeof(group), v);
	format_cookie(cookie, sizeof(cookie), v);
	format_listener(listener, sizeof(listener), v);
	format_asked(asked, sizeof(asked), v);
	return scnprintf(buf, size,
			 "%llu %llu %u %u %s %s %s %s %s %u %s %s %s %s %s %s %s %s %s %s %s %s\n",
			 rec->seq, rec->time_ns, rec->cpu, inum, dev,
			 proto_name(v), foreign, local,
			 is_tcp ? tpw_flags_format(v->flags, flags) : "-",
			 v->len, tpw_via_names[v->via],
			 tpw_match_names[v->match],
			 v->match == TPW_MATCH_UNKNOWN ? "?" :
			 tpw_state_name(v->state), mods + 1, receivers, group,
			 v->relookup ? tpw_relookup_names[v->relookup - 1] : "-",
			 cookie, listener, tpw_outcome_names[v->outcome],
			 v->outcome == TPW_OUTCOME_DROPPED ?
			 tpw_reason_name(v->reason) : "-", asked);
}

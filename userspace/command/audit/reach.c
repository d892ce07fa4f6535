// SPDX-License-Identifier: GPL-2.0
/*
 * Listeners that can get nothing. Who gets a segment depends on its address, port, device and CPU,
 * and for a member of a group on its sender. All of these that can make a difference are tried, by
 * asking the module, until the listener is the one.
 *
 * Most need no question: who shares its port with nobody that could be in its way gets all.
 */
#include "command/audit/audit.h"

#include "lib/message.h"
#include "lib/text.h"
#include "lib/words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_loopback(const char *address)
{
	return !strncmp(address, "127.", 4) || !strcmp(address, "[::1]");
}

static bool is_v6_socket(const struct tpr_audit *audit, size_t row)
{
	return *tpr_audit_get(audit, row, "local") == '[';
}

static bool takes_ipv6_only(const struct tpr_audit *audit, size_t row)
{
	return tpr_text_has_word(tpr_audit_get(audit, row, "flags"), TPR_SOCKET_FLAG_ONLY_IPV6);
}

/* Could both, of one port, be asked for the same segment? Said too often, it costs a question. */
static bool meet(const struct tpr_audit *audit, size_t a, size_t b)
{
	const struct tpr_audited *one = &audit->audited[a], *other = &audit->audited[b];

	return a != b && (one->is_any || other->is_any || !strcmp(one->address, other->address));
}

static bool is_alone(const struct tpr_audit *audit, size_t row)
{
	size_t nr, i, first = tpr_audit_with_port(audit, row, &nr);

	for (i = first; i < first + nr; i++) {
		if (meet(audit, row, audit->by_port[i]))
			return false;
	}
	return true;
}

/* Is this row of an answer about that listener? */
static bool is_about(const struct tpr_audit *audit, size_t found, size_t row)
{
	return tpr_audit_find(audit, found) == row;
}

/* The row of an answer in which the listener itself was looked at. */
static size_t find_socket(const struct tpr_audit *audit, size_t row)
{
	size_t found = 0;

	while ((found = tpr_explain_find(&audit->explained, found, "socket")) != TPR_EXPLAIN_NONE &&
	       !is_about(audit, found, row))
		found++;
	return found;
}

/* Members of a group are bound alike. */
static bool is_together(const struct tpr_explained *explained, size_t a, size_t b)
{
	static const char *const columns[] = { "step", "proto", "local", "dev" };
	size_t i;

	for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		if (!tpr_explain_is(explained, a, columns[i],
				    tpr_explain_get(explained, b, columns[i])))
			return false;
	}
	return tpr_explain_has_flag(explained, a, TPR_SOCKET_FLAG_REUSEPORT) &&
	       tpr_explain_has_flag(explained, b, TPR_SOCKET_FLAG_REUSEPORT);
}

/* On a CPU that one of a group asks for, the others get nothing. */
static bool has_cpu(const struct tpr_explained *explained, size_t member, const char *cpu)
{
	size_t other = 0;

	if (tpr_explain_is(explained, member, "incoming_cpu", cpu))
		return true;
	for (; (other = tpr_explain_find(explained, other, "socket")) != TPR_EXPLAIN_NONE; other++) {
		if (is_together(explained, member, other) &&
		    tpr_explain_is(explained, other, "incoming_cpu", cpu))
			return false;
	}
	return true;
}

/* The socket that the walk ended at, or NONE. */
static size_t find_stopper(const struct tpr_explained *explained)
{
	size_t row = 0;

	while ((row = tpr_explain_find(explained, row, "socket")) != TPR_EXPLAIN_NONE &&
	       !tpr_explain_is(explained, row, "fate", TPR_FATE_GROUP_STOPS))
		row++;
	return row;
}

/* Does this result, of one CPU, leave something for the listener? */
static bool can_get(const struct tpr_audit *audit, size_t result, size_t row)
{
	const struct tpr_explained *explained = &audit->explained;
	size_t socket = find_socket(audit, row), stopper = find_stopper(explained);

	if (is_about(audit, result, row))
		return true;
	if (socket == TPR_EXPLAIN_NONE || stopper == TPR_EXPLAIN_NONE ||
	    !is_together(explained, socket, stopper))
		return false;
	/* A program may choose any member; the hash any that its CPU allows. */
	return !tpr_explain_is(explained, result, "chooser", TPR_CHOOSER_HASH) ||
	       has_cpu(explained, socket, tpr_explain_get(explained, result, "cpu"));
}

/* The row that counts for a CPU: behind a BPF sk_lookup program, what it lets pass. */
static size_t next_result(const struct tpr_explained *explained, size_t from)
{
	size_t row = tpr_explain_find(explained, from, "result"), next;

	if (row == TPR_EXPLAIN_NONE || !tpr_explain_is(explained, row, "name", TPR_STEP_SK_LOOKUP))
		return row;
	next = tpr_explain_find(explained, row, "otherwise");
	return next == TPR_EXPLAIN_NONE ? row : next;
}

/* Remember who gets it instead, the first that is met. */
static void note(struct tpr_audit *audit, size_t result, size_t row)
{
	if (audit->audited[row].by ||
	    tpr_explain_is(&audit->explained, result, "fate", TPR_MATCH_NONE) ||
	    tpr_explain_is(&audit->explained, result, "fate", "?"))
		return;
	audit->audited[row].by = tpr_explain_socket(&audit->explained, result);
}

/* Of all that was looked at, what the table of listeners does not say. */
static void learn(struct tpr_audit *audit)
{
	size_t found = 0, row;

	for (; (found = tpr_explain_find(&audit->explained, found, "socket")) != TPR_EXPLAIN_NONE;
	     found++) {
		row = tpr_audit_find(audit, found);
		if (row < audit->listeners.nr &&
		    !tpr_explain_is(&audit->explained, found, "incoming_cpu", "-"))
			audit->audited[row].has_cpu = true;
	}
}

/* Set @can if the listener can get a segment to this address on this device. */
static int try(struct tpr_audit *audit, size_t row, const char *address, const char *dev, bool *can)
{
	size_t result = 0;
	int error;

	error = tpr_audit_ask(audit, row, address, dev);
	if (error)
		return error;
	learn(audit);
	for (; !*can && (result = next_result(&audit->explained, result)) != TPR_EXPLAIN_NONE;
	     result++) {
		*can = can_get(audit, result, row);
		if (!*can)
			note(audit, result, row);
	}
	return 0;
}

/* Is one of those that it meets bound to the device? */
static bool is_bound_device(const struct tpr_audit *audit, size_t row, const char *dev)
{
	size_t nr, i, first = tpr_audit_with_port(audit, row, &nr);

	for (i = first; i < first + nr; i++) {
		if (meet(audit, row, audit->by_port[i]) &&
		    !strcmp(tpr_audit_get(audit, audit->by_port[i], "dev"), dev))
			return true;
	}
	return false;
}

/*
 * The devices that make a difference: those that it or others are bound to, and one that nobody is.
 * Loopback addresses have lo, and all others do not.
 */
static int try_devices(struct tpr_audit *audit, size_t row, const char *address, bool *can)
{
	const char *own = tpr_audit_get(audit, row, "dev");
	bool has_other = false;
	int error = 0;
	size_t i;

	for (i = 0; !error && !*can && i < audit->devices_nr; i++) {
		const char *dev = audit->devices[i];

		if (is_loopback(address) != !strcmp(dev, "lo"))
			continue;
		if (tpr_table_is_value(own) && strcmp(own, dev))
			continue;
		if (!tpr_table_is_value(own) && !is_bound_device(audit, row, dev)) {
			if (has_other)
				continue;
			has_other = true;
		}
		error = try(audit, row, address, dev, can);
	}
	return error;
}

/* Can a listener on the wildcard be meant by a segment to that address? */
static bool fits(const struct tpr_audit *audit, size_t row, const char *address)
{
	if (*address == '[')
		return is_v6_socket(audit, row);
	return !is_v6_socket(audit, row) || !takes_ipv6_only(audit, row);
}

static int audit_one(struct tpr_audit *audit, size_t row)
{
	struct tpr_audited *one = &audit->audited[row];
	bool can = false;
	int error = 0;
	size_t i;

	if (!one->is_any)
		error = try_devices(audit, row, one->address, &can);
	for (i = 0; one->is_any && !error && !can && i < audit->addresses_nr; i++) {
		if (fits(audit, row, audit->addresses[i]))
			error = try_devices(audit, row, audit->addresses[i], &can);
	}
	one->is_dead = !error && !can;
	return error;
}

/**
 * tpr_audit_reach() - find listeners that can get nothing
 * @audit: the audit; fills tpr_audit.audited
 *
 * Return: 0, or -errno after a message.
 */
int tpr_audit_reach(struct tpr_audit *audit)
{
	int error = 0;
	size_t row;

	for (row = 0; !error && row < audit->listeners.nr; row++) {
		if (!is_alone(audit, row))
			error = audit_one(audit, row);
	}
	return error;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The table of connections: how one ends, and why, apart from what it was given.
 */
#include "store/connections.h"

#include <linux/irqflags.h>

/* An RST is what our end does of itself, and what data brings that comes too late. */
static void judge_reset(struct tpw_connection *c)
{
	if (c->close_reason == TPW_CLOSE_UNKNOWN ||
	    c->close_reason == TPW_CLOSE_RESET_BY_PEER)
		c->close_reason = TPW_CLOSE_RESET_BY_US;
}

/* The first end that is seen of it is the one that counts. */
static bool end(struct tpw_connection *c, enum tpw_close reason, u64 now_ns)
{
	if (c->closed_ns)
		return false;
	c->closed_ns = now_ns;
	if (reason == TPW_CLOSE_LISTENER && (!c->left || c->accepted_ns))
		reason = TPW_CLOSE_UNKNOWN;
	c->close_reason = reason;
	if (c->has_reset)
		judge_reset(c);
	return true;
}

/**
 * tpw_connections_reset() - an RST of ours ends a connection, or has just done so
 * @cookie: whose
 *
 * Context: any; turns interrupts off.
 */
void tpw_connections_reset(u64 cookie)
{
	struct tpw_connection *c;
	struct tpw_entry *e;
	unsigned long flags;

	local_irq_save(flags);
	e = tpw_table_find(&tpw_connections_table, cookie);
	if (e) {
		c = tpw_to_connection(e);
		c->has_reset = true;
		if (c->closed_ns)
			judge_reset(c);
		tpw_table_unlock(&tpw_connections_table, e);
	}
	local_irq_restore(flags);
}

/* It is idle from now on; what its last segment was stays known. */
static void rest(struct tpw_connection *c, u64 now_ns)
{
	c->segment_ns = tpw_connection_last_ns(c);
	c->idle_ns = now_ns;
	c->e.last_ns = now_ns;
}

/**
 * tpw_connections_time_wait() - a connection leaves a TIME_WAIT behind
 * @cookie: whose
 * @ifindex: device it is bound to, or 0
 * @reason: why
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Its entry may be recycled from now on, yet further segments still count.
 *
 * Context: any; turns interrupts off.
 */
void tpw_connections_time_wait(u64 cookie, s32 ifindex, enum tpw_close reason,
			       u64 now_ns)
{
	struct tpw_connection *c;
	struct tpw_entry *e;
	unsigned long flags;

	local_irq_save(flags);
	e = tpw_table_find(&tpw_connections_table, cookie);
	if (e) {
		c = tpw_to_connection(e);
		c->is_time_wait = true;
		c->ifindex = ifindex;
		end(c, reason, now_ns);
		tpw_connection_settle(c);
		rest(c, now_ns);
		tpw_table_close(&tpw_connections_table, e);
		tpw_table_unlock(&tpw_connections_table, e);
	}
	local_irq_restore(flags);
}

/**
 * tpw_connections_close() - the socket of a connection is gone
 * @cookie: whose
 * @ifindex: device it is bound to, or 0
 * @reason: why, of TCP; TPW_CLOSE_LISTENER if nothing speaks against it
 * @now_ns: the time, CLOCK_MONOTONIC
 * @left: gets the cookie of the listener whose close was the reason, or 0
 *
 * Context: any; turns interrupts off.
 * Return: false if it has no row.
 */
bool tpw_connections_close(u64 cookie, s32 ifindex, enum tpw_close reason,
			   u64 now_ns, u64 *left)
{
	struct tpw_connection *c;
	struct tpw_entry *e;
	unsigned long flags;

	*left = 0;
	local_irq_save(flags);
	e = tpw_table_find(&tpw_connections_table, cookie);
	if (e) {
		c = tpw_to_connection(e);
		if (end(c, reason, now_ns) &&
		    c->close_reason == TPW_CLOSE_LISTENER)
			*left = c->left;
		c->ifindex = ifindex;
		tpw_connection_settle(c);
		rest(c, now_ns);
		tpw_table_close(&tpw_connections_table, e);
		tpw_table_unlock(&tpw_connections_table, e);
	}
	local_irq_restore(flags);
	return e;
}

/**
 * tpw_connections_unnoted() - the socket of a connection that has no row is gone
 * @net: its namespace
 *
 * Context: any; turns interrupts off.
 */
void tpw_connections_unnoted(const struct tpw_netid *net)
{
	unsigned long flags;

	local_irq_save(flags);
	tpw_table_unnoted(&tpw_connections_table, net->cookie);
	local_irq_restore(flags);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What is watched: a family whose hooks are not all to be had is not, and costs
 * no other one.
 */
#define pr_fmt(fmt)	KBUILD_MODNAME ": " fmt

#include "hook/arm.h"

#include <linux/bits.h>
#include <linux/in.h>
#include <linux/printk.h>
#include <linux/socket.h>

/* By family, the function that it lacks; written when hooks are armed. */
static const char *lacks[TPW_FAMILY_NR];

/**
 * tpw_watched_begin() - until a hook turns out not to be had, all is watched
 *
 * Context: process; the caller arms hooks, and is the only one.
 */
void tpw_watched_begin(void)
{
	unsigned int f;

	for (f = 0; f < TPW_FAMILY_NR; f++)
		WRITE_ONCE(lacks[f], NULL);
}

/**
 * tpw_watched_lost() - what is not watched
 *
 * Context: any.
 * Return: a bit for each enum tpw_family.
 */
unsigned int tpw_watched_lost(void)
{
	unsigned int families = 0, f;

	for (f = 0; f < TPW_FAMILY_NR; f++)
		if (tpw_watched_lack(f))
			families |= BIT(f);
	return families;
}

static void lose(const struct tpw_hook *hook)
{
	unsigned int f;

	for (f = 0; f < TPW_FAMILY_NR; f++) {
		if (!(hook->need & BIT(f)) || lacks[f])
			continue;
		WRITE_ONCE(lacks[f], hook->target);
		pr_warn("%s is not watched: %s cannot be hooked (error %d)\n",
			tpw_family_meanings[f], hook->target, hook->error);
	}
}

/**
 * tpw_watched_without() - do without a hook, if something is left to watch
 * @hook: it; it is not to be had
 *
 * Context: process; the caller arms hooks, and is the only one.
 * Return: false if nothing is left.
 */
bool tpw_watched_without(const struct tpw_hook *hook)
{
	if ((tpw_watched_lost() | hook->need) == TPW_HOOK_FOR_ALL)
		return false;
	lose(hook);
	return true;
}

/**
 * tpw_watched_lack() - why a family is not watched
 * @family: which
 *
 * Context: any.
 * Return: the function that cannot be hooked, or NULL if it is watched.
 */
const char *tpw_watched_lack(enum tpw_family family)
{
	return READ_ONCE(lacks[family]);
}

/**
 * tpw_watched_is_socket() - are all segments watched that a socket may get?
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @family: of the socket, AF_INET or AF_INET6, which may get IPv4 too
 *
 * Context: any.
 * Return: true if they are.
 */
bool tpw_watched_is_socket(u8 proto, u8 family)
{
	bool is_tcp = proto == IPPROTO_TCP;

	return !tpw_watched_lack(tpw_family_of(is_tcp, false)) &&
	       (family == AF_INET || !tpw_watched_lack(tpw_family_of(is_tcp, true)));
}

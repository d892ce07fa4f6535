// SPDX-License-Identifier: GPL-2.0
/*
 * What the reader of a file may see of others.
 */
#include "kernel/rights.h"

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

/**
 * tpw_rights_take() - find out what who opened a file may see
 * @r: where the answer goes
 * @file: the file, which must stay open as long as @r is used
 * @net: the namespace that it is about
 *
 * Context: process.
 */
void tpw_rights_take(struct tpw_rights *r, const struct file *file,
		     const struct net *net)
{
	r->cred = file->f_cred;
	r->is_host_admin = file_ns_capable(file, &init_user_ns, CAP_NET_ADMIN);
	r->is_admin = r->is_host_admin ||
		      file_ns_capable(file, net->user_ns, CAP_NET_ADMIN);
}

/**
 * tpw_rights_own() - is this the reader?
 * @r: his rights
 * @uid: somebody, in the initial user namespace
 *
 * Context: any.
 * Return: true if he is.
 */
bool tpw_rights_own(const struct tpw_rights *r, u32 uid)
{
	return uid_eq(r->cred->fsuid, KUIDT_INIT(uid));
}

/**
 * tpw_rights_see() - may the reader see all of a socket?
 * @r: his rights
 * @uid: whose it is, in the initial user namespace
 *
 * Context: any.
 * Return: true if he may; else what /proc/net/tcp shows of it.
 */
bool tpw_rights_see(const struct tpw_rights *r, u32 uid)
{
	return r->is_admin || tpw_rights_own(r, uid);
}

/**
 * tpw_rights_uid() - the number that a user has for the reader
 * @r: his rights
 * @uid: the user, in the initial user namespace
 *
 * As get_tcp4_sock() prints it.
 *
 * Context: any.
 * Return: its number in the reader's user namespace; the overflow uid if it has
 *	none there.
 */
u32 tpw_rights_uid(const struct tpw_rights *r, u32 uid)
{
	return from_kuid_munged(r->cred->user_ns, KUIDT_INIT(uid));
}

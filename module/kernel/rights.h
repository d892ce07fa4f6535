/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reader of a file may see of others.
 *
 * By right of nothing he sees of others' sockets what /proc/net/tcp and
 * /proc/net/udp show to everybody, and of his own all.  CAP_NET_ADMIN over a
 * namespace shows all that is in it; in the initial user namespace, what is
 * about the whole host too.
 */
#ifndef _TPW_RIGHTS_H
#define _TPW_RIGHTS_H

#include <linux/types.h>

struct cred;
struct file;
struct net;

/**
 * struct tpw_rights - the rights of who opened a file
 * @cred: he; the file holds them
 * @is_admin: CAP_NET_ADMIN over the namespace that the file is about
 * @is_host_admin: CAP_NET_ADMIN in the initial user namespace
 */
struct tpw_rights {
	const struct cred *cred;
	bool is_admin;
	bool is_host_admin;
};

void tpw_rights_take(struct tpw_rights *r, const struct file *file,
		     const struct net *net);
bool tpw_rights_own(const struct tpw_rights *r, u32 uid);
bool tpw_rights_see(const struct tpw_rights *r, u32 uid);
u32 tpw_rights_uid(const struct tpw_rights *r, u32 uid);

#endif /* _TPW_RIGHTS_H */

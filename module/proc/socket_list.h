/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading a table of sockets as a file: those that the kernel has, joined with
 * what we remember of them, then those that only we remember.
 */
#ifndef _TPW_SOCKET_LIST_H
#define _TPW_SOCKET_LIST_H

#include "kernel/rights.h"
#include "kernel/socket_tables.h"

#include <linux/fs.h>
#include <linux/seq_file.h>
#include <linux/types.h>

struct tpw_net;
struct tpw_view;
struct tpw_walk;

/**
 * struct tpw_walk_ops - what makes one file differ from another
 * @tables: which of the kernel's tables it is about, BIT(enum tpw_socket_table)
 * @nr: how many entries our own table has
 * @row_bytes: size of a row
 * @live: fill the row for a socket that the kernel has; false if the file is
 *	not about it
 * @remembered: fill the row for the entry at an index of our table; false if
 *	there is none, or the file is not about it
 * @head: print the first two lines
 * @print: print the row
 */
struct tpw_walk_ops {
	unsigned int tables;
	u32 (*nr)(void);
	size_t row_bytes;
	bool (*live)(struct tpw_walk *w, const struct tpw_socket *s);
	bool (*remembered)(struct tpw_walk *w, u32 index);
	void (*head)(struct seq_file *m, const struct tpw_walk *w);
	void (*print)(struct seq_file *m, const struct tpw_walk *w);
};

/**
 * struct tpw_walk - an open file, and where it is
 * @ops: what file
 * @view: whom it is about
 * @tn: the namespace that is being read, held while it is
 * @after: cookie of the namespace that was read before
 * @table: the kernel's table that is being read, END for our own
 * @bucket: the next bucket of it
 * @batch: the sockets of the bucket before
 * @at: the next of these
 * @index: the next entry of our own table
 * @shown: by index, entries that stood beside a socket
 * @began_ns: when it was read from the front, CLOCK_MONOTONIC
 * @position: of the row that is being shown
 * @has_row: there is one
 * @error: -errno, if there would have been more
 * @rights: of who reads it
 * @row: it; of @ops->row_bytes
 */
struct tpw_walk {
	const struct tpw_walk_ops *ops;
	struct tpw_view *view;
	struct tpw_net *tn;
	u64 after;
	enum tpw_socket_table table;
	unsigned int bucket;
	struct tpw_sockets batch;
	size_t at;
	u32 index;
	unsigned long *shown;
	u64 began_ns;
	loff_t position;
	bool has_row;
	int error;
	struct tpw_rights rights;
	void *row;
};

int tpw_walk_open(struct inode *inode, struct file *file,
		  const struct tpw_walk_ops *ops);
int tpw_walk_release(struct inode *inode, struct file *file);
void tpw_walk_shown(struct tpw_walk *w, u32 index);
bool tpw_walk_is_of(const struct tpw_walk *w, u64 net_cookie);

#endif /* _TPW_SOCKET_LIST_H */

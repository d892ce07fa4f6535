/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files in /proc.
 */
#ifndef _TPW_PROC_H
#define _TPW_PROC_H

#include "record/pernet.h"

#include <linux/proc_fs.h>
#include <linux/seq_file.h>

struct tpw_actor;
struct tpw_asked;
struct tpw_endpoint_row;
struct tpw_rights;

/**
 * struct tpw_view - whom a file is about, decided when it is opened
 * @tn: the namespace; of the directory all/, the initial one
 * @is_all: all namespaces
 *
 * Each open file holds the namespace.  Removing a file waits for its readers.
 */
struct tpw_view {
	struct tpw_net *tn;
	bool is_all;
};

/**
 * struct tpw_proc_file - one file in /proc/net/tuplewatch
 * @name: its name
 * @mode: its permissions
 * @ops: how it is read
 * @is_own_only: it is about one namespace, and has no place in all/
 */
struct tpw_proc_file {
	const char *name;
	umode_t mode;
	const struct proc_ops *ops;
	bool is_own_only;
};

extern const struct proc_ops tpw_proc_overview_ops;
extern const struct proc_ops tpw_proc_counters_ops;
extern const struct proc_ops tpw_proc_hooks_ops;
extern const struct proc_ops tpw_proc_listeners_ops;
extern const struct proc_ops tpw_proc_connections_ops;
extern const struct proc_ops tpw_proc_refused_ops;
extern const struct proc_ops tpw_proc_taken_ops;
extern const struct proc_ops tpw_proc_log_ops;
extern const struct proc_ops tpw_proc_log_pipe_ops;
extern const struct proc_ops tpw_proc_filter_ops;
extern const struct proc_ops tpw_proc_explain_ops;

int tpw_proc_init(void);
void tpw_proc_exit(void);
int tpw_proc_net_init(struct tpw_net *tn);
void tpw_proc_net_exit(struct tpw_net *tn);

extern bool tpw_proc_admin_only;

int tpw_proc_open(struct inode *inode, struct tpw_view **view);
void tpw_proc_close(struct tpw_view *view);
int tpw_proc_may_open(void);
int tpw_proc_single_open(struct inode *inode, struct file *file,
			 int (*show)(struct seq_file *m, void *v));
int tpw_proc_single_release(struct inode *inode, struct file *file);
int tpw_proc_begin_copy(const struct file *file, bool *pins);
void tpw_proc_end_copy(bool pins);
ssize_t tpw_proc_read(struct file *file, char __user *buf, size_t size,
		      loff_t *pos);
void tpw_proc_tally(const struct tpw_view *view, enum tpw_tally_kind kind,
		    struct tpw_tally *to);
void tpw_proc_print_memory(struct seq_file *m, const struct tpw_view *view,
			   const struct tpw_rights *rights,
			   enum tpw_tally_kind kind, u32 held, u32 nr);
void tpw_proc_print_fact(struct seq_file *m, const char *name, bool may_see,
			 u64 value);
void tpw_proc_print_taken(struct seq_file *m, const struct tpw_view *view,
			  const char *mark, const char *name, u64 value, u64 late);
void tpw_proc_print_head(struct seq_file *m, const char *name,
			 const struct tpw_view *view);
void tpw_proc_print_clock(struct seq_file *m);
void tpw_proc_put_marks(struct seq_file *m, const char *mark, unsigned int nr);
void tpw_proc_put_flags(struct seq_file *m, u8 flags);

void tpw_proc_escape(char *buf, size_t size, const char *name, size_t max);
void tpw_proc_print_device(struct seq_file *m, const struct net *net,
			   s32 ifindex);
void tpw_proc_print_actor(struct seq_file *m, const struct tpw_actor *actor,
			  const struct tpw_rights *rights);
const char *tpw_proc_proto(u8 proto, u8 family);

/* Longest "[address%device]:port" with its end. */
#define TPW_ENDPOINT_LEN	72

void tpw_proc_format_addr(char *buf, size_t size, const union tpw_addr *addr,
			  u8 family, __be16 port, const char *dev);

void tpw_proc_print_end(struct seq_file *m, const struct tpw_endpoint_row *row);
void tpw_proc_print_syns(struct seq_file *m, const struct tpw_endpoint_row *row,
			 unsigned int mark);
void tpw_proc_print_last(struct seq_file *m, const struct tpw_endpoint_row *row);
void tpw_proc_format_asked(char *buf, size_t size,
			   const struct tpw_asked *asked, u8 family,
			   bool is_mapped);
void tpw_proc_put_addr(struct seq_file *m, const union tpw_addr *addr,
		       u8 family, __be16 port);

#endif /* _TPW_PROC_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lists, with the marked accesses that the kernel's have.
 */
#ifndef TPW_SHIM_LIST_H
#define TPW_SHIM_LIST_H

struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD(name)		struct list_head name = { &(name), &(name) }
#define INIT_LIST_HEAD(l)	((l)->next = (l)->prev = (l))
#define list_empty(l)		(READ_ONCE((l)->next) == (l))

static inline void list_add_tail(struct list_head *new, struct list_head *head)
{
	new->next = head;
	new->prev = head->prev;
	WRITE_ONCE(head->prev->next, new);
	head->prev = new;
}

static inline void list_del(struct list_head *entry)
{
	entry->next->prev = entry->prev;
	WRITE_ONCE(entry->prev->next, entry->next);
}

#define list_for_each_entry(p, head, member)				\
	for ((p) = container_of((head)->next, typeof(*(p)), member);	\
	     &(p)->member != (head);					\
	     (p) = container_of((p)->member.next, typeof(*(p)), member))

struct hlist_node {
	struct hlist_node *next, **pprev;
};

struct hlist_head {
	struct hlist_node *first;
};

#define DEFINE_HASHTABLE(name, bits)	struct hlist_head name[1 << (bits)]
#define shim_hash(table, key)						\
	(&(table)[(key) % ARRAY_SIZE(table)].first)

static inline void shim_hlist_add(struct hlist_node *new, struct hlist_node **at)
{
	new->next = *at;
	new->pprev = at;
	if (*at)
		(*at)->pprev = &new->next;
	smp_store_release(at, new);
}

static inline void shim_hlist_del(struct hlist_node *node)
{
	WRITE_ONCE(*node->pprev, node->next);
	if (node->next)
		node->next->pprev = node->pprev;
}

#define hash_add_rcu(table, node, key)	shim_hlist_add(node, shim_hash(table, key))
#define hash_del_rcu(node)		shim_hlist_del(node)
#define hash_for_each_possible_rcu(table, p, member, key)		\
	for (struct hlist_node *n_ = rcu_dereference(*shim_hash(table, key)); \
	     n_ && ((p) = container_of(n_, typeof(*(p)), member), true);	\
	     n_ = rcu_dereference(n_->next))

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RCU: each thread says in which period it began to read, and who waits for the readers waits
 * until none says an older one. BH off is a read-side section.
 */
#ifndef TPW_SHIM_RCU_H
#define TPW_SHIM_RCU_H

struct rcu_head { int unused; };

void rcu_read_lock(void);
void rcu_read_unlock(void);
void synchronize_rcu(void);

#define synchronize_net()	synchronize_rcu()
#define local_bh_disable()	rcu_read_lock()
#define local_bh_enable()	rcu_read_unlock()

/* What the dependency orders, ThreadSanitizer sees as an acquire. */
#define rcu_dereference(p)	smp_load_acquire(&(p))
#define rcu_dereference_raw(p)	rcu_dereference(p)
#define rcu_assign_pointer(p, v) smp_store_release(&(p), v)
#define unrcu_pointer(p)	(p)
#define RCU_INITIALIZER(v)	(v)

#define kfree_rcu(p, rcu)	kvfree_rcu(p, rcu)
#define kvfree_rcu(p, rcu) do {						\
	synchronize_rcu();						\
	kvfree(p);							\
} while (0)

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_POLICY_STORE_H
#define _KHV_POLICY_STORE_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/rculist.h>
#include <linux/workqueue.h>
#include <khv/engine.h>
#include <khv/mediate.h>

/**
 * struct khv_loaded - one generation of a policy; never written once published
 * @rcu: decisions read it under RCU
 * @free_work: frees it in process context (vfree)
 * @ref: one for being in force, one per reader that sleeps (dumps)
 * @engine: opened @blob
 * @blob: kvmalloc()ed
 * @generation: under which it came into force
 * @sum: checksum of @blob
 * @broken: @blob has another one now, and it was said
 * @time: then, ns since the epoch
 * @uid: who loaded it
 */
struct khv_loaded {
	struct rcu_work free_work;
	struct kref ref;
	struct khv_engine engine;
	void *blob;
	u64 generation;
	u32 sum;
	bool broken;
	u64 time;
	u32 uid;
};

/**
 * struct khv_policy - a name; what it means may be replaced
 * @list: in khv_policies while in force, by id; under khv_store_mutex, RCU
 * @free_work: frees it after a grace period
 * @ref: one for the list, one per domain that refers to it
 * @id: never used twice
 * @tasks: in it now
 * @now: NULL if it was cleared under its tasks: everything is refused
 * @name: of it
 */
struct khv_policy {
	struct list_head list;
	struct rcu_work free_work;
	struct kref ref;
	u32 id;
	atomic_t tasks;
	struct khv_loaded __rcu *now;
	char name[KHV_NAME_MAX];
};

extern struct list_head khv_policies;

int khv_store_init(void);
void khv_store_exit(void);
void khv_loaded_put(struct khv_loaded *loaded);
void khv_domain_set(struct khv_domain *d, struct khv_policy *policy,
		    const struct khv_loaded *loaded, u16 index);

#endif /* _KHV_POLICY_STORE_H */

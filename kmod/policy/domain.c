// SPDX-License-Identifier: GPL-2.0
/* The place of a task: a policy, a domain of it, and a process tree. */
#include <linux/export.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include "store.h"
#include "tree.h"

/* Fill in a domain of a generation. Takes no reference. Under RCU. */
void khv_domain_set(struct khv_domain *d, struct khv_policy *policy,
		    const struct khv_loaded *l, u16 index)
{
	memset(d, 0, sizeof(*d));
	spin_lock_init(&d->lock);
	d->policy = policy;
	strscpy(d->name, khv_engine_domain_name(&l->engine, index),
		sizeof(d->name));
	d->index = index;
	d->generation = l->generation;
}

int khv_domain_init(struct khv_domain *d, struct khv_policy *policy,
		    const char *name)
{
	struct khv_process_tree *tree = khv_tree_new(NULL);
	const struct khv_loaded *l;
	int index = -ENOENT;

	if (!tree)
		return -ENOMEM;
	rcu_read_lock();
	l = rcu_dereference(policy->now);
	if (l)
		index = name ? khv_engine_domain(&l->engine, name) : 0;
	if (index >= 0)
		khv_domain_set(d, policy, l, index);
	rcu_read_unlock();
	if (index < 0) {
		khv_tree_put(tree);
		return -ENOENT;
	}
	d->tree = tree;
	return 0;
}
EXPORT_SYMBOL_GPL(khv_domain_init);

int khv_domain_inherit(struct khv_domain *child,
		       const struct khv_domain *parent)
{
	/* Pairs with khv_tree_kill(): marked before this, or met by its walk. */
	smp_mb();
	if (khv_tree_is_killed(parent->tree))
		return -EPERM;
	*child = *parent;
	/* The lock may be held in the original; generation 0: look it up again. */
	spin_lock_init(&child->lock);
	child->generation = 0;
	memset(&child->recent, 0, sizeof(child->recent));
	khv_policy_hold(child->policy);
	khv_tree_hold(child->tree);
	return 0;
}
EXPORT_SYMBOL_GPL(khv_domain_inherit);

void khv_domain_drop(struct khv_domain *d)
{
	khv_tree_put(d->tree);
	khv_policy_put(d->policy);
}
EXPORT_SYMBOL_GPL(khv_domain_drop);

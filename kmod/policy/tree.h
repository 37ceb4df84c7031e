/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_POLICY_TREE_H
#define _KHV_POLICY_TREE_H

#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <khv/limits.h>

struct khv_judge;

/* So many trees inside each other have budgets of their own; then they share. */
#define KHV_TREE_DEPTH	8

/**
 * struct khv_process_tree - a program that entered a policy, or by "->" a domain of it,
 *	and everything that it started
 * @rcu: other tasks look at @killed and @parent
 * @ref: one per task, one per tree inside
 * @parent: the tree in which it began, or NULL; a reference
 * @depth: number of parents
 * @killed: by a rule with "kill": it makes no tasks any more
 * @lock: for the rest
 * @generation: of the policy that @due is about
 * @due: for each limit=, when the budget would be full again (ns, monotonic)
 *
 * It is not the tree of parents: who loses its parent on purpose stays in it.
 */
struct khv_process_tree {
	struct rcu_head rcu;
	refcount_t ref;
	struct khv_process_tree *parent;
	u8 depth;
	bool killed;
	spinlock_t lock;	/* budgets */
	u64 generation;
	u64 due[KHV_MAX_LIMITS];
};

struct khv_process_tree *khv_tree_new(struct khv_process_tree *parent);
void khv_tree_hold(struct khv_process_tree *t);
void khv_tree_put(struct khv_process_tree *t);
bool khv_tree_is_killed(const struct khv_process_tree *t);
bool khv_tree_spend(const struct khv_judge *j, u8 limit);
void khv_tree_kill(const struct khv_judge *j);

#endif /* _KHV_POLICY_TREE_H */

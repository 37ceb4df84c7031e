// SPDX-License-Identifier: GPL-2.0
/*
 * Process trees: what limit= counts for and what "kill" ends.
 *
 * A budget is a clock, not a counter: it says when what has been used will have
 * grown back. So there is nothing to reset, and no timer.
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include "mediate.h"
#include "tree.h"

/* May sleep. @parent: NULL, or where it begins; NULL on lack of memory. */
struct khv_process_tree *khv_tree_new(struct khv_process_tree *parent)
{
	struct khv_process_tree *t;

	/* A task that executes itself to and fro must not pile them up. */
	if (parent && parent->depth + 1 >= KHV_TREE_DEPTH) {
		khv_tree_hold(parent);
		return parent;
	}
	t = kzalloc(sizeof(*t), GFP_KERNEL_ACCOUNT);
	if (!t)
		return NULL;
	refcount_set(&t->ref, 1);
	spin_lock_init(&t->lock);
	if (parent) {
		khv_tree_hold(parent);
		t->parent = parent;
		t->depth = parent->depth + 1;
	}
	return t;
}

void khv_tree_hold(struct khv_process_tree *t)
{
	refcount_inc(&t->ref);
}

/* Any context. @t may be NULL. */
void khv_tree_put(struct khv_process_tree *t)
{
	struct khv_process_tree *parent;

	while (t && refcount_dec_and_test(&t->ref)) {
		parent = t->parent;
		kfree_rcu(t, rcu);
		t = parent;
	}
}

/* Under RCU, or with a reference. */
bool khv_tree_is_killed(const struct khv_process_tree *t)
{
	for (; t; t = t->parent)
		if (READ_ONCE(t->killed))
			return true;
	return false;
}

/*
 * Take one from budget number @limit of current's tree; false: it is used up.
 *
 * What is used grows back evenly, one every period / count. @due is when it all
 * will have; it may be at most so far away that count of them have been used.
 */
bool khv_tree_spend(const struct khv_judge *j, u8 limit)
{
	struct khv_process_tree *t = j->d->tree;
	u64 now = ktime_get_ns(), each, due;
	unsigned long flags;
	u32 count, period;
	bool ok = true;

	if (!khv_engine_limit(&j->l->engine, limit, &count, &period))
		return true;
	each = (u64)period * NSEC_PER_SEC / count;
	/* Some checks come with tasklist_lock, which interrupts take: see name.c. */
	spin_lock_irqsave(&t->lock, flags);
	if (t->generation < j->l->generation) {
		memset(t->due, 0, sizeof(t->due));
		t->generation = j->l->generation;
	}
	/* An older one is about to go: its numbers mean other budgets. */
	if (t->generation == j->l->generation) {
		due = max(t->due[limit], now);
		ok = due - now <= each * (count - 1);
		if (ok)
			t->due[limit] = due + each;
	}
	spin_unlock_irqrestore(&t->lock, flags);
	return ok;
}

/*
 * End all tasks of current's tree. A fork that is under way is not missed: a tree
 * that is marked makes no task (khv_domain_inherit()); one made before is linked
 * behind its parent, so the walk either meets it later, or signals the parent
 * before, and then the kernel gives up the fork.
 *
 * Under RCU. Takes the signal lock of each task, so no check may hold one; none of
 * those that are judged does.
 */
void khv_tree_kill(const struct khv_judge *j)
{
	struct task_struct *p, *t;
	const struct khv_domain *d;

	WRITE_ONCE(j->d->tree->killed, true);
	/* Before looking for tasks; pairs with the one in khv_domain_inherit(). */
	smp_mb();
	for_each_process_thread(p, t) {
		d = j->m->domain(t);
		if (d && khv_tree_is_killed(d->tree))
			send_sig(SIGKILL, t, 1);
	}
}

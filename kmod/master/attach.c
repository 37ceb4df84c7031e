// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching tasks that already run.
 *
 * Pass over all tasks until a pass finds none to attach. A child made by a task
 * that is attached inherits (security_task_alloc), or is caught when it is woken
 * (wake_up_new_task); a child made by a task not yet attached is in the task list
 * before it is woken, so a later pass finds it. Hence no member of the tree can
 * slip out between two passes by forking.
 *
 * The tree is what parentage says while we look: a task whose parent exits just
 * then belongs to init, as it could have a moment earlier. Who must not get away
 * is started confined.
 */
#include <linux/export.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <khv/client.h>
#include "task.h"

#define KHV_ATTACH_BATCH	64

bool khv_task_descends(struct task_struct *task, struct task_struct *from)
{
	while (task->pid) {
		if (same_thread_group(task, from))
			return true;
		task = rcu_dereference(task->real_parent);
	}
	return false;
}
EXPORT_SYMBOL_GPL(khv_task_descends);

static bool khv_has_data(struct task_struct *task, unsigned int slot)
{
	struct khv_task *kt = khv_task_find(task);

	return kt && READ_ONCE(kt->data[slot]);
}

/* Some tasks of the tree that have no data yet, with references. */
static unsigned int khv_collect(struct task_struct *root, bool tree,
				unsigned int slot, struct task_struct **found)
{
	struct task_struct *leader, *task;
	unsigned int n = 0;

	rcu_read_lock();
	for_each_process_thread(leader, task) {
		if (n == KHV_ATTACH_BATCH)
			goto out;	/* two nested loops */
		if ((task->flags & PF_EXITING) || khv_has_data(task, slot) ||
		    !(tree ? khv_task_descends(task, root) :
			     same_thread_group(task, root)))
			continue;
		get_task_struct(task);
		found[n++] = task;
	}
out:
	rcu_read_unlock();
	return n;
}

/*
 * Attach @root with all its threads, and with @tree all its descendants. Each
 * task gets data of its own, inherited from @data, which stays the caller's.
 * Returns 0 with the number in @count, or an error with those attached so far
 * left attached: they are only restricted by it.
 */
int khv_attach_tree(struct khv_client *client, unsigned int slot,
		    struct task_struct *root, bool tree, void *data,
		    unsigned int *count)
{
	struct task_struct **found;
	unsigned int n, i;
	void *own;
	int ret = 0;

	*count = 0;
	found = kcalloc(KHV_ATTACH_BATCH, sizeof(*found), GFP_KERNEL);
	if (!found)
		return -ENOMEM;
	do {
		n = khv_collect(root, tree, slot, found);
		for (i = 0; i < n; i++) {
			own = ret ? NULL : client->inherit(data, found[i]);
			if (IS_ERR(own))
				ret = PTR_ERR(own);
			if (!IS_ERR_OR_NULL(own)) {
				ret = khv_task_set(found[i], slot, own);
				if (ret)
					client->release(own);
				else
					(*count)++;
				/* Came in by inheritance meanwhile: as well. */
				if (ret == -EEXIST)
					ret = 0;
			}
			put_task_struct(found[i]);
		}
	} while (n && !ret && !fatal_signal_pending(current));
	kfree(found);
	if (!ret && fatal_signal_pending(current))
		ret = -EINTR;
	if (!ret && !*count)
		ret = -EEXIST;
	return ret;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Whom an attach is about: the threads of a process, or of a tree of them.
 *
 * The tree is what parentage says while we look: a task whose parent exits just
 * then belongs to init, as it could have a moment earlier. Who must not get away
 * is started confined.
 */
#include <linux/export.h>
#include <linux/fdtable.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <khv/client.h>
#include "attach.h"
#include "task.h"

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

/* Under RCU. */
bool khv_has_data(struct task_struct *task, unsigned int slot)
{
	struct khv_task *kt = khv_task_find(task);

	return kt && READ_ONCE(kt->data[slot]);
}

static struct khv_kin *khv_kin_of(const struct khv_scope *s,
				  const struct task_struct *task)
{
	return &s->kin[task->tgid % KHV_SCOPE_KIN];
}

/*
 * As khv_task_descends(), with what is known about its parents. That may be older than
 * this moment: who had no such parent cannot get one.
 */
static bool khv_scope_descends(const struct khv_scope *s,
			       struct task_struct *task)
{
	struct task_struct *up = task;
	bool inside = false;
	struct khv_kin *k;

	for (; up->pid; up = rcu_dereference(up->real_parent)) {
		k = khv_kin_of(s, up);
		inside = same_thread_group(up, s->root);
		if (inside)
			break;
		if (k->tgid == up->tgid &&
		    k->start == up->group_leader->start_boottime) {
			inside = k->inside;
			break;
		}
	}
	*khv_kin_of(s, task) = (struct khv_kin) {
		.start = task->group_leader->start_boottime,
		.tgid = task->tgid,
		.inside = inside,
	};
	return inside;
}

/* Under RCU. */
bool khv_scope_has(const struct khv_scope *s, struct task_struct *task)
{
	if (task->flags & PF_KTHREAD)
		return false;
	return s->tree ? khv_scope_descends(s, task) :
			 same_thread_group(task, s->root);
}

/* Are more tasks using what @task uses than its own process has threads? */
static bool khv_is_shared(struct task_struct *task)
{
	int threads = get_nr_threads(task);
	bool shared;

	task_lock(task);
	shared = (task->mm && atomic_read(&task->mm->mm_users) > threads) ||
		 (task->files && atomic_read(&task->files->count) > threads);
	task_unlock(task);
	return shared;
}

/*
 * Does @task, which is not attached, use the memory or the descriptors of one that
 * is? Then it can give that one what it likes, and take what it is not to have.
 * Under RCU; pointers are only compared.
 */
bool khv_scope_shares(const struct khv_scope *s, struct task_struct *task)
{
	struct task_struct *leader, *other;

	if ((task->flags & PF_KTHREAD) || is_global_init(task) ||
	    !khv_is_shared(task))
		return false;
	for_each_process_thread(leader, other)
		if (other != task &&
		    ((task->mm && READ_ONCE(other->mm) == task->mm) ||
		     (task->files && READ_ONCE(other->files) == task->files)) &&
		    khv_has_data(other, s->slot))
			return true;
	return false;
}

static bool khv_scope_counts(const struct khv_scope *s, struct task_struct *task)
{
	return !(task->flags & PF_EXITING) && khv_scope_has(s, task);
}

/*
 * All tasks of the scope, with references; @n of them. Who comes later is not in it.
 * ERR_PTR(-ENOMEM).
 */
struct task_struct **khv_scope_tasks(const struct khv_scope *s, unsigned int *n)
{
	struct task_struct **all, *leader, *task;
	unsigned int max = 0;

	rcu_read_lock();
	for_each_process_thread(leader, task)
		max += khv_scope_counts(s, task);
	rcu_read_unlock();
	*n = 0;
	all = kvmalloc_array(max ?: 1, sizeof(*all), GFP_KERNEL);
	if (!all)
		return ERR_PTR(-ENOMEM);
	rcu_read_lock();
	for_each_process_thread(leader, task) {
		if (*n == max)
			goto out;	/* two nested loops */
		if (!khv_scope_counts(s, task))
			continue;
		get_task_struct(task);
		all[(*n)++] = task;
	}
out:
	rcu_read_unlock();
	return all;
}

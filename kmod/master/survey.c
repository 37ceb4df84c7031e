// SPDX-License-Identifier: GPL-2.0
/*
 * A survey of what processes have, before they are attached and after: everything is
 * judged as it would be, and nothing is touched.
 */
#include <linux/fdtable.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include "attach.h"
#include "entry.h"
#include "look.h"

static void khv_survey_list(struct khv_look *l, struct task_struct *task,
			    enum khv_found_kind kind, enum khv_found_state state,
			    struct task_struct *other, const char *what)
{
	struct khv_finding f;

	if (!l->log || !l->list_kept)
		return;
	khv_found_init(&f, task, kind, state);
	f.other = task_tgid_nr(other);
	khv_found_add(l->log, &f, what, NULL);
}

/*
 * A tracer outside is not confined, or its requests are judged; requests to tracees
 * outside are judged, each of them.
 */
static void khv_survey_tracing(const struct khv_scope *s, struct khv_look *l)
{
	struct task_struct *leader, *task, *tracer;
	bool in, traces;

	rcu_read_lock();
	for_each_process_thread(leader, task) {
		if (!READ_ONCE(task->ptrace))
			continue;
		tracer = rcu_dereference(task->parent);
		in = khv_scope_has(s, task);
		traces = khv_scope_has(s, tracer);
		if (in && !traces)
			khv_survey_list(l, task, KHV_FOUND_TRACER,
					khv_has_data(tracer, s->slot) ?
					KHV_FOUND_JUDGED : KHV_FOUND_KEPT,
					tracer, tracer->comm);
		else if (traces && !in)
			khv_survey_list(l, tracer, KHV_FOUND_TRACEE,
					KHV_FOUND_JUDGED, task, task->comm);
	}
	rcu_read_unlock();
}

/* One process outside that shares with @task, or none. Under RCU. */
static struct task_struct *khv_survey_sharer(const struct khv_scope *s,
					     struct task_struct *task,
					     const char **what)
{
	struct task_struct *leader, *other;

	for_each_process_thread(leader, other) {
		if ((other->flags & PF_KTHREAD) || khv_scope_has(s, other) ||
		    khv_has_data(other, s->slot))
			continue;
		*what = "memory";
		if (task->mm && READ_ONCE(other->mm) == READ_ONCE(task->mm))
			return other;
		*what = "descriptors";
		if (task->files &&
		    READ_ONCE(other->files) == READ_ONCE(task->files))
			return other;
	}
	return NULL;
}

/* @state: what it means that somebody outside shares with @task. */
static void khv_survey_sharing(const struct khv_scope *s, struct khv_look *l,
			       struct task_struct *task)
{
	struct task_struct *other;
	const char *what;

	rcu_read_lock();
	other = khv_survey_sharer(s, task, &what);
	if (other)
		khv_survey_list(l, task, KHV_FOUND_SHARED,
				l->blocked == KHV_FOUND_BLOCKED ?
				KHV_FOUND_BLOCKED : KHV_FOUND_JUDGED, other,
				what);
	rcu_read_unlock();
}

/*
 * Look at all tasks of @s with @l, whose task is filled in here. Threads of a process
 * follow each other and mostly share all; what is the same is looked at once.
 */
int khv_survey(const struct khv_scope *s, struct khv_look *l,
	       unsigned int *count)
{
	struct files_struct *files = NULL;
	struct task_struct **all;
	struct mm_struct *mm = NULL;
	unsigned int n, i;

	all = khv_scope_tasks(s, &n);
	if (IS_ERR(all))
		return PTR_ERR(all);
	for (i = 0; i < n; i++) {
		l->task = all[i];
		khv_look_ring(l);
		if (!(all[i]->flags & PF_IO_WORKER)) {
			if (READ_ONCE(all[i]->files) != files)
				khv_entry_see_files(l);
			if (READ_ONCE(all[i]->mm) != mm) {
				khv_entry_see_memory(l);
				khv_survey_sharing(s, l, all[i]);
			}
			/* Compared only: what they were may be gone. */
			files = READ_ONCE(all[i]->files);
			mm = READ_ONCE(all[i]->mm);
		}
		if (fatal_signal_pending(current))
			break;
		cond_resched();
	}
	khv_survey_tracing(s, l);
	for (i = 0; i < n; i++)
		put_task_struct(all[i]);
	kvfree(all);
	if (count)
		*count = n;
	return fatal_signal_pending(current) ? -EINTR : 0;
}

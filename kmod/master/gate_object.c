// SPDX-License-Identifier: GPL-2.0
/*
 * The object gate: the kernel's security_*() checks.
 *
 * They run after user memory has been copied and names resolved, on the object
 * the kernel will use, whichever way the request came in: 64-bit, 32-bit, x32,
 * io_uring, or the kernel itself on the task's behalf. The kernel's own answer
 * comes first; clients can only add refusals.
 */
#include <linux/preempt.h>
#include "gate.h"

/* Ask in order of priority, tell in reverse. */
static __always_inline int khv_object_ask(struct khv_object_frame *f,
					  struct khv_hook *hook)
{
	struct khv_link *all[KHV_MAX_CLIENTS] __khv_uninitialized;
	struct khv_link **end = all, **at = all, *link;
	const struct khv_chain *chain;
	void *data;
	int ret = 0;

	preempt_disable_notrace();
	chain = rcu_dereference_sched(hook->chain);
	if (likely(chain))
		end = khv_pin(chain, f->task, all);
	preempt_enable_notrace();
	if (unlikely(end == all))
		return 0;
	f->task->asking = 1;
	f->check.id = hook->object;
	f->check.name = hook->name;
	do {
		link = *at++;
		data = khv_link_data(f->task, link);
		ret = khv_verdict(link, link->check(&f->check, data));
		if (likely(!ret))
			continue;
		if (!hook->notice) {
			this_cpu_inc(link->client->stat->denied);
			break;
		}
		ret = 0;
	} while (at < end);
	while (unlikely(end > at))
		khv_unpin_unasked(*--end);
	f->check.ret = ret;
	do {
		link = *--at;
		if (link->told)
			link->told(&f->check, khv_link_data(f->task, link));
		khv_unpin(link);
	} while (at != all);
	f->task->asking = 0;
	return ret;
}

static __always_inline void khv_object_end(struct khv_object_frame *f,
					   struct khv_hook *hook)
{
	if (likely(f->task))
		khv_task_pop(f->task, f->outer);
	khv_inflight_leave(&hook->inflight);
}

long __khv_gate khv_object_gate_judge(struct khv_object_frame *f,
				      struct khv_hook *hook, int ret)
{
	if (likely(!ret && f->task))
		ret = khv_object_ask(f, hook);
	khv_object_end(f, hook);
	return ret;
}

/*
 * Clients are asked before the function, and are done with it then. 0: go on, with
 * nothing of ours on the stack; else it is not called, and this is its result, also
 * where it returns a pointer.
 */
long __khv_gate khv_object_gate_first(struct khv_hook *hook, unsigned long a0,
				      unsigned long a1, unsigned long a2,
				      unsigned long a3, unsigned long a4,
				      unsigned long a5)
{
	struct khv_object_frame f __khv_uninitialized;

	f.check.arg[0] = a0;
	f.check.arg[1] = a1;
	f.check.arg[2] = a2;
	f.check.arg[3] = a3;
	f.check.arg[4] = a4;
	f.check.arg[5] = a5;
	khv_object_gate_note(&f, hook);
	return khv_object_gate_judge(&f, hook, 0);
}

/* Before the kernel's function. Our own hooks (fork, exec) may refuse here. */
int __khv_gate khv_object_gate_enter(struct khv_object_frame *f,
				     struct khv_hook *hook)
{
	int ret = 0;

	f->refused = false;
	f->task = NULL;
	if (hook->kind != KHV_KIND_ARG_TASK)
		khv_object_gate_note(f, hook);
	if (hook->before) {
		ret = hook->before(f);
		f->refused = ret != 0;
	}
	return ret;
}

long __khv_gate khv_object_gate_leave(struct khv_object_frame *f,
				      struct khv_hook *hook, int ret)
{
	if (!ret && f->task && rcu_access_pointer(hook->chain))
		ret = khv_object_ask(f, hook);
	if (hook->after && !f->refused)
		ret = hook->after(f, ret);
	khv_object_end(f, hook);
	return ret;
}

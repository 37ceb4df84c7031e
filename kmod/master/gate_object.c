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
static __always_inline int khv_object_ask(struct khv_object_frame *f)
{
	struct khv_link all[KHV_MAX_CLIENTS] __khv_uninitialized;
	struct khv_link *end = khv_pin(f->hook, f->task, all), *link = all;
	const struct khv_check_hook *hook;
	void *data;
	int ret = 0;

	if (unlikely(end == all))
		return 0;
	f->task->asking = 1;
	f->check.id = f->hook->object;
	f->check.name = f->hook->name;
	do {
		data = khv_link_data(f->task, link);
		ret = khv_verdict(link, link->check->check(&f->check, data));
		if (unlikely(ret)) {
			if (!f->hook->notice) {
				this_cpu_inc(link->client->stat->denied);
				link++;
				break;
			}
			ret = 0;
		}
		this_cpu_inc(link->client->stat->allowed);
	} while (++link < end);
	f->check.ret = ret;
	do {
		link--;
		hook = link->check;
		if (hook->post)
			hook->post(&f->check, khv_link_data(f->task, link));
	} while (link != all);
	for (; link < end; link++)
		khv_inflight_leave(&link->client->inflight);
	f->task->asking = 0;
	return ret;
}

/*
 * Before the kernel's function. Our own hooks (fork, exec) may refuse here, and
 * clients where the function is not a check but does it; then it is not called.
 */
int notrace khv_object_gate_enter(struct khv_object_frame *f,
				  struct khv_hook *hook)
{
	int ret = 0;

	f->hook = hook;
	f->refused = false;
	f->task = NULL;
	/* In softirq, current is whoever was interrupted. */
	if (hook->kind != KHV_KIND_ARG_TASK && in_task())
		f->task = khv_task_current();
	if (f->task && f->task->asking)
		f->task = NULL;
	if (f->task)
		f->outer = khv_task_push(f->task, hook);
	if (hook->before) {
		ret = hook->before(f);
		f->refused = ret != 0;
	}
	if (hook->first && f->task && rcu_access_pointer(hook->chain)) {
		ret = khv_object_ask(f);
		f->refused = ret != 0;
	}
	return ret;
}

long notrace khv_object_gate_leave(struct khv_object_frame *f, int ret)
{
	if (!ret && !f->hook->first && f->task &&
	    rcu_access_pointer(f->hook->chain))
		ret = khv_object_ask(f);
	if (f->hook->after && !f->refused)
		ret = f->hook->after(f, ret);
	if (f->task)
		khv_task_pop(f->task, f->outer);
	khv_inflight_leave(&f->hook->inflight);
	return ret;
}

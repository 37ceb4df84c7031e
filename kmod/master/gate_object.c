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
#include "client.h"
#include "gate.h"
#include "hook.h"
#include "task.h"

/*
 * Ask in order of priority, tell in reverse. Frames are short here, so SRCU is
 * held for both; the client's inflight names us while a handler sleeps.
 */
static int khv_object_ask(struct khv_object_frame *f)
{
	const struct khv_check_hook *hook;
	const struct khv_chain *chain;
	struct khv_client_reg *cs;
	void *data[KHV_MAX_CLIENTS] __khv_uninitialized;
	int idx, i, n = 0, ret = 0;

	f->task->asking = 1;
	idx = srcu_read_lock(&khv_srcu);
	chain = srcu_dereference(f->hook->chain, &khv_srcu);
	f->check.id = f->hook->object;
	f->check.name = f->hook->name;
	for (; chain && n < chain->n && !ret; n++) {
		cs = chain->link[n].client;
		data[n] = READ_ONCE(f->task->data[cs->slot]);
		if (!data[n])
			continue;
		hook = chain->link[n].check;
		khv_inflight_enter(&cs->inflight);
		ret = khv_verdict_check(&chain->link[n],
					hook->check(&f->check, data[n]));
		if (f->hook->notice)
			ret = 0;
		if (ret)
			this_cpu_inc(cs->stat->denied);
		else
			this_cpu_inc(cs->stat->allowed);
	}
	f->check.ret = ret;
	for (i = n - 1; i >= 0; i--) {
		if (!data[i])
			continue;
		hook = chain->link[i].check;
		if (hook->post)
			hook->post(&f->check, data[i]);
		khv_inflight_leave(&chain->link[i].client->inflight);
	}
	srcu_read_unlock(&khv_srcu, idx);
	f->task->asking = 0;
	return ret;
}

/*
 * Before the kernel's function. Our own hooks (fork, exec) may refuse here, and
 * clients where the function is not a check but does it; then it is not called.
 */
int khv_object_gate_enter(struct khv_object_frame *f, struct khv_hook *hook)
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
		khv_task_push(f->task, hook);
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

long khv_object_gate_leave(struct khv_object_frame *f, int ret)
{
	if (!ret && !f->hook->first && f->task &&
	    rcu_access_pointer(f->hook->chain))
		ret = khv_object_ask(f);
	if (f->hook->after && !f->refused)
		ret = f->hook->after(f, ret);
	if (f->task)
		khv_task_pop(f->task);
	khv_inflight_leave(&f->hook->inflight);
	return ret;
}

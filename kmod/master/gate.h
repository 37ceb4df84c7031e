/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_GATE_H
#define _KHV_GATE_H

#include <khv/client.h>
#include <khv/limits.h>
#include <linux/preempt.h>
#include "chain.h"
#include "client.h"
#include "hook.h"
#include "task.h"

struct pt_regs;

/* One object check in progress, on the stack. */
struct khv_object_frame {
	struct khv_task *task;
	struct khv_hook *outer;
	bool refused;	/* by our own @before: the kernel was not asked */
	struct khv_check check;
};

/* What a client has attached to the task. */
static __always_inline void *khv_link_data(const struct khv_task *task,
					   const struct khv_link *link)
{
	return READ_ONCE(*(void *const *)((const char *)task + link->data));
}

/*
 * Those clients of a chain that watch a task, in order of priority, pinned until
 * khv_unpin(). Returns the end of @to. With preemption off, which is a reader's
 * section of RCU: a chain is freed, and a client believed to be idle, only after a
 * grace period, so whoever has been found here has been counted. Handlers may sleep,
 * and no chain is held while they do: what is kept are the links, which stay as long
 * as their clients are pinned.
 */
static __always_inline struct khv_link **khv_pin(const struct khv_chain *chain,
						 const struct khv_task *task,
						 struct khv_link **to)
{
	struct khv_link *const *from = chain->link;
	struct khv_link *const *end = from + chain->n;

	do {
		struct khv_link *link = *from;

		if (unlikely(!khv_link_data(task, link)))
			continue;
		khv_inflight_enter(&link->inflight);
		*to++ = link;
	} while (++from < end);
	return to;
}

static __always_inline void khv_unpin(const struct khv_link *link)
{
	khv_inflight_leave(&link->inflight);
}

/* The same for a client that has not been asked. */
static __always_inline void khv_unpin_unasked(const struct khv_link *link)
{
	this_cpu_dec(link->client->stat->more);
	khv_unpin(link);
}

/*
 * The slots and the gates copy nothing by length, and write to no array but by a
 * pointer that khv_pin() bounds. A canary in each of them is paid for by every call.
 * They are notrace, too.
 */
#define __khv_gate	__no_stack_protector

long notrace khv_call_gate_pre(struct khv_hook *hook, unsigned long regs);
long notrace khv_call_gate_full(unsigned long regs, unsigned long a1,
				struct khv_hook *hook,
				long (*go)(unsigned long a0, unsigned long a1));

/* Is there an entry of current whose clients are to be asked? Notes the hook in it. */
static __always_inline struct khv_task *khv_task_enter(struct khv_hook *hook,
						       struct khv_hook **outer)
{
	struct khv_task *task = khv_task_find(current);

	/* A handler made this call: asking again would never end. */
	if (unlikely(!task || task->asking))
		return NULL;
	*outer = khv_task_push(task, hook);
	return task;
}

/*
 * Before and after the kernel's function, where clients are asked after it and the
 * master has nothing to say: most checks.
 */
static __always_inline void khv_object_gate_note(struct khv_object_frame *f,
						 struct khv_hook *hook)
{
	f->task = NULL;
	/* In softirq, current is whoever was interrupted. */
	if (unlikely(!in_task()))
		return;
	preempt_disable_notrace();
	f->task = khv_task_enter(hook, &f->outer);
	preempt_enable_notrace();
}

long notrace khv_object_gate_judge(struct khv_object_frame *frame,
				   struct khv_hook *hook, int ret);
/* All others. */
long notrace khv_object_gate_first(struct khv_hook *hook, unsigned long a0,
				   unsigned long a1, unsigned long a2,
				   unsigned long a3, unsigned long a4,
				   unsigned long a5);
int notrace khv_object_gate_enter(struct khv_object_frame *frame,
				  struct khv_hook *hook);
long notrace khv_object_gate_leave(struct khv_object_frame *frame,
				   struct khv_hook *hook, int ret);

int khv_verdict_odd(const struct khv_link *link, int ret);

/* A verdict as clients must give it: 0 or -errno. Anything else is a refusal. */
static __always_inline int khv_verdict(const struct khv_link *link, int ret)
{
	return likely(!ret) ? 0 : khv_verdict_odd(link, ret);
}

#endif /* _KHV_GATE_H */

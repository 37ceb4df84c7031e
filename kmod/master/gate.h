/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_GATE_H
#define _KHV_GATE_H

#include <khv/client.h>
#include <linux/preempt.h>
#include "chain.h"
#include "client.h"
#include "hook.h"
#include "limits.h"
#include "task.h"

struct pt_regs;

/**
 * struct khv_call_frame - one hooked system call in progress, on the stack
 * @hook: which
 * @task: entry of current; NULL if it is in no domain (hash collision)
 * @regs: what the kernel's function gets: the task's pt_regs or @copy
 * @copy: registers with rewritten arguments, or NULL
 * @call: what the clients see
 * @outer: the hooked function around this one, if any
 * @end: behind the last of @link
 * @told: behind the last of those that have been asked and are to be told
 *	afterwards
 * @link: the clients of the chain that watch the task, each pinned by its inflight
 */
struct khv_call_frame {
	struct khv_hook *hook;
	struct khv_task *task;
	unsigned long regs;
	struct pt_regs *copy;
	struct khv_call call;
	struct khv_hook *outer;
	struct khv_link *end;
	struct khv_link *told;
	struct khv_link link[KHV_MAX_CLIENTS];
};

/* One object check in progress, on the stack. */
struct khv_object_frame {
	struct khv_hook *hook;
	struct khv_task *task;
	struct khv_hook *outer;
	bool refused;	/* by our own @before: the kernel was not asked */
	struct khv_check check;
};

/*
 * Those clients of a hook that watch a task, in order of priority, pinned until
 * khv_unpin(). Preemption is off while the chain is looked at, which is a reader's
 * section of RCU: a chain is freed, and a client believed to be idle, only after a
 * grace period, so whoever has been found here has been counted. The links are
 * copied because handlers may sleep, and no chain is held while they do.
 */
static __always_inline struct khv_link *khv_pin(const struct khv_hook *hook,
						const struct khv_task *task,
						struct khv_link *link)
{
	const struct khv_link *from, *end;
	const struct khv_chain *chain;

	preempt_disable_notrace();
	chain = rcu_dereference_sched(hook->chain);
	if (likely(chain)) {
		from = chain->link;
		end = from + chain->n;
		do {
			struct khv_client_reg *cs = from->client;

			if (!READ_ONCE(task->data[cs->slot]))
				continue;
			khv_inflight_enter(&cs->inflight);
			link->client = cs;
			link->call = from->call;
			link++;
		} while (++from < end);
	}
	preempt_enable_notrace();
	return link;
}

/* What a client has attached to the task; it is pinned, so there is something. */
static __always_inline void *khv_link_data(const struct khv_task *task,
					   const struct khv_link *link)
{
	return READ_ONCE(task->data[link->client->slot]);
}

long khv_call_gate_pre(struct khv_hook *hook, unsigned long regs);
long khv_call_gate_enter(struct khv_call_frame *frame, struct khv_hook *hook,
			 unsigned long regs);
long khv_call_gate_leave(struct khv_call_frame *frame, long ret);

int khv_object_gate_enter(struct khv_object_frame *frame,
			  struct khv_hook *hook);
long khv_object_gate_leave(struct khv_object_frame *frame, int ret);

int khv_verdict_odd(const struct khv_link *link, int ret);

/* A verdict as clients must give it: 0 or -errno. Anything else is a refusal. */
static __always_inline int khv_verdict(const struct khv_link *link, int ret)
{
	return likely(!ret) ? 0 : khv_verdict_odd(link, ret);
}

#endif /* _KHV_GATE_H */

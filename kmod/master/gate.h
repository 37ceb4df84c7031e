/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_GATE_H
#define _KHV_GATE_H

#include <khv/client.h>
#include "chain.h"
#include "limits.h"

struct khv_hook;
struct khv_task;
struct pt_regs;

/**
 * struct khv_call_frame - one hooked system call in progress, on the stack
 * @hook: which
 * @task: entry of current; NULL if it is in no domain (hash collision)
 * @regs: what the kernel's function gets: the task's pt_regs or @copy
 * @copy: registers with rewritten arguments, or NULL
 * @call: what the clients see
 * @asked: bit per link of the chain: its pre has run
 * @nran: number of @ran
 * @ran: clients to be told afterwards, each pinned by its inflight
 */
struct khv_call_frame {
	struct khv_hook *hook;
	struct khv_task *task;
	unsigned long regs;
	struct pt_regs *copy;
	struct khv_call call;
	u32 asked;
	unsigned int nran;
	struct khv_link ran[KHV_MAX_CLIENTS];
};

/* One object check in progress, on the stack. */
struct khv_object_frame {
	struct khv_hook *hook;
	struct khv_task *task;
	bool refused;	/* by our own @before: the kernel was not asked */
	struct khv_check check;
};

long khv_call_gate_pre(struct khv_hook *hook, unsigned long regs);
long khv_call_gate_enter(struct khv_call_frame *frame, struct khv_hook *hook,
			 unsigned long regs);
long khv_call_gate_leave(struct khv_call_frame *frame, long ret);

int khv_object_gate_enter(struct khv_object_frame *frame,
			  struct khv_hook *hook);
long khv_object_gate_leave(struct khv_object_frame *frame, int ret);

/* A verdict as clients must give it: 0 or -errno. Anything else is a refusal. */
int khv_verdict_check(const struct khv_link *link, int ret);

#endif /* _KHV_GATE_H */

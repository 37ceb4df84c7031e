// SPDX-License-Identifier: GPL-2.0
/*
 * The call gate: pre-call and post-call around a system call.
 *
 * Nothing here (or in a client) decides on what a pointer argument points to:
 * another thread can change that between the look and the use. Objects are
 * judged in the object gate.
 */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/export.h>
#include <linux/ptrace.h>
#include <linux/slab.h>
#include "client.h"
#include "gate.h"
#include "hook.h"
#include "task.h"

#define R(reg)	offsetof(struct pt_regs, reg)

/* Where each ABI passes its arguments, for rewriting. */
static const u16 khv_arg_offset[][KHV_CALL_ARGS] = {
	[KHV_ABI_64]	= { R(di), R(si), R(dx), R(r10), R(r8), R(r9) },
	[KHV_ABI_IA32]	= { R(bx), R(cx), R(dx), R(si), R(di), R(bp) },
	[KHV_ABI_X32]	= { R(di), R(si), R(dx), R(r10), R(r8), R(r9) },
};

static unsigned long *khv_arg(unsigned long regs, enum khv_abi abi,
			      unsigned int n)
{
	return (unsigned long *)(regs + khv_arg_offset[abi][n]);
}

static __always_inline void khv_call_get_args(unsigned long *arg,
					      const struct pt_regs *regs,
					      enum khv_abi abi)
{
	if (likely(abi != KHV_ABI_IA32)) {
		arg[0] = regs->di;
		arg[1] = regs->si;
		arg[2] = regs->dx;
		arg[3] = regs->r10;
		arg[4] = regs->r8;
		arg[5] = regs->r9;
	} else {
		arg[0] = (u32)regs->bx;
		arg[1] = (u32)regs->cx;
		arg[2] = (u32)regs->dx;
		arg[3] = (u32)regs->si;
		arg[4] = (u32)regs->di;
		arg[5] = (u32)regs->bp;
	}
}

int khv_verdict_odd(const struct khv_link *link, int ret)
{
	/* From ERESTARTSYS on they are not for user space, and begin calls again. */
	if (likely(ret <= 0 && ret > -ERESTARTSYS))
		return ret;
	pr_err_ratelimited("client %s gave verdict %d; taken as a refusal\n",
			   link->client->client->name, ret);
	return -EPERM;
}

int khv_call_set_arg(struct khv_call *call, unsigned int n, unsigned long value)
{
	if (n >= KHV_CALL_ARGS || !call->may_rewrite)
		return -EINVAL;
	if (call->rewritten & BIT(n))
		return -EBUSY;
	call->arg[n] = value;
	call->rewriting |= BIT(n);
	return 0;
}
EXPORT_SYMBOL_GPL(khv_call_set_arg);

/* Who is to be asked? Nobody, if a handler made this call: it would never end. */
static __always_inline void khv_call_start(struct khv_call_frame *f,
					   struct khv_hook *hook,
					   unsigned long regs)
{
	struct khv_task *task = khv_task_current();

	f->hook = hook;
	f->regs = regs;
	f->copy = NULL;
	f->told = f->link;
	f->end = f->link;
	f->task = NULL;
	if (unlikely(!task || task->asking))
		return;
	f->task = task;
	f->outer = khv_task_push(task, hook);
	f->end = khv_pin(hook, task, f->link);
	if (f->end == f->link)
		return;
	f->call.name = hook->name;
	f->call.abi = hook->abi;
	f->call.nr = (int)((const struct pt_regs *)regs)->orig_ax;
	f->call.ret = 0;
	f->call.rewriting = 0;
	f->call.rewritten = 0;
	f->call.may_rewrite = false;
	khv_call_get_args(f->call.arg, (const struct pt_regs *)regs, hook->abi);
}

/* The kernel gets a copy of the registers: the caller's own must not change. */
static int khv_call_rewrite(struct khv_call_frame *f)
{
	unsigned int i;

	f->copy = kmemdup((void *)f->regs, sizeof(*f->copy),
			  GFP_KERNEL_ACCOUNT);
	if (!f->copy)
		return -ENOMEM;
	for (i = 0; i < KHV_CALL_ARGS; i++)
		if (f->call.rewritten & BIT(i))
			*khv_arg((unsigned long)f->copy, f->call.abi, i) =
				f->call.arg[i];
	f->regs = (unsigned long)f->copy;
	return 0;
}

/*
 * Ask the clients in order of priority. The first refusal ends the walk; those
 * behind it do not see the call. A rewritten argument starts the walk again, at
 * most once per argument, so that everybody judges what the kernel will get.
 */
static __always_inline int khv_call_ask(struct khv_call_frame *f, bool full)
{
	struct khv_link *link = f->link, *told = link;
	const struct khv_call_hook *hook;
	int ret = 0;

	f->task->asking = 1;
	do {
		hook = link->call;
		if (told <= link)
			told = link + 1;
		if (unlikely(!hook->pre))
			continue;
		if (full && unlikely(hook->flags & KHV_CALL_REWRITE))
			f->call.may_rewrite = true;
		ret = khv_verdict(link, hook->pre(&f->call,
						  khv_link_data(f->task, link)));
		if (unlikely(ret)) {
			this_cpu_inc(link->client->stat->denied);
			break;
		}
		this_cpu_inc(link->client->stat->allowed);
		if (!full || likely(!f->call.may_rewrite))
			continue;
		f->call.may_rewrite = false;
		if (f->call.rewriting) {
			f->call.rewritten |= f->call.rewriting;
			f->call.rewriting = 0;
			link = f->link - 1;
		}
	} while (++link < f->end);
	f->told = told;
	f->task->asking = 0;
	return ret;
}

/* What the master itself has to say; most hooks have no veto. */
static noinline int khv_call_veto(const struct khv_hook *hook,
				  int (*veto)(const unsigned long *arg),
				  unsigned long regs)
{
	unsigned long arg[KHV_CALL_ARGS] __khv_uninitialized;

	khv_call_get_args(arg, (const struct pt_regs *)regs, hook->abi);
	return veto(arg);
}

static __always_inline int khv_call_enter(struct khv_call_frame *f,
					  struct khv_hook *hook,
					  unsigned long regs, bool full)
{
	int (*veto)(const unsigned long *arg) = READ_ONCE(hook->veto);
	int ret = unlikely(veto) ? khv_call_veto(hook, veto, regs) : 0;

	khv_call_start(f, hook, regs);
	if (likely(!ret && f->end != f->link))
		ret = khv_call_ask(f, full);
	return ret;
}

static __always_inline void khv_call_end(struct khv_call_frame *f)
{
	struct khv_link *link;

	for (link = f->link; link < f->end; link++)
		khv_inflight_leave(&link->client->inflight);
	if (likely(f->task))
		khv_task_pop(f->task, f->outer);
	khv_inflight_leave(&f->hook->inflight);
}

/* No client wants to be told afterwards. 0: go on; else the result of the call. */
long notrace khv_call_gate_pre(struct khv_hook *hook, unsigned long regs)
{
	struct khv_call_frame f __khv_uninitialized;
	int ret = khv_call_enter(&f, hook, regs, false);

	khv_call_end(&f);
	return ret;
}

long notrace khv_call_gate_enter(struct khv_call_frame *f, struct khv_hook *hook,
				 unsigned long regs)
{
	int ret = khv_call_enter(f, hook, regs, true);

	if (likely(f->told == f->link) || likely(!f->call.rewritten) || ret)
		return ret;
	return khv_call_rewrite(f);
}

/* In reverse order, exactly those whose pre has run. */
long notrace khv_call_gate_leave(struct khv_call_frame *f, long ret)
{
	struct khv_link *link = f->told;

	if (likely(link != f->link)) {
		f->call.ret = ret;
		f->task->asking = 1;
		do {
			link--;
			/* exec may have changed its data. */
			if (likely(link->call->post))
				link->call->post(&f->call,
						 khv_link_data(f->task, link));
		} while (link != f->link);
		f->task->asking = 0;
		ret = f->call.ret;
		if (unlikely(f->copy))
			kfree(f->copy);
	}
	khv_call_end(f);
	return ret;
}

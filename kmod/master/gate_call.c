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

/**
 * struct khv_call_frame - one hooked system call in progress, on the stack
 * @task: entry of current; NULL if nobody is to be asked: it is in no domain (hash
 *	collision), or the call is made by a handler
 * @outer: the hooked function around this one, if any
 * @end: behind the last of @link
 * @told: behind the last of those that have been asked and are to be told
 *	afterwards
 * @rewrites: one of them may rewrite arguments
 * @call: what the clients see
 * @link: the clients of the chain that watch the task, each pinned by its inflight
 */
struct khv_call_frame {
	struct khv_task *task;
	struct khv_hook *outer;
	struct khv_link **end;
	struct khv_link **told;
	bool rewrites;
	struct khv_call call;
	struct khv_link *link[KHV_MAX_CLIENTS];
};

/* Who is to be asked? */
static __always_inline void khv_call_start(struct khv_call_frame *f,
					   struct khv_hook *hook)
{
	const struct khv_chain *chain;

	f->end = f->link;
	f->told = f->link;
	preempt_disable_notrace();
	f->task = khv_task_enter(hook, &f->outer);
	chain = rcu_dereference_sched(hook->chain);
	if (likely(f->task && chain)) {
		f->rewrites = chain->rewrites;
		f->end = khv_pin(chain, f->task, f->link);
	}
	preempt_enable_notrace();
}

/* What the clients see of the call. */
static __always_inline void khv_call_describe(struct khv_call_frame *f,
					      const struct khv_hook *hook,
					      const struct pt_regs *regs)
{
	f->call.name = hook->name;
	f->call.abi = hook->abi;
	f->call.nr = (int)regs->orig_ax;
	f->call.ret = 0;
	f->call.rewriting = 0;
	f->call.rewritten = 0;
	f->call.may_rewrite = false;
	khv_call_get_args(f->call.arg, regs, hook->abi);
}

/* The kernel gets a copy of the registers: the caller's own must not change. */
static struct pt_regs *khv_call_rewrite(const struct khv_call *call,
					unsigned long regs)
{
	struct pt_regs *copy = kmemdup((void *)regs, sizeof(*copy),
				       GFP_KERNEL_ACCOUNT);
	unsigned int i;

	for (i = 0; copy && i < KHV_CALL_ARGS; i++)
		if (call->rewritten & BIT(i))
			*khv_arg((unsigned long)copy, call->abi, i) =
				call->arg[i];
	return copy;
}

/* Ask one client. */
static __always_inline int khv_call_ask_one(struct khv_call_frame *f,
					    struct khv_link *link)
{
	if (unlikely(!link->pre)) {
		this_cpu_dec(link->client->stat->more);
		return 0;
	}
	return khv_verdict(link, link->pre(&f->call,
					   khv_link_data(f->task, link)));
}

/*
 * Ask the clients in order of priority. The first refusal ends the walk; those
 * behind it do not see the call.
 */
static __always_inline int khv_call_ask(struct khv_call_frame *f)
{
	struct khv_link **at = f->link, *link;
	int ret;

	do {
		link = *at++;
		ret = khv_call_ask_one(f, link);
		if (unlikely(ret)) {
			this_cpu_inc(link->client->stat->denied);
			break;
		}
	} while (at < f->end);
	f->told = at;
	return ret;
}

/* So many decisions more of those from @at on. */
static void khv_call_count(struct khv_link **at, struct khv_link **end, int n)
{
	for (; at < end; at++)
		this_cpu_add((*at)->client->stat->more, n);
}

/*
 * The same where some client may rewrite. A rewritten argument starts the walk again,
 * at most once per argument, so that everybody judges what the kernel will get.
 */
static noinline int khv_call_ask_again(struct khv_call_frame *f)
{
	struct khv_link **at = f->link, *link;
	int ret;

	do {
		link = *at++;
		f->call.may_rewrite = link->rewrites;
		ret = khv_call_ask_one(f, link);
		f->call.may_rewrite = false;
		if (ret) {
			this_cpu_inc(link->client->stat->denied);
			khv_call_count(at, f->told, -1);
		} else if (f->call.rewriting) {
			f->call.rewritten |= f->call.rewriting;
			f->call.rewriting = 0;
			f->told = max(f->told, at);
			/* They are all asked once more, up to a refusal. */
			khv_call_count(f->link, at, 1);
			at = f->link;
		}
	} while (!ret && at < f->end);
	f->told = max(f->told, at);
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
					  unsigned long regs)
{
	int (*veto)(const unsigned long *arg) = READ_ONCE(hook->veto);
	int ret = unlikely(veto) ? khv_call_veto(hook, veto, regs) : 0;

	khv_call_start(f, hook);
	if (unlikely(ret || f->end == f->link))
		return ret;
	khv_call_describe(f, hook, (const struct pt_regs *)regs);
	f->task->asking = 1;
	ret = unlikely(f->rewrites) ? khv_call_ask_again(f) : khv_call_ask(f);
	f->task->asking = 0;
	return ret;
}

/* Unpins those that are behind a refusal. */
static __always_inline void khv_call_drop_unasked(struct khv_call_frame *f)
{
	while (unlikely(f->end > f->told))
		khv_unpin_unasked(*--f->end);
}

static __always_inline void khv_call_end(struct khv_call_frame *f,
					 struct khv_hook *hook)
{
	if (likely(f->task))
		khv_task_pop(f->task, f->outer);
	khv_inflight_leave(&hook->inflight);
}

/* No client wants to be told afterwards. 0: go on; else the result of the call. */
long __khv_gate khv_call_gate_pre(struct khv_hook *hook, unsigned long regs)
{
	struct khv_call_frame f __khv_uninitialized;
	int ret = khv_call_enter(&f, hook, regs);
	struct khv_link **at;

	khv_call_drop_unasked(&f);
	for (at = f.told; at > f.link;)
		khv_unpin(*--at);
	khv_call_end(&f, hook);
	return ret;
}

/* Tell in reverse order, exactly those whose pre has run. */
static __always_inline long khv_call_tell(struct khv_call_frame *f, long ret)
{
	struct khv_link **at = f->told, *link;

	f->call.ret = ret;
	f->task->asking = 1;
	do {
		link = *--at;
		/* exec may have changed its data. */
		if (likely(link->post))
			link->post(&f->call, khv_link_data(f->task, link));
		khv_unpin(link);
	} while (at != f->link);
	f->task->asking = 0;
	return f->call.ret;
}

/* With rewritten arguments. */
static noinline notrace long khv_call_go_copy(struct khv_call_frame *f,
					      unsigned long regs,
					      unsigned long a1,
					      long (*go)(unsigned long a0,
							 unsigned long a1))
{
	struct pt_regs *copy = khv_call_rewrite(&f->call, regs);
	long ret;

	if (!copy)
		return -ENOMEM;
	ret = go((unsigned long)copy, a1);
	kfree(copy);
	return ret;
}

/* @go: into the kernel's function. */
long __khv_gate khv_call_gate_full(unsigned long regs, unsigned long a1,
				   struct khv_hook *hook,
				   long (*go)(unsigned long a0, unsigned long a1))
{
	struct khv_call_frame f __khv_uninitialized;
	long ret;

	ret = khv_call_enter(&f, hook, regs);
	if (likely(!ret)) {
		if (unlikely(f.told != f.link && f.call.rewritten))
			ret = khv_call_go_copy(&f, regs, a1, go);
		else
			ret = go(regs, a1);
	}
	khv_call_drop_unasked(&f);
	if (likely(f.told != f.link))
		ret = khv_call_tell(&f, ret);
	khv_call_end(&f, hook);
	return ret;
}

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

static void khv_call_get_args(unsigned long *arg, const struct pt_regs *regs,
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

int khv_verdict_check(const struct khv_link *link, int ret)
{
	if (likely(ret <= 0 && ret >= -MAX_ERRNO))
		return ret;
	WARN_ONCE(1, "khv: client %s gave verdict %d; taken as a refusal\n",
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

static void khv_call_start(struct khv_call_frame *f, struct khv_hook *hook,
			   unsigned long regs)
{
	f->hook = hook;
	f->regs = regs;
	f->copy = NULL;
	f->asked = 0;
	f->nran = 0;
	f->task = khv_task_current();
	/* A handler's own calls are not judged: it would never end. */
	if (f->task && f->task->asking)
		f->task = NULL;
	if (!f->task)
		return;
	khv_task_push(f->task, hook);
	f->call.name = hook->name;
	f->call.abi = hook->abi;
	f->call.nr = (int)((const struct pt_regs *)regs)->orig_ax;
	f->call.ret = 0;
	f->call.rewriting = 0;
	f->call.rewritten = 0;
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
static int khv_call_ask(struct khv_call_frame *f)
{
	const struct khv_chain *chain;
	const struct khv_link *link;
	struct khv_client_reg *cs;
	int idx, ret = 0;
	unsigned int i;
	void *data;

	f->task->asking = 1;
	idx = srcu_read_lock(&khv_srcu);
	chain = srcu_dereference(f->hook->chain, &khv_srcu);
	for (i = 0; chain && i < chain->n; i++) {
		link = &chain->link[i];
		cs = link->client;
		data = READ_ONCE(f->task->data[cs->slot]);
		if (!data)
			continue;
		if (!(f->asked & BIT(i))) {
			f->asked |= BIT(i);
			khv_inflight_enter(&cs->inflight);
			f->ran[f->nran++] = *link;
		}
		if (!link->call->pre)
			continue;
		f->call.may_rewrite = chain->full &&
				      (link->call->flags & KHV_CALL_REWRITE);
		ret = khv_verdict_check(link, link->call->pre(&f->call, data));
		if (ret) {
			this_cpu_inc(cs->stat->denied);
			break;
		}
		this_cpu_inc(cs->stat->allowed);
		if (f->call.rewriting) {
			f->call.rewritten |= f->call.rewriting;
			f->call.rewriting = 0;
			i = -1;
		}
	}
	srcu_read_unlock(&khv_srcu, idx);
	f->task->asking = 0;
	return ret;
}

/* What the master itself has to say; most hooks have no veto. */
static int khv_call_veto(const struct khv_hook *hook, unsigned long regs)
{
	int (*veto)(const unsigned long *arg) = READ_ONCE(hook->veto);
	unsigned long arg[KHV_CALL_ARGS] __khv_uninitialized;

	if (likely(!veto))
		return 0;
	khv_call_get_args(arg, (const struct pt_regs *)regs, hook->abi);
	return veto(arg);
}

static void khv_call_end(struct khv_call_frame *f)
{
	while (f->nran)
		khv_inflight_leave(&f->ran[--f->nran].client->inflight);
	if (f->task)
		khv_task_pop(f->task);
	khv_inflight_leave(&f->hook->inflight);
}

/* No client wants to be told afterwards. 0: go on; else the result of the call. */
long khv_call_gate_pre(struct khv_hook *hook, unsigned long regs)
{
	struct khv_call_frame f __khv_uninitialized;
	int ret = khv_call_veto(hook, regs);

	khv_call_start(&f, hook, regs);
	if (!ret && f.task)
		ret = khv_call_ask(&f);
	khv_call_end(&f);
	return ret;
}

long khv_call_gate_enter(struct khv_call_frame *f, struct khv_hook *hook,
			 unsigned long regs)
{
	int ret = khv_call_veto(hook, regs);

	khv_call_start(f, hook, regs);
	if (!ret && f->task)
		ret = khv_call_ask(f);
	if (!ret && f->task && f->call.rewritten)
		ret = khv_call_rewrite(f);
	return ret;
}

/* In reverse order, exactly those whose pre has run. */
long khv_call_gate_leave(struct khv_call_frame *f, long ret)
{
	const struct khv_link *link;
	unsigned int i;
	void *data;

	if (f->nran) {
		f->call.ret = ret;
		f->task->asking = 1;
		for (i = f->nran; i-- > 0; ) {
			link = &f->ran[i];
			/* exec may have changed it, to other data, not to NULL */
			data = READ_ONCE(f->task->data[link->client->slot]);
			if (link->call->post && data)
				link->call->post(&f->call, data);
		}
		f->task->asking = 0;
		ret = f->call.ret;
	}
	kfree(f->copy);
	khv_call_end(f);
	return ret;
}

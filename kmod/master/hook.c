// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching to kernel functions with ftrace, and letting go of them again.
 *
 * One ftrace_ops per kind of task test, with all functions of that kind in its
 * filter, rather than one ops per function: the callback of a task that nobody
 * watches is the same, a watched task pays ten instructions to find its hook,
 * and 50 functions are attached or detached in one pass and two grace periods
 * instead of 50 (about 50 ms each under emulation).
 *
 * Life of a redirect, and why removal is safe (anchors-kernel T3):
 *
 *	callback:  entered++ ............ preemption may hit, but no sleep
 *	slot:      our code, may sleep .. counted: entered != left
 *	           left++, jump/return .. preemption may hit, but no sleep
 *
 * unregister_ftrace_function() ends new callbacks; synchronize_rcu_tasks() covers
 * both stretches in which a task may be preempted but does not sleep; the counter
 * covers the rest. A hook is reused, and its module let go, only after all three.
 */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/delay.h>
#include <linux/ftrace.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/static_call.h>
#include <khv/limits.h>
#include "../compat/compat.h"
#include "chain.h"
#include "hook.h"
#include "slots.h"
#include "symbols.h"
#include "task.h"
#include "watchdog.h"

struct khv_hook khv_call_hooks[KHV_CALL_SLOTS];
struct khv_hook khv_object_hooks[KHV_OBJECT_SLOTS];
/* All hooks and their chains. Inside khv_client_mutex. */
DEFINE_MUTEX(khv_hook_mutex);

static struct hlist_head khv_hook_table[1 << KHV_HOOK_HASH_BITS];
/* Nodes have been taken out and not been waited for. Under khv_hook_mutex. */
static bool khv_hook_table_dirty;

static __always_inline struct hlist_head *khv_hook_head(unsigned long ip)
{
	/* fentry sites are 16 bytes apart, give or take an ENDBR */
	return &khv_hook_table[(ip >> 4) & ((1 << KHV_HOOK_HASH_BITS) - 1)];
}

/*
 * Everything from here to khv_callback_any() runs inside ftrace, in place of the
 * first instruction of the hooked function: no sleeping, no locks, nothing that
 * could be traced. Entries of the table are static memory and change only when no
 * callback can be looking (attach before the site is live, reuse after a grace
 * period), so the list may be walked without a lock.
 */
static __always_inline void khv_redirect(unsigned long ip,
					 struct ftrace_regs *fregs)
{
	struct hlist_node *node;
	struct khv_hook *hook;
	unsigned long entry;

	for (node = READ_ONCE(khv_hook_head(ip)->first); node;
	     node = READ_ONCE(node->next)) {
		hook = container_of(node, struct khv_hook, hash);
		if (hook->ip != ip)
			continue;
		entry = READ_ONCE(hook->entry);
		if (!entry)
			return;
		khv_inflight_enter(&hook->inflight);
		khv_ftrace_set_ip(fregs, entry);
		return;
	}
}

static void notrace khv_callback_monitored(unsigned long ip,
					   unsigned long parent_ip,
					   struct ftrace_ops *ops,
					   struct ftrace_regs *fregs)
{
	if (likely(!khv_task_maybe(current)))
		return;
	khv_redirect(ip, fregs);
}

static void notrace khv_callback_arg_task(unsigned long ip,
					  unsigned long parent_ip,
					  struct ftrace_ops *ops,
					  struct ftrace_regs *fregs)
{
	struct task_struct *task = (void *)khv_ftrace_regs(fregs)->di;

	if (likely(!khv_task_maybe(task)))
		return;
	khv_redirect(ip, fregs);
}

static void notrace khv_callback_any(unsigned long ip, unsigned long parent_ip,
				     struct ftrace_ops *ops,
				     struct ftrace_regs *fregs)
{
	khv_redirect(ip, fregs);
}

/*
 * IPMODIFY: we change where the function goes; ftrace grants that to one user.
 * PERMANENT: kernel.ftrace_enabled=0 is refused instead of disarming us silently.
 * No SAVE_REGS (26 instructions for registers nobody reads) and no RECURSION: the
 * callbacks call nothing that can be traced.
 */
#define KHV_OPS(callback) {						\
	.func = callback,						\
	.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT,	\
}

static struct ftrace_ops khv_ops[KHV_NR_KINDS] = {
	[KHV_KIND_MONITORED] = KHV_OPS(khv_callback_monitored),
	[KHV_KIND_ARG_TASK] = KHV_OPS(khv_callback_arg_task),
	[KHV_KIND_ANY] = KHV_OPS(khv_callback_any),
};

/* Functions in the filter of each ops. An empty filter would mean all of them. */
static unsigned int khv_ops_count[KHV_NR_KINDS];

const struct khv_slot_code *khv_hook_code(const struct khv_hook *hook)
{
	return hook->gate == KHV_GATE_CALL ? &khv_call_code[hook->slot] :
					     &khv_object_code[hook->slot];
}

const struct ftrace_ops *khv_hook_ops(enum khv_hook_kind kind)
{
	return &khv_ops[kind];
}

/* Is any function attached? Under khv_hook_mutex. */
bool khv_hook_any(void)
{
	unsigned int kind, n = 0;

	for (kind = 0; kind < KHV_NR_KINDS; kind++)
		n += khv_ops_count[kind];
	return n;
}

struct khv_hook *khv_hook_find(unsigned long ip)
{
	struct khv_hook *hook;

	lockdep_assert_held(&khv_hook_mutex);
	hlist_for_each_entry(hook, khv_hook_head(ip), hash)
		if (hook->ip == ip)
			return hook;
	return NULL;
}

struct khv_hook *khv_hook_next(unsigned int *pos)
{
	struct khv_hook *hook;

	while (*pos < KHV_CALL_SLOTS + KHV_OBJECT_SLOTS) {
		hook = *pos < KHV_CALL_SLOTS ?
		       &khv_call_hooks[*pos] :
		       &khv_object_hooks[*pos - KHV_CALL_SLOTS];
		(*pos)++;
		if (hook->used != KHV_HOOK_FREE)
			return hook;
	}
	return NULL;
}

/* Is there more to do than to ask: before a call, or after a check? */
static bool khv_hook_is_around(const struct khv_hook *hook,
			       const struct khv_chain *chain)
{
	if (hook->gate == KHV_GATE_CALL)
		return chain && chain->full;
	return hook->before || hook->after ||
	       hook->kind == KHV_KIND_ARG_TASK;
}

/* The entry the callback uses; called whenever the chain changes. */
void khv_hook_set_entry(struct khv_hook *hook)
{
	const struct khv_slot_code *code = khv_hook_code(hook);
	const struct khv_chain *chain;

	if (hook->used != KHV_HOOK_ATTACHED)
		return;
	chain = rcu_dereference_protected(hook->chain,
					  lockdep_is_held(&khv_hook_mutex));
	WRITE_ONCE(hook->entry, hook->first ? code->first :
				khv_hook_is_around(hook, chain) ? code->full :
								  code->pre);
}

/*
 * Reserve a slot for the kernel function at @addr. Not live yet. Returns the hook
 * of that function if there is one already, also one that is still draining.
 * Under khv_hook_mutex.
 */
struct khv_hook *khv_hook_prepare_at(enum khv_gate gate,
				     enum khv_hook_kind kind,
				     unsigned long addr, const char *symbol,
				     const char *name)
{
	unsigned int n = gate == KHV_GATE_CALL ? KHV_CALL_SLOTS :
						 KHV_OBJECT_SLOTS, i;
	struct khv_hook *pool = gate == KHV_GATE_CALL ? khv_call_hooks :
							khv_object_hooks;
	unsigned long ip;
	const struct khv_slot_code *code;
	struct khv_hook *hook;

	if (!addr)
		return ERR_PTR(-ENOENT);
	ip = khv_fentry_site(addr);
	if (!ip) {
		pr_err("%s cannot be traced on this kernel\n", symbol);
		return ERR_PTR(-ENOENT);
	}
	hook = khv_hook_find(ip);
	if (hook)
		return hook;
	for (i = 0; i < n && (pool[i].used != KHV_HOOK_FREE || pool[i].ip); i++)
		;
	if (khv_hook_table_dirty) {
		/*
		 * A callback may still stand on a node that was taken out of
		 * the table. Putting that node into another list would lead it
		 * astray, past the hook it is looking for.
		 */
		synchronize_rcu_tasks();
		synchronize_rcu();
		khv_hook_table_dirty = false;
	}
	if (i == n) {
		pr_err("no slot left for %s (limit %u)\n", symbol, n);
		return ERR_PTR(-ENOSPC);
	}
	hook = &pool[i];
	hook->symbol = kstrdup(symbol, GFP_KERNEL);
	hook->name = kstrdup(name, GFP_KERNEL);
	if (!hook->symbol || !hook->name || khv_inflight_init(&hook->inflight)) {
		kfree(hook->symbol);
		kfree(hook->name);
		return ERR_PTR(-ENOMEM);
	}
	hook->gate = gate;
	hook->kind = kind;
	hook->slot = i;
	hook->object = KHV_NR_OBJECTS;
	hook->notice = false;
	hook->first = false;
	hook->sleeps = false;
	hook->broken = false;
	hook->veto = NULL;
	hook->before = NULL;
	hook->after = NULL;
	hook->entry = 0;
	hook->ip = ip;
	code = khv_hook_code(hook);
	__static_call_update(code->key, code->tramp,
			     (void *)(ip + MCOUNT_INSN_SIZE));
	hlist_add_head_rcu(&hook->hash, khv_hook_head(ip));
	return hook;
}

/* The same for a function by name. */
struct khv_hook *khv_hook_prepare(enum khv_gate gate, enum khv_hook_kind kind,
				  const char *symbol, const char *name)
{
	return khv_hook_prepare_at(gate, kind, khv_symbol(symbol), symbol, name);
}

/* Give back a slot that is neither attached nor has frames in flight. */
void khv_hook_discard(struct khv_hook *hook)
{
	if (hook->used != KHV_HOOK_FREE || !hook->ip)
		return;
	hlist_del_rcu(&hook->hash);
	khv_hook_table_dirty = true;
	khv_inflight_destroy(&hook->inflight);
	kfree(hook->symbol);
	kfree(hook->name);
	hook->symbol = NULL;
	hook->name = NULL;
	hook->ip = 0;
}

/* Give back what was prepared for an attach that failed. Under khv_hook_mutex. */
void khv_hook_discard_unused(void)
{
	unsigned int i;

	for (i = 0; i < KHV_CALL_SLOTS; i++)
		khv_hook_discard(&khv_call_hooks[i]);
	for (i = 0; i < KHV_OBJECT_SLOTS; i++)
		khv_hook_discard(&khv_object_hooks[i]);
}

/*
 * Take functions out of the filter. ftrace makes a new one for that; what is small
 * and must not fail is tried until there is memory. Sleeps.
 */
static int khv_ops_forget(struct ftrace_ops *ops, unsigned long *ips,
			  unsigned int n)
{
	int ret;

	while ((ret = ftrace_set_filter_ips(ops, ips, n, 1, 0)) == -ENOMEM)
		msleep(20);
	return ret;
}

static int khv_ops_add(unsigned int kind, unsigned long *ips, unsigned int n)
{
	struct ftrace_ops *ops = &khv_ops[kind];
	int ret;

	ret = ftrace_set_filter_ips(ops, ips, n, 0, 0);
	if (!ret && !khv_ops_count[kind]) {
		ret = register_ftrace_function(ops);
		if (ret)
			khv_ops_forget(ops, ips, n);
	}
	if (!ret)
		khv_ops_count[kind] += n;
	return ret;
}

/* Returns whether callbacks may still be running for what was removed. */
static bool khv_ops_remove(unsigned int kind, unsigned long *ips,
			   unsigned int n)
{
	struct ftrace_ops *ops = &khv_ops[kind];
	bool last = khv_ops_count[kind] == n;
	int ret = 0;

	/*
	 * The filter is emptied, not freed: ftrace_free_filter() leaves the ops
	 * with pointers to freed memory, and this ops will be used again.
	 */
	if (last)
		ret = unregister_ftrace_function(ops);
	if (!ret)
		ret = khv_ops_forget(ops, ips, n);
	khv_ops_count[kind] -= n;
	/* ftrace has shut itself down and will call us for ever. */
	if (ret == -ENODEV)
		khv_ftrace_dead();
	/* Harmless if it happens: without an entry the callback lets calls pass. */
	WARN_ONCE(ret && ret != -ENODEV, "khv: ftrace would not let go of functions (%d)\n", ret);
	/* Unregistering has waited for them. */
	return !last || ret;
}

static void notrace khv_callback_none(unsigned long ip, unsigned long parent_ip,
				      struct ftrace_ops *ops,
				      struct ftrace_regs *fregs)
{
}

/* What does ftrace say to these, with an ops that does nothing? */
static int khv_hook_try(struct khv_hook **hooks, unsigned int n)
{
	static struct ftrace_ops probe = {
		.func = khv_callback_none,
		.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT,
	};
	unsigned int i;
	int ret = 0;

	for (i = 0; i < n && !ret; i++)
		ret = ftrace_set_filter_ip(&probe, hooks[i]->ip, 0, 0);
	if (!ret)
		ret = register_ftrace_function(&probe);
	if (!ret)
		unregister_ftrace_function(&probe);
	/* What stayed in it would be blamed the next time. */
	while (ftrace_set_filter(&probe, NULL, 0, 1) == -ENOMEM)
		msleep(20);
	return ret;
}

/*
 * Which of them does ftrace refuse? One of those it does is named. By halves,
 * because each try takes a while and there may be a thousand.
 */
static void khv_hook_blame(struct khv_hook **hooks, unsigned int n, int err)
{
	int ret = khv_hook_try(hooks, n);

	while (ret && n > 1) {
		unsigned int half = n / 2;
		int first = khv_hook_try(hooks, half);

		if (!first) {
			hooks += half;
			half = n - half;
		} else {
			ret = first;
		}
		n = half;
	}
	if (!ret) {
		pr_err("ftrace refuses the hooks (%d)\n", err);
		return;
	}
	pr_err("cannot hook %s (%d): %s\n", hooks[0]->symbol, ret,
	       ret == -EBUSY ?
	       "another live patch or BPF program owns it, or kernel.ftrace_enabled is 0" :
	       "ftrace refuses it");
}

/* Sites of the hooks of a kind that are (or are not) attached. */
static unsigned int khv_hook_ips(struct khv_hook **hooks, unsigned int n,
				 unsigned int kind, bool attached,
				 unsigned long *ips)
{
	unsigned int i, cnt = 0;

	for (i = 0; i < n; i++) {
		bool is = hooks[i]->used == KHV_HOOK_ATTACHED;

		if (hooks[i]->kind == kind && is == attached)
			ips[cnt++] = hooks[i]->ip;
	}
	return cnt;
}

/*
 * Attach hooks that are not attached, all or nothing, and go live. Under
 * khv_hook_mutex; sleeps.
 */
int khv_hook_attach(struct khv_hook **hooks, unsigned int n)
{
	unsigned int kind, i, cnt, done = 0;
	unsigned long *ips;
	int ret = 0;

	lockdep_assert_held(&khv_hook_mutex);
	ips = kvcalloc(n, sizeof(*ips), GFP_KERNEL);
	if (!ips)
		return -ENOMEM;
	for (kind = 0; kind < KHV_NR_KINDS && !ret; kind++) {
		cnt = khv_hook_ips(hooks, n, kind, false, ips);
		if (cnt)
			ret = khv_ops_add(kind, ips, cnt);
		if (!ret)
			done = kind + 1;
	}
	for (kind = 0; ret && kind < done; kind++) {
		cnt = khv_hook_ips(hooks, n, kind, false, ips);
		if (cnt)
			khv_ops_remove(kind, ips, cnt);
	}
	if (ret)
		khv_hook_blame(hooks, n, ret);
	kvfree(ips);
	if (ret)
		return ret;
	for (i = 0; i < n; i++)
		hooks[i]->used = KHV_HOOK_ATTACHED;
	for (i = 0; i < n; i++) {
		if (!khv_hook_is_live(hooks[i])) {
			pr_err("%s was attached but its code does not call us\n",
			       hooks[i]->symbol);
			khv_hook_detach(hooks, n);
			return -EIO;
		}
	}
	for (i = 0; i < n; i++)
		khv_hook_set_entry(hooks[i]);
	return 0;
}

/*
 * No new calls. The hooks are draining afterwards; khv_hook_reap() frees them
 * when the last frame has left. Under khv_hook_mutex; sleeps.
 */
void khv_hook_detach(struct khv_hook **hooks, unsigned int n)
{
	unsigned int kind, i, cnt;
	unsigned long *ips;
	bool wait = false;

	lockdep_assert_held(&khv_hook_mutex);
	ips = kvcalloc(n, sizeof(*ips), GFP_KERNEL | __GFP_NOFAIL);
	for (i = 0; i < n; i++)
		WRITE_ONCE(hooks[i]->entry, 0);
	for (kind = 0; kind < KHV_NR_KINDS; kind++) {
		cnt = khv_hook_ips(hooks, n, kind, true, ips);
		if (cnt)
			wait |= khv_ops_remove(kind, ips, cnt);
	}
	kvfree(ips);
	for (i = 0; i < n; i++)
		if (hooks[i]->used == KHV_HOOK_ATTACHED)
			hooks[i]->used = KHV_HOOK_DRAINING;
	/* Callbacks that saw the entry have counted themselves after this. */
	if (wait)
		synchronize_rcu_tasks();
}

/* Free drained hooks. True if none is draining any more. Under khv_hook_mutex. */
bool khv_hook_reap(void)
{
	struct khv_hook *hook;
	bool all = true, some = false;
	unsigned int pos = 0;

	while ((hook = khv_hook_next(&pos))) {
		if (hook->used != KHV_HOOK_DRAINING)
			continue;
		if (khv_inflight_idle(&hook->inflight))
			some = true;
		else
			all = false;
	}
	if (!some)
		return all;
	/* The last instructions of a frame, behind its count, are not counted. */
	synchronize_rcu_tasks();
	pos = 0;
	while ((hook = khv_hook_next(&pos))) {
		if (hook->used != KHV_HOOK_DRAINING ||
		    !khv_inflight_idle(&hook->inflight))
			continue;
		hook->used = KHV_HOOK_FREE;
		khv_hook_discard(hook);
	}
	return all;
}

/* Do the code bytes at the site call into ftrace? Sleeps. */
bool khv_hook_is_live(const struct khv_hook *hook)
{
	const u8 *site = (const u8 *)hook->ip;
	unsigned int tries = 10;

	if (hook->used != KHV_HOOK_ATTACHED)
		return false;
	/* Another user of the function may be patching it just now. */
	while (READ_ONCE(*site) == INT3_INSN_OPCODE && --tries)
		usleep_range(1000, 2000);
	return READ_ONCE(*site) == CALL_INSN_OPCODE;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The hooks the master needs for itself: who is born, who dies, who execs. They
 * are attached with the first client that is enabled, and detached with the last.
 */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include "attach.h"
#include "base.h"
#include "gate.h"
#include "hook.h"
#include "symbols.h"
#include "task.h"

/*
 * security_task_alloc(child, flags): in copy_process(), before the child can run
 * or be seen, for fork, vfork, clone and io_uring workers alike; it may fail.
 * Before the kernel's own function: if we fail, nothing has been done yet.
 */
static int khv_base_alloc(struct khv_object_frame *f)
{
	if (!f->task)
		return 0;
	return khv_task_inherit(f->task, (void *)f->check.arg[0]);
}

/* The kernel's own function failed: it has called, or inlined, security_task_free. */
static int khv_base_alloc_done(struct khv_object_frame *f, int ret)
{
	if (ret && f->task)
		khv_task_remove((void *)f->check.arg[0]);
	return ret;
}

/* security_task_free(task): last reference gone; maybe in softirq. */
static int khv_base_free(struct khv_object_frame *f, int ret)
{
	khv_task_remove((void *)f->check.arg[0]);
	return ret;
}

/*
 * wake_up_new_task(child), in the parent. If the parent was attached (hvctl
 * attach) after it passed security_task_alloc(), the child has missed it, and
 * nobody else can see the child yet to catch it. Here the two meet. If the parent has
 * not judged yet what it had, the child has it as well, and judges it before it runs.
 * It is too late to refuse the fork: a child that cannot be watched does not get to
 * run.
 */
static int khv_base_wake(struct khv_object_frame *f)
{
	struct task_struct *child = (void *)f->check.arg[0];
	bool known;

	if (!f->task || !khv_task_confined(current))
		return 0;
	rcu_read_lock();
	known = khv_task_find(child);
	rcu_read_unlock();
	if ((known || !khv_task_inherit(f->task, child)) &&
	    !khv_visit_child(f->task, child))
		return 0;
	pr_warn_ratelimited("no memory to watch the child %d of %s[%d]: it is killed\n",
			    task_pid_nr(child), current->comm,
			    task_pid_nr(current));
	send_sig(SIGKILL, child, 1);
	return 0;
}

struct khv_base {
	const char *symbol;
	const char *name;
	enum khv_base_use use;
	enum khv_hook_kind kind;
	enum khv_object object;
	int (*before)(struct khv_object_frame *f);
	int (*after)(struct khv_object_frame *f, int ret);
};

static const struct khv_base khv_base[KHV_BASE_HOOKS] = {
	{ "security_task_alloc", "task_alloc", KHV_BASE_LIFE, KHV_KIND_MONITORED,
	  KHV_NR_OBJECTS, khv_base_alloc, khv_base_alloc_done },
	{ "security_task_free", "task_free", KHV_BASE_LIFE, KHV_KIND_ARG_TASK,
	  KHV_NR_OBJECTS, NULL, khv_base_free },
	{ "wake_up_new_task", "wake_up_new_task", KHV_BASE_LIFE, KHV_KIND_MONITORED,
	  KHV_NR_OBJECTS, khv_base_wake, NULL },
	{ "security_bprm_check", "bprm_check", KHV_BASE_EXEC, KHV_KIND_ANY,
	  KHV_OBJ_BPRM_CHECK, NULL, khv_exec_check },
	{ "security_bprm_committing_creds", "bprm_committing_creds",
	  KHV_BASE_EXEC, KHV_KIND_MONITORED, KHV_NR_OBJECTS,
	  khv_exec_commit, NULL },
};

static struct khv_hook *khv_base_hook[KHV_BASE_HOOKS];

/* @hooks has room for KHV_BASE_HOOKS. Under khv_hook_mutex. */
int khv_base_prepare(struct khv_hook **hooks)
{
	const struct khv_base *base;
	struct khv_hook *hook;
	unsigned int i;

	for (i = 0; i < KHV_BASE_HOOKS; i++) {
		base = &khv_base[i];
		hook = khv_hook_prepare(KHV_GATE_OBJECT, base->kind,
					base->symbol, base->name);
		if (IS_ERR(hook))
			return PTR_ERR(hook);
		hook->object = base->object;
		hook->before = base->before;
		hook->after = base->after;
		khv_base_hook[i] = hook;
		hooks[i] = hook;
	}
	return 0;
}

enum khv_base_use khv_base_use(const struct khv_hook *hook)
{
	unsigned int i;

	for (i = 0; i < KHV_BASE_HOOKS; i++)
		if (khv_base_hook[i] == hook)
			return khv_base[i].use;
	return KHV_BASE_NONE;
}

/* Of symbol, for those that are KHV_OBJ_PLAIN. */
#define KHV_PREFIX	"security_"

static const struct {
	const char *name;
	const char *symbol;
	unsigned int flags;
} khv_objects[KHV_NR_OBJECTS] = {
#define KHV_OBJ_NAME(id, name, flags)					\
	[KHV_OBJ_##id] = { #name, KHV_PREFIX #name, flags },
	KHV_OBJECTS(KHV_OBJ_NAME)
};

const char *khv_object_name(enum khv_object id)
{
	return khv_objects[id].name;
}
EXPORT_SYMBOL_GPL(khv_object_name);

const char *khv_object_symbol(enum khv_object id)
{
	const char *symbol = khv_objects[id].symbol;

	if (khv_objects[id].flags & KHV_OBJ_PLAIN)
		symbol += sizeof(KHV_PREFIX) - 1;
	return symbol;
}

bool khv_object_present(enum khv_object id)
{
	/* 0: not looked for yet. The kernel does not change; a race writes twice. */
	static u8 known[KHV_NR_OBJECTS];
	enum { YES = 1, NO };
	unsigned long addr;

	if (!READ_ONCE(known[id])) {
		addr = khv_symbol(khv_object_symbol(id));
		WRITE_ONCE(known[id], addr && khv_fentry_site(addr) ? YES : NO);
	}
	return READ_ONCE(known[id]) == YES;
}
EXPORT_SYMBOL_GPL(khv_object_present);

/*
 * Hook for an object check, not live yet; NULL if this kernel does not have it
 * and need not. Under khv_hook_mutex.
 */
struct khv_hook *khv_object_prepare(enum khv_object id)
{
	struct khv_hook *hook;
	const char *symbol;

	if ((unsigned int)id >= KHV_NR_OBJECTS)
		return ERR_PTR(-EINVAL);
	symbol = khv_object_symbol(id);
	hook = khv_hook_prepare(KHV_GATE_OBJECT, KHV_KIND_MONITORED, symbol,
				khv_objects[id].name);
	if (hook == ERR_PTR(-ENOENT)) {
		if (khv_objects[id].flags & KHV_OBJ_OPTIONAL)
			return NULL;
		pr_err("this kernel has no function %s\n", symbol);
	}
	if (!IS_ERR(hook)) {
		hook->object = id;
		hook->notice = khv_objects[id].flags & KHV_OBJ_NOTICE;
		hook->first = khv_objects[id].flags & KHV_OBJ_FIRST;
		hook->sleeps = khv_objects[id].flags & KHV_OBJ_SLEEPS;
	}
	return hook;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * khv_context.ko: where checks are called, for selftests/hold/sleep.t. For tests only:
 * it is not installed. It watches a program, asks for every check of this kernel, and
 * does what the interface allows: it sleeps where a check is not KHV_OBJ_ATOMIC. What is
 * found is in the parameter "seen", a line for each check that was met:
 *
 *	NAME MAY CALLS WHERE	MAY: sleep or atomic
 *
 * WHERE: i interrupts off, b bottom halves off, p preemption off, r under RCU (by its
 * depth, which only preemptible kernels count); - nothing of these.
 */
#define pr_fmt(fmt) "khv_context: " fmt

#include <linux/binfmts.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <khv/client.h>

static char *comm[4];
static int nr_comm;
module_param_array(comm, charp, &nr_comm, 0444);
MODULE_PARM_DESC(comm, "base names of the executables to watch, with all they start");

enum context_where {
	CONTEXT_IRQ = 1,
	CONTEXT_BH = 2,
	CONTEXT_PREEMPT = 4,
	CONTEXT_RCU = 8,
	CONTEXT_NONE = 16,
};

static struct {
	atomic_t calls;
	atomic_t where;
} context_seen[KHV_NR_OBJECTS];

#define CONTEXT_FLAGS(id, name, flags)					\
	[KHV_OBJ_##id] = (flags),

static const u8 context_flags[KHV_NR_OBJECTS] = {
	KHV_OBJECTS(CONTEXT_FLAGS)
};

static int context_get(char *buf, const struct kernel_param *kp)
{
	unsigned int i, where;
	int len = 0;

	for (i = 0; i < KHV_NR_OBJECTS; i++) {
		if (!atomic_read(&context_seen[i].calls))
			continue;
		where = atomic_read(&context_seen[i].where);
		len += scnprintf(buf + len, PAGE_SIZE - len,
				 "%s %s %d %s%s%s%s%s\n", khv_object_name(i),
				 context_flags[i] & KHV_OBJ_ATOMIC ? "atomic" :
								     "sleep",
				 atomic_read(&context_seen[i].calls),
				 where & CONTEXT_IRQ ? "i" : "",
				 where & CONTEXT_BH ? "b" : "",
				 where & CONTEXT_PREEMPT ? "p" : "",
				 where & CONTEXT_RCU ? "r" : "",
				 where & CONTEXT_NONE ? "-" : "");
	}
	return len;
}

static const struct kernel_param_ops context_ops = { .get = context_get };
module_param_cb(seen, &context_ops, NULL, 0444);
MODULE_PARM_DESC(seen, "checks that were met, and where (read only)");

static int context_check(struct khv_check *check, void *data)
{
	unsigned int where = 0;

	if (irqs_disabled())
		where |= CONTEXT_IRQ;
	if (softirq_count())
		where |= CONTEXT_BH;
	if (preempt_count() & PREEMPT_MASK)
		where |= CONTEXT_PREEMPT;
	if (rcu_preempt_depth())
		where |= CONTEXT_RCU;
	atomic_or(where ?: CONTEXT_NONE, &context_seen[check->id].where);
	atomic_inc(&context_seen[check->id].calls);
	if (context_flags[check->id] & KHV_OBJ_ATOMIC)
		return 0;
	WARN_ONCE(where, "%s is called in atomic context\n", check->name);
	might_sleep();
	return 0;
}

/* Nothing is remembered of a task but that it is watched. */
static char context_watched;

static void *context_inherit(void *data, struct task_struct *child)
{
	return data;
}

static void *context_exec(struct linux_binprm *bprm, void *data)
{
	int i;

	if (data)
		return NULL;
	for (i = 0; i < nr_comm; i++)
		if (!strcmp(kbasename(bprm->filename), comm[i]))
			return &context_watched;
	return NULL;
}

static void context_release(void *data)
{
}

#define CONTEXT_HOOK(ID, name, flags)					\
	{ .id = KHV_OBJ_##ID, .check = context_check },

static const struct khv_check_hook context_checks[] = {
	KHV_OBJECTS(CONTEXT_HOOK)
};

static struct khv_client context = {
	.name = "context",
	.owner = THIS_MODULE,
	.priority = 10,
	.checks = context_checks,
	.nr_checks = ARRAY_SIZE(context_checks),
	.inherit = context_inherit,
	.exec = context_exec,
	.release = context_release,
};

static int __init context_init(void)
{
	return khv_client_register(&context);
}

static void __exit context_exit(void)
{
	khv_client_unregister(&context);
}

module_init(context_init);
module_exit(context_exit);
MODULE_DESCRIPTION("Kernel hypervisors: where checks are called, for tests");
MODULE_AUTHOR("The khv developers");
MODULE_LICENSE("GPL");

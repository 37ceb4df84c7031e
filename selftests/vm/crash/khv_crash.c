// SPDX-License-Identifier: GPL-2.0
/*
 * A module that misbehaves on request, to see that the harness notices.
 * Debian kernels are built without lkdtm.
 */
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

static char *how = "";
module_param(how, charp, 0);
MODULE_PARM_DESC(how, "name of a misdeed below, or nothing: just be loaded");

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static int __rcu *shared;

static void crash_warn(void)
{
	WARN(1, "asked for by the test\n");
}

static void crash_oops(void)
{
	WRITE_ONCE(*(int *)8, 1);
}

static void crash_panic(void)
{
	panic("asked for by the test");
}

static void crash_hang(void)
{
	preempt_disable();
	for (;;)
		cpu_relax();
}

/* What only a debug kernel notices. */
static void crash_use_after_free(void)
{
	int *freed = kmalloc(64, GFP_KERNEL);

	kfree(freed);
	if (freed)
		WRITE_ONCE(*freed, 1);
}

static void crash_overrun(void)
{
	char *small = kmalloc(16, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(small);
	if (small)
		WRITE_ONCE(small[16], 1);
	kfree(small);
}

static void crash_deadlock(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static void crash_rcu(void)
{
	if (rcu_dereference(shared))
		pr_info("shared\n");
}

static void crash_sleep(void)
{
	preempt_disable();
	might_sleep();
	preempt_enable();
}

static void crash_leak(void)
{
	char *lost = kmalloc(4000, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(lost);
}

static const struct {
	const char *name;
	void (*commit)(void);
} crash_misdeeds[] = {
	{ "warn", crash_warn },
	{ "oops", crash_oops },
	{ "panic", crash_panic },
	{ "hang", crash_hang },
	{ "use-after-free", crash_use_after_free },
	{ "overrun", crash_overrun },
	{ "deadlock", crash_deadlock },
	{ "rcu", crash_rcu },
	{ "sleep", crash_sleep },
	{ "leak", crash_leak },
};

static int __init khv_crash_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(crash_misdeeds); i++) {
		if (!strcmp(how, crash_misdeeds[i].name)) {
			crash_misdeeds[i].commit();
			return 0;
		}
	}
	return *how ? -EINVAL : 0;
}
module_init(khv_crash_init);

static void __exit khv_crash_exit(void)
{
}
module_exit(khv_crash_exit);

MODULE_DESCRIPTION("misbehaves on request");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0
/*
 * The mechanism proves itself at load: a function of our own is hooked, called,
 * must come out changed, and must be its old self after the hook is gone. What
 * cannot be shown here is not used on the kernel.
 */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/compiler.h>
#include <linux/kernel.h>
#include "gate.h"
#include "hook.h"
#include "selftest.h"

#define KHV_MAGIC	4711

/* Not static, not inlined, not cloned: it must have an fentry site and a name. */
noinline long khv_selftest_target(long x)
{
	OPTIMIZER_HIDE_VAR(x);
	return x + 1;
}

static int khv_selftest_after(struct khv_object_frame *f, int ret)
{
	return ret == (int)f->check.arg[0] + 1 ? KHV_MAGIC : -EIO;
}

static long khv_selftest_call(void)
{
	long (*fn)(long) = khv_selftest_target;

	OPTIMIZER_HIDE_VAR(fn);
	return fn(41);
}

/* Under no lock; sleeps. */
int khv_selftest(void)
{
	struct khv_hook *hook;
	u64 entered, left;
	long with, without;
	int ret;

	mutex_lock(&khv_hook_mutex);
	hook = khv_hook_prepare(KHV_GATE_OBJECT, KHV_KIND_ANY,
				"khv_selftest_target", "selftest");
	if (IS_ERR(hook)) {
		ret = PTR_ERR(hook);
		goto out;
	}
	hook->after = khv_selftest_after;
	ret = khv_hook_attach(&hook, 1);
	if (ret) {
		khv_hook_discard(hook);
		goto out;
	}
	with = khv_selftest_call();
	khv_inflight_read(&hook->inflight, &entered, &left);
	khv_hook_detach(&hook, 1);
	if (!khv_hook_reap())
		pr_err("self-test: its frame did not end\n");
	without = khv_selftest_call();
	if (with != KHV_MAGIC || without != 42 || entered != 1 || left != 1) {
		pr_err("self-test: a hooked function gave %ld (not %d) and %ld (not 42) afterwards, %llu calls entered, %llu left; khv cannot work on this kernel\n",
		       with, KHV_MAGIC, without, entered, left);
		ret = -EIO;
	}
out:
	mutex_unlock(&khv_hook_mutex);
	if (ret)
		pr_err("self-test failed (%d)\n", ret);
	return ret;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The watchdog: is everything still what we have set it to?
 *
 * Once in every period: the code of each hooked function calls ftrace, the ops that
 * ftrace has of us is enabled, permanent and still has the function in its filter,
 * the hook's own pointers and its static_call lead where they should, and ftrace is
 * on. Between, in steps: the bytes of each policy in force have the checksum they
 * had when they were loaded. A step is at most KHV_VERIFY_BYTES, so a policy of
 * many megabytes takes more than a period and no time of anybody's.
 *
 * This finds what goes behind our back without knowing of us: a module that patches
 * code, a stray write. Who writes to kernel memory on purpose can stop a watchdog
 * as well.
 */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/panic.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <net/netlink.h>
#include <khv/client.h>
#include <khv/limits.h>
#include <khv/provider.h>
#include "hook.h"
#include "netlink.h"
#include "symbols.h"
#include "watchdog.h"

static unsigned int watchdog = 10;
module_param(watchdog, uint, 0444);
MODULE_PARM_DESC(watchdog, "seconds between checks of hooks and policies, at most 3600 (default 10; 0: none)");

static char *on_tamper = "report";
module_param(on_tamper, charp, 0444);
MODULE_PARM_DESC(on_tamper, "what to do when a check fails: report or panic (default report)");

/* Checks of policies between two checks of hooks. */
#define KHV_STEPS	8

static struct {
	struct mutex lock;	/* of the rest */
	u64 rounds;
	unsigned int step;
	unsigned int violations;
	unsigned int kept;
	char object[KHV_VIOLATIONS_KEPT][KHV_NAME_MAX];
} khv_watch = { .lock = __MUTEX_INITIALIZER(khv_watch.lock) };

static bool khv_ftrace_was_dead;
static const int *khv_ftrace_enabled, *khv_ftrace_disabled;

static void khv_watch_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(khv_watch_dwork, khv_watch_work);

static bool khv_wants_panic(void)
{
	return !strcmp(on_tamper, "panic");
}

void khv_violation(const char *object, const char *what)
{
	char name[KHV_NAME_MAX + 16];
	const struct khv_event ev = {
		.type = "kernel",
		.verb = "integrity",
		.object = name,
		.object_len = snprintf(name, sizeof(name), "integrity:%s",
				       object),
		.hook = "watchdog",
		.verdict = KHV_DENIED,
		.error = EIO,
	};

	mutex_lock(&khv_watch.lock);
	khv_watch.violations++;
	if (khv_watch.kept < KHV_VIOLATIONS_KEPT)
		strscpy(khv_watch.object[khv_watch.kept++], object,
			KHV_NAME_MAX);
	mutex_unlock(&khv_watch.lock);
	pr_alert("integrity of %s violated: %s\n", object, what);
	khv_event_post(NULL, &ev);
	if (khv_wants_panic())
		panic("khv: integrity of %s violated: %s\n", object, what);
}

void khv_ftrace_dead(void)
{
	if (khv_ftrace_was_dead)
		return;
	khv_ftrace_was_dead = true;
	/* For good: callbacks and slots are in this module. */
	__module_get(THIS_MODULE);
	khv_violation("ftrace", "it has shut itself down, functions can no longer be let go; khv stays loaded until reboot");
}

static void khv_watch_ftrace(void)
{
	static bool said;

	if (READ_ONCE(*khv_ftrace_disabled)) {
		khv_ftrace_dead();
	} else if (!READ_ONCE(*khv_ftrace_enabled) && khv_hook_any() && !said) {
		said = true;
		khv_violation("ftrace", "kernel.ftrace_enabled is 0, no hook is called");
	}
}

static void khv_watch_hooks(void)
{
	struct khv_hook *hook;
	unsigned int pos = 0;
	const char *what;

	mutex_lock(&khv_hook_mutex);
	khv_watch_ftrace();
	while ((hook = khv_hook_next(&pos))) {
		if (hook->used != KHV_HOOK_ATTACHED || hook->broken)
			continue;
		what = khv_hook_verify(hook);
		if (!what)
			continue;
		hook->broken = true;
		khv_violation(hook->symbol, what);
	}
	mutex_unlock(&khv_hook_mutex);
}

static void khv_watch_policies(void)
{
	char name[KHV_NAME_MAX];

	if (khv_provider_verify(KHV_VERIFY_BYTES, name))
		khv_violation(name, "the bytes of the policy have changed in memory");
}

static void khv_watch_work(struct work_struct *work)
{
	if (khv_watch.step == 0)
		khv_watch_hooks();
	khv_watch_policies();
	mutex_lock(&khv_watch.lock);
	khv_watch.step = (khv_watch.step + 1) % KHV_STEPS;
	if (!khv_watch.step)
		khv_watch.rounds++;
	mutex_unlock(&khv_watch.lock);
	queue_delayed_work(system_unbound_wq, &khv_watch_dwork,
			   watchdog * HZ / KHV_STEPS);
}

int khv_watchdog_init(void)
{
	if (!khv_wants_panic() && strcmp(on_tamper, "report")) {
		pr_err("on_tamper=%s: it is report or panic\n", on_tamper);
		return -EINVAL;
	}
	if (watchdog > KHV_WATCHDOG_MAX) {
		pr_err("watchdog=%u: %u seconds are the longest (KHV_WATCHDOG_MAX)\n", watchdog,
		       KHV_WATCHDOG_MAX);
		return -EINVAL;
	}
	khv_ftrace_enabled = (const int *)khv_symbol("ftrace_enabled");
	khv_ftrace_disabled = (const int *)khv_symbol("ftrace_disabled");
	if (!khv_ftrace_enabled || !khv_ftrace_disabled) {
		pr_err("this kernel has no ftrace_enabled or ftrace_disabled\n");
		return -ENOENT;
	}
	khv_verify_init();
	if (watchdog)
		queue_delayed_work(system_unbound_wq, &khv_watch_dwork,
				   watchdog * HZ / KHV_STEPS);
	return 0;
}

void khv_watchdog_exit(void)
{
	cancel_delayed_work_sync(&khv_watch_dwork);
}

static int khv_watchdog_put_objects(struct sk_buff *skb)
{
	struct nlattr *nest = nla_nest_start(skb, KHV_INTEGRITY_A_OBJECTS);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < khv_watch.kept; i++)
		if (nla_put_string(skb, KHV_CLIENT_A_CALL_NAME,
				   khv_watch.object[i]))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int khv_watchdog_put(struct sk_buff *skb)
{
	struct nlattr *nest = nla_nest_start(skb, KHV_A_INTEGRITY);
	int ret = 0;

	if (!nest)
		return -EMSGSIZE;
	mutex_lock(&khv_watch.lock);
	if (nla_put_u32(skb, KHV_INTEGRITY_A_PERIOD, watchdog) ||
	    nla_put_u8(skb, KHV_INTEGRITY_A_ACTION, khv_wants_panic() ?
		       KHV_TAMPER_PANIC : KHV_TAMPER_REPORT) ||
	    nla_put_u64_64bit(skb, KHV_INTEGRITY_A_ROUNDS, khv_watch.rounds,
			      KHV_INTEGRITY_A_PAD) ||
	    nla_put_u32(skb, KHV_INTEGRITY_A_VIOLATIONS,
			khv_watch.violations))
		ret = -EMSGSIZE;
	ret = ret ?: khv_watchdog_put_objects(skb);
	mutex_unlock(&khv_watch.lock);
	if (!ret)
		nla_nest_end(skb, nest);
	return ret;
}

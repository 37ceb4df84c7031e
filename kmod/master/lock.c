// SPDX-License-Identifier: GPL-2.0
/*
 * Locks that nobody can open again before a reboot.
 *
 * KHV_LOCK_POLICY refuses what would change a policy or a client over netlink.
 *
 * KHV_LOCK_MODULE keeps the modules. Each gets a reference that is never given
 * back, so that delete_module() refuses by itself. With O_TRUNC (rmmod -f, where
 * the kernel has CONFIG_MODULE_FORCE_UNLOAD) it would not mind references;
 * therefore its entry points are hooked for every task of the system, and a call
 * with that flag is refused whichever module it names: the flag is a number, the
 * name is memory of the caller that may change between our look and the kernel's.
 */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/fcntl.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <net/netlink.h>
#include <khv/provider.h>
#include "calls.h"
#include "client.h"
#include "hook.h"
#include "lock.h"
#include "netlink.h"

static char *lock;
module_param(lock, charp, 0444);
MODULE_PARM_DESC(lock, "lock until reboot at load: policy, module or all (default: nothing)");

/**
 * struct khv_lock - a lock
 * @flag: enum khv_lock_flags
 * @name: of it
 * @on: set once, after all the others
 * @boot: by the module parameter
 * @uid: else by this user
 * @time: ns since the epoch
 */
struct khv_lock {
	u32 flag;
	const char *name;
	bool on;
	bool boot;
	u32 uid;
	u64 time;
};

static struct khv_lock khv_locks[] = {
	{ KHV_LOCK_POLICY, "policy" },
	{ KHV_LOCK_MODULE, "module" },
};

/* The lock, if one of @flags is set. */
static const struct khv_lock *khv_lock_find(u32 flags)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(khv_locks); i++) {
		if (!(khv_locks[i].flag & flags))
			continue;
		/* Pairs with smp_store_release() in khv_lock_one(). */
		if (smp_load_acquire(&khv_locks[i].on))
			return &khv_locks[i];
	}
	return NULL;
}

static void khv_lock_event(const struct khv_lock *l, const char *verb,
			   const char *hook, enum khv_verdict verdict)
{
	const struct khv_event ev = {
		.type = "kernel",
		.verb = verb,
		.object = l->name,
		.object_len = strlen(l->name),
		.hook = hook,
		.verdict = verdict,
		.error = verdict == KHV_DENIED ? EPERM : 0,
	};

	khv_event_post(NULL, &ev);
}

int khv_lock_refuse(u32 flags, struct netlink_ext_ack *extack)
{
	const struct khv_lock *l = khv_lock_find(flags);
	char when[24];
	struct tm tm;

	if (!l)
		return 0;
	khv_lock_event(l, "use", "netlink", KHV_DENIED);
	time64_to_tm(div_u64(l->time, NSEC_PER_SEC), 0, &tm);
	snprintf(when, sizeof(when), "%04ld-%02d-%02dT%02d:%02d:%02dZ",
		 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		 tm.tm_min, tm.tm_sec);
	if (l->boot)
		khv_extack(extack, "locked until reboot (khv.lock=%s, at %s)",
			   lock, when);
	else
		khv_extack(extack, "locked until reboot (hvctl lock %s, by uid %u at %s)",
			   l->name, l->uid, when);
	return -EPERM;
}

/* delete_module(name, flags), by anybody. */
static int khv_lock_veto(const unsigned long *arg)
{
	const struct khv_lock *l = khv_lock_find(KHV_LOCK_MODULE);

	if (!l || !((unsigned int)arg[1] & O_TRUNC))
		return 0;
	khv_lock_event(l, "use", "delete_module", KHV_DENIED);
	pr_notice_ratelimited("%s[%d] uid %u may not force a module out: locked until reboot\n",
			      current->comm, task_pid_nr(current),
			      from_kuid(&init_user_ns, current_uid()));
	return -EPERM;
}

/* The entry points of one call. */
struct khv_lock_hooks {
	struct khv_hook *hook[KHV_CALL_ENTRIES];
	unsigned int n;
};

static int khv_lock_found(struct khv_hook *hook, void *data)
{
	struct khv_lock_hooks *h = data;

	h->hook[h->n++] = hook;
	return 0;
}

/* Our veto on every entry point of delete_module(), for good. */
static int khv_lock_hook(void)
{
	static const struct khv_call_hook call = { .name = "delete_module" };
	struct khv_hook *want[KHV_CALL_ENTRIES];
	struct khv_lock_hooks h = {};
	unsigned int i, k = 0;
	int ret;

	mutex_lock(&khv_hook_mutex);
	ret = khv_calls_prepare(&call, khv_lock_found, &h);
	for (i = 0; i < h.n && !ret; i++)
		if (h.hook[i]->used != KHV_HOOK_ATTACHED)
			want[k++] = h.hook[i];
	if (k)
		ret = khv_hook_attach(want, k);
	for (i = 0; i < h.n && !ret; i++)
		WRITE_ONCE(h.hook[i]->veto, khv_lock_veto);
	khv_hook_discard_unused();
	/* Nothing in delete_module() sleeps for long in a frame of ours. */
	for (i = 0; i < k && ret; i++)
		while (want[i]->used == KHV_HOOK_DRAINING && !khv_hook_reap())
			usleep_range(4000, 6000);
	mutex_unlock(&khv_hook_mutex);
	return ret;
}

void khv_lock_pin(struct module *module)
{
	/* One that is on its way out has been let go before it was locked. */
	if (khv_lock_find(KHV_LOCK_MODULE) && !try_module_get(module))
		pr_notice("module %s was being unloaded when it was locked\n",
			  module->name);
}

/* Whoever registers from now on sees the lock; whoever has is in the list. */
static void khv_lock_pin_all(void)
{
	const struct khv_provider *p = khv_provider_get(NULL);
	struct khv_client_reg *cs;

	if (p)
		khv_lock_pin(p->owner);
	khv_provider_put(p);
	mutex_lock(&khv_client_mutex);
	list_for_each_entry(cs, &khv_clients, list)
		khv_lock_pin(cs->client->owner);
	mutex_unlock(&khv_client_mutex);
	khv_lock_pin(THIS_MODULE);
}

static int khv_lock_one(struct khv_lock *l, bool boot)
{
	int ret = l->flag == KHV_LOCK_MODULE ? khv_lock_hook() : 0;

	if (ret)
		return ret;
	l->boot = boot;
	l->uid = from_kuid(&init_user_ns, current_uid());
	l->time = ktime_get_real_ns();
	/* Pairs with smp_load_acquire() in khv_lock_find(). */
	smp_store_release(&l->on, true);
	if (l->flag == KHV_LOCK_MODULE)
		khv_lock_pin_all();
	pr_notice("%s locked until reboot, by %s[%d] uid %u\n", l->name,
		  current->comm, task_pid_nr(current), l->uid);
	khv_lock_event(l, "lock", boot ? "parameter" : "netlink", KHV_ALLOWED);
	return 0;
}

/*
 * From module init or a netlink request. Requests that change something exclude
 * each other (the family has no parallel_ops), so one that was let pass before has
 * ended.
 */
int khv_lock_set(u32 flags, bool boot)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(khv_locks) && !ret; i++)
		if ((khv_locks[i].flag & flags) && !khv_locks[i].on)
			ret = khv_lock_one(&khv_locks[i], boot);
	return ret;
}

int khv_lock_init(void)
{
	unsigned int i;
	u32 flags = 0;

	if (!lock || !*lock)
		return 0;
	if (!strcmp(lock, "all"))
		flags = KHV_LOCK_ALL;
	for (i = 0; i < ARRAY_SIZE(khv_locks); i++)
		if (!strcmp(lock, khv_locks[i].name))
			flags = khv_locks[i].flag;
	if (!flags) {
		pr_err("lock=%s: it is policy, module or all\n", lock);
		return -EINVAL;
	}
	return khv_lock_set(flags, true);
}

static int khv_lock_put_one(struct sk_buff *skb, const struct khv_lock *l)
{
	struct nlattr *nest = nla_nest_start(skb, KHV_A_LOCK);

	if (!nest || nla_put_string(skb, KHV_LOCK_A_NAME, l->name) ||
	    (!l->boot && nla_put_u32(skb, KHV_LOCK_A_UID, l->uid)) ||
	    nla_put_u64_64bit(skb, KHV_LOCK_A_TIME, l->time, KHV_LOCK_A_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int khv_lock_put(struct sk_buff *skb)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(khv_locks) && !ret; i++)
		if (khv_lock_find(khv_locks[i].flag))
			ret = khv_lock_put_one(skb, &khv_locks[i]);
	return ret;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Clients: registration, enabling, disabling.
 *
 *	            register                    disable: idle within KHV_DRAIN_MS
 *	(unknown) -----------> ENABLED -----------------------------> DISABLED
 *	    ^                     |  ^ enable                           |  |
 *	    |                     |  +----------------------------------+  |
 *	    |    disable: frames  |                                        |
 *	    |    in flight, EBUSY v       disable again: idle              |
 *	    |                  DRAINING -----------------------------------+
 *	    |   unregister                                                 |
 *	    +--------------------------------------------------------------+
 *
 * The client's module is pinned in ENABLED and DRAINING, so its exit function
 * runs in DISABLED only, and rmmod is refused by the kernel until then. A module's
 * exit function cannot say no; that is why disabling is a step of its own.
 */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/delay.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include "attach.h"
#include "base.h"
#include "chain.h"
#include "client.h"
#include "client_hooks.h"
#include <khv/provider.h>
#include "hook.h"
#include "lock.h"
#include "task.h"
#include "wait.h"
#include "wake.h"

LIST_HEAD(khv_clients);
/* Outside khv_hook_mutex. */
DEFINE_MUTEX(khv_client_mutex);

/* Written under khv_client_mutex while no task has data in the slot. */
static struct khv_client_reg *khv_client_slots[KHV_MAX_CLIENTS];
u64 khv_client_mask;
static u32 khv_client_last_id;
unsigned int khv_client_changes = 1;

static void khv_client_changed(void)
{
	khv_client_changes = khv_client_changes + 1 ?: 1;
}

struct khv_client_reg *khv_client_by_slot(unsigned int slot)
{
	return READ_ONCE(khv_client_slots[slot]);
}

/* Under khv_client_mutex. */
struct khv_client_reg *khv_client_find(const char *name)
{
	struct khv_client_reg *cs;

	lockdep_assert_held(&khv_client_mutex);
	list_for_each_entry(cs, &khv_clients, list)
		if (!strcmp(cs->client->name, name))
			return cs;
	return NULL;
}

/* @more and @denied first: who is counted there has been counted in before. */
void khv_client_decisions(const struct khv_client_reg *cs, u64 *allowed,
			  u64 *denied)
{
	const struct khv_client_cpu *c;
	u64 entered, left;
	s64 more = 0;
	int cpu;

	*denied = 0;
	for_each_possible_cpu(cpu) {
		c = per_cpu_ptr(cs->stat, cpu);
		more += READ_ONCE(c->more);
		*denied += READ_ONCE(c->denied);
	}
	/* Pairs with nothing: x86 keeps stores of one CPU in order. */
	smp_mb();
	khv_inflight_read(&cs->inflight, &entered, &left);
	*allowed = entered + more - *denied;
}

int khv_client_extend(struct khv_client *client, unsigned int nr_calls)
{
	struct khv_client_reg *cs = client->state;
	int ret = 0;

	if (!client->calls || nr_calls > KHV_CALL_SLOTS)
		return -EINVAL;
	mutex_lock(&khv_client_mutex);
	if (cs->state == KHV_CLIENT_DRAINING)
		ret = -EBUSY;
	/* One that is disabled gets all of them when it is enabled. */
	else if (cs->state == KHV_CLIENT_ENABLED)
		ret = khv_client_extend_hooks(cs, nr_calls);
	if (!ret) {
		client->nr_calls = nr_calls;
		khv_client_changed();
	}
	mutex_unlock(&khv_client_mutex);
	return ret;
}
EXPORT_SYMBOL_GPL(khv_client_extend);

/* Under khv_client_mutex. */
int khv_client_enable(struct khv_client_reg *cs,
		      struct netlink_ext_ack *extack)
{
	int ret;

	lockdep_assert_held(&khv_client_mutex);
	if (cs->state == KHV_CLIENT_ENABLED)
		return 0;
	if (cs->state == KHV_CLIENT_DRAINING) {
		khv_extack(extack, "client %s is still draining; disable it again first",
			   cs->client->name);
		return -EBUSY;
	}
	if (!try_module_get(cs->client->owner))
		return -ENODEV;
	ret = khv_client_attach_all(cs);
	if (ret) {
		khv_extack(extack, "client %s cannot be enabled; the kernel log names the function",
			   cs->client->name);
		module_put(cs->client->owner);
		return ret;
	}
	WRITE_ONCE(cs->state, KHV_CLIENT_ENABLED);
	khv_client_changed();
	return 0;
}

/* Some task that is inside a hook, for the message. */
static void khv_client_name_blocker(struct khv_client_reg *cs,
				    struct netlink_ext_ack *extack)
{
	struct khv_hook *hook;
	struct khv_task *kt;
	unsigned int b, i;

	rcu_read_lock();
	for (b = 0; b < ARRAY_SIZE(khv_task_table); b++) {
		hlist_for_each_entry_rcu(kt, &khv_task_table[b], hash) {
			hook = khv_task_inside(kt);
			if (!hook || !READ_ONCE(kt->data[cs->slot]))
				continue;
			for (i = 0; i < cs->nr_hooks; i++)
				if (cs->hooks[i] == hook)
					break;
			if (i == cs->nr_hooks && !khv_base_use(hook))
				continue;
			khv_extack(extack, "client %s: task %d (%s) is inside %s; end it or try again later",
				   cs->client->name, task_pid_nr(kt->task),
				   kt->task->comm, hook->name);
			rcu_read_unlock();
			return;
		}
	}
	rcu_read_unlock();
	khv_extack(extack, "client %s: a call is in flight; try again",
		   cs->client->name);
}

/* Everything that may still use the client or its hooks has gone. */
static bool khv_client_drained(struct khv_client_reg *cs, unsigned long gp)
{
	bool drained = true;
	unsigned int i;

	mutex_lock(&khv_hook_mutex);
	khv_hook_reap();
	/* A hook that still drains for another client only is none of ours. */
	for (i = 0; i < cs->nr_hooks; i++)
		drained &= cs->hooks[i]->used != KHV_HOOK_DRAINING;
	mutex_unlock(&khv_hook_mutex);
	return drained && poll_state_synchronize_srcu(&khv_srcu, gp) &&
	       khv_inflight_idle(&cs->inflight);
}

/*
 * The last client has been drained: nothing but our own hooks for fork and exit
 * can be in flight. They do not block, so waiting for them ends.
 */
static void khv_client_all_gone(void)
{
	struct khv_hook *hooks[KHV_BASE_HOOKS];
	unsigned int n;

	mutex_lock(&khv_hook_mutex);
	n = khv_base_collect(KHV_BASE_LIFE, hooks);
	if (n)
		khv_hook_detach(hooks, n);
	while (!khv_hook_reap())
		usleep_range(4000, 6000);
	mutex_unlock(&khv_hook_mutex);
	khv_visits_cancel();
	khv_waits_cancel();
	khv_task_forget_all();
}

/*
 * Under khv_client_mutex. Bounded: a task that sleeps inside a hooked call makes
 * it answer EBUSY. Then no new call meets the client, but its memory stays pinned
 * until a later disable finds it idle.
 */
int khv_client_disable(struct khv_client_reg *cs,
		       struct netlink_ext_ack *extack)
{
	unsigned long gp, end;
	int ret;

	lockdep_assert_held(&khv_client_mutex);
	if (cs->state == KHV_CLIENT_DISABLED)
		return 0;
	if (cs->state == KHV_CLIENT_ENABLED) {
		ret = khv_client_detach_all(cs);
		if (ret)
			return ret;
		WRITE_ONCE(cs->state, KHV_CLIENT_DRAINING);
		khv_client_changed();
	}
	/* Whoever has found us in a chain has counted itself after this. */
	synchronize_rcu();
	gp = start_poll_synchronize_srcu(&khv_srcu);
	end = jiffies + msecs_to_jiffies(KHV_DRAIN_MS);
	while (!khv_client_drained(cs, gp)) {
		if (time_after(jiffies, end) || fatal_signal_pending(current)) {
			khv_client_name_blocker(cs, extack);
			return -EBUSY;
		}
		khv_wake_sleepers();
		usleep_range(4000, 6000);
	}
	cs->nr_hooks = 0;
	khv_links_free(cs, NULL);
	khv_task_forget_client(cs->slot);
	if (khv_client_is_last(cs, true))
		khv_client_all_gone();
	WRITE_ONCE(cs->state, KHV_CLIENT_DISABLED);
	khv_client_changed();
	module_put(cs->client->owner);
	return 0;
}

static void khv_client_free(struct khv_client_reg *cs)
{
	free_percpu(cs->stat);
	khv_inflight_destroy(&cs->inflight);
	kvfree(cs->hooks);
	kfree(cs);
}

static struct khv_client_reg *khv_client_alloc(struct khv_client *client)
{
	struct khv_client_reg *cs = kzalloc(sizeof(*cs), GFP_KERNEL);

	if (!cs)
		return NULL;
	cs->client = client;
	client->level = KHV_LOG_DENY;
	cs->state = KHV_CLIENT_DISABLED;
	cs->stat = alloc_percpu(struct khv_client_cpu);
	cs->hooks = kvcalloc(khv_client_max_hooks(client), sizeof(*cs->hooks),
			     GFP_KERNEL);
	if (khv_inflight_init(&cs->inflight) || !cs->stat || !cs->hooks) {
		khv_client_free(cs);
		return NULL;
	}
	return cs;
}

static void khv_client_insert(struct khv_client_reg *cs)
{
	struct khv_client_reg *at;

	list_for_each_entry(at, &khv_clients, list)
		if (at->client->priority > cs->client->priority)
			break;
	list_add_tail(&cs->list, &at->list);
}

/* Under khv_client_mutex. */
int khv_client_set_priority(struct khv_client_reg *cs, int priority)
{
	int ret;

	lockdep_assert_held(&khv_client_mutex);
	if (cs->client->priority == priority)
		return 0;
	ret = khv_client_reorder(cs, priority);
	if (ret)
		return ret;
	list_del(&cs->list);
	khv_client_insert(cs);
	khv_client_changed();
	return 0;
}

static bool khv_client_valid(const struct khv_client *client)
{
	unsigned int i;

	if (!client->name || !client->owner || !client->inherit ||
	    !client->release || !*client->name ||
	    strlen(client->name) >= KHV_NAME_MAX)
		return false;
	if (client->nr_calls > KHV_CALL_SLOTS ||
	    client->nr_checks > KHV_NR_OBJECTS)
		return false;
	for (i = 0; i < client->nr_calls; i++)
		if (!client->calls[i].name ||
		    (client->calls[i].flags &
		     ~(KHV_CALL_REWRITE | KHV_CALL_OPTIONAL)) ||
		    (!client->calls[i].pre && !client->calls[i].post))
			return false;
	for (i = 0; i < client->nr_checks; i++)
		if (!client->checks[i].check)
			return false;
	return true;
}

int khv_client_register(struct khv_client *client)
{
	struct khv_client_reg *cs;
	unsigned int slot;
	int ret;

	BUILD_BUG_ON(BITS_PER_TYPE(khv_client_mask) < KHV_MAX_CLIENTS);
	if (!khv_client_valid(client))
		return -EINVAL;
	cs = khv_client_alloc(client);
	if (!cs)
		return -ENOMEM;
	mutex_lock(&khv_client_mutex);
	for (slot = 0; slot < KHV_MAX_CLIENTS && khv_client_slots[slot]; slot++)
		;
	ret = -EEXIST;
	if (khv_client_find(client->name))
		goto fail;
	ret = -ENOSPC;
	if (slot == KHV_MAX_CLIENTS) {
		pr_err("client %s: %d clients are the limit (KHV_MAX_CLIENTS)\n",
		       client->name, KHV_MAX_CLIENTS);
		goto fail;
	}
	cs->slot = slot;
	cs->id = ++khv_client_last_id;
	client->state = cs;
	khv_client_insert(cs);
	WRITE_ONCE(khv_client_slots[slot], cs);
	WRITE_ONCE(khv_client_mask, khv_client_mask | BIT_ULL(slot));
	ret = khv_client_enable(cs, NULL);
	if (ret)
		goto forget;
	khv_lock_pin(client->owner);
	mutex_unlock(&khv_client_mutex);
	pr_info("client %s registered, priority %d, %u functions hooked\n",
		client->name, client->priority, cs->nr_hooks);
	return 0;

forget:
	WRITE_ONCE(khv_client_mask, khv_client_mask & ~BIT_ULL(slot));
	WRITE_ONCE(khv_client_slots[slot], NULL);
	list_del(&cs->list);
	client->state = NULL;
fail:
	/* Registered already, it keeps its @state. */
	mutex_unlock(&khv_client_mutex);
	khv_client_free(cs);
	return ret;
}
EXPORT_SYMBOL_GPL(khv_client_register);

void khv_client_unregister(struct khv_client *client)
{
	struct khv_client_reg *cs = client->state;

	if (!cs) {
		pr_err("client %s is not registered and cannot be unregistered\n",
		       client->name);
		return;
	}
	mutex_lock(&khv_client_mutex);
	/* Pinned while enabled, so this cannot be reached otherwise. */
	WARN_ON(cs->state != KHV_CLIENT_DISABLED);
	WRITE_ONCE(khv_client_mask, khv_client_mask & ~BIT_ULL(cs->slot));
	WRITE_ONCE(khv_client_slots[cs->slot], NULL);
	list_del(&cs->list);
	khv_client_changed();
	mutex_unlock(&khv_client_mutex);
	/* Readers that found it by slot: khv_task_data(), dumps. */
	synchronize_rcu();
	khv_client_free(cs);
	client->state = NULL;
	pr_info("client %s unregistered\n", client->name);
}
EXPORT_SYMBOL_GPL(khv_client_unregister);

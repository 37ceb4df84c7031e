// SPDX-License-Identifier: GPL-2.0
/*
 * Changes on trial: unless somebody confirms one in time, the kernel itself goes
 * back to what was in force before. Nobody has to live for that, neither the
 * program that made the change nor the shell it was typed in.
 *
 * What was there before is kept, not made again: going back allocates nothing, so
 * it cannot fail. Everything here is under khv_store_mutex.
 */
#define pr_fmt(fmt) "khv_policy: " fmt

#include <linux/jiffies.h>
#include <linux/slab.h>
#include <khv/client.h>
#include <khv/provider.h>
#include "store.h"

/**
 * struct khv_before - what a policy was before the trial
 * @policy: a reference
 * @old: the reference that the policy had; NULL: nothing was in force
 * @fresh: the name was not in the list
 * @withdrawn: it was
 */
struct khv_before {
	struct khv_policy *policy;
	struct khv_loaded *old;
	bool fresh;
	bool withdrawn;
};

static struct khv_trial {
	struct khv_before *before;	/* NULL: nothing is on trial */
	unsigned int n;
	u64 generation;			/* of the change; 0: being prepared */
	unsigned long deadline;		/* in jiffies */
	struct khv_change change;
} khv_trial;

static void khv_trial_expire(struct work_struct *work);
static DECLARE_DELAYED_WORK(khv_trial_work, khv_trial_expire);

/* Room for @n policies, before anything changes. */
int khv_trial_prepare(unsigned int n)
{
	khv_trial.n = 0;
	khv_trial.generation = 0;
	khv_trial.before = kcalloc(n, sizeof(*khv_trial.before), GFP_KERNEL);
	return khv_trial.before ? 0 : -ENOMEM;
}

/* The change will not be: no policy has been noted yet. */
void khv_trial_discard(void)
{
	if (khv_trial.generation)
		return;
	kfree(khv_trial.before);
	khv_trial.before = NULL;
}

/* Takes over the reference to @old. */
void khv_trial_note(struct khv_policy *p, struct khv_loaded *old, bool fresh)
{
	struct khv_before *b = &khv_trial.before[khv_trial.n++];

	khv_policy_hold(p);
	b->policy = p;
	b->old = old;
	b->fresh = fresh;
	b->withdrawn = p->withdrawn;
}

void khv_trial_start(u64 generation, const struct khv_change *change)
{
	khv_trial.generation = generation;
	khv_trial.change = *change;
	khv_trial.deadline = jiffies + change->confirm * HZ;
	schedule_delayed_work(&khv_trial_work, change->confirm * HZ);
}

static u32 khv_trial_seconds(void)
{
	long left = (long)(khv_trial.deadline - jiffies);

	return left > 0 ? DIV_ROUND_UP(left, HZ) : 1;
}

int khv_trial_refuse(struct netlink_ext_ack *extack)
{
	if (!khv_trial.generation)
		return 0;
	khv_extack(extack, "a change by uid %u (%s[%d]) goes back in %u s unless it is confirmed; say hvctl policy confirm or rollback first",
		   khv_trial.change.uid, khv_trial.change.comm,
		   khv_trial.change.pid, khv_trial_seconds());
	return -EBUSY;
}

u32 khv_trial_left(const struct khv_policy *p)
{
	unsigned int i;

	for (i = 0; khv_trial.generation && i < khv_trial.n; i++)
		if (khv_trial.before[i].policy == p)
			return khv_trial_seconds();
	return 0;
}

static void khv_trial_event(const struct khv_policy *p, const char *verb,
			    const char *hook)
{
	const struct khv_event ev = {
		.policy = p->name,
		.generation = khv_trial.generation,
		.type = "policy",
		.verb = verb,
		.object = p->name,
		.object_len = strlen(p->name),
		.hook = hook,
		.verdict = KHV_ALLOWED,
	};

	khv_event_post(NULL, &ev);
}

/*
 * A policy that was not there before has nothing to go back to. Nobody enters it
 * any more, but whoever is in it stays bound: waiting for a timer must not be a way
 * out. It goes with the last of its tasks.
 */
static void khv_before_restore(struct khv_before *b)
{
	struct khv_policy *p = b->policy;
	struct khv_loaded *tried = khv_policy_now(p);

	if (b->fresh) {
		WRITE_ONCE(p->withdrawn, true);
		khv_shadow_set(p, NULL);
		if (!atomic_read(&p->tasks))
			khv_policy_unlist(p);
		return;
	}
	rcu_assign_pointer(p->now, b->old);
	b->old = NULL;
	WRITE_ONCE(p->withdrawn, b->withdrawn);
	khv_loaded_put(tried);
}

/* @hook: "netlink" or "timer", for the event. */
static void khv_trial_end(bool keep, const char *hook)
{
	unsigned int i;

	if (!keep)
		khv_store_advance();
	for (i = 0; i < khv_trial.n; i++) {
		struct khv_before *b = &khv_trial.before[i];

		if (!keep)
			khv_before_restore(b);
		pr_info("policy %s: generation %llu %s (%s)\n", b->policy->name,
			khv_trial.generation,
			keep ? "is confirmed" : "is taken back", hook);
		khv_trial_event(b->policy, keep ? "confirm" : "rollback", hook);
		khv_loaded_put(b->old);
		khv_policy_put(b->policy);
	}
	khv_trial.generation = 0;
	khv_trial_discard();
}

static void khv_trial_expire(struct work_struct *work)
{
	mutex_lock(&khv_store_mutex);
	/*
	 * It may have ended, and another one begun, while we waited for the mutex;
	 * that one has queued the work again.
	 */
	if (khv_trial.generation &&
	    time_after_eq(jiffies, khv_trial.deadline))
		khv_trial_end(false, "timer");
	mutex_unlock(&khv_store_mutex);
}

int khv_store_settle(bool keep, u64 generation, struct netlink_ext_ack *extack)
{
	int ret = 0;

	mutex_lock(&khv_store_mutex);
	if (!khv_trial.generation) {
		khv_extack(extack, "nothing waits for confirmation: it was confirmed, or has gone back");
		ret = -ENOENT;
	} else if (generation && generation != khv_trial.generation) {
		khv_extack(extack, "generation %llu waits for confirmation, not %llu",
			   khv_trial.generation, generation);
		ret = -ESTALE;
	} else {
		cancel_delayed_work(&khv_trial_work);
		khv_trial_end(keep, "netlink");
	}
	mutex_unlock(&khv_store_mutex);
	return ret;
}

/* With the module: everything goes, what is on trial and what was before it. */
void khv_trial_exit(void)
{
	unsigned int i;

	cancel_delayed_work_sync(&khv_trial_work);
	mutex_lock(&khv_store_mutex);
	for (i = 0; khv_trial.generation && i < khv_trial.n; i++) {
		khv_loaded_put(khv_trial.before[i].old);
		khv_policy_put(khv_trial.before[i].policy);
	}
	khv_trial.generation = 0;
	khv_trial_discard();
	mutex_unlock(&khv_store_mutex);
}

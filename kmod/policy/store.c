// SPDX-License-Identifier: GPL-2.0
/*
 * The policies in force, and their replacement.
 *
 * All policies of a transaction are validated and their memory is at hand before
 * the first pointer is swapped, so a commit cannot stop half-way; a decision reads
 * one pointer once and so is of one generation. At no instant is there no rule.
 */
#define pr_fmt(fmt) "khv_policy: " fmt

#include <linux/cred.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>
#include <khv/provider.h>
#include "coverage.h"
#include "store.h"

LIST_HEAD(khv_policies);
/* Changes of the list, of what is in force and of what is on trial. */
DEFINE_MUTEX(khv_store_mutex);
static struct workqueue_struct *khv_store_wq;

static u64 khv_generation = 1;
static u32 khv_policy_last_id;

static void khv_loaded_free_work(struct work_struct *work)
{
	struct khv_loaded *l = container_of(to_rcu_work(work),
					    struct khv_loaded, free_work);

	kfree(l->counts);
	khv_loaded_put(l->attach);
	kvfree(l->blob);
	kfree(l);
}

static void khv_loaded_release(struct kref *ref)
{
	struct khv_loaded *l = container_of(ref, struct khv_loaded, ref);

	INIT_RCU_WORK(&l->free_work, khv_loaded_free_work);
	queue_rcu_work(khv_store_wq, &l->free_work);
}

void khv_loaded_put(struct khv_loaded *l)
{
	if (l)
		kref_put(&l->ref, khv_loaded_release);
}

static void khv_policy_free_work(struct work_struct *work)
{
	struct khv_policy *p = container_of(to_rcu_work(work),
					    struct khv_policy, free_work);

	khv_loaded_put(rcu_dereference_protected(p->now, true));
	khv_loaded_put(rcu_dereference_protected(p->shadow, true));
	kfree(p);
}

static void khv_policy_release(struct kref *ref)
{
	struct khv_policy *p = container_of(ref, struct khv_policy, ref);

	INIT_RCU_WORK(&p->free_work, khv_policy_free_work);
	queue_rcu_work(khv_store_wq, &p->free_work);
}

void khv_policy_hold(struct khv_policy *p)
{
	kref_get(&p->ref);
}
EXPORT_SYMBOL_GPL(khv_policy_hold);

void khv_policy_put(struct khv_policy *p)
{
	if (p)
		kref_put(&p->ref, khv_policy_release);
}
EXPORT_SYMBOL_GPL(khv_policy_put);

const char *khv_policy_name(const struct khv_policy *p)
{
	return p->name;
}
EXPORT_SYMBOL_GPL(khv_policy_name);

void khv_policy_add_task(struct khv_policy *p, int n)
{
	atomic_add(n, &p->tasks);
}
EXPORT_SYMBOL_GPL(khv_policy_add_task);

struct khv_loaded *khv_policy_now(struct khv_policy *p)
{
	return rcu_dereference_protected(p->now,
					 lockdep_is_held(&khv_store_mutex));
}

struct khv_loaded *khv_policy_shadow(struct khv_policy *p)
{
	return rcu_dereference_protected(p->shadow,
					 lockdep_is_held(&khv_store_mutex));
}

void khv_policy_unlist(struct khv_policy *p)
{
	list_del_rcu(&p->list);
	khv_policy_put(p);
}

/* Nobody can enter one that was withdrawn: it goes with the last of its tasks. */
void khv_policy_reap(void)
{
	struct khv_policy *p, *next;

	list_for_each_entry_safe(p, next, &khv_policies, list)
		if (p->withdrawn && !atomic_read(&p->tasks))
			khv_policy_unlist(p);
}

struct khv_policy *khv_policy_find(const char *name)
{
	struct khv_policy *p;

	list_for_each_entry(p, &khv_policies, list)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

struct khv_policy *khv_policy_get(const char *name)
{
	struct khv_policy *p;

	mutex_lock(&khv_store_mutex);
	p = khv_policy_find(name);
	if (p && p->withdrawn)
		p = NULL;
	if (p)
		khv_policy_hold(p);
	mutex_unlock(&khv_store_mutex);
	return p;
}
EXPORT_SYMBOL_GPL(khv_policy_get);

static u64 khv_store_generation(void)
{
	return READ_ONCE(khv_generation);
}

u64 khv_store_advance(void)
{
	WRITE_ONCE(khv_generation, khv_generation + 1);
	return khv_generation;
}

/* Everything that can fail about one staged policy. */
static int khv_stage_check(struct khv_staged *s, struct khv_loaded *l,
			   struct netlink_ext_ack *extack)
{
	int reason, ret;

	ret = khv_engine_open(&l->engine, s->blob, s->size, &reason);
	if (ret) {
		khv_extack(extack, "policy %s: the compiled policy is not valid: %s; compile it with this version's hvctl",
			   s->name, khv_engine_error(reason));
		return ret;
	}
	if (strcmp(khv_engine_name(&l->engine), s->name)) {
		khv_extack(extack, "policy %s: the compiled policy is named %s",
			   s->name, khv_engine_name(&l->engine));
		return -EINVAL;
	}
	return khv_coverage_check(&l->engine, extack);
}

/* What a commit needs, made ready before anything changes. */
struct khv_ready {
	struct khv_policy *policy;	/* the one in force, or a new one */
	struct khv_loaded *loaded;
	bool fresh;
};

static int khv_ready_one(struct khv_ready *r, struct khv_staged *s,
			 const struct khv_change *change,
			 struct netlink_ext_ack *extack)
{
	struct khv_loaded *old;
	int ret;

	r->loaded = kzalloc(sizeof(*r->loaded), GFP_KERNEL);
	if (!r->loaded)
		return -ENOMEM;
	kref_init(&r->loaded->ref);
	r->policy = khv_policy_find(s->name);
	if (change->shadow && (!r->policy || !khv_policy_now(r->policy))) {
		khv_extack(extack, "policy %s: no policy of that name is in force for a shadow to stand beside",
			   s->name);
		return -ENOENT;
	}
	if (!r->policy) {
		r->policy = kzalloc(sizeof(*r->policy), GFP_KERNEL);
		if (!r->policy)
			return -ENOMEM;
		r->fresh = true;
		kref_init(&r->policy->ref);
		strscpy(r->policy->name, s->name, sizeof(r->policy->name));
	}
	r->loaded->sum = khv_store_sum(s->blob, s->size);
	ret = khv_stage_check(s, r->loaded, extack);
	if (ret)
		return ret;
	if (change->limited) {
		old = khv_policy_now(r->policy);
		ret = khv_limited_check(old, r->loaded, s->name, extack);
		if (ret)
			return ret;
		r->loaded->attach = old->attach ?: old;
		kref_get(&r->loaded->attach->ref);
	}
	if (change->shadow || khv_mode_lets_pass(&r->loaded->engine)) {
		r->loaded->counts = khv_counts_new();
		if (!r->loaded->counts)
			return -ENOMEM;
	}
	return 0;
}

static void khv_ready_drop(struct khv_ready *r)
{
	if (r->fresh)
		kfree(r->policy);
	if (r->loaded) {
		khv_loaded_put(r->loaded->attach);
		kfree(r->loaded->counts);
	}
	kfree(r->loaded);
}

/* In force. What was there before belongs to the trial now, if there is one. */
static void khv_ready_enforce(struct khv_ready *r, bool trial)
{
	struct khv_loaded *old = khv_policy_now(r->policy);
	struct khv_loaded *shadow = khv_policy_shadow(r->policy);

	if (trial)
		khv_trial_note(r->policy, old, r->fresh);
	rcu_assign_pointer(r->policy->now, r->loaded);
	WRITE_ONCE(r->policy->withdrawn, false);
	/* Not before nobody can find it any more: see rcu_work. */
	if (!trial)
		khv_loaded_put(old);
	/* What it was compared with is gone. */
	if (shadow)
		khv_counts_clear(shadow->counts);
	if (!r->fresh)
		return;
	r->policy->id = ++khv_policy_last_id;
	list_add_tail_rcu(&r->policy->list, &khv_policies);
}

static void khv_ready_publish(struct khv_ready *r, struct khv_staged *s,
			      const struct khv_change *change)
{
	struct khv_loaded *l = r->loaded;

	l->blob = s->blob;
	s->blob = NULL;
	l->generation = khv_generation;
	l->time = ktime_get_real_ns();
	l->uid = change->uid;
	if (change->shadow)
		khv_shadow_set(r->policy, l);
	else
		khv_ready_enforce(r, change->confirm);
	pr_info("policy %s %s, generation %llu, %u rules, loaded by uid %u\n",
		r->policy->name,
		change->shadow ? "has a shadow" :
		change->confirm ? "on trial" : "in force",
		khv_generation, khv_engine_nr_rules(&l->engine), change->uid);
}

static int khv_store_commit(struct khv_staged *staged, unsigned int n,
			    const struct khv_change *change,
			    struct netlink_ext_ack *extack)
{
	struct khv_ready *ready;
	unsigned int i;
	int ret = 0;

	ready = kcalloc(n, sizeof(*ready), GFP_KERNEL);
	if (!ready)
		return -ENOMEM;
	mutex_lock(&khv_store_mutex);
	khv_policy_reap();
	/* A dry run says what would be if it were now. */
	ret = khv_trial_refuse(extack);
	if (!ret && change->confirm && !change->dry_run)
		ret = khv_trial_prepare(n);
	for (i = 0; i < n && !ret; i++)
		ret = khv_ready_one(&ready[i], &staged[i], change, extack);
	if (ret || change->dry_run) {
		while (i-- > 0)
			khv_ready_drop(&ready[i]);
		khv_trial_discard();
		goto out;
	}
	khv_store_advance();
	for (i = 0; i < n; i++)
		khv_ready_publish(&ready[i], &staged[i], change);
	if (change->confirm)
		khv_trial_start(khv_generation, change);
out:
	mutex_unlock(&khv_store_mutex);
	kfree(ready);
	if (!ret && !change->dry_run)
		khv_policy_changed();
	return ret;
}

/*
 * Tasks of a policy that is cleared by force keep it, and it grants nothing any
 * more. A policy loaded later under the same name is theirs again, so the name
 * stays in the list while they live.
 */
static int khv_store_clear(const char *name, bool force,
			   struct netlink_ext_ack *extack)
{
	struct khv_loaded *old;
	struct khv_policy *p;
	int ret = 0, tasks;

	mutex_lock(&khv_store_mutex);
	khv_policy_reap();
	p = khv_policy_find(name);
	tasks = p ? atomic_read(&p->tasks) : 0;
	ret = khv_trial_refuse(extack);
	if (ret) {
		/* The text says who and how long. */
	} else if (!p) {
		khv_extack(extack, "no policy named \"%s\" is in force", name);
		ret = -ENOENT;
	} else if (tasks && !force) {
		khv_extack(extack, "%d tasks are in policy %s; end them, or clear by force and everything is refused to them",
			   tasks, name);
		ret = -EBUSY;
	} else {
		khv_store_advance();
		pr_info("policy %s cleared, generation %llu, %d tasks in it\n",
			name, khv_generation, tasks);
		old = khv_policy_now(p);
		rcu_assign_pointer(p->now, NULL);
		khv_loaded_put(old);
		khv_shadow_set(p, NULL);
		if (!tasks)
			khv_policy_unlist(p);
	}
	mutex_unlock(&khv_store_mutex);
	return ret;
}

static int khv_store_pending(struct netlink_ext_ack *extack)
{
	int ret;

	mutex_lock(&khv_store_mutex);
	ret = khv_trial_refuse(extack);
	mutex_unlock(&khv_store_mutex);
	return ret;
}

static const struct khv_provider khv_store = {
	.owner = THIS_MODULE,
	.generation = khv_store_generation,
	.commit = khv_store_commit,
	.settle = khv_store_settle,
	.pending = khv_store_pending,
	.promote = khv_store_promote,
	.drop = khv_store_drop,
	.count = khv_store_count,
	.clear = khv_store_clear,
	.next = khv_store_next,
	.open = khv_store_open,
	.close = khv_store_close,
	.verify = khv_store_verify,
	.coverage = khv_coverage,
	.admin = khv_store_admin,
	.admin_at = khv_store_admin_at,
};

int khv_store_init(void)
{
	int ret;

	khv_store_wq = alloc_workqueue("khv_policy", WQ_UNBOUND, 0);
	if (!khv_store_wq)
		return -ENOMEM;
	ret = khv_provider_register(&khv_store);
	if (ret)
		destroy_workqueue(khv_store_wq);
	return ret;
}

/* No client is loaded any more, so no task is in any policy. */
void khv_store_exit(void)
{
	struct khv_policy *p, *next;

	khv_provider_unregister(&khv_store);
	khv_trial_exit();
	list_for_each_entry_safe(p, next, &khv_policies, list)
		khv_policy_unlist(p);
	/*
	 * Policies first, then what they drop, then whose attach lines that kept;
	 * each waits for a grace period.
	 */
	rcu_barrier();
	flush_workqueue(khv_store_wq);
	rcu_barrier();
	flush_workqueue(khv_store_wq);
	rcu_barrier();
	flush_workqueue(khv_store_wq);
	destroy_workqueue(khv_store_wq);
}

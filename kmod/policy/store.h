/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_POLICY_STORE_H
#define _KHV_POLICY_STORE_H

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <linux/rculist.h>
#include <linux/workqueue.h>
#include <khv/engine.h>
#include <khv/mediate.h>

struct khv_change;
struct khv_policy_info;
struct khv_count_info;
struct netlink_ext_ack;

/* What is counted beside the verbs of the types: about programs, as if of a type. */
#define KHV_COUNT_PROGRAM	KHV_NR_TYPES
#define KHV_NR_COUNTED		(KHV_NR_TYPES + 1)

enum khv_program_line {
	KHV_PROGRAM_ATTACH,	/* the shadow confines it, or leaves it alone */
	KHV_PROGRAM_REFUSE,	/* the shadow lets this user not run it, or does */
	KHV_PROGRAM_DOMAIN,	/* it enters another domain in the shadow */
	KHV_NR_PROGRAM_LINES
};

/* "attach" */
const char *khv_program_line(enum khv_program_line line);

/**
 * struct khv_counts - what a policy in mode complain, or a shadow, would have done
 * @judged: checks
 * @would_deny: verbs; of a shadow, those that the policy in force has allowed
 * @would_allow: verbs that only the shadow would have allowed
 * @limit: of events about that
 */
struct khv_counts {
	atomic64_t judged;
	atomic64_t would_deny[KHV_NR_COUNTED][KHV_F_NR_VERBS];
	atomic64_t would_allow[KHV_NR_COUNTED][KHV_F_NR_VERBS];
	struct ratelimit_state limit;
};

/**
 * struct khv_loaded - one text of a policy; never written once published
 * @rcu: decisions read it under RCU
 * @free_work: frees it in process context (vfree)
 * @ref: one for being in force, one per reader that sleeps (dumps)
 * @engine: opened @blob
 * @blob: kvmalloc()ed
 * @counts: NULL unless it is in mode complain or was loaded as a shadow
 * @generation: under which it was loaded; kept if it comes back
 * @sum: checksum of @blob
 * @broken: @blob has another one now, and it was said
 * @time: then, ns since the epoch
 * @uid: who loaded it
 * @attach: whose attach lines hold, owned; NULL: its own. Not its own if who loaded
 *	it may not change them.
 */
struct khv_loaded {
	struct rcu_work free_work;
	struct kref ref;
	struct khv_engine engine;
	void *blob;
	struct khv_counts *counts;
	u64 generation;
	u32 sum;
	bool broken;
	u64 time;
	u32 uid;
	struct khv_loaded *attach;
};

/**
 * struct khv_policy - a name; what it means may be replaced
 * @list: in khv_policies while in force, by id; under khv_store_mutex, RCU
 * @free_work: frees it after a grace period
 * @ref: one for the list, one per domain that refers to it
 * @id: never used twice
 * @tasks: in it now
 * @withdrawn: it was on trial and there was none before: nobody enters any more
 * @now: NULL if it was cleared under its tasks: everything is refused
 * @shadow: judged beside @now, for the count only; or NULL
 * @name: of it
 */
struct khv_policy {
	struct list_head list;
	struct rcu_work free_work;
	struct kref ref;
	u32 id;
	atomic_t tasks;
	bool withdrawn;
	struct khv_loaded __rcu *now;
	struct khv_loaded __rcu *shadow;
	char name[KHV_NAME_MAX];
};

extern struct list_head khv_policies;
extern struct mutex khv_store_mutex;

struct khv_who;
struct netlink_ext_ack;

/* admin.c: operations of struct khv_provider, and the check of @limited. */
bool khv_store_admin(const char *name, const struct khv_who *who);
bool khv_store_admin_at(const char *name, unsigned int n, bool *group, u32 *id);
int khv_limited_check(const struct khv_loaded *old, const struct khv_loaded *new,
		      const char *name, struct netlink_ext_ack *extack);

/* Tell who watches. In process context, without khv_store_mutex. */
void khv_policy_changed(void);
int khv_store_init(void);
void khv_store_exit(void);
void khv_loaded_put(struct khv_loaded *loaded);

/* Is what the policy does not grant only reported? */
static inline bool khv_mode_lets_pass(const struct khv_engine *e)
{
	u8 mode = khv_engine_mode(e);

	return mode == KHV_MODE_COMPLAIN || mode == KHV_MODE_LEARN;
}

/* --- under khv_store_mutex ----------------------------------------------------- */

struct khv_loaded *khv_policy_now(struct khv_policy *p);
struct khv_loaded *khv_policy_shadow(struct khv_policy *p);
struct khv_policy *khv_policy_find(const char *name);
/* The next generation; returns it. */
u64 khv_store_advance(void);
/* Out of the list, and its reference given back. */
void khv_policy_unlist(struct khv_policy *p);

/* Drop those that were withdrawn and have no task left. */
void khv_policy_reap(void);

/* --- store_list.c: operations of struct khv_provider ------------------------------ */

/* Checksum of a blob. */
u32 khv_store_sum(const void *blob, size_t size);
bool khv_store_next(u32 id, bool shadow, struct khv_policy_info *info);
void *khv_store_open(const char *name, bool shadow, const void **blob,
		     size_t *size, u64 *generation);
void khv_store_close(void *ref);
bool khv_store_verify(size_t bytes, char *name);

/* --- store_trial.c: changes that go back unless they are confirmed --------------- */

int khv_trial_prepare(unsigned int n);
void khv_trial_note(struct khv_policy *p, struct khv_loaded *old, bool fresh);
void khv_trial_start(u64 generation, const struct khv_change *change);
void khv_trial_discard(void);
int khv_trial_refuse(struct netlink_ext_ack *extack);
/* Seconds left if the policy is on trial, else 0. */
u32 khv_trial_left(const struct khv_policy *p);
int khv_store_settle(bool keep, u64 generation, struct netlink_ext_ack *extack);
void khv_trial_exit(void);

/* --- store_shadow.c --------------------------------------------------------------- */

struct khv_counts *khv_counts_new(void);
void khv_counts_clear(struct khv_counts *c);
void khv_counts_put(struct khv_policy_info *info, const struct khv_counts *c);
void khv_count_verbs(atomic64_t *counter, u32 verbs);
void khv_shadow_set(struct khv_policy *p, struct khv_loaded *l);
int khv_store_promote(const char *name, const struct khv_change *change,
		      struct netlink_ext_ack *extack);
int khv_store_drop(const char *name, struct netlink_ext_ack *extack);
bool khv_store_count(struct khv_count_info *info);

void khv_domain_set(struct khv_domain *d, struct khv_policy *policy,
		    const struct khv_loaded *loaded, u16 index);

#endif /* _KHV_POLICY_STORE_H */

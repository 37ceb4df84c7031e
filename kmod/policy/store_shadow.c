// SPDX-License-Identifier: GPL-2.0
/*
 * Shadows: a candidate beside a policy in force, and the counters of what it, or a
 * policy in mode complain, would have decided. shadow.c judges by them.
 */
#define pr_fmt(fmt) "khv_policy: " fmt

#include <linux/slab.h>
#include <khv/provider.h>
#include "store.h"

/* Events about differences: more of the same say nothing new, and are counted. */
#define KHV_SHADOW_EVENTS	20	/* a second */

struct khv_counts *khv_counts_new(void)
{
	struct khv_counts *c = kzalloc(sizeof(*c), GFP_KERNEL_ACCOUNT);

	if (!c)
		return NULL;
	ratelimit_state_init(&c->limit, HZ, KHV_SHADOW_EVENTS);
	/* The kernel log is not told how many events were spared. */
	ratelimit_set_flags(&c->limit, RATELIMIT_MSG_ON_RELEASE);
	return c;
}

void khv_counts_clear(struct khv_counts *c)
{
	unsigned int type, verb;

	atomic64_set(&c->judged, 0);
	for (type = 0; type < KHV_NR_COUNTED; type++) {
		for (verb = 0; verb < KHV_F_NR_VERBS; verb++) {
			atomic64_set(&c->would_deny[type][verb], 0);
			atomic64_set(&c->would_allow[type][verb], 0);
		}
	}
}

/* @counter: of the first verb of a type. Any context. */
void khv_count_verbs(atomic64_t *counter, u32 verbs)
{
	for (; verbs; verbs &= verbs - 1)
		atomic64_inc(&counter[__ffs(verbs)]);
}

void khv_counts_put(struct khv_policy_info *info, const struct khv_counts *c)
{
	unsigned int type, verb;

	info->counts = true;
	info->judged = atomic64_read(&c->judged);
	for (type = 0; type < KHV_NR_COUNTED; type++) {
		for (verb = 0; verb < KHV_F_NR_VERBS; verb++) {
			info->would_deny +=
				atomic64_read(&c->would_deny[type][verb]);
			info->would_allow +=
				atomic64_read(&c->would_allow[type][verb]);
		}
	}
}

/* Takes over the reference to @l, which may be NULL. */
void khv_shadow_set(struct khv_policy *p, struct khv_loaded *l)
{
	struct khv_loaded *old = khv_policy_shadow(p);

	rcu_assign_pointer(p->shadow, l);
	khv_loaded_put(old);
}

static struct khv_policy *khv_shadow_find(const char *name,
					  struct netlink_ext_ack *extack)
{
	struct khv_policy *p = khv_policy_find(name);

	if (p && khv_policy_shadow(p))
		return p;
	khv_extack(extack, "policy %s has no shadow", name);
	return NULL;
}

int khv_store_drop(const char *name, struct netlink_ext_ack *extack)
{
	struct khv_policy *p;

	mutex_lock(&khv_store_mutex);
	p = khv_shadow_find(name, extack);
	if (p)
		khv_shadow_set(p, NULL);
	mutex_unlock(&khv_store_mutex);
	return p ? 0 : -ENOENT;
}

/* The text stays the same, so it keeps the generation that its events name. */
int khv_store_promote(const char *name, const struct khv_change *change,
		      struct netlink_ext_ack *extack)
{
	struct khv_policy *p;
	struct khv_loaded *l, *old;
	u64 generation;
	int ret;

	mutex_lock(&khv_store_mutex);
	ret = khv_trial_refuse(extack);
	p = ret ? NULL : khv_shadow_find(name, extack);
	if (!ret && !p)
		ret = -ENOENT;
	if (!ret && change->confirm)
		ret = khv_trial_prepare(1);
	if (!ret) {
		generation = khv_store_advance();
		old = khv_policy_now(p);
		if (change->confirm)
			khv_trial_note(p, old, false);
		l = khv_policy_shadow(p);
		khv_counts_clear(l->counts);
		/*
		 * In force first: whoever looks in between compares it with
		 * itself, and nobody is without rules.
		 */
		rcu_assign_pointer(p->now, l);
		rcu_assign_pointer(p->shadow, NULL);
		WRITE_ONCE(p->withdrawn, false);
		/* Only now can no reader begin to use what was there before. */
		if (change->confirm)
			khv_trial_start(generation, change);
		else
			khv_loaded_put(old);
		pr_info("policy %s: its shadow, generation %llu, is %s, by uid %u\n",
			name, l->generation,
			change->confirm ? "on trial" : "in force", change->uid);
	}
	mutex_unlock(&khv_store_mutex);
	return ret;
}

static const char *const khv_program_lines[KHV_NR_PROGRAM_LINES] = {
	[KHV_PROGRAM_ATTACH] = "attach",
	[KHV_PROGRAM_REFUSE] = "refuse",
	[KHV_PROGRAM_DOMAIN] = "domain",
};

const char *khv_program_line(enum khv_program_line line)
{
	return khv_program_lines[line];
}

#define KHV_COUNTERS	(KHV_NR_COUNTED * KHV_F_NR_VERBS)

/* One of the counters of a policy: first its own, then those of its shadow. */
static bool khv_count_fill(struct khv_policy *p, struct khv_count_info *info)
{
	unsigned int n = info->at % KHV_COUNTERS;
	unsigned int type = n / KHV_F_NR_VERBS, verb = n % KHV_F_NR_VERBS;
	struct khv_loaded *l;

	info->shadow = info->at >= KHV_COUNTERS;
	l = info->shadow ? khv_policy_shadow(p) : khv_policy_now(p);
	if (!l || !l->counts ||
	    verb >= (type == KHV_COUNT_PROGRAM ? KHV_NR_PROGRAM_LINES :
						 khv_type_verbs(type)))
		return false;
	info->would_deny = atomic64_read(&l->counts->would_deny[type][verb]);
	info->would_allow = atomic64_read(&l->counts->would_allow[type][verb]);
	info->generation = l->generation;
	if (type == KHV_COUNT_PROGRAM) {
		info->type = "program";
		info->verb = khv_program_line(verb);
	} else {
		info->type = khv_type_name(type);
		info->verb = khv_verb_name(type, 1u << verb);
	}
	strscpy(info->policy, p->name, sizeof(info->policy));
	return info->would_deny || info->would_allow;
}

bool khv_store_count(struct khv_count_info *info)
{
	struct khv_policy *p;
	bool found = false;

	mutex_lock(&khv_store_mutex);
	list_for_each_entry(p, &khv_policies, list) {
		if (p->id < info->id)
			continue;
		if (p->id > info->id)
			info->at = 0;
		info->id = p->id;
		while (!found && info->at < 2 * KHV_COUNTERS) {
			found = khv_count_fill(p, info);
			info->at++;
		}
		if (found)
			break;
	}
	mutex_unlock(&khv_store_mutex);
	return found;
}

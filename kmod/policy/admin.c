// SPDX-License-Identifier: GPL-2.0
/*
 * Administrators that a policy names: "admin user=..., group=...".
 *
 * They may replace the rules of their policy, and nothing that reaches beyond it.
 * Who administers it stays as it was. So do the programs that enter it by
 * themselves: with a line "attach /usr/sbin/sshd" of their own they would take a
 * service that is none of theirs out of the policy it is meant for.
 */
#include <linux/rculist.h>
#include <linux/string.h>
#include <khv/provider.h>
#include "store.h"

/* Under RCU. */
static const struct khv_loaded *khv_loaded_of(const char *name)
{
	struct khv_policy *p;

	list_for_each_entry_rcu(p, &khv_policies, list)
		if (!strcmp(p->name, name))
			return rcu_dereference(p->now);
	return NULL;
}

static bool khv_is_named(const struct khv_loaded *l, const struct khv_who *who)
{
	bool group;
	u32 i, id;

	for (i = 0; l && khv_engine_admin(&l->engine, i, &group, &id); i++)
		if (khv_who_is(who, group, id))
			return true;
	return false;
}

bool khv_store_admin(const char *name, const struct khv_who *who)
{
	struct khv_policy *p;
	bool yes = false;

	rcu_read_lock();
	if (name)
		yes = khv_is_named(khv_loaded_of(name), who);
	else
		list_for_each_entry_rcu(p, &khv_policies, list)
			yes |= khv_is_named(rcu_dereference(p->now), who);
	rcu_read_unlock();
	return yes;
}

bool khv_store_admin_at(const char *name, unsigned int n, bool *group, u32 *id)
{
	const struct khv_loaded *l;
	bool yes;

	rcu_read_lock();
	l = khv_loaded_of(name);
	yes = l && khv_engine_admin(&l->engine, n, group, id);
	rcu_read_unlock();
	return yes;
}

static bool khv_same_admins(const struct khv_engine *a, const struct khv_engine *b)
{
	bool more_a, more_b, group_a, group_b;
	u32 i, id_a, id_b;

	for (i = 0; ; i++) {
		more_a = khv_engine_admin(a, i, &group_a, &id_a);
		more_b = khv_engine_admin(b, i, &group_b, &id_b);
		if (!more_a || !more_b)
			return more_a == more_b;
		if (group_a != group_b || id_a != id_b)
			return false;
	}
}

/* The next attach line at or behind @at. */
static u32 khv_next_attach(const struct khv_engine *e, u32 at)
{
	while (at < khv_engine_nr_rules(e) &&
	       khv_engine_rule_kind(e, at) != KHV_NR_TYPES)
		at++;
	return at;
}

/*
 * As they are written, which is for honest people: what a forged policy really
 * attaches does not matter, khv_loaded.attach does.
 */
static bool khv_same_attach(const struct khv_engine *a, const struct khv_engine *b)
{
	u32 i = 0, j = 0;

	for (;; i++, j++) {
		i = khv_next_attach(a, i);
		j = khv_next_attach(b, j);
		if (i == khv_engine_nr_rules(a) || j == khv_engine_nr_rules(b))
			return i == khv_engine_nr_rules(a) &&
			       j == khv_engine_nr_rules(b);
		if (strcmp(khv_engine_rule_text(a, i), khv_engine_rule_text(b, j)))
			return false;
	}
}

int khv_limited_check(const struct khv_loaded *old, const struct khv_loaded *new,
		      const char *name, struct netlink_ext_ack *extack)
{
	if (!old)
		khv_extack(extack, "policy %s: it is not in force; CAP_MAC_ADMIN is needed to put it there",
			   name);
	else if (!khv_same_admins(&old->engine, &new->engine))
		khv_extack(extack, "policy %s: its admin lines differ from those in force; changing them takes CAP_MAC_ADMIN",
			   name);
	else if (!khv_same_attach(&(old->attach ?: old)->engine, &new->engine))
		khv_extack(extack, "policy %s: its attach lines differ from those in force; changing them takes CAP_MAC_ADMIN",
			   name);
	else
		return 0;
	return -EPERM;
}

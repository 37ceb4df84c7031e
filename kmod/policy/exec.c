// SPDX-License-Identifier: GPL-2.0
/* What executing a program does: enter a policy, or another domain of it. */
#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/ptrace.h>
#include "../compat/file.h"
#include "mediate.h"
#include "tree.h"

static const struct khv_check khv_exec_check = { .name = "bprm_check" };

/* Is the real or the effective user one that may not run it? */
static bool khv_is_refused(const struct khv_judge *j, const struct khv_loaded *l,
			   u32 *rule)
{
	const struct cred *cred = current_cred();
	struct khv_subject effective = j->s;

	effective.uid = from_kuid(&init_user_ns, cred->euid);
	effective.gid = from_kgid(&init_user_ns, cred->egid);
	return khv_engine_refuse(&l->engine, &j->s, rule) ||
	       khv_engine_refuse(&l->engine, &effective, rule);
}

/* Does the policy want the program at @p, and this user? Under RCU. */
void khv_program_find(struct khv_program *e, const struct khv_judge *j,
		      const struct khv_loaded *l, const struct khv_pathname *p)
{
	e->attach = l->attach ?: l;
	e->refused = false;
	e->wanted = khv_engine_attach(&e->attach->engine, p->name, p->len,
				      &e->domain, &e->rule);
	if (e->wanted)
		e->refused = khv_is_refused(j, l, &e->refuse);
}

static const char *khv_domain_name(const struct khv_loaded *l, u16 domain)
{
	return domain == KHV_DOMAIN_DETACH ?
	       "" : khv_engine_domain_name(&l->engine, domain);
}

bool khv_same_domain(const struct khv_loaded *l, u16 domain,
		     const struct khv_loaded *other, u16 its)
{
	return !strcmp(khv_domain_name(l, domain), khv_domain_name(other, its));
}

/*
 * One policy: 1 if it wants the program at @p, and @d is filled in; -errno if it
 * wants this user not to run it. Under RCU.
 */
static int khv_match_one(const struct khv_mediator *m, struct khv_policy *policy,
			 const struct khv_pathname *p, struct khv_domain *d)
{
	const struct khv_loaded *now = rcu_dereference(policy->now);
	const struct khv_loaded *shadow = rcu_dereference(policy->shadow);
	struct khv_decision dec;
	struct khv_program e;
	struct khv_judge j;
	int ret;

	if (!now || READ_ONCE(policy->withdrawn) ||
	    khv_engine_mode(&now->engine) == KHV_MODE_OFF ||
	    !khv_is_for(m, &now->engine))
		return 0;
	khv_subject_real(&j.s, current_real_cred());
	khv_program_find(&e, &j, now, p);
	if (!e.wanted && likely(!shadow))
		return 0;
	/* Found by its name in the policy in force, if that is another. */
	khv_domain_set(d, policy, e.attach, e.wanted ? e.domain : 0);
	khv_judge_start(&j, m, d, &khv_exec_check);
	if (unlikely(shadow))
		khv_shadow_enter(&j, shadow, p, &e);
	if (!e.wanted)
		return 0;
	if (!j.l || !e.refused)
		return 1;
	khv_judge_refuse(&dec, KHV_TYPE_FILE, KHV_F_EXEC);
	dec.rule = e.refuse;
	ret = khv_judge_answer(&j, KHV_TYPE_FILE, KHV_F_EXEC, &dec, p->name,
			       p->len);
	return ret ?: 1;
}

int khv_policy_match_exec(const struct khv_mediator *m,
			  const struct linux_binprm *bprm, struct khv_domain *d)
{
	struct khv_policy *policy;
	struct khv_pathname p;
	int ret;

	if (list_empty(&khv_policies))
		return 0;
	ret = khv_path_get(&p);
	if (ret)
		return ret;
	ret = khv_path_of(&p, khv_file_path(bprm->file));
	rcu_read_lock();
	list_for_each_entry_rcu(policy, &khv_policies, list) {
		if (ret)
			break;
		ret = khv_match_one(m, policy, &p, d);
	}
	/* A policy taken from the list meanwhile has no reference left to give. */
	if (ret == 1 && !kref_get_unless_zero(&d->policy->ref))
		ret = -EBUSY;
	rcu_read_unlock();
	khv_path_put(&p);
	if (ret != 1)
		return ret;
	d->tree = khv_tree_new(NULL);
	if (d->tree)
		return 1;
	khv_policy_put(d->policy);
	return -ENOMEM;
}
EXPORT_SYMBOL_GPL(khv_policy_match_exec);

/* Under RCU. */
static bool khv_is_traced_inside(const struct khv_mediator *m)
{
	struct task_struct *tracer = ptrace_parent(current);

	return tracer && m->domain(tracer);
}

/* Under RCU; takes a reference. */
static void khv_move(struct khv_domain *d, const struct khv_judge *j, u16 domain,
		     struct khv_domain *to)
{
	khv_domain_set(to, d->policy, j->l, domain);
	if (domain == KHV_DOMAIN_DETACH) {
		to->detached = true;
		strscpy(to->name, "(detached)", sizeof(to->name));
	}
	/* current is in the policy, so there is a reference to share. */
	khv_policy_hold(d->policy);
}

int khv_policy_transition(const struct khv_mediator *m, struct khv_domain *d,
			  const struct linux_binprm *bprm,
			  struct khv_domain *to)
{
	const struct khv_loaded *shadow;
	struct khv_pathname p;
	struct khv_judge j;
	u16 domain;
	int ret;

	ret = khv_path_get(&p);
	if (ret)
		return ret;
	ret = khv_path_of(&p, khv_file_path(bprm->file));
	rcu_read_lock();
	if (!ret && khv_judge_start(&j, m, d, &khv_exec_check) && j.l) {
		if (!khv_engine_transition(&j.l->engine, j.domain, &j.s, p.name,
					   p.len, &domain, NULL))
			domain = j.domain;
		shadow = rcu_dereference(d->policy->shadow);
		if (unlikely(shadow))
			khv_shadow_transition(&j, shadow, &p, domain);
		if (domain != j.domain)
			ret = khv_is_traced_inside(m) ? -EPERM : 1;
		if (ret == 1)
			khv_move(d, &j, domain, to);
	}
	rcu_read_unlock();
	khv_path_put(&p);
	if (ret != 1)
		return ret;
	/* What happens to the one says nothing about who has left. */
	to->tree = khv_tree_new(to->detached ? NULL : d->tree);
	if (to->tree)
		return 1;
	khv_policy_put(to->policy);
	return -ENOMEM;
}
EXPORT_SYMBOL_GPL(khv_policy_transition);

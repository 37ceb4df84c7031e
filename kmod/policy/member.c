// SPDX-License-Identifier: GPL-2.0
/*
 * Tasks as members of policies: how they come in, what their children get, how they
 * leave. The same for every client that puts tasks under policies; which policies
 * these are says khv_mediator.audits.
 */
#include <linux/binfmts.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "mediate.h"
#include "store.h"

/* Takes over the reference to the policy. Who was let go does not count. */
static void khv_member_enter(struct khv_member *w)
{
	w->priv = NULL;
	if (!w->domain.detached)
		khv_policy_add_task(w->domain.policy, 1);
}

void *khv_member_inherit(void *data, struct task_struct *child)
{
	struct khv_member *parent = data, *w;
	int ret;

	w = kmalloc(sizeof(*w), GFP_KERNEL_ACCOUNT);
	if (!w)
		return ERR_PTR(-ENOMEM);
	ret = khv_domain_inherit(&w->domain, &parent->domain);
	if (ret) {
		kfree(w);
		return ERR_PTR(ret);
	}
	khv_member_enter(w);
	return w;
}
EXPORT_SYMBOL_GPL(khv_member_inherit);

/* It may go: does another policy want it? 1, with *@w replaced if so, or an error. */
static int khv_member_wanted(const struct khv_mediator *m,
			     struct linux_binprm *bprm, struct khv_member **w)
{
	struct khv_member *other = kmalloc(sizeof(*other), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!other) {
		khv_domain_drop(&(*w)->domain);
		return -ENOMEM;
	}
	ret = khv_policy_match_exec(m, bprm, &other->domain);
	if (!ret) {
		kfree(other);
		return 1;
	}
	khv_domain_drop(&(*w)->domain);
	if (ret < 0) {
		kfree(other);
		return ret;
	}
	kfree(*w);
	*w = other;
	return 1;
}

/*
 * A task in a policy stays in it, whatever it executes: that the program would be
 * wanted by another policy must not be a way out of this one. A rule of its own
 * policy may move it to another domain of that policy, or let it go: then it is as
 * if it had never been in a policy, and another one may want what it executes.
 */
void *khv_member_exec(const struct khv_mediator *m, struct linux_binprm *bprm,
		      void *data)
{
	struct khv_member *own = data, *w, *found = NULL;
	int ret;

	w = kmalloc(sizeof(*w), GFP_KERNEL_ACCOUNT);
	if (!w)
		return ERR_PTR(-ENOMEM);
	ret = own && !own->domain.detached ?
		      khv_policy_transition(m, &own->domain, bprm,
					    &w->domain) :
		      khv_policy_match_exec(m, bprm, &w->domain);
	if (ret == 1 && w->domain.detached)
		ret = khv_member_wanted(m, bprm, &w);
	if (ret == 1) {
		khv_member_enter(w);
		found = w;
	} else {
		kfree(w);
	}
	return ret < 0 ? ERR_PTR(ret) : found;
}
EXPORT_SYMBOL_GPL(khv_member_exec);

void khv_member_release(void *data)
{
	struct khv_member *w = data;

	if (!w->domain.detached)
		khv_policy_add_task(w->domain.policy, -1);
	khv_domain_drop(&w->domain);
	kfree_rcu(w, rcu);
}
EXPORT_SYMBOL_GPL(khv_member_release);

/* Is it a policy for clients of this kind? */
static bool khv_policy_is_for(const struct khv_mediator *m,
			      struct khv_policy *policy)
{
	const struct khv_loaded *l;
	bool is_for;

	rcu_read_lock();
	l = rcu_dereference(policy->now);
	is_for = l && khv_is_for(m, &l->engine);
	rcu_read_unlock();
	return is_for;
}

void *khv_member_attach(const struct khv_mediator *m, const char *policy,
			const char *domain, const char **why)
{
	struct khv_policy *p = policy ? khv_policy_get(policy) : NULL;
	struct khv_member *w;
	int ret;

	if (!p) {
		*why = "no policy of that name is in force";
		return ERR_PTR(-ENOENT);
	}
	if (!khv_policy_is_for(m, p)) {
		*why = m->audits ? "the policy is not in mode audit" :
				   "the policy is in mode audit, or was cleared";
		khv_policy_put(p);
		return ERR_PTR(-EINVAL);
	}
	w = kmalloc(sizeof(*w), GFP_KERNEL);
	ret = w ? khv_domain_init(&w->domain, p, domain) : -ENOMEM;
	if (ret) {
		*why = ret == -ENOENT ? "it has no such domain, or was cleared" :
					"out of memory";
		khv_policy_put(p);
		kfree(w);
		return ERR_PTR(ret);
	}
	khv_member_enter(w);
	return w;
}
EXPORT_SYMBOL_GPL(khv_member_attach);

void khv_member_label(void *data, struct khv_label *label)
{
	const struct khv_member *w = data;

	strscpy(label->policy, khv_policy_name(w->domain.policy),
		sizeof(label->policy));
	strscpy(label->domain, w->domain.name, sizeof(label->domain));
}
EXPORT_SYMBOL_GPL(khv_member_label);

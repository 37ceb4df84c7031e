// SPDX-License-Identifier: GPL-2.0
/*
 * khv_audit.ko: reports calls, with arguments and results, and what other clients have
 * decided about objects. It has no vote: whatever happens here, the call goes on. What
 * is reported is said by policies in "mode audit", which put tasks under them as other
 * policies do, by attach lines, `hvctl run --client audit` and `hvctl attach`.
 *
 * It comes first among the clients, so that it is told the verdict of all of them.
 *
 * Calls are hooked when the first policy names them, and stay hooked until the client
 * is disabled.
 */
#define pr_fmt(fmt) "khv_audit: " fmt

#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include "audit.h"

static int priority = -1000;
module_param(priority, int, 0444);
MODULE_PARM_DESC(priority, "place among the clients, lower runs first (default -1000)");

static struct khv_client khv_audit_client;

static struct khv_domain *khv_audit_domain(struct task_struct *task)
{
	struct khv_member *m = khv_task_data(&khv_audit_client, task);

	return m ? &m->domain : NULL;
}

/* A check of current has looked at this: is it in a call that is reported? Under RCU. */
static void khv_audit_see(enum khv_type type, const char *object, size_t len)
{
	struct khv_member *m = khv_task_data(&khv_audit_client, current);
	struct khv_audit_scratch *s = m ? m->priv : NULL;
	struct khv_audit_name *last;

	if (!s || s->nr_seen == KHV_AUDIT_NAMES ||
	    (type != KHV_TYPE_FILE && type != KHV_TYPE_SOCKET))
		return;
	/* Several checks of one object. */
	last = s->nr_seen ? &s->seen[s->nr_seen - 1] : NULL;
	if (last && last->type == type && last->len == len &&
	    !memcmp(last->text, object, len))
		return;
	khv_audit_name_set(&s->seen[s->nr_seen++], type, object, len);
}

static const struct khv_mediator khv_audit_mediator = {
	.client = &khv_audit_client,
	.domain = khv_audit_domain,
	.audits = true,
	.seen = khv_audit_see,
};

/* --- calls --------------------------------------------------------------------- */

static void khv_audit_report(struct khv_member *m, const struct khv_call *call,
			     const struct khv_audit_scratch *s)
{
	void *args = kmalloc(KHV_AUDIT_ARGS, GFP_KERNEL);
	size_t len = args ? khv_audit_args(call, s, args) : 0;

	khv_audit_call(&khv_audit_mediator, &m->domain, call, args, len,
		       khv_audit_redact);
	kfree(args);
}

static int khv_audit_pre(struct khv_call *call, void *data)
{
	struct khv_member *m = data;
	struct khv_audit_scratch *s;

	if (!khv_audit_call_wanted(&khv_audit_mediator, &m->domain, call->name))
		return 0;
	/* Left over from a call that did not come back. */
	kfree(m->priv);
	m->priv = NULL;
	s = kzalloc(sizeof(*s), GFP_KERNEL);
	if (s)
		khv_audit_look(call, s);
	m->priv = s;
	return 0;
}

static void khv_audit_post(struct khv_call *call, void *data)
{
	static const struct khv_audit_scratch nothing;
	struct khv_member *m = data;
	struct khv_audit_scratch *s = m->priv;

	m->priv = NULL;
	khv_audit_report(m, call, s ?: &nothing);
	kfree(s);
}

/* A call that does not come back: there will be no result. */
static int khv_audit_leave(struct khv_call *call, void *data)
{
	struct khv_audit_scratch *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (s) {
		khv_audit_look(call, s);
		khv_audit_report(data, call, s);
	}
	kfree(s);
	return 0;
}

/* Room for every call of the kernel; khv_audit_client.nr_calls of them are hooked. */
static struct khv_call_hook *khv_audit_hooks;
static unsigned int khv_audit_room;
static DEFINE_MUTEX(khv_audit_mutex);

static bool khv_audit_hooked(const char *name, unsigned int n)
{
	while (n--)
		if (!strcmp(khv_audit_hooks[n].name, name))
			return true;
	return false;
}

static int khv_audit_take(const char *name, void *data)
{
	unsigned int *n = data;
	struct khv_call_hook *hook = &khv_audit_hooks[*n];

	if (*n == khv_audit_room || !khv_audit_call_named(name) ||
	    khv_audit_hooked(name, *n))
		return 0;
	*hook = (struct khv_call_hook) { .name = name };
	if (khv_call_returns(name)) {
		hook->pre = khv_audit_pre;
		hook->post = khv_audit_post;
	} else {
		hook->pre = khv_audit_leave;
	}
	++*n;
	return 0;
}

/* Policies have changed: calls that they name and that are not hooked yet. */
static int khv_audit_changed(struct notifier_block *nb, unsigned long event,
			     void *arg)
{
	unsigned int n;
	int ret;

	mutex_lock(&khv_audit_mutex);
	n = khv_audit_client.nr_calls;
	ret = khv_call_each(khv_audit_take, &n);
	if (!ret && n > khv_audit_client.nr_calls)
		ret = khv_client_extend(&khv_audit_client, n);
	if (ret)
		pr_err("calls that a policy names cannot be hooked (error %d): they are not reported\n",
		       ret);
	mutex_unlock(&khv_audit_mutex);
	return NOTIFY_OK;
}

static struct notifier_block khv_audit_nb = {
	.notifier_call = khv_audit_changed,
};

/* --- objects -------------------------------------------------------------------- */

static int khv_audit_check(struct khv_check *check, void *data)
{
	return 0;
}

/* Everybody has answered. */
static void khv_audit_told(struct khv_check *check, void *data)
{
	struct khv_member *m = data;

	(void)khv_mediate(&khv_audit_mediator, &m->domain, check);
}

#define KHV_AUDIT_CHECK(name)	\
	{ KHV_OBJ_##name, khv_audit_check, khv_audit_told },
static const struct khv_check_hook khv_audit_checks[] = {
	KHV_MEDIATED(KHV_AUDIT_CHECK)
};

/* --- tasks ---------------------------------------------------------------------- */

static void *khv_audit_exec(struct linux_binprm *bprm, void *data)
{
	void *found = khv_member_exec(&khv_audit_mediator, bprm, data);

	/* No vote, but then no report either. */
	if (!IS_ERR(found))
		return found;
	pr_warn_ratelimited("%s[%d] is not put under its policy (error %ld)\n",
			    current->comm, task_pid_nr(current),
			    PTR_ERR(found));
	return NULL;
}

static void *khv_audit_attach(const char *policy, const char *domain,
			      const char **why)
{
	return khv_member_attach(&khv_audit_mediator, policy, domain, why);
}

static void khv_audit_release(void *data)
{
	struct khv_member *m = data;

	kfree(m->priv);
	khv_member_release(m);
}

/* Whoever is only watched may do what it may. */
static bool khv_audit_may_configure(void *data)
{
	return true;
}

static struct khv_client khv_audit_client = {
	.name = "audit",
	.owner = THIS_MODULE,
	.checks = khv_audit_checks,
	.nr_checks = ARRAY_SIZE(khv_audit_checks),
	.inherit = khv_member_inherit,
	.exec = khv_audit_exec,
	.release = khv_audit_release,
	.attach = khv_audit_attach,
	.label = khv_member_label,
	.may_configure = khv_audit_may_configure,
};

static int khv_audit_count(const char *name, void *data)
{
	++*(unsigned int *)data;
	return 0;
}

static int __init khv_audit_init(void)
{
	int ret;

	ret = khv_call_each(khv_audit_count, &khv_audit_room);
	if (ret)
		return ret;
	khv_audit_hooks = kvcalloc(khv_audit_room, sizeof(*khv_audit_hooks),
				   GFP_KERNEL);
	if (!khv_audit_hooks)
		return -ENOMEM;
	khv_audit_client.priority = priority;
	khv_audit_client.calls = khv_audit_hooks;
	ret = khv_client_register(&khv_audit_client);
	if (ret) {
		kvfree(khv_audit_hooks);
		return ret;
	}
	khv_policy_watch(&khv_audit_nb);
	/* What is in force already. */
	khv_audit_changed(NULL, 0, NULL);
	return 0;
}

static void __exit khv_audit_exit(void)
{
	khv_policy_unwatch(&khv_audit_nb);
	khv_client_unregister(&khv_audit_client);
	/* kfree_rcu() needs nothing of ours, but policies may be put late. */
	rcu_barrier();
	kvfree(khv_audit_hooks);
}

module_init(khv_audit_init);
module_exit(khv_audit_exit);
MODULE_DESCRIPTION("Kernel hypervisors: audit");
MODULE_AUTHOR("The khv developers");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0
/*
 * khv_wrap.ko: the application wrapper, the paper's Netscape hypervisor for any
 * program. A task enters a policy when it executes a program that the policy wants
 * (`attach`), or because an administrator says so (`hvctl run`, `hvctl attach`).
 * Everything it starts from then on is bound by the same policy, whatever user it
 * becomes, root included; nothing it does takes it out again.
 */
#define pr_fmt(fmt) "khv_wrap: " fmt

#include <linux/binfmts.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <khv/client.h>
#include <khv/mediate.h>

static int priority = 100;
module_param(priority, int, 0444);
MODULE_PARM_DESC(priority, "place among the clients, lower runs first (default 100)");

/* What a task is in. One per task, so that it dies with the task. */
struct khv_wrap {
	struct rcu_head rcu;
	struct khv_domain domain;
};

static struct khv_client khv_wrap_client;

static struct khv_domain *khv_wrap_domain(struct task_struct *task)
{
	struct khv_wrap *w = khv_task_data(&khv_wrap_client, task);

	return w ? &w->domain : NULL;
}

static const struct khv_mediator khv_wrap_mediator = {
	.client = &khv_wrap_client,
	.domain = khv_wrap_domain,
};

/* Takes over the reference to the policy. Who was let go does not count. */
static void khv_wrap_enter(struct khv_wrap *w)
{
	if (!w->domain.detached)
		khv_policy_add_task(w->domain.policy, 1);
}

static void *khv_wrap_inherit(void *data, struct task_struct *child)
{
	struct khv_wrap *parent = data, *w;
	int ret;

	w = kmalloc(sizeof(*w), GFP_KERNEL_ACCOUNT);
	if (!w)
		return ERR_PTR(-ENOMEM);
	ret = khv_domain_inherit(&w->domain, &parent->domain);
	if (ret) {
		kfree(w);
		return ERR_PTR(ret);
	}
	khv_wrap_enter(w);
	return w;
}

/* It may go: does another policy want it? 1, with *@w replaced if so, or an error. */
static int khv_wrap_wanted(struct linux_binprm *bprm, struct khv_wrap **w)
{
	struct khv_wrap *other = kmalloc(sizeof(*other), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!other) {
		khv_domain_drop(&(*w)->domain);
		return -ENOMEM;
	}
	ret = khv_policy_match_exec(&khv_wrap_mediator, bprm, &other->domain);
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
static void *khv_wrap_exec(struct linux_binprm *bprm, void *data)
{
	struct khv_wrap *own = data, *w, *found = NULL;
	int ret;

	w = kmalloc(sizeof(*w), GFP_KERNEL_ACCOUNT);
	if (!w)
		return ERR_PTR(-ENOMEM);
	ret = own && !own->domain.detached ?
		      khv_policy_transition(&khv_wrap_mediator, &own->domain,
					    bprm, &w->domain) :
		      khv_policy_match_exec(&khv_wrap_mediator, bprm, &w->domain);
	if (ret == 1 && w->domain.detached)
		ret = khv_wrap_wanted(bprm, &w);
	if (ret == 1) {
		khv_wrap_enter(w);
		found = w;
		/*
		 * To the other domain its caller is a stranger: the loader shall
		 * not take libraries from an environment that was made outside.
		 */
		if (own)
			bprm->secureexec = 1;
	} else {
		kfree(w);
	}
	return ret < 0 ? ERR_PTR(ret) : found;
}

static void khv_wrap_release(void *data)
{
	struct khv_wrap *w = data;

	if (!w->domain.detached)
		khv_policy_add_task(w->domain.policy, -1);
	khv_domain_drop(&w->domain);
	kfree_rcu(w, rcu);
}

static void *khv_wrap_attach(const char *policy, const char *domain,
			     const char **why)
{
	struct khv_policy *p = policy ? khv_policy_get(policy) : NULL;
	struct khv_wrap *w;
	int ret;

	if (!p) {
		*why = "no policy of that name is in force";
		return ERR_PTR(-ENOENT);
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
	khv_wrap_enter(w);
	return w;
}

static void khv_wrap_label(void *data, struct khv_label *label)
{
	const struct khv_wrap *w = data;

	strscpy(label->policy, khv_policy_name(w->domain.policy),
		sizeof(label->policy));
	strscpy(label->domain, w->domain.name, sizeof(label->domain));
}

static bool khv_wrap_may_configure(void *data)
{
	struct khv_wrap *w = data;

	return khv_mediate_configure(&khv_wrap_mediator, &w->domain);
}

static int khv_wrap_brought(struct khv_brought *brought, void *data)
{
	struct khv_wrap *w = data;

	return khv_mediate_brought(&khv_wrap_mediator, &w->domain, brought);
}

static int khv_wrap_check(struct khv_check *check, void *data)
{
	struct khv_wrap *w = data;

	return khv_mediate(&khv_wrap_mediator, &w->domain, check);
}

#define KHV_WRAP_CHECK(name)	{ KHV_OBJ_##name, khv_wrap_check },
static const struct khv_check_hook khv_wrap_checks[] = {
	KHV_MEDIATED(KHV_WRAP_CHECK)
};

/* No check is made of it, and then none of memory that the heap grows by. */
static int khv_wrap_personality(struct khv_call *call, void *data)
{
	struct khv_wrap *w = data;

	return khv_mediate_personality(&khv_wrap_mediator, &w->domain,
				       call->arg[0]);
}

/* pwritev2(fd, vector, length, two halves of a position, flags) */
static int khv_wrap_pwritev2(struct khv_call *call, void *data)
{
	struct khv_wrap *w = data;

	return khv_mediate_write_flags(&khv_wrap_mediator, &w->domain, call,
				       call->arg[5]);
}

#if IS_ENABLED(CONFIG_X86_X32_ABI)
/* The same of x32, with the position in one. */
static int khv_wrap_pwritev64v2(struct khv_call *call, void *data)
{
	struct khv_wrap *w = data;

	return khv_mediate_write_flags(&khv_wrap_mediator, &w->domain, call,
				       call->arg[4]);
}
#endif

/* A tracer from before. */
static int khv_wrap_ptrace(struct khv_call *call, void *data)
{
	struct khv_wrap *w = data;

	return khv_mediate_ptrace(&khv_wrap_mediator, &w->domain, call);
}

/* The calls themselves are the object. */
static int khv_wrap_named(struct khv_call *call, void *data)
{
	struct khv_wrap *w = data;

	return khv_mediate_named(&khv_wrap_mediator, &w->domain, call);
}

static int khv_wrap_mounts(struct khv_call *call, void *data)
{
	struct khv_wrap *w = data;

	return khv_mediate_mounts(&khv_wrap_mediator, &w->domain, call);
}

static int khv_wrap_unknown(struct khv_call *call, void *data)
{
	struct khv_wrap *w = data;

	return khv_mediate_call(&khv_wrap_mediator, &w->domain, call);
}

static const struct khv_call_hook khv_wrap_calls[] = {
	{ .name = "personality", .pre = khv_wrap_personality },
	{ .name = "pwritev2", .pre = khv_wrap_pwritev2 },
	{ .name = "ptrace", .pre = khv_wrap_ptrace },
	{ .name = "mount_setattr", .pre = khv_wrap_named },
	{ .name = "setns", .pre = khv_wrap_named },
	/* Since 6.8 */
	{ .name = "statmount", .flags = KHV_CALL_OPTIONAL,
	  .pre = khv_wrap_mounts },
	{ .name = "listmount", .flags = KHV_CALL_OPTIONAL,
	  .pre = khv_wrap_mounts },
#if IS_ENABLED(CONFIG_X86_X32_ABI)
	{ .name = "pwritev64v2", .pre = khv_wrap_pwritev64v2 },
#endif
	{ .name = KHV_CALL_UNKNOWN, .pre = khv_wrap_unknown },
};

static struct khv_client khv_wrap_client = {
	.name = "wrap",
	.owner = THIS_MODULE,
	.calls = khv_wrap_calls,
	.nr_calls = ARRAY_SIZE(khv_wrap_calls),
	.checks = khv_wrap_checks,
	.nr_checks = ARRAY_SIZE(khv_wrap_checks),
	.inherit = khv_wrap_inherit,
	.exec = khv_wrap_exec,
	.release = khv_wrap_release,
	.attach = khv_wrap_attach,
	.brought = khv_wrap_brought,
	.label = khv_wrap_label,
	.may_configure = khv_wrap_may_configure,
};

static int __init khv_wrap_init(void)
{
	khv_wrap_client.priority = priority;
	return khv_client_register(&khv_wrap_client);
}

static void __exit khv_wrap_exit(void)
{
	khv_client_unregister(&khv_wrap_client);
	/* kfree_rcu() needs nothing of ours, but policies may be put late. */
	rcu_barrier();
}

module_init(khv_wrap_init);
module_exit(khv_wrap_exit);
MODULE_DESCRIPTION("Kernel hypervisors: application wrapper");
MODULE_AUTHOR("The khv developers");
MODULE_LICENSE("GPL");

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
#include <linux/err.h>
#include <linux/module.h>
#include <khv/client.h>
#include <khv/mediate.h>

static int priority = 100;
module_param(priority, int, 0444);
MODULE_PARM_DESC(priority, "place among the clients, lower runs first (default 100)");

static struct khv_client khv_wrap_client;

static struct khv_domain *khv_wrap_domain(struct task_struct *task)
{
	struct khv_member *w = khv_task_data(&khv_wrap_client, task);

	return w ? &w->domain : NULL;
}

static const struct khv_mediator khv_wrap_mediator = {
	.client = &khv_wrap_client,
	.domain = khv_wrap_domain,
};

static void *khv_wrap_exec(struct linux_binprm *bprm, void *data)
{
	void *found = khv_member_exec(&khv_wrap_mediator, bprm, data);

	/*
	 * To the other domain its caller is a stranger: the loader shall not take
	 * libraries from an environment that was made outside.
	 */
	if (!IS_ERR_OR_NULL(found) && data)
		bprm->secureexec = 1;
	return found;
}

static void *khv_wrap_attach(const char *policy, const char *domain,
			     const char **why)
{
	return khv_member_attach(&khv_wrap_mediator, policy, domain, why);
}

static bool khv_wrap_may_configure(void *data)
{
	struct khv_member *w = data;

	return khv_mediate_configure(&khv_wrap_mediator, &w->domain);
}

static int khv_wrap_brought(struct khv_brought *brought, void *data)
{
	struct khv_member *w = data;

	return khv_mediate_brought(&khv_wrap_mediator, &w->domain, brought);
}

static int khv_wrap_check(struct khv_check *check, void *data)
{
	struct khv_member *w = data;

	return khv_mediate(&khv_wrap_mediator, &w->domain, check);
}

#define KHV_WRAP_CHECK(name)	{ KHV_OBJ_##name, khv_wrap_check },
static const struct khv_check_hook khv_wrap_checks[] = {
	KHV_MEDIATED(KHV_WRAP_CHECK)
};

/* No check is made of it, and then none of memory that the heap grows by. */
static int khv_wrap_personality(struct khv_call *call, void *data)
{
	struct khv_member *w = data;

	return khv_mediate_personality(&khv_wrap_mediator, &w->domain,
				       call->arg[0]);
}

/* pwritev2(fd, vector, length, two halves of a position, flags) */
static int khv_wrap_pwritev2(struct khv_call *call, void *data)
{
	struct khv_member *w = data;

	return khv_mediate_write_flags(&khv_wrap_mediator, &w->domain, call,
				       call->arg[5]);
}

#if IS_ENABLED(CONFIG_X86_X32_ABI)
/* The same of x32, with the position in one. */
static int khv_wrap_pwritev64v2(struct khv_call *call, void *data)
{
	struct khv_member *w = data;

	return khv_mediate_write_flags(&khv_wrap_mediator, &w->domain, call,
				       call->arg[4]);
}
#endif

/* A tracer from before. */
static int khv_wrap_ptrace(struct khv_call *call, void *data)
{
	struct khv_member *w = data;

	return khv_mediate_ptrace(&khv_wrap_mediator, &w->domain, call);
}

/* The calls themselves are the object. */
static int khv_wrap_named(struct khv_call *call, void *data)
{
	struct khv_member *w = data;

	return khv_mediate_named(&khv_wrap_mediator, &w->domain, call);
}

static int khv_wrap_twin(struct khv_call *call, void *data)
{
	struct khv_member *w = data;

	return khv_mediate_twin(&khv_wrap_mediator, &w->domain, call);
}

static int khv_wrap_unknown(struct khv_call *call, void *data)
{
	struct khv_member *w = data;

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
	  .pre = khv_wrap_twin },
	{ .name = "listmount", .flags = KHV_CALL_OPTIONAL,
	  .pre = khv_wrap_twin },
	{ .name = "lsm_get_self_attr", .flags = KHV_CALL_OPTIONAL,
	  .pre = khv_wrap_twin },
	{ .name = "lsm_set_self_attr", .flags = KHV_CALL_OPTIONAL,
	  .pre = khv_wrap_twin },
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
	.inherit = khv_member_inherit,
	.exec = khv_wrap_exec,
	.release = khv_member_release,
	.attach = khv_wrap_attach,
	.brought = khv_wrap_brought,
	.label = khv_member_label,
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

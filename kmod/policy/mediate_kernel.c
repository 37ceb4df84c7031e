// SPDX-License-Identifier: GPL-2.0
/* Rules of the type kernel: the answer, which other checks ask for as well. */
#include <linux/export.h>
#include <asm/unistd.h>
#include "mediate.h"

/* @error: of a refusal, where no rule names another. */
static int khv_answer_part(const struct khv_judge *j, const char *name,
			   size_t len, const char *object, size_t object_len,
			   bool quiet, int error)
{
	struct khv_decision dec __khv_uninitialized;

	if (likely(j->l))
		khv_engine_kernel(&j->l->engine, j->domain, &j->s, name, len,
				  &dec);
	else
		khv_judge_refuse(&dec, KHV_TYPE_KERNEL, KHV_K_USE);
	if (quiet)
		dec.effects |= KHV_RULE_QUIET;
	if (!dec.allowed && dec.error == khv_type_error(KHV_TYPE_KERNEL))
		dec.error = error;
	return khv_judge_answer_as(j, KHV_TYPE_KERNEL, KHV_K_USE, &dec, object,
				   object_len, object == name ? NULL : name);
}

/**
 * khv_answer_kernel() - may the domain use a part of the kernel?
 * @j: the check
 * @name: "group" or "group:member" of khv/facilities.h
 * @len: bytes of @name
 * @quiet: the asker only wants to know: a refusal is not reported
 *
 * Unlike the other types this one is judged in every policy.
 *
 * Context: any; never sleeps.
 * Return: 0 or a negative errno.
 */
int khv_answer_kernel(const struct khv_judge *j, const char *name, size_t len,
		      bool quiet)
{
	return khv_answer_part(j, name, len, name, len, quiet,
			       khv_type_error(KHV_TYPE_KERNEL));
}

/* The same, where the event is to name @object, such as the path of a device. */
int khv_answer_kernel_about(const struct khv_judge *j, const char *name,
			    size_t len, const char *object, size_t object_len)
{
	return khv_answer_part(j, name, len, object, object_len, false,
			       khv_type_error(KHV_TYPE_KERNEL));
}

/* The event names the number, and the call as its hook. */
int khv_mediate_call(const struct khv_mediator *m, struct khv_domain *d,
		     const struct khv_call *call)
{
	static const char name[] = "syscall:unknown";
	const struct khv_check check = { .name = call->name };
	struct khv_judge j __khv_uninitialized;
	char object[24];
	int len, ret = 0;

	len = scnprintf(object, sizeof(object), "syscall:%d",
			call->nr & ~__X32_SYSCALL_BIT);
	rcu_read_lock();
	if (khv_judge_start(&j, m, d, &check))
		ret = khv_answer_part(&j, name, sizeof(name) - 1, object, len,
				      false, ENOSYS);
	rcu_read_unlock();
	return ret;
}
EXPORT_SYMBOL_GPL(khv_mediate_call);

/* Calls that no check tells apart, and whose arguments do not matter. */
static const struct {
	const char *call;
	const char *part;
} khv_named_calls[] = {
	{ "mount_setattr",	"mount:setattr" },
	{ "setns",		"namespace:enter" },
};

int khv_mediate_named(const struct khv_mediator *m, struct khv_domain *d,
		      const struct khv_call *call)
{
	const struct khv_check check = { .name = call->name };
	struct khv_judge j __khv_uninitialized;
	const char *part = NULL;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(khv_named_calls); i++)
		if (!strcmp(khv_named_calls[i].call, call->name))
			part = khv_named_calls[i].part;
	if (WARN_ON_ONCE(!part))
		return -EPERM;
	rcu_read_lock();
	if (khv_judge_start(&j, m, d, &check))
		ret = khv_answer_kernel(&j, part, strlen(part), false);
	rcu_read_unlock();
	return ret;
}
EXPORT_SYMBOL_GPL(khv_mediate_named);

bool khv_mediate_configure(const struct khv_mediator *m, struct khv_domain *d)
{
	static const struct khv_check check = { .name = "netlink" };
	static const char name[] = "khv";
	struct khv_decision dec = { .allowed = false };
	struct khv_judge j __khv_uninitialized;

	if (!khv_judge_start(&j, m, d, &check))
		return false;
	if (j.l)
		khv_engine_kernel(&j.l->engine, j.domain, &j.s, name,
				  sizeof(name) - 1, &dec);
	else
		khv_judge_refuse(&dec, KHV_TYPE_KERNEL, KHV_K_USE);
	khv_judge_answer(&j, KHV_TYPE_KERNEL, KHV_K_USE, &dec, name,
			 sizeof(name) - 1);
	return dec.allowed;
}
EXPORT_SYMBOL_GPL(khv_mediate_configure);

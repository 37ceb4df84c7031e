// SPDX-License-Identifier: GPL-2.0
/*
 * From the name of a system call to hooks for its entry points.
 *
 * Calls without arguments have one address under several names, of which ftrace
 * lists only __do_sys_<name>: so we go by address, and meet each address once.
 */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/export.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "calls.h"
#include "points.h"
#include "hook.h"

/*
 * These do not come back to the place they were called from, so a frame across
 * them would never be left. Of a call that nobody knows, nobody knows that.
 */
static const char * const khv_no_return[] = {
	"exit", "exit_group", "reboot", "rt_sigreturn", "sigreturn",
	"ia32_rt_sigreturn", "x32_rt_sigreturn", KHV_CALL_UNKNOWN,
};

/* Hooked for every task: the master has something to say about them, see lock.c. */
static const char * const khv_for_all[] = { "delete_module" };

/* Programs ask a page of the kernel for these, and call only if it cannot tell. */
static const char * const khv_vdso[] = {
	"clock_getres", "clock_getres_time64", "clock_gettime",
	"clock_gettime64", "getcpu", "getrandom", "gettimeofday", "time",
};

/*
 * What numbers lead to that are no calls. It answers -ENOSYS and is built without
 * tracing, so there is nothing to hook and nothing to refuse.
 */
#define KHV_NO_CALL	"ni_syscall"

static int khv_call_entry(const struct khv_point *e, khv_call_use *use,
			  void *data)
{
	enum khv_hook_kind kind = KHV_KIND_MONITORED;
	char symbol[KSYM_NAME_LEN];
	struct khv_hook *hook;

	if (match_string(khv_for_all, ARRAY_SIZE(khv_for_all), e->name) >= 0)
		kind = KHV_KIND_ANY;
	snprintf(symbol, sizeof(symbol), "%s%s", e->prefix, e->name);
	hook = khv_hook_prepare_at(KHV_GATE_CALL, kind, e->addr, symbol,
				   e->name);
	if (IS_ERR(hook))
		return PTR_ERR(hook);
	if (hook->used == KHV_HOOK_FREE)
		hook->abi = e->abi;
	return use(hook, data);
}

/* Has an entry point of the same name, before @e, the same address? */
static bool khv_call_seen(const struct khv_point *first,
			  const struct khv_point *e)
{
	for (; first < e; first++)
		if (first->addr == e->addr)
			return true;
	return false;
}

static int khv_calls_unknown(khv_call_use *use, void *data)
{
	const struct khv_point *e = NULL, *first = NULL;
	int ret = 0;

	while (!ret && (e = khv_point_next(e))) {
		if (!first || strcmp(first->name, e->name))
			first = e;
		if (!e->known && strcmp(e->name, KHV_NO_CALL) &&
		    !khv_call_seen(first, e))
			ret = khv_call_entry(e, use, data);
	}
	return ret;
}

bool khv_call_returns(const char *name)
{
	return match_string(khv_no_return, ARRAY_SIZE(khv_no_return),
			    name) < 0;
}
EXPORT_SYMBOL_GPL(khv_call_returns);

int khv_call_each(int (*fn)(const char *name, void *data), void *data)
{
	const struct khv_point *e = NULL;
	const char *last = "";
	int ret;

	mutex_lock(&khv_hook_mutex);
	ret = khv_points_read();
	while (!ret && (e = khv_point_next(e))) {
		if (!strcmp(e->name, last) || !strcmp(e->name, KHV_NO_CALL))
			continue;
		last = e->name;
		ret = fn(e->name, data);
	}
	mutex_unlock(&khv_hook_mutex);
	return ret;
}
EXPORT_SYMBOL_GPL(khv_call_each);

/*
 * Prepare hooks for all entry points of a call, not live yet, and give each of
 * them to @use. The first error of @use ends it. Under khv_hook_mutex.
 */
int khv_calls_prepare(const struct khv_call_hook *call, khv_call_use *use,
		      void *data)
{
	const struct khv_point *first, *e;
	int ret;

	if ((call->post || (call->flags & KHV_CALL_REWRITE)) &&
	    !khv_call_returns(call->name)) {
		pr_err("%s does not return to its caller: pre-call only\n",
		       call->name);
		return -EINVAL;
	}
	ret = khv_points_read();
	if (ret)
		return ret;
	if (!strcmp(call->name, KHV_CALL_UNKNOWN))
		return khv_calls_unknown(use, data);
	first = khv_point_find(call->name);
	if (!first && call->flags & KHV_CALL_OPTIONAL)
		return 0;
	if (!first) {
		pr_err("this kernel has no system call named %s\n", call->name);
		return -ENOENT;
	}
	if (match_string(khv_vdso, ARRAY_SIZE(khv_vdso), call->name) >= 0)
		pr_notice("most uses of %s are answered by the vDSO, without a call that could be seen\n",
			  call->name);
	for (e = first; !ret && e && !strcmp(e->name, call->name);
	     e = khv_point_next(e))
		if (!khv_call_seen(first, e))
			ret = khv_call_entry(e, use, data);
	return ret;
}

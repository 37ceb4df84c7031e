// SPDX-License-Identifier: GPL-2.0
/*
 * From the name of a system call to its entry points.
 *
 * A call has up to four: 64-bit, 32-bit, 32-bit compat, x32 compat. Calls without
 * arguments have one address under several names, of which ftrace lists only
 * __do_sys_<name>: so we go by address, and meet each address once.
 */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "calls.h"
#include "hook.h"
#include "symbols.h"

static const struct khv_entry {
	const char *prefix;
	enum khv_abi abi;
} khv_entries[KHV_CALL_ENTRIES] = {
	{ "__x64_sys_",		KHV_ABI_64 },
	{ "__ia32_compat_sys_",	KHV_ABI_IA32 },
	{ "__ia32_sys_",	KHV_ABI_IA32 },
	{ "__x64_compat_sys_",	KHV_ABI_X32 },
};

/*
 * These do not come back to the place they were called from, so a frame across
 * them would never be left.
 */
static const char * const khv_no_return[] = {
	"exit", "exit_group", "reboot", "rt_sigreturn", "sigreturn",
};

/* Hooked for every task: the master has something to say about them, see lock.c. */
static const char * const khv_for_all[] = { "delete_module" };

/*
 * Hooks for all entry points of a call, not live yet; @hooks has room for
 * KHV_CALL_ENTRIES. Returns their number or an error. Under khv_hook_mutex.
 */
int khv_calls_prepare(const struct khv_call_hook *call, struct khv_hook **hooks)
{
	char symbol[KSYM_NAME_LEN];
	struct khv_hook *hook;
	enum khv_hook_kind kind = KHV_KIND_MONITORED;
	unsigned int i, j, n = 0;

	if ((call->post || (call->flags & KHV_CALL_REWRITE)) &&
	    match_string(khv_no_return, ARRAY_SIZE(khv_no_return),
			 call->name) >= 0) {
		pr_err("%s does not return to its caller: pre-call only\n",
		       call->name);
		return -EINVAL;
	}
	if (match_string(khv_for_all, ARRAY_SIZE(khv_for_all), call->name) >= 0)
		kind = KHV_KIND_ANY;
	for (i = 0; i < ARRAY_SIZE(khv_entries); i++) {
		snprintf(symbol, sizeof(symbol), "%s%s", khv_entries[i].prefix,
			 call->name);
		if (!khv_symbol(symbol))
			continue;
		hook = khv_hook_prepare(KHV_GATE_CALL, kind, symbol, call->name);
		if (IS_ERR(hook))
			return PTR_ERR(hook);
		for (j = 0; j < n && hooks[j] != hook; j++)
			;
		if (j < n)
			continue;
		if (hook->used == KHV_HOOK_FREE)
			hook->abi = khv_entries[i].abi;
		hooks[n++] = hook;
	}
	if (!n) {
		pr_err("this kernel has no system call named %s\n", call->name);
		return -ENOENT;
	}
	return n;
}

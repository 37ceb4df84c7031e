// SPDX-License-Identifier: GPL-2.0
/* Is a hook still what it was made to be? The watchdog asks. */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/delay.h>
#include <linux/ftrace.h>
#include <linux/rcupdate.h>
#include <linux/static_call.h>
#include <asm/text-patching.h>
#include "chain.h"
#include "hook.h"
#include "slots.h"
#include "symbols.h"

#define KHV_OPS_FLAGS							\
	(FTRACE_OPS_FL_ENABLED | FTRACE_OPS_FL_PERMANENT | FTRACE_OPS_FL_IPMODIFY)

/* ftrace's own: what a function calls that has more than one user. */
static unsigned long khv_callers[2];

void khv_verify_init(void)
{
	khv_callers[0] = khv_symbol("ftrace_caller");
	khv_callers[1] = khv_symbol("ftrace_regs_caller");
}

/*
 * A function that only we have calls the trampoline of our ops; one that others
 * have too calls one of the two that walk the list of all ops.
 */
static bool khv_site_calls_ftrace(const struct khv_hook *hook)
{
	const u8 *site = (const u8 *)hook->ip;
	unsigned long to;
	s32 offset;

	if (READ_ONCE(*site) != CALL_INSN_OPCODE)
		return false;
	memcpy(&offset, site + 1, sizeof(offset));
	to = hook->ip + CALL_INSN_SIZE + offset;
	return to == khv_hook_ops(hook->kind)->trampoline ||
	       to == khv_callers[0] || to == khv_callers[1];
}

/* Somebody else may be patching the function just now: look again, then. */
static bool khv_site_ok(const struct khv_hook *hook)
{
	unsigned int tries;

	for (tries = 0; tries < 20; tries++) {
		if (khv_site_calls_ftrace(hook))
			return true;
		usleep_range(1000, 2000);
	}
	return false;
}

static bool khv_filter_has(const struct khv_hook *hook)
{
	const struct ftrace_ops *ops = khv_hook_ops(hook->kind);
	bool has;

	rcu_read_lock();
	has = khv_filter_lookup(rcu_dereference(ops->func_hash->filter_hash),
				hook->ip);
	rcu_read_unlock();
	return has;
}

/* The trampoline of a static_call is a jump to what it was set to. */
static bool khv_call_leads_to(const struct khv_slot_code *code,
			      unsigned long to)
{
	const u8 *tramp = code->tramp;
	s32 offset;

	memcpy(&offset, tramp + 1, sizeof(offset));
	return (unsigned long)READ_ONCE(code->key->func) == to &&
	       *tramp == JMP32_INSN_OPCODE &&
	       (unsigned long)tramp + JMP32_INSN_SIZE + offset == to;
}

/* NULL, or what is wrong with an attached hook. Under khv_hook_mutex; sleeps. */
const char *khv_hook_verify(const struct khv_hook *hook)
{
	const struct khv_slot_code *code = khv_hook_code(hook);

	if (!khv_site_ok(hook))
		return "its code does not call ftrace";
	if ((khv_hook_ops(hook->kind)->flags & KHV_OPS_FLAGS) != KHV_OPS_FLAGS)
		return "ftrace has our ops no longer enabled and permanent";
	if (!khv_filter_has(hook))
		return "it is not in the filter of our ops";
	if (khv_hook_find(hook->ip) != hook)
		return "it is not in our table";
	if (hook->entry != code->pre && hook->entry != code->full &&
	    hook->entry != code->first)
		return "its entry leads elsewhere";
	if (!khv_call_leads_to(code, hook->ip + MCOUNT_INSN_SIZE))
		return "its way into the function leads elsewhere";
	return NULL;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * khv_tamper.ko: what a bad module or a stray write could do to khv, so that the
 * watchdog can be seen to find it (selftests/defence). For tests only: it is not
 * installed. Loading it does the damage; the load itself fails, so that there is nothing
 * to unload, unless it is asked to stay: a module that is none of khv's.
 */
#define pr_fmt(fmt) "khv_tamper: " fmt

#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/static_call.h>
#include <linux/vmalloc.h>
#include <asm/text-patching.h>
#include "../../policy/store.h"

static char *how = "nop";
module_param(how, charp, 0444);
MODULE_PARM_DESC(how, "nop: empty the call site of symbol; blob: change a bit of the first policy; ftrace: as if it had shut itself down; control: touch nothing; stay: nor that, and be loaded");

static char *symbol = "security_file_open";
module_param(symbol, charp, 0444);
MODULE_PARM_DESC(symbol, "which function");

static unsigned long khv_no_lookup(const char *name)
{
	return 0;
}

DEFINE_STATIC_CALL(khv_tamper_lookup, khv_no_lookup);

/* Through a mapping of our own: the kernel's text is not writable. */
static int khv_tamper_nop(void)
{
	static const u8 nop[] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };
	unsigned long addr = static_call(khv_tamper_lookup)(symbol), flags;
	struct page *page;
	u8 *map;

	if (addr && *(u8 *)addr != CALL_INSN_OPCODE)
		addr += 4;	/* ENDBR */
	if (!addr || *(u8 *)addr != CALL_INSN_OPCODE ||
	    offset_in_page(addr) + sizeof(nop) > PAGE_SIZE)
		return -EINVAL;
	page = pfn_to_page(__pa_symbol(addr) >> PAGE_SHIFT);
	map = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
	if (!map)
		return -ENOMEM;
	local_irq_save(flags);
	memcpy(map + offset_in_page(addr), nop, sizeof(nop));
	local_irq_restore(flags);
	vunmap(map);
	return 0;
}

static int khv_tamper_blob(void)
{
	struct list_head *list =
		(void *)static_call(khv_tamper_lookup)("khv_policies");
	struct khv_policy *p;
	struct khv_loaded *l;

	if (!list || list_empty(list))
		return -ENOENT;
	p = list_first_entry(list, struct khv_policy, list);
	l = rcu_dereference_protected(p->now, true);
	if (!l)
		return -ENOENT;
	/* The last byte: text of rules, so that no lookup goes astray. */
	((u8 *)l->blob)[l->engine.size - 1] ^= 1;
	return 0;
}

static int khv_tamper_ftrace(void)
{
	int *disabled = (void *)static_call(khv_tamper_lookup)("ftrace_disabled");

	if (!disabled)
		return -ENOENT;
	*disabled = 1;
	return 0;
}

static const struct {
	const char *how;
	int (*fn)(void);
} khv_tampers[] = {
	{ "nop", khv_tamper_nop },
	{ "blob", khv_tamper_blob },
	{ "ftrace", khv_tamper_ftrace },
};

static int __init khv_tamper_init(void)
{
	/* As in master/symbols.c: never armed. */
	struct kprobe kp = {
		.symbol_name = "kallsyms_lookup_name",
		.flags = KPROBE_FLAG_DISABLED,
	};
	unsigned int i;
	int ret;

	if (!strcmp(how, "stay"))
		return 0;
	ret = register_kprobe(&kp);
	if (ret)
		return ret;
	static_call_update(khv_tamper_lookup, (void *)kp.addr);
	unregister_kprobe(&kp);
	for (i = 0; i < ARRAY_SIZE(khv_tampers); i++)
		if (!strcmp(how, khv_tampers[i].how))
			ret = khv_tampers[i].fn();
	pr_notice("%s %s: %d\n", how, symbol, ret);
	return ret ?: -ECANCELED;
}

static void __exit khv_tamper_exit(void)
{
}

module_init(khv_tamper_init);
module_exit(khv_tamper_exit);
MODULE_DESCRIPTION("Kernel hypervisors: damage for tests");
MODULE_AUTHOR("The khv developers");
MODULE_LICENSE("GPL");

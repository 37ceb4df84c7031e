// SPDX-License-Identifier: GPL-2.0
/* All symbols of the kernel. The callback lost its argument "module" in 6.4. */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/static_call.h>
#include "../master/symbols.h"
#include "kallsyms.h"

#define KHV_HAS_MODULE							\
	__builtin_types_compatible_p(typeof(kallsyms_on_each_symbol),	\
		int (int (*)(void *, const char *, struct module *,	\
			     unsigned long), void *))

DEFINE_STATIC_CALL_NULL(khv_sc_each_symbol, kallsyms_on_each_symbol);

struct khv_each {
	khv_symbol_fn *fn;
	void *data;
};

static __maybe_unused int khv_each_module(void *data, const char *name,
					  struct module *mod,
					  unsigned long addr)
{
	struct khv_each *each = data;

	return each->fn(each->data, name, addr);
}

static __maybe_unused int khv_each_plain(void *data, const char *name,
					 unsigned long addr)
{
	return khv_each_module(data, name, NULL, addr);
}

#define KHV_EACH							\
	__builtin_choose_expr(KHV_HAS_MODULE, khv_each_module, khv_each_plain)

/* Call @fn for each symbol of the kernel, until it returns non-zero. Sleeps. */
int khv_each_symbol(khv_symbol_fn *fn, void *data)
{
	unsigned long addr = khv_symbol("kallsyms_on_each_symbol");
	struct khv_each each = { fn, data };

	if (!addr) {
		pr_err("this kernel has no function kallsyms_on_each_symbol (before 6.2 it takes CONFIG_LIVEPATCH)\n");
		return -ENOENT;
	}
	static_call_update(khv_sc_each_symbol, (void *)addr);
	return static_call(khv_sc_each_symbol)(KHV_EACH, &each);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The entry points of all system calls of the running kernel.
 *
 * A call has up to four: 64-bit, 32-bit, 32-bit compat, x32 compat. The macros of
 * the kernel that define calls and those that make the dispatch functions agree on
 * four prefixes, so whatever a number leads to has a symbol with one of them: the
 * symbols are the table. The kernel itself has none for 32 bits and x32 any more,
 * and the one for 64 bits is there for tracers only; it tells number from name.
 */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <asm/syscall.h>
#include <khv/limits.h>
#include "../compat/kallsyms.h"
#include "points.h"
#include "hook.h"
#include "known.h"
#include "symbols.h"

static const struct {
	const char *text;
	enum khv_abi abi;
} khv_prefixes[] = {
	{ "__x64_sys_",		KHV_ABI_64 },
	{ "__ia32_compat_sys_",	KHV_ABI_IA32 },
	{ "__ia32_sys_",	KHV_ABI_IA32 },
	{ "__x64_compat_sys_",	KHV_ABI_X32 },
};

/* 1,156 in 6.12. More of them than slots makes no sense. */
#define KHV_POINTS_MAX	(2 * KHV_CALL_SLOTS)

/* Read when first needed; under khv_hook_mutex. */
static struct khv_point *khv_points;
static unsigned int khv_nr_points;

static int khv_point_compare(const void *a, const void *b)
{
	const struct khv_point *x = a, *y = b;

	return strcmp(x->name, y->name) ?: x->order - y->order;
}

static int khv_point_add(const char *name, unsigned long addr, unsigned int order)
{
	struct khv_point *e;

	if (khv_nr_points == KHV_POINTS_MAX)
		return -ENOSPC;
	e = &khv_points[khv_nr_points];
	e->name = kstrdup(name, GFP_KERNEL);
	if (!e->name)
		return -ENOMEM;
	e->prefix = khv_prefixes[order].text;
	e->abi = khv_prefixes[order].abi;
	e->order = order;
	e->addr = addr;
	e->known = khv_known_name(name);
	khv_nr_points++;
	return 0;
}

static int khv_point_symbol(void *data, const char *symbol, unsigned long addr)
{
	unsigned int i;
	size_t len;

	/* Parts of functions, such as .cold, are no entry points. */
	if (strncmp(symbol, "__", 2) || strchr(symbol, '.'))
		return 0;
	for (i = 0; i < ARRAY_SIZE(khv_prefixes); i++) {
		len = strlen(khv_prefixes[i].text);
		if (!strncmp(symbol, khv_prefixes[i].text, len))
			return khv_point_add(symbol + len, addr, i);
	}
	return 0;
}

/* All entry points of one name; the 64-bit one comes first. */
static void khv_point_know_all(struct khv_point *p)
{
	const char *name = p->name;

	for (; p < khv_points + khv_nr_points && !strcmp(p->name, name); p++)
		p->known = true;
}

/* The call whose 64-bit entry point is at @addr. */
static void khv_point_know(unsigned long addr)
{
	unsigned int i;

	for (i = 0; i < khv_nr_points; i++)
		if (khv_points[i].addr == addr &&
		    khv_points[i].abi == KHV_ABI_64)
			khv_point_know_all(&khv_points[i]);
}

static int khv_points_know(void)
{
	const sys_call_ptr_t *table = (void *)khv_symbol("sys_call_table");
	unsigned int nr;

	if (!table) {
		pr_err("this kernel has no sys_call_table\n");
		return -ENOENT;
	}
	for (nr = 0; nr < NR_syscalls; nr++)
		if (khv_known_number(nr))
			khv_point_know((unsigned long)table[nr]);
	return 0;
}

/* Under khv_hook_mutex. Sleeps. */
int khv_points_read(void)
{
	int ret;

	lockdep_assert_held(&khv_hook_mutex);
	if (khv_points)
		return 0;
	khv_points = kvcalloc(KHV_POINTS_MAX, sizeof(*khv_points), GFP_KERNEL);
	if (!khv_points)
		return -ENOMEM;
	ret = khv_each_symbol(khv_point_symbol, NULL);
	if (!ret) {
		sort(khv_points, khv_nr_points, sizeof(*khv_points),
		     khv_point_compare, NULL);
		ret = khv_points_know();
	}
	if (ret)
		khv_points_forget();
	return ret;
}

void khv_points_forget(void)
{
	while (khv_nr_points)
		kfree(khv_points[--khv_nr_points].name);
	kvfree(khv_points);
	khv_points = NULL;
}

const struct khv_point *khv_point_next(const struct khv_point *prev)
{
	const struct khv_point *next = prev ? prev + 1 : khv_points;

	return next < khv_points + khv_nr_points ? next : NULL;
}

const struct khv_point *khv_point_find(const char *name)
{
	const struct khv_point *e = NULL;

	while ((e = khv_point_next(e)))
		if (!strcmp(e->name, name))
			break;
	return e;
}

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_COMPAT_KALLSYMS_H
#define _KHV_COMPAT_KALLSYMS_H

typedef int khv_symbol_fn(void *data, const char *name, unsigned long addr);

int khv_each_symbol(khv_symbol_fn *fn, void *data);

#endif /* _KHV_COMPAT_KALLSYMS_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_SYMBOLS_H
#define _KHV_SYMBOLS_H

#include <linux/types.h>

struct mm_struct;
struct file;

int khv_symbols_init(void);
unsigned long khv_symbol(const char *name);
unsigned long khv_fentry_site(unsigned long addr);
struct file *khv_mm_exe_file(struct mm_struct *mm);

#endif /* _KHV_SYMBOLS_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_SYMBOLS_H
#define _KHV_SYMBOLS_H

#include <linux/types.h>

struct callback_head;
struct mm_struct;
struct file;
struct task_struct;
struct ftrace_hash;
struct path;

int khv_symbols_init(void);
unsigned long khv_symbol(const char *name);
unsigned long khv_fentry_site(unsigned long addr);
/* Is @ip in a filter of ftrace? Under RCU. */
bool khv_filter_lookup(struct ftrace_hash *hash, unsigned long ip);
char *khv_path_ask(const struct path *path, char *buf, int size);
struct file *khv_mm_exe_file(struct mm_struct *mm);
bool khv_task_work_cancel(struct task_struct *task, struct callback_head *work);
void khv_uring_cancel(void);
bool khv_wake_up_state(struct task_struct *task, unsigned int state);

#endif /* _KHV_SYMBOLS_H */

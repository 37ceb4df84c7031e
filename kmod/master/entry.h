/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_ENTRY_H
#define _KHV_ENTRY_H

#include <linux/types.h>

struct khv_findings;
struct khv_look;
struct khv_task;

int khv_entry_init(void);
void khv_entry_exit(void);
void khv_entry_exec(struct khv_task *kt, u64 entered);
void khv_entry_attached(struct khv_task *kt, u64 entered,
			struct khv_findings *log);

/* What another task has: nothing is taken away. Process context. */
void khv_entry_see_files(struct khv_look *l);
void khv_entry_see_memory(struct khv_look *l);

#endif /* _KHV_ENTRY_H */

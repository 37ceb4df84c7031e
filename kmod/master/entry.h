/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_ENTRY_H
#define _KHV_ENTRY_H

#include <linux/types.h>

struct khv_task;

int khv_entry_init(void);
void khv_entry_exit(void);
void khv_entry_exec(struct khv_task *kt, u32 entered);

#endif /* _KHV_ENTRY_H */

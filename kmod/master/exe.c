// SPDX-License-Identifier: GPL-2.0
/* What program another task runs, asked where nothing may sleep. */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/irqflags.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <khv/client.h>
#include "symbols.h"

/* The memory map of a task stays while somebody holds its alloc_lock. */
static struct file *khv_exe_of(struct task_struct *task)
{
	if (!task->mm || (task->flags & PF_KTHREAD))
		return NULL;
	return khv_mm_exe_file(task->mm);
}

struct file *khv_task_exe_file(struct task_struct *task, bool locked)
{
	struct file *exe;

	if (irqs_disabled())
		return ERR_PTR(-EAGAIN);
	/*
	 * Who asks may hold other locks, so this one is only tried; that somebody
	 * else has it just now is no reason to guess.
	 */
	if (spin_trylock(&task->alloc_lock)) {
		exe = khv_exe_of(task);
		spin_unlock(&task->alloc_lock);
	} else {
		exe = locked ? khv_exe_of(task) : ERR_PTR(-EAGAIN);
	}
	return exe;
}
EXPORT_SYMBOL_GPL(khv_task_exe_file);

// SPDX-License-Identifier: GPL-2.0
/* What program another task runs, asked where nothing may sleep. */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/irqflags.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <khv/client.h>
#include "symbols.h"

struct file *khv_task_exe_file(struct task_struct *task, bool locked)
{
	struct file *exe = NULL;
	bool own;

	if (irqs_disabled())
		return ERR_PTR(-EAGAIN);
	/*
	 * The memory map of a task stays while its alloc_lock is held. Who asks
	 * may hold others, so it is only tried; that somebody else has it just
	 * now is no reason to guess.
	 */
	own = spin_trylock(&task->alloc_lock);
	if (!own && !locked)
		return ERR_PTR(-EAGAIN);
	if (task->mm && !(task->flags & PF_KTHREAD))
		exe = khv_mm_exe_file(task->mm);
	if (own)
		spin_unlock(&task->alloc_lock);
	return exe;
}
EXPORT_SYMBOL_GPL(khv_task_exe_file);

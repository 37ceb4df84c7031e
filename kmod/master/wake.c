// SPDX-License-Identifier: GPL-2.0
/*
 * Getting sleepers out of a hook that is to go. A server that waits in accept(), in a
 * domain that asks who connects, has a frame of ours on its stack until somebody
 * does. It gets what a task gets that is attached or live patched: a notification
 * without a signal, for which the call ends and is begun again by the kernel, then
 * without us. A call with a time limit of its own (SO_RCVTIMEO) ends with EINTR.
 */
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/thread_info.h>
#include "hook.h"
#include "symbols.h"
#include "task.h"
#include "wake.h"

/* As set_notify_signal(), which calls what is not exported. */
static void khv_notify(struct task_struct *task)
{
	if (!test_and_set_tsk_thread_flag(task, TIF_NOTIFY_SIGNAL) &&
	    !khv_wake_up_state(task, TASK_INTERRUPTIBLE))
		kick_process(task);
}

/*
 * Of hooks that are draining. Who is inside of one is alive, and the task_struct of
 * one that is seen alive under RCU stays until the reader is done.
 */
void khv_wake_sleepers(void)
{
	struct khv_hook *hook;
	struct khv_task *kt;
	unsigned int b;

	rcu_read_lock();
	for (b = 0; b < ARRAY_SIZE(khv_task_table); b++) {
		hlist_for_each_entry_rcu(kt, &khv_task_table[b], hash) {
			hook = khv_task_inside(kt);
			if (hook && hook->sleeps &&
			    READ_ONCE(hook->used) == KHV_HOOK_DRAINING)
				khv_notify(kt->task);
		}
	}
	rcu_read_unlock();
}

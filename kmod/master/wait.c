// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting for room in the queue of events (KHV_FULL_BLOCK).
 *
 * An event is made under RCU, with locks of the file system held, maybe with
 * preemption off: nothing can wait there, and whoever would let us go on may need one
 * of these locks. So the event is spilled (queue.c), and its task waits where it holds
 * nothing: in a task work, before it returns to its program. What it has done is done;
 * it does nothing more before its events are in the queue. A worker of io_uring waits
 * between two requests.
 *
 * The wait ends after event_wait milliseconds, or with the task. Its events stay
 * where they are then: they are lost only if what is spilled exceeds its limit. Who
 * reads the events does not wait for himself.
 */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/freezer.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/task_work.h>
#include <linux/timekeeping.h>
#include <linux/wait.h>
#include <khv/client.h>
#include <khv/limits.h>
#include "queue.h"
#include "symbols.h"
#include "task.h"
#include "wait.h"

static unsigned int event_wait = 30000;
module_param(event_wait, uint, 0644);
MODULE_PARM_DESC(event_wait, "milliseconds that a task waits at most for room for its events (0 to 600000, default 30000)");

/**
 * struct khv_wait - of one task
 * @work: in the list of the task
 * @list: in khv_open_waits
 * @task: a reference
 * @cpu: the queue
 * @seq: the event that must be in it
 */
struct khv_wait {
	struct callback_head work;
	struct list_head list;
	struct task_struct *task;
	unsigned int cpu;
	u64 seq;
};

static LIST_HEAD(khv_open_waits);
/* Events are made in softirq as well, but no waits. */
static DEFINE_SPINLOCK(khv_waits_lock);
static bool khv_waits_off;

static void khv_wait_free(struct khv_wait *w)
{
	put_task_struct(w->task);
	kfree(w);
}

static bool khv_wait_over(const struct khv_wait *w)
{
	return khv_queue_has(w->cpu, w->seq) || READ_ONCE(khv_waits_off);
}

/* In steps, because suspending the machine must not wait for us. */
static void khv_wait_for_room(struct khv_wait *w)
{
	unsigned int ms = min_t(unsigned int, READ_ONCE(event_wait),
				KHV_EVENT_WAIT_MAX);
	unsigned long end = jiffies + msecs_to_jiffies(ms);
	u64 begin = ktime_get_ns();

	while (!khv_wait_over(w) && time_before(jiffies, end) &&
	       !fatal_signal_pending(current) && !freezing(current) &&
	       !(current->flags & PF_EXITING))
		wait_event_killable_timeout(*khv_queue_room(w->cpu),
					    khv_wait_over(w), HZ / 10);
	khv_queue_waited(w->cpu, ktime_get_ns() - begin,
			 !khv_queue_has(w->cpu, w->seq));
}

/* In the task, where it holds nothing. */
static void khv_wait_run(struct callback_head *work)
{
	struct khv_wait *w = container_of(work, struct khv_wait, work);
	struct khv_task *kt = khv_task_current();

	if (kt)
		kt->waits = false;
	khv_wait_for_room(w);
	spin_lock(&khv_waits_lock);
	list_del(&w->list);
	spin_unlock(&khv_waits_lock);
	khv_wait_free(w);
}

/*
 * Current has an event that waits for room, number @seq of the queue of @cpu. One wait
 * at a time: later events of the same call are in the list by then or soon. Must not
 * sleep.
 */
void khv_wait_later(unsigned int cpu, u64 seq)
{
	struct khv_task *kt;
	struct khv_wait *w;

	if (!in_task() || (current->flags & (PF_KTHREAD | PF_EXITING)))
		return;
	kt = khv_task_current();
	if (!kt || kt->waits || khv_task_is_reader(current))
		return;
	w = kmalloc(sizeof(*w), GFP_ATOMIC | __GFP_NOWARN);
	if (!w)
		return;
	init_task_work(&w->work, khv_wait_run);
	w->task = get_task_struct(current);
	w->cpu = cpu;
	w->seq = seq;
	spin_lock(&khv_waits_lock);
	list_add_tail(&w->list, &khv_open_waits);
	spin_unlock(&khv_waits_lock);
	kt->waits = true;
	if (!task_work_add(current, &w->work, TWA_RESUME))
		return;
	kt->waits = false;
	spin_lock(&khv_waits_lock);
	list_del(&w->list);
	spin_unlock(&khv_waits_lock);
	khv_wait_free(w);
}

/*
 * No client is enabled any more. Tasks that have not begun to wait, as one that
 * sleeps in a call, never will; those that do go on.
 */
void khv_waits_cancel(void)
{
	struct khv_wait *w, *next;
	LIST_HEAD(off);
	bool open;
	int cpu;

	WRITE_ONCE(khv_waits_off, true);
	do {
		for_each_possible_cpu(cpu)
			wake_up_all(khv_queue_room(cpu));
		/* Under the lock: who has begun cannot end and be freed meanwhile. */
		spin_lock(&khv_waits_lock);
		list_for_each_entry_safe(w, next, &khv_open_waits, list)
			if (khv_task_work_cancel(w->task, &w->work))
				list_move(&w->list, &off);
		open = !list_empty(&khv_open_waits);
		spin_unlock(&khv_waits_lock);
		list_for_each_entry_safe(w, next, &off, list) {
			list_del(&w->list);
			khv_wait_free(w);
		}
		if (open)
			schedule_timeout_uninterruptible(1);
	} while (open);
	WRITE_ONCE(khv_waits_off, false);
}

/* Nobody begins to wait any more. Who is through may still be in its last lines. */
void khv_waits_exit(void)
{
	khv_waits_cancel();
	synchronize_rcu_tasks();
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Visits: a task that was attached judges what it has, in its own context, before it
 * executes another instruction of its program.
 *
 * A visit is a task work. Its notification gets the task out of a call in which it
 * sleeps interruptibly, as SIGSTOP and SIGCONT would; most calls start again then, and
 * find what is left. A task that is stopped, frozen, or sleeps uninterruptibly makes
 * its visit when it comes out of that. Until then it runs nothing but the call it is
 * in.
 *
 * A child of a task with an open visit has had its table copied, so it makes one too.
 */
#include <linux/delay.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/task_work.h>
#include <linux/wait.h>
#include <khv/limits.h>
#include "attach.h"
#include "entry.h"
#include "found.h"
#include "symbols.h"
#include "task.h"

/**
 * struct khv_visits - those of one request
 * @ref: of the request, and of each open visit
 * @left: open visits
 * @wait: for @left to become 0
 * @slot: of the client
 * @log: what is found; a reference
 */
struct khv_visits {
	refcount_t ref;
	atomic_t left;
	wait_queue_head_t wait;
	unsigned int slot;
	struct khv_findings *log;
};

/**
 * struct khv_visit - of one task
 * @work: in the list of the task
 * @list: in khv_open_visits
 * @task: a reference
 * @visits: a reference; NULL: nobody waits
 * @slots: of the clients that judge
 */
struct khv_visit {
	struct callback_head work;
	struct list_head list;
	struct task_struct *task;
	struct khv_visits *visits;
	u64 slots;
};

static LIST_HEAD(khv_open_visits);
static DEFINE_SPINLOCK(khv_visits_lock);

struct khv_visits *khv_visits_new(unsigned int slot, struct khv_findings *log)
{
	struct khv_visits *v = kzalloc(sizeof(*v), GFP_KERNEL);

	if (!v)
		return NULL;
	refcount_set(&v->ref, 1);
	init_waitqueue_head(&v->wait);
	v->slot = slot;
	v->log = log;
	khv_found_get(log);
	return v;
}

void khv_visits_put(struct khv_visits *v)
{
	if (!v || !refcount_dec_and_test(&v->ref))
		return;
	khv_found_put(v->log);
	kfree(v);
}

struct khv_visit *khv_visit_new(void)
{
	return kzalloc(sizeof(struct khv_visit), GFP_KERNEL_ACCOUNT);
}

void khv_visit_free(struct khv_visit *visit)
{
	kfree(visit);
}

/* Off the list already. In process context. */
static void khv_visit_end(struct khv_visit *visit)
{
	struct khv_visits *v = visit->visits;

	khv_task_set_unjudged(visit->task, visit->slots, false);
	if (v && atomic_dec_and_test(&v->left))
		wake_up(&v->wait);
	khv_visits_put(v);
	put_task_struct(visit->task);
	kfree(visit);
}

/* In the task that was attached, between two calls, or in a worker of io_uring. */
static void khv_visit_run(struct callback_head *work)
{
	struct khv_visit *visit = container_of(work, struct khv_visit, work);
	struct khv_task *kt = khv_task_current();

	/*
	 * Ending requests of io_uring waits for works of theirs. Those that are behind
	 * us in the list that is being run now would wait for us: let them go first.
	 */
	if (work->next && !task_work_add(current, work, TWA_NONE))
		return;
	/* What an exiting task had is gone already. */
	if (kt && !(current->flags & PF_EXITING))
		khv_entry_attached(kt, visit->slots,
				   visit->visits ? visit->visits->log : NULL);
	spin_lock(&khv_visits_lock);
	list_del(&visit->list);
	spin_unlock(&khv_visits_lock);
	khv_visit_end(visit);
}

/*
 * @task, which has the data of the clients in @slots, makes a visit. The visit is
 * spent, also if the task is exiting and will not make it.
 */
void khv_visit_queue(struct khv_visit *visit, struct khv_visits *visits,
		     struct task_struct *task, u64 slots)
{
	init_task_work(&visit->work, khv_visit_run);
	get_task_struct(task);
	visit->task = task;
	visit->visits = visits;
	visit->slots = slots;
	if (visits) {
		refcount_inc(&visits->ref);
		atomic_inc(&visits->left);
	}
	spin_lock(&khv_visits_lock);
	list_add_tail(&visit->list, &khv_open_visits);
	spin_unlock(&khv_visits_lock);
	if (!task_work_add(task, &visit->work, visits ? TWA_SIGNAL : TWA_RESUME))
		return;
	spin_lock(&khv_visits_lock);
	list_del(&visit->list);
	spin_unlock(&khv_visits_lock);
	khv_visit_end(visit);
}

/*
 * A child that is not running yet, of a task with open visits. It has inherited; if it
 * cannot visit, -ENOMEM.
 */
int khv_visit_child(struct khv_task *parent, struct task_struct *child)
{
	u64 slots = READ_ONCE(parent->unjudged);
	struct khv_visit *visit;

	if (likely(!slots))
		return 0;
	visit = khv_visit_new();
	if (!visit)
		return -ENOMEM;
	khv_task_set_unjudged(child, slots, true);
	khv_visit_queue(visit, NULL, child, slots);
	return 0;
}

/* Is a visit of the request open that somebody else than current has to make? */
static bool khv_visits_open(struct khv_visits *v)
{
	struct khv_visit *visit;
	bool open = false;

	if (!atomic_read(&v->left))
		return false;
	spin_lock(&khv_visits_lock);
	list_for_each_entry(visit, &khv_open_visits, list)
		open |= visit->visits == v && visit->task != current;
	spin_unlock(&khv_visits_lock);
	return open;
}

/* Wait for all visits of a request, a while. Have they been made? */
bool khv_visits_wait(struct khv_visits *v)
{
	unsigned long end = jiffies + msecs_to_jiffies(KHV_ENTRY_MS);

	/* In steps, because our own is counted and does not end before we return. */
	while (khv_visits_open(v)) {
		if (time_after(jiffies, end) || fatal_signal_pending(current))
			return false;
		wait_event_killable_timeout(v->wait, !atomic_read(&v->left),
					    msecs_to_jiffies(10));
	}
	return true;
}

/* List the threads whose visits are open. */
unsigned int khv_visits_pending(struct khv_visits *v)
{
	struct khv_visit *visit;
	struct khv_finding f;
	unsigned int n = 0;

	spin_lock(&khv_visits_lock);
	list_for_each_entry(visit, &khv_open_visits, list) {
		if (visit->visits != v || visit->task == current)
			continue;
		khv_found_init(&f, visit->task, KHV_FOUND_THREAD,
			       KHV_FOUND_PENDING);
		khv_found_add(v->log, &f,
			      task_is_stopped_or_traced(visit->task) ?
			      "stopped" : "in a call", NULL);
		n++;
	}
	spin_unlock(&khv_visits_lock);
	return n;
}

/*
 * No client is enabled any more. Visits that have not begun are called off, so that
 * a task that is stopped does not keep the module; those that have end soon.
 */
void khv_visits_cancel(void)
{
	struct khv_visit *visit, *next;
	LIST_HEAD(off);
	bool open;

	do {
		/* Under the lock: who has begun cannot end and be freed meanwhile. */
		spin_lock(&khv_visits_lock);
		list_for_each_entry_safe(visit, next, &khv_open_visits, list)
			if (khv_task_work_cancel(visit->task, &visit->work))
				list_move(&visit->list, &off);
		open = !list_empty(&khv_open_visits);
		spin_unlock(&khv_visits_lock);
		list_for_each_entry_safe(visit, next, &off, list) {
			list_del(&visit->list);
			khv_visit_end(visit);
		}
		if (open)
			usleep_range(1000, 2000);
	} while (open);
}

/* Nobody begins a visit any more. Who has ended one may still be in its last lines. */
void khv_visits_exit(void)
{
	khv_visits_cancel();
	synchronize_rcu_tasks();
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching tasks that already run.
 *
 * 1. Survey: what do they have that is refused to them? Descriptors and rings are
 *    taken away later. What cannot be without breaking the process makes us refuse,
 *    with the list, before anything has changed, unless it is forced.
 * 2. Pass over all tasks until a pass finds none to attach. A child made by a task
 *    that is attached inherits (security_task_alloc), or is caught when it is woken
 *    (wake_up_new_task); a child made by a task not yet attached is in the task list
 *    before it is woken, so a later pass finds it. Hence no member of the tree can
 *    slip out between two passes by forking. Whoever shares memory or descriptors
 *    with a member is one.
 * 3. Each makes a visit (visit.c), in which it takes from itself what is refused.
 * 4. Survey again: threads of a process that do not wait for each other can move
 *    things from where one will look to where it has looked. Who does gets another
 *    visit; what is left in the end is listed as pending.
 */
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <khv/client.h>
#include <khv/limits.h>
#include "attach.h"
#include "client.h"
#include "found.h"
#include "look.h"
#include "task.h"

#define KHV_ATTACH_BATCH	64

/* Some tasks of the scope that have no data yet, with references. */
static unsigned int khv_collect(const struct khv_scope *s,
				struct task_struct **found)
{
	struct task_struct *leader, *task;
	unsigned int n = 0;

	rcu_read_lock();
	for_each_process_thread(leader, task) {
		if (n == KHV_ATTACH_BATCH)
			goto out;	/* two nested loops */
		if ((task->flags & PF_EXITING) || khv_has_data(task, s->slot) ||
		    !(khv_scope_has(s, task) || khv_scope_shares(s, task)))
			continue;
		get_task_struct(task);
		found[n++] = task;
	}
out:
	rcu_read_unlock();
	return n;
}

/* One task. 0 also if it came in by inheritance meanwhile. */
static int khv_attach_one(struct khv_attaching *a, struct task_struct *task,
			  struct khv_visits *visits)
{
	struct khv_visit *visit = khv_visit_new();
	void *own = visit ? a->cs->client->inherit(a->data, task) : NULL;
	int ret;

	if (IS_ERR_OR_NULL(own)) {
		khv_visit_free(visit);
		return own ? PTR_ERR(own) : -ENOMEM;
	}
	ret = khv_task_set(task, a->scope.slot, own);
	if (ret) {
		a->cs->client->release(own);
		khv_visit_free(visit);
		return ret == -EEXIST ? 0 : ret;
	}
	a->count++;
	khv_visit_queue(visit, visits, task, BIT_ULL(a->scope.slot));
	return 0;
}

/* All of them. Those attached before an error stay so: they are only restricted. */
static int khv_attach_all(struct khv_attaching *a, struct khv_visits *visits)
{
	struct task_struct **found;
	unsigned int n, i;
	int ret = 0;

	found = kcalloc(KHV_ATTACH_BATCH, sizeof(*found), GFP_KERNEL);
	if (!found)
		return -ENOMEM;
	do {
		n = khv_collect(&a->scope, found);
		for (i = 0; i < n; i++) {
			ret = ret ?: khv_attach_one(a, found[i], visits);
			put_task_struct(found[i]);
		}
	} while (n && !ret && !fatal_signal_pending(current));
	kfree(found);
	if (!ret && fatal_signal_pending(current))
		ret = -EINTR;
	if (!ret && !a->count)
		ret = -EEXIST;
	return ret;
}

/* Another visit of everybody who is attached. */
static int khv_attach_again(struct khv_attaching *a, struct khv_visits *visits)
{
	struct khv_visit *visit;
	struct task_struct **all;
	unsigned int n, i;
	bool ours;

	all = khv_scope_tasks(&a->scope, &n);
	if (IS_ERR(all))
		return PTR_ERR(all);
	for (i = 0; i < n; i++) {
		rcu_read_lock();
		ours = khv_has_data(all[i], a->scope.slot);
		rcu_read_unlock();
		visit = ours && all[i] != current ? khv_visit_new() : NULL;
		if (visit) {
			khv_task_set_unjudged(all[i], BIT_ULL(a->scope.slot), true);
			khv_visit_queue(visit, visits, all[i],
					BIT_ULL(a->scope.slot));
		}
		put_task_struct(all[i]);
	}
	kvfree(all);
	return 0;
}

/* What is there that should not be? @log: NULL only counts. */
static int khv_attach_verify(struct khv_attaching *a, struct khv_judges *judges,
			     struct khv_findings *log, unsigned int *refused)
{
	struct khv_look look = {
		.judges = judges,
		.dry = true,
		.log = log,
		.revoked = KHV_FOUND_PENDING,
		.blocked = KHV_FOUND_PENDING,
	};
	int ret = khv_survey(&a->scope, &look, NULL);

	*refused = look.refused;
	return ret;
}

static int khv_attach_visits(struct khv_attaching *a, struct khv_judges *judges)
{
	struct khv_visits *visits = khv_visits_new(a->scope.slot, a->log);
	unsigned int round, refused = 0;
	int ret;

	if (!visits)
		return -ENOMEM;
	ret = khv_attach_all(a, visits);
	for (round = 0; !ret && judges->n; round++) {
		if (!khv_visits_wait(visits)) {
			a->pending = khv_visits_pending(visits);
			break;
		}
		/* The asker's own visit comes when it has its answer. */
		if (khv_scope_has(&a->scope, current))
			break;
		ret = khv_attach_verify(a, judges, NULL, &refused);
		if (ret || !refused || round == KHV_ENTRY_ROUNDS)
			break;
		ret = khv_attach_again(a, visits);
	}
	if (!ret && refused) {
		ret = khv_attach_verify(a, judges, a->log, &refused);
		a->pending += refused;
	}
	khv_visits_put(visits);
	return ret;
}

/*
 * Under khv_client_mutex, so that the client stays as it is. 0; -EACCES: there is
 * something in the list that is in the way; -EEXIST: all are attached already.
 */
int khv_attach(struct khv_attaching *a)
{
	struct khv_judges judges = {
		.n = a->cs->client->brought ? 1 : 0,
		.of = { { a->cs, a->data } },
	};
	struct khv_look look = {
		.judges = &judges,
		.dry = true,
		.log = a->log,
		.list_kept = true,
		.revoked = KHV_FOUND_REVOKED,
		.blocked = a->force ? KHV_FOUND_REVOKED : KHV_FOUND_BLOCKED,
	};
	int ret = 0;

	if (judges.n)
		ret = khv_survey(&a->scope, &look, &a->count);
	if (ret || a->dry)
		return ret;
	a->count = 0;
	if (khv_found_count(a->log, KHV_FOUND_BLOCKED))
		return -EACCES;
	/* They are listed again when it happens. */
	khv_found_forget(a->log, KHV_FOUND_REVOKED);
	return khv_attach_visits(a, &judges);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The table of watched tasks: one entry per task, one pointer per client.
 *
 * Membership is exact and by task_struct, not by pid: pids are reused, a thread
 * that execs takes over its leader's, and io_uring workers have none that the
 * application knows.
 */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/slab.h>
#include <linux/sched/task.h>
#include <khv/client.h>
#include "client.h"
#include "task.h"

struct hlist_head khv_task_table[1 << KHV_TASK_HASH_BITS] __cacheline_aligned;
/* Taken from security_task_free(), which may run in softirq: irqsave. */
DEFINE_SPINLOCK(khv_task_lock);

static struct kmem_cache *khv_task_cache;

int khv_task_init(void)
{
	khv_task_cache = KMEM_CACHE(khv_task, SLAB_ACCOUNT);
	return khv_task_cache ? 0 : -ENOMEM;
}

void khv_task_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(khv_task_cache);
}

static void khv_task_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(khv_task_cache, container_of(rcu, struct khv_task, rcu));
}

/* The master lets go of a pointer that a client gave it. Any context. */
void khv_data_release(unsigned int slot, void *data)
{
	struct khv_client_reg *cs = khv_client_by_slot(slot);

	if (!data || WARN_ON_ONCE(!cs))
		return;
	cs->client->release(data);
	atomic_dec(&cs->tasks);
}

/* The master takes over a pointer from a client. */
void khv_data_account(unsigned int slot)
{
	atomic_inc(&khv_client_by_slot(slot)->tasks);
}

/* Armed and pending data has been accounted like installed data. */
static void khv_exec_free(struct khv_exec *exec)
{
	unsigned int i;
	u64 left;

	if (!exec)
		return;
	left = READ_ONCE(khv_client_mask);
	while (khv_next_slot(&left, &i)) {
		if (exec->next[i] != exec->armed[i])
			khv_data_release(i, exec->next[i]);
		khv_data_release(i, exec->armed[i]);
	}
	kfree(exec);
}

static void khv_task_free(struct khv_task *kt)
{
	unsigned int i;
	u64 left;

	left = READ_ONCE(khv_client_mask);
	while (khv_next_slot(&left, &i))
		khv_data_release(i, kt->data[i]);
	khv_exec_free(kt->exec);
	call_rcu(&kt->rcu, khv_task_free_rcu);
}

/*
 * Entry of a task, made if there is none. The caller holds a reference to @task
 * or is it, so that it cannot be freed before the entry is in the table.
 */
struct khv_task *khv_task_make(struct task_struct *task)
{
	struct khv_task *kt, *found;
	unsigned long flags;

	rcu_read_lock();
	kt = khv_task_find(task);
	rcu_read_unlock();
	if (kt)
		return kt;

	kt = kmem_cache_zalloc(khv_task_cache, GFP_KERNEL);
	if (!kt)
		return NULL;
	kt->task = task;
	spin_lock_irqsave(&khv_task_lock, flags);
	found = khv_task_find(task);
	if (!found)
		hlist_add_head_rcu(&kt->hash, khv_task_head(task));
	spin_unlock_irqrestore(&khv_task_lock, flags);
	if (found) {
		kmem_cache_free(khv_task_cache, kt);
		return found;
	}
	return kt;
}

/*
 * Give a running task its data, once. On success the table owns @data, and what the
 * task has is to be judged (visit.c). The caller holds a reference to @task.
 */
int khv_task_set(struct task_struct *task, unsigned int slot, void *data)
{
	struct khv_task *kt = khv_task_make(task);
	unsigned long flags;
	int ret = 0;

	if (!kt)
		return -ENOMEM;
	spin_lock_irqsave(&khv_task_lock, flags);
	if (kt->data[slot]) {
		ret = -EEXIST;
	} else {
		khv_data_account(slot);
		WRITE_ONCE(kt->unjudged, kt->unjudged | BIT_ULL(slot));
		/* Behind it: who inherits the data has to see it (visit.c). */
		smp_store_release(&kt->data[slot], data);
	}
	spin_unlock_irqrestore(&khv_task_lock, flags);
	return ret;
}

void khv_task_set_unjudged(struct task_struct *task, u64 slots, bool unjudged)
{
	struct khv_task *kt;
	unsigned long flags;

	spin_lock_irqsave(&khv_task_lock, flags);
	kt = khv_task_find(task);
	if (kt)
		WRITE_ONCE(kt->unjudged, unjudged ? kt->unjudged | slots :
						    kt->unjudged & ~slots);
	spin_unlock_irqrestore(&khv_task_lock, flags);
}

/* What the next exec of current will change, made if there is none. */
struct khv_exec *khv_exec_of_current(void)
{
	struct khv_task *kt = khv_task_make(current);

	if (kt && !kt->exec)
		kt->exec = kzalloc(sizeof(*kt->exec), GFP_KERNEL_ACCOUNT);
	return kt ? kt->exec : NULL;
}

/* Current takes over @data at its next successful exec. */
int khv_task_arm(unsigned int slot, void *data)
{
	struct khv_exec *exec = khv_exec_of_current();
	unsigned long flags;
	void *old;

	if (!exec)
		return -ENOMEM;
	khv_data_account(slot);
	spin_lock_irqsave(&khv_task_lock, flags);
	old = exec->armed[slot];
	exec->armed[slot] = data;
	spin_unlock_irqrestore(&khv_task_lock, flags);
	khv_data_release(slot, old);
	return 0;
}

/*
 * The exec of current has succeeded: what it asked for becomes its data. False if
 * it asked for nothing.
 */
bool khv_task_commit(struct khv_task *kt, unsigned int slot)
{
	struct khv_exec *exec = kt->exec;
	unsigned long flags;
	bool entered = false;
	void *old = NULL;

	spin_lock_irqsave(&khv_task_lock, flags);
	if (exec->next[slot]) {
		old = kt->data[slot];
		WRITE_ONCE(kt->data[slot], exec->next[slot]);
		if (exec->armed[slot] == exec->next[slot])
			exec->armed[slot] = NULL;
		exec->next[slot] = NULL;
		entered = true;
	}
	spin_unlock_irqrestore(&khv_task_lock, flags);
	khv_data_release(slot, old);
	return entered;
}

/* Take note of what the exec of current asks for, or drop it (@data NULL). */
void khv_exec_set_next(struct khv_exec *exec, unsigned int slot, void *data)
{
	unsigned long flags;
	void *old;

	spin_lock_irqsave(&khv_task_lock, flags);
	old = exec->next[slot];
	if (old == exec->armed[slot])
		old = NULL;
	exec->next[slot] = data;
	spin_unlock_irqrestore(&khv_task_lock, flags);
	khv_data_release(slot, old);
}

/*
 * A child of current comes into being (security_task_alloc, or wake_up_new_task
 * for a child that was missed because its parent was attached in between). All
 * clients' data, or no child: fail closed.
 */
int khv_task_inherit(struct khv_task *parent, struct task_struct *child)
{
	struct khv_client_reg *cs;
	struct khv_task *kt;
	unsigned long flags;
	unsigned int i;
	u64 left, held = 0;
	void *data;
	int ret = 0;

	kt = kmem_cache_zalloc(khv_task_cache, GFP_KERNEL);
	if (!kt)
		return -ENOMEM;
	kt->task = child;
	left = READ_ONCE(khv_client_mask);
	while (khv_next_slot(&left, &i)) {
		if (!READ_ONCE(parent->data[i]))
			continue;
		cs = khv_client_by_slot(i);
		khv_client_enter(cs);
		held |= BIT_ULL(i);
		data = cs->client->inherit(parent->data[i], child);
		if (WARN_ON_ONCE(!data))
			data = ERR_PTR(-EPERM);
		if (IS_ERR(data)) {
			ret = PTR_ERR(data);
			break;
		}
		khv_data_account(i);
		kt->data[i] = data;
	}
	if (!ret) {
		spin_lock_irqsave(&khv_task_lock, flags);
		hlist_add_head_rcu(&kt->hash, khv_task_head(child));
		spin_unlock_irqrestore(&khv_task_lock, flags);
	} else {
		khv_task_free(kt);
	}
	/* Until here a client that is being disabled waits for us. */
	while (khv_next_slot(&held, &i))
		khv_client_leave(khv_client_by_slot(i));
	return ret;
}

/* The task_struct is going. Any context but hard interrupt. */
void khv_task_remove(struct task_struct *task)
{
	struct khv_task *kt;
	unsigned long flags;

	spin_lock_irqsave(&khv_task_lock, flags);
	kt = khv_task_find(task);
	if (kt)
		hlist_del_rcu(&kt->hash);
	spin_unlock_irqrestore(&khv_task_lock, flags);
	if (kt)
		khv_task_free(kt);
}

/* A client has been drained: nobody is in a handler of it. */
void khv_task_forget_client(unsigned int slot)
{
	void *data[3];
	struct khv_task *kt;
	unsigned long flags;
	unsigned int b, i;

	for (b = 0; b < ARRAY_SIZE(khv_task_table); b++) {
again:
		spin_lock_irqsave(&khv_task_lock, flags);
		hlist_for_each_entry(kt, &khv_task_table[b], hash) {
			data[0] = kt->data[slot];
			data[1] = kt->exec ? kt->exec->next[slot] : NULL;
			data[2] = kt->exec ? kt->exec->armed[slot] : NULL;
			if (data[1] == data[2])
				data[1] = NULL;
			if (!data[0] && !data[1] && !data[2])
				continue;
			WRITE_ONCE(kt->data[slot], NULL);
			if (kt->exec) {
				kt->exec->next[slot] = NULL;
				kt->exec->armed[slot] = NULL;
			}
			spin_unlock_irqrestore(&khv_task_lock, flags);
			for (i = 0; i < ARRAY_SIZE(data); i++)
				khv_data_release(slot, data[i]);
			goto again;
		}
		spin_unlock_irqrestore(&khv_task_lock, flags);
	}
}

/* No client is enabled and no frame in flight: the table is of no use. */
void khv_task_forget_all(void)
{
	struct hlist_node *next;
	struct khv_task *kt;
	unsigned long flags;
	unsigned int b;

	for (b = 0; b < ARRAY_SIZE(khv_task_table); b++) {
		spin_lock_irqsave(&khv_task_lock, flags);
		hlist_for_each_entry_safe(kt, next, &khv_task_table[b], hash) {
			hlist_del_rcu(&kt->hash);
			/* Nobody but dumps under RCU can still see it. */
			kt->task = NULL;
			khv_task_free(kt);
		}
		spin_unlock_irqrestore(&khv_task_lock, flags);
	}
}

/* Does any client watch the task? An entry alone may be armed for exec only. */
bool khv_task_confined(struct task_struct *task)
{
	struct khv_task *kt;
	bool yes = false;
	unsigned int i;
	u64 left;

	rcu_read_lock();
	kt = khv_task_find(task);
	left = READ_ONCE(khv_client_mask);
	while (khv_next_slot(&left, &i))
		yes |= kt && READ_ONCE(kt->data[i]);
	rcu_read_unlock();
	return yes;
}

bool khv_task_may_configure(struct task_struct *task)
{
	struct khv_client *client;
	struct khv_client_reg *cs;
	struct khv_task *kt;
	bool may = true;
	unsigned int i;
	void *data;
	u64 left;

	rcu_read_lock();
	kt = khv_task_find(task);
	left = READ_ONCE(khv_client_mask);
	while (khv_next_slot(&left, &i)) {
		data = kt && may ? READ_ONCE(kt->data[i]) : NULL;
		if (!data)
			continue;
		cs = khv_client_by_slot(i);
		client = cs ? cs->client : NULL;
		may = client && client->may_configure &&
		      client->may_configure(data);
	}
	rcu_read_unlock();
	return may;
}

void *khv_task_data(const struct khv_client *client, struct task_struct *task)
{
	struct khv_task *kt = khv_task_find(task);

	return kt ? READ_ONCE(kt->data[client->state->slot]) : NULL;
}
EXPORT_SYMBOL_GPL(khv_task_data);

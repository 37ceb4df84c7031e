/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_TASK_H
#define _KHV_TASK_H

#include <linux/hash.h>
#include <linux/list.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <khv/limits.h>

struct khv_hook;
struct khv_client;

/**
 * struct khv_exec - what an exec will change
 * @next: data to install when the exec that is under way commits
 * @armed: data to take over at the next successful exec, whatever it executes;
 *	while that is under way @next holds the same pointer
 *
 * Pointers are written under khv_task_lock.
 */
struct khv_exec {
	void *next[KHV_MAX_CLIENTS];
	void *armed[KHV_MAX_CLIENTS];
};

/**
 * struct khv_task - a task that some client watches
 * @hash: in the table by @task; written under khv_task_lock, read under RCU
 * @rcu: freed after a grace period
 * @task: the key. No reference: the entry goes when the task_struct does
 *	(security_task_free).
 * @waits: it will wait for its events to be in the queue; only the task writes it
 * @asking: handlers of clients are running for it now; only the task writes it
 * @inside: the innermost hooked function it is in, for `hvctl task list`; the
 *	frames remember the outer ones. Only the task writes it, others may read:
 *	hooks are static memory
 * @exec: set once, by the task itself
 * @unjudged: clients, by slot, that have not judged yet what it had when it was
 *	attached; written under khv_task_lock
 * @data: one pointer per client. Written under khv_task_lock, by the task itself
 *	(exec) or when it was NULL (attach) or when the client is drained.
 *
 * The entry of current cannot go away under it: only the last reference to its
 * task_struct takes it, or the last client, which has drained all frames before.
 */
struct khv_task {
	struct hlist_node hash;
	struct rcu_head rcu;
	struct task_struct *task;
	u8 asking;
	bool waits;
	struct khv_hook *inside;
	struct khv_exec *exec;
	u64 unjudged;
	void *data[KHV_MAX_CLIENTS];
};

extern struct hlist_head khv_task_table[1 << KHV_TASK_HASH_BITS];
extern spinlock_t khv_task_lock;

static __always_inline struct hlist_head *khv_task_head(const struct task_struct *t)
{
	return &khv_task_table[hash_ptr(t, KHV_TASK_HASH_BITS)];
}

/*
 * The test every hooked call pays: may this task be watched? False positives are
 * sorted out behind the redirect. Runs in ftrace callbacks.
 */
static __always_inline bool khv_task_maybe(const struct task_struct *task)
{
	return READ_ONCE(khv_task_head(task)->first);
}

/* Under RCU. */
static __always_inline struct khv_task *khv_task_find(const struct task_struct *task)
{
	struct khv_task *kt;

	hlist_for_each_entry_rcu(kt, khv_task_head(task), hash,
				 lockdep_is_held(&khv_task_lock))
		if (kt->task == task)
			return kt;
	return NULL;
}

static __always_inline struct khv_task *khv_task_current(void)
{
	struct khv_task *kt;

	/* Cheaper than rcu_read_lock(), and a reader's section as well. */
	preempt_disable_notrace();
	kt = khv_task_find(current);
	preempt_enable_notrace();
	return kt;
}

/* Returns what khv_task_pop() is given. */
static __always_inline struct khv_hook *khv_task_push(struct khv_task *kt,
						      struct khv_hook *hook)
{
	struct khv_hook *outer = kt->inside;

	WRITE_ONCE(kt->inside, hook);
	return outer;
}

static __always_inline void khv_task_pop(struct khv_task *kt,
					 struct khv_hook *outer)
{
	WRITE_ONCE(kt->inside, outer);
}

int khv_task_init(void);
void khv_task_exit(void);
struct khv_task *khv_task_make(struct task_struct *task);
int khv_task_set(struct task_struct *task, unsigned int slot, void *data);
void khv_task_set_unjudged(struct task_struct *task, u64 slots, bool unjudged);
struct khv_exec *khv_exec_of_current(void);
void khv_data_account(unsigned int slot);
void khv_data_release(unsigned int slot, void *data);
int khv_task_arm(unsigned int slot, void *data);
bool khv_task_commit(struct khv_task *kt, unsigned int slot);
void khv_exec_set_next(struct khv_exec *exec, unsigned int slot, void *data);
int khv_task_inherit(struct khv_task *parent, struct task_struct *child);
void khv_task_remove(struct task_struct *task);
void khv_task_forget_client(unsigned int slot);
void khv_task_forget_all(void);
bool khv_task_confined(struct task_struct *task);
/* Is it in no domain, or do all its clients let it configure khv? */
bool khv_task_may_configure(struct task_struct *task);

/* Innermost hook the task is inside of, or NULL. */
static inline struct khv_hook *khv_task_inside(const struct khv_task *kt)
{
	return READ_ONCE(kt->inside);
}

#endif /* _KHV_TASK_H */

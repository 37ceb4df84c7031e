/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_CHAIN_H
#define _KHV_CHAIN_H

#include <linux/rcupdate.h>
#include <linux/srcu.h>
#include <khv/client.h>

struct khv_hook;
struct khv_client_reg;

/* One client's interest in one hook. The client is pinned by its inflight. */
struct khv_link {
	struct khv_client_reg *client;
	union {
		const struct khv_call_hook *call;
		const struct khv_check_hook *check;
	};
};

/**
 * struct khv_chain - the clients of a hook, in order of priority
 * @rcu: freed after a grace period of SRCU and one of RCU
 * @full: some client wants a frame across the call
 * @n: number of @link, at least 1
 * @link: never written once published; a change publishes a new chain
 */
struct khv_chain {
	struct rcu_head rcu;
	bool full;
	unsigned int n;
	struct khv_link link[];
};

/*
 * The gates look at a chain with preemption off and copy what they need (gate.h).
 * exec asks its clients, who may sleep, while it walks: that is what SRCU is for. It
 * is never held across the kernel's own function: a task asleep in read() would
 * hold up every change.
 */
extern struct srcu_struct khv_srcu;

int khv_chain_stage(struct khv_hook *hook, const struct khv_link *link);
void khv_chain_commit(struct khv_hook *hook);
void khv_chain_abort(struct khv_hook *hook);
bool khv_chain_remove(struct khv_hook *hook,
		      const struct khv_client_reg *client);

#endif /* _KHV_CHAIN_H */

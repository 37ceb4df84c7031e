/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_CHAIN_H
#define _KHV_CHAIN_H

#include <linux/rcupdate.h>
#include <linux/srcu.h>
#include <khv/client.h>
#include "inflight.h"

struct khv_hook;
struct khv_client_reg;

/**
 * struct khv_link - one client's interest in one hook
 * @pre: call gate: asked before, or NULL
 * @check: object gate: asked
 * @post: call gate: told afterwards, or NULL
 * @told: object gate: the same
 * @inflight: that of @client, to count in with one load less
 * @client: whose
 * @data: where in a struct khv_task its pointer is
 * @rewrites: it may rewrite arguments
 * @next: the next one of the client
 *
 * Chains and frames point to it. It is the client's, and goes when nobody can have
 * met the client any more: no chain names it, and nobody is counted in.
 */
struct khv_link {
	union {
		int (*pre)(struct khv_call *call, void *data);
		int (*check)(struct khv_check *check, void *data);
	};
	union {
		void (*post)(struct khv_call *call, void *data);
		void (*told)(struct khv_check *check, void *data);
	};
	struct khv_inflight inflight;
	struct khv_client_reg *client;
	u16 data;
	bool rewrites;
	struct khv_link *next;
};

/**
 * struct khv_chain - the clients of a hook, in order of priority
 * @rcu: freed after a grace period of SRCU and one of RCU
 * @full: some client wants a frame across the call
 * @rewrites: some client may rewrite arguments
 * @n: number of @link, at least 1
 * @link: never written once published; a change publishes a new chain
 */
struct khv_chain {
	struct rcu_head rcu;
	bool full;
	bool rewrites;
	unsigned int n;
	struct khv_link *link[];
};

/*
 * The gates look at a chain with preemption off and copy what they need (gate.h).
 * exec asks its clients, who may sleep, while it walks: that is what SRCU is for. It
 * is never held across the kernel's own function: a task asleep in read() would
 * hold up every change.
 */
extern struct srcu_struct khv_srcu;

int khv_chain_stage(struct khv_hook *hook, struct khv_link *link);
int khv_chain_restage(struct khv_hook *hook, const struct khv_client_reg *client);
void khv_chain_commit(struct khv_hook *hook);
void khv_chain_abort(struct khv_hook *hook);
bool khv_chain_remove(struct khv_hook *hook,
		      const struct khv_client_reg *client);

#endif /* _KHV_CHAIN_H */

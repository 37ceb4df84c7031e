/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_MASTER_CLIENT_H
#define _KHV_MASTER_CLIENT_H

#include <linux/bitops.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <khv/client.h>
#include <khv/limits.h>
#include "inflight.h"
#include "hook.h"

struct khv_link;
struct netlink_ext_ack;

/*
 * Each time somebody goes in to ask it is counted in @inflight, and nearly always it
 * allows. So that is what is counted on the way, and here what was different:
 *
 *	allowed = entered + more - denied
 *
 * @more: what it has allowed beyond one decision for each that went in (a walk that
 * began again, what a task brings along), less those that went in and did not ask.
 */
struct khv_client_cpu {
	s64 more;
	u64 denied;
};

/**
 * struct khv_client_reg - the master's side of a client
 * @list: in khv_clients, by priority; under khv_client_mutex
 * @client: the client's side
 * @id: never used twice
 * @slot: index into khv_task.data[]
 * @state: enum khv_client_state; written under khv_client_mutex
 * @full: enum khv_full
 * @inflight: tasks between the first of our handlers and the last
 * @stat: decisions
 * @links: all of its links, by @next; under khv_client_mutex
 * @tasks: tasks it has data in
 * @hooks: what it is linked into, @nr_hooks of them; under khv_client_mutex
 * @nr_hooks: length of @hooks
 */
struct khv_client_reg {
	struct list_head list;
	struct khv_client *client;
	u32 id;
	u8 slot;
	u8 state;
	u8 full;
	struct khv_inflight inflight;
	struct khv_client_cpu __percpu *stat;
	atomic_t tasks;
	struct khv_link *links;
	struct khv_hook **hooks;
	unsigned int nr_hooks;
};

/* Somebody goes in, and not for one decision. */
static inline void khv_client_enter(struct khv_client_reg *cs)
{
	khv_inflight_enter(&cs->inflight);
	this_cpu_dec(cs->stat->more);
}

static inline void khv_client_leave(struct khv_client_reg *cs)
{
	khv_inflight_leave(&cs->inflight);
}

extern struct list_head khv_clients;
extern struct mutex khv_client_mutex;
/* Grows with every change of clients and hooks; never 0. Under the mutex. */
extern unsigned int khv_client_changes;
/*
 * A bit for each slot in use, so that what is done for all clients of a task costs
 * by those there are, not by KHV_MAX_CLIENTS. Set before any task has data in the slot,
 * cleared after the last has lost it: whoever can see data sees the bit.
 */
extern u64 khv_client_mask;

/* The next slot of a mask, which loses it; false if none is left. */
static inline bool khv_next_slot(u64 *mask, unsigned int *slot)
{
	if (!*mask)
		return false;
	*slot = __ffs64(*mask);
	*mask &= *mask - 1;
	return true;
}

/* Not a hook, only its chain: clients with an exec handler. */
extern struct khv_hook khv_exec_hook;

struct khv_client_reg *khv_client_find(const char *name);
struct khv_client_reg *khv_client_by_slot(unsigned int slot);
void khv_client_decisions(const struct khv_client_reg *cs, u64 *allowed,
			  u64 *denied);
int khv_client_enable(struct khv_client_reg *cs,
		      struct netlink_ext_ack *extack);
int khv_client_disable(struct khv_client_reg *cs,
		       struct netlink_ext_ack *extack);
int khv_client_set_priority(struct khv_client_reg *cs, int priority);

#endif /* _KHV_MASTER_CLIENT_H */

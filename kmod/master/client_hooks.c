// SPDX-License-Identifier: GPL-2.0
/*
 * Clients and hooks: which ones a client is linked into, and how it gets there and
 * away again. All of it under khv_client_mutex.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "attach.h"
#include "base.h"
#include "calls.h"
#include "chain.h"
#include "client.h"
#include "client_hooks.h"
#include "hook.h"
#include "task.h"

struct khv_hook khv_exec_hook = { .gate = KHV_GATE_OBJECT };

/* Is @but the last one? @draining: do those count that are still draining? */
bool khv_client_is_last(const struct khv_client_reg *but, bool draining)
{
	struct khv_client_reg *cs;

	list_for_each_entry(cs, &khv_clients, list)
		if (cs != but && (cs->state == KHV_CLIENT_ENABLED ||
				  (draining && cs->state == KHV_CLIENT_DRAINING)))
			return false;
	return true;
}

/**
 * struct khv_staging - a client being linked to hooks, not visible yet
 * @cs: the client
 * @call: what it wants of a call gate, or NULL
 * @check: what it wants of an object gate, or NULL
 */
struct khv_staging {
	struct khv_client_reg *cs;
	const struct khv_call_hook *call;
	const struct khv_check_hook *check;
};

static struct khv_link *khv_link_new(const struct khv_staging *st)
{
	struct khv_client_reg *cs = st->cs;
	struct khv_link *link = kzalloc(sizeof(*link), GFP_KERNEL);

	if (!link)
		return NULL;
	if (st->call) {
		link->pre = st->call->pre;
		link->post = st->call->post;
		link->rewrites = st->call->flags & KHV_CALL_REWRITE;
	} else if (st->check) {
		link->check = st->check->check;
		link->told = st->check->post;
	}
	link->inflight = cs->inflight;
	link->client = cs;
	link->data = offsetof(struct khv_task, data[cs->slot]);
	link->next = cs->links;
	cs->links = link;
	return link;
}

/* All links that were made after @last. Nobody can have met one of them any more. */
void khv_links_free(struct khv_client_reg *cs, const struct khv_link *last)
{
	struct khv_link *link;

	while ((link = cs->links) != last) {
		cs->links = link->next;
		kfree(link);
	}
}

/* Prepare to link a client to a hook; remember the hook, once, in cs->hooks. */
static int khv_client_stage(struct khv_hook *hook, void *data)
{
	struct khv_staging *st = data;
	struct khv_link *link = khv_link_new(st);
	bool again = hook->staged;
	int ret;

	ret = link ? khv_chain_stage(hook, link) : -ENOMEM;
	if (!ret && !again)
		st->cs->hooks[st->cs->nr_hooks++] = hook;
	return ret;
}

/* The exec handler comes last: it makes tasks ours, the others wait for tasks. */
static int khv_client_stage_all(struct khv_client_reg *cs)
{
	struct khv_staging st = { .cs = cs };
	struct khv_client *client = cs->client;
	struct khv_hook *hook;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < client->nr_calls && !ret; i++) {
		st.call = &client->calls[i];
		ret = khv_calls_prepare(st.call, khv_client_stage, &st);
	}
	st.call = NULL;
	for (i = 0; i < client->nr_checks && !ret; i++) {
		hook = khv_object_prepare(client->checks[i].id);
		if (IS_ERR(hook))
			return PTR_ERR(hook);
		st.check = &client->checks[i];
		if (hook)
			ret = khv_client_stage(hook, &st);
	}
	if (ret || !client->exec)
		return ret;
	st.check = NULL;
	return khv_client_stage(&khv_exec_hook, &st);
}

/* Attached hooks of the master for one use. @hooks: room for KHV_BASE_HOOKS. */
unsigned int khv_base_collect(enum khv_base_use use, struct khv_hook **hooks)
{
	struct khv_hook *hook;
	unsigned int n = 0, pos = 0;

	while ((hook = khv_hook_next(&pos)))
		if (hook->used == KHV_HOOK_ATTACHED && khv_base_use(hook) == use)
			hooks[n++] = hook;
	return n;
}

/*
 * Take the client out of all chains. Collects hooks that nobody needs any more in
 * @idle, which has room for them. Under both mutexes.
 */
static unsigned int khv_client_unlink_all(struct khv_client_reg *cs,
					  struct khv_hook **idle)
{
	struct khv_hook *hook;
	unsigned int i, n = 0;

	for (i = 0; i < cs->nr_hooks; i++) {
		hook = cs->hooks[i];
		if (khv_chain_remove(hook, cs) && hook != &khv_exec_hook &&
		    !khv_base_use(hook) && !hook->veto)
			idle[n++] = hook;
	}
	if (khv_client_is_last(cs, false))
		n += khv_base_collect(KHV_BASE_EXEC, idle + n);
	return n;
}

/* Hooks that a client needs, from its hook @from on, and that are not attached yet. */
static unsigned int khv_client_wanted(struct khv_client_reg *cs,
				      unsigned int from, struct khv_hook **base,
				      struct khv_hook **want)
{
	unsigned int i, n = 0;

	for (i = 0; base && i < KHV_BASE_HOOKS; i++)
		if (base[i]->used != KHV_HOOK_ATTACHED)
			want[n++] = base[i];
	for (i = from; i < cs->nr_hooks; i++)
		if (cs->hooks[i] != &khv_exec_hook &&
		    cs->hooks[i]->used != KHV_HOOK_ATTACHED &&
		    !khv_base_use(cs->hooks[i]))
			want[n++] = cs->hooks[i];
	return n;
}

size_t khv_client_max_hooks(const struct khv_client *client)
{
	return (client->calls ? KHV_CALL_SLOTS : 0) + client->nr_checks + 1;
}

/*
 * In force, what has been staged from the hook @from on, with links after @last; or,
 * after an error, not.
 */
static void khv_client_settle(struct khv_client_reg *cs, unsigned int from,
			      const struct khv_link *last, int error)
{
	unsigned int i;

	for (i = from; i < cs->nr_hooks; i++) {
		if (error)
			khv_chain_abort(cs->hooks[i]);
		else
			khv_chain_commit(cs->hooks[i]);
	}
	if (!error)
		return;
	cs->nr_hooks = from;
	khv_links_free(cs, last);
	khv_hook_discard_unused();
	khv_hook_reap();
}

/*
 * All that can fail comes before the first chain that names the client: nobody
 * can have met it when ftrace refuses a function, so it can be freed at once, and
 * no hook that was attached for it has sent a call to its slot.
 */
int khv_client_attach_all(struct khv_client_reg *cs)
{
	struct khv_hook *base[KHV_BASE_HOOKS], **want;
	unsigned int n;
	int ret;

	want = kvcalloc(khv_client_max_hooks(cs->client) + KHV_BASE_HOOKS,
			sizeof(*want), GFP_KERNEL);
	if (!want)
		return -ENOMEM;
	mutex_lock(&khv_hook_mutex);
	cs->nr_hooks = 0;
	ret = khv_base_prepare(base);
	if (!ret)
		ret = khv_client_stage_all(cs);
	if (!ret) {
		n = khv_client_wanted(cs, 0, base, want);
		if (n)
			ret = khv_hook_attach(want, n);
	}
	khv_client_settle(cs, 0, NULL, ret);
	mutex_unlock(&khv_hook_mutex);
	kvfree(want);
	return ret;
}

int khv_client_extend_hooks(struct khv_client_reg *cs, unsigned int nr_calls)
{
	const struct khv_link *last = cs->links;
	unsigned int i, n, from = cs->nr_hooks;
	struct khv_staging st = { .cs = cs };
	struct khv_hook **want;
	int ret = 0;

	want = kvcalloc(khv_client_max_hooks(cs->client), sizeof(*want),
			GFP_KERNEL);
	if (!want)
		return -ENOMEM;
	mutex_lock(&khv_hook_mutex);
	for (i = cs->client->nr_calls; i < nr_calls && !ret; i++) {
		st.call = &cs->client->calls[i];
		ret = khv_calls_prepare(st.call, khv_client_stage, &st);
	}
	n = ret ? 0 : khv_client_wanted(cs, from, NULL, want);
	if (n)
		ret = khv_hook_attach(want, n);
	khv_client_settle(cs, from, last, ret);
	mutex_unlock(&khv_hook_mutex);
	kvfree(want);
	return ret;
}

/*
 * Another priority. Each function goes over to the new order at once; for a moment some
 * have it and others do not. That changes no decision: all clients must agree, and one
 * that is being asked has the order that it has begun with. Under khv_client_mutex.
 */
int khv_client_reorder(struct khv_client_reg *cs, int priority)
{
	int was = cs->client->priority, ret = 0;
	unsigned int i, n = cs->state == KHV_CLIENT_ENABLED ? cs->nr_hooks : 0;

	mutex_lock(&khv_hook_mutex);
	cs->client->priority = priority;
	for (i = 0; i < n && !ret; i++)
		ret = khv_chain_restage(cs->hooks[i], cs);
	if (ret)
		cs->client->priority = was;
	for (i = 0; i < n; i++) {
		if (ret)
			khv_chain_abort(cs->hooks[i]);
		else
			khv_chain_commit(cs->hooks[i]);
	}
	mutex_unlock(&khv_hook_mutex);
	return ret;
}

int khv_client_detach_all(struct khv_client_reg *cs)
{
	struct khv_hook **idle;
	unsigned int n;

	idle = kvcalloc(khv_client_max_hooks(cs->client) + KHV_BASE_HOOKS,
			sizeof(*idle), GFP_KERNEL);
	if (!idle)
		return -ENOMEM;
	mutex_lock(&khv_hook_mutex);
	n = khv_client_unlink_all(cs, idle);
	if (n)
		khv_hook_detach(idle, n);
	mutex_unlock(&khv_hook_mutex);
	kvfree(idle);
	return 0;
}

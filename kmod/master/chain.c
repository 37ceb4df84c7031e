// SPDX-License-Identifier: GPL-2.0
/* The priority-ordered list of clients of a hook. */
#include <linux/slab.h>
#include "chain.h"
#include "client.h"
#include "hook.h"

DEFINE_SRCU(khv_srcu);

static struct khv_chain *khv_chain_of(struct khv_hook *hook)
{
	return rcu_dereference_protected(hook->chain,
					 lockdep_is_held(&khv_hook_mutex));
}

static bool khv_link_wants_frame(const struct khv_hook *hook,
				 const struct khv_link *link)
{
	return hook->gate == KHV_GATE_CALL &&
	       (link->post || link->rewrites);
}

/* After the readers that sleep (exec), those of the gates. */
static void khv_chain_free(struct rcu_head *rcu)
{
	struct khv_chain *chain = container_of(rcu, struct khv_chain, rcu);

	kfree_rcu(chain, rcu);
}

static void khv_chain_publish(struct khv_hook *hook, struct khv_chain *chain)
{
	struct khv_chain *old = khv_chain_of(hook);

	rcu_assign_pointer(hook->chain, chain);
	khv_hook_set_entry(hook);
	if (old)
		call_srcu(&khv_srcu, &old->rcu, khv_chain_free);
}

/*
 * Make the chain with one more link, behind all of lower or equal priority; it is
 * in force when it is committed, which cannot fail. Under khv_hook_mutex.
 */
int khv_chain_stage(struct khv_hook *hook, struct khv_link *link)
{
	struct khv_chain *old = hook->staged ?: khv_chain_of(hook), *chain;
	unsigned int n = old ? old->n : 0, i, at = 0;

	/*
	 * Frames have room for one link of each client, on the stack. A client that
	 * names a function twice takes the place of another.
	 */
	if (n == KHV_MAX_CLIENTS)
		return -ENOSPC;
	chain = kzalloc(struct_size(chain, link, n + 1), GFP_KERNEL);
	if (!chain)
		return -ENOMEM;
	while (at < n && old->link[at]->client->client->priority <=
			 link->client->client->priority)
		at++;
	for (i = 0; i < n; i++)
		chain->link[i < at ? i : i + 1] = old->link[i];
	chain->link[at] = link;
	chain->n = n + 1;
	chain->full = (old && old->full) || khv_link_wants_frame(hook, link);
	chain->rewrites = (old && old->rewrites) || link->rewrites;
	/* Nobody but us has seen one that was staged before. */
	kfree(hook->staged);
	hook->staged = chain;
	return 0;
}

/*
 * Make the chain with the links of a client where its priority is now, behind all of
 * lower or equal priority, as if it had come last. Under khv_hook_mutex.
 */
int khv_chain_restage(struct khv_hook *hook, const struct khv_client_reg *client)
{
	struct khv_chain *old = khv_chain_of(hook), *chain;
	unsigned int i, n, at = 0;

	chain = kzalloc(struct_size(chain, link, old->n), GFP_KERNEL);
	if (!chain)
		return -ENOMEM;
	for (i = 0, n = 0; i < old->n; i++) {
		if (old->link[i]->client == client)
			continue;
		if (old->link[i]->client->client->priority <=
		    client->client->priority)
			at = n + 1;
		chain->link[n++] = old->link[i];
	}
	/* What it has more than one of keeps its order. */
	memmove(&chain->link[at + old->n - n], &chain->link[at],
		(n - at) * sizeof(*chain->link));
	for (i = 0; i < old->n; i++)
		if (old->link[i]->client == client)
			chain->link[at++] = old->link[i];
	chain->n = old->n;
	chain->full = old->full;
	chain->rewrites = old->rewrites;
	/* The same, where the client has named the function twice. */
	kfree(hook->staged);
	hook->staged = chain;
	return 0;
}

/* Put what is staged in force. Under khv_hook_mutex. */
void khv_chain_commit(struct khv_hook *hook)
{
	struct khv_chain *chain = hook->staged;

	hook->staged = NULL;
	if (chain)
		khv_chain_publish(hook, chain);
}

/* Drop what is staged. Under khv_hook_mutex. */
void khv_chain_abort(struct khv_hook *hook)
{
	kfree(hook->staged);
	hook->staged = NULL;
}

/* Take a client out. Under khv_hook_mutex. Returns true if nobody is left. */
bool khv_chain_remove(struct khv_hook *hook,
		      const struct khv_client_reg *client)
{
	struct khv_chain *old = khv_chain_of(hook), *chain = NULL;
	unsigned int i, n = 0;

	for (i = 0; old && i < old->n; i++)
		n += old->link[i]->client != client;
	if (n) {
		/* A small allocation that must not fail, in process context. */
		chain = kzalloc(struct_size(chain, link, n),
				GFP_KERNEL | __GFP_NOFAIL);
		for (i = 0; i < old->n; i++) {
			if (old->link[i]->client == client)
				continue;
			chain->link[chain->n++] = old->link[i];
			chain->full |= khv_link_wants_frame(hook, old->link[i]);
			chain->rewrites |= old->link[i]->rewrites;
		}
	}
	khv_chain_publish(hook, chain);
	return !n;
}

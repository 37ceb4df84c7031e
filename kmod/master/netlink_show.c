// SPDX-License-Identifier: GPL-2.0
/* Netlink: what is there - versions, clients, hooks, tasks. */
#include <linux/module.h>
#include <linux/slab.h>
#include <generated/utsrelease.h>
#include "admin.h"
#include "base.h"
#include "chain.h"
#include "client.h"
#include "hook.h"
#include "lock.h"
#include "main.h"
#include "netlink.h"
#include "subscribe.h"
#include "task.h"
#include "watchdog.h"

static int khv_put_u64(struct sk_buff *skb, int attr, u64 value, int pad)
{
	return nla_put_u64_64bit(skb, attr, value, pad);
}

/* @sk: also the statistics, for this new subscriber; NULL: none. */
int khv_reply_info(struct sk_buff *skb, struct genl_info *info, struct sock *sk)
{
	const struct khv_provider *p = khv_provider_get(NULL);
	u64 generation = p ? p->generation() : 1;
	struct sk_buff *reply;
	char boot_id[40];
	void *hdr;

	khv_provider_put(p);
	snprintf(boot_id, sizeof(boot_id), "%pU", &khv_boot_id);
	reply = khv_reply_new(info, sk ? khv_stats_size() : 0, &hdr);
	if (!reply)
		return -ENOMEM;
	if (nla_put_u32(reply, KHV_A_ABI, KHV_ABI_VERSION) ||
	    nla_put_u32(reply, KHV_A_EVENT_SCHEMA, KHV_EVENT_SCHEMA) ||
	    khv_put_u64(reply, KHV_A_GENERATION, generation, KHV_A_PAD) ||
	    nla_put_string(reply, KHV_A_BOOT_ID, boot_id) ||
	    nla_put_string(reply, KHV_A_KERNEL, UTS_RELEASE) ||
	    nla_put_string(reply, KHV_A_VERSION, KHV_VERSION) ||
	    (netlink_capable(skb, CAP_MAC_ADMIN) &&
	     khv_task_may_configure(current) &&
	     (khv_lock_put(reply) || khv_watchdog_put(reply))) ||
	    (sk && khv_put_all_stats(reply, sk))) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

int khv_do_info(struct sk_buff *skb, struct genl_info *info)
{
	return khv_reply_info(skb, info, NULL);
}

static int khv_put_calls(struct sk_buff *skb, const struct khv_client *client)
{
	struct nlattr *nest;
	unsigned int i;
	int ret = 0;

	nest = nla_nest_start(skb, KHV_CLIENT_A_CALLS);
	/* Of one that wants every call, the first ones have to do. */
	for (i = 0; nest && i < min(client->nr_calls, 64u) && !ret; i++)
		ret = nla_put_string(skb, KHV_CLIENT_A_CALL_NAME,
				     client->calls[i].name);
	if (!nest || ret)
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	nest = nla_nest_start(skb, KHV_CLIENT_A_OBJECTS);
	for (i = 0; nest && i < client->nr_checks && !ret; i++)
		ret = nla_put_string(skb, KHV_CLIENT_A_CALL_NAME,
				     khv_object_name(client->checks[i].id));
	if (!nest || ret)
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int khv_put_client(struct sk_buff *skb, struct khv_client_reg *cs)
{
	struct khv_client *client = cs->client;
	u64 allowed, denied;
	struct nlattr *nest;

	khv_client_decisions(cs, &allowed, &denied);
	nest = nla_nest_start(skb, KHV_A_CLIENT);
	if (!nest ||
	    nla_put_u32(skb, KHV_CLIENT_A_ID, cs->id) ||
	    nla_put_string(skb, KHV_CLIENT_A_NAME, client->name) ||
	    nla_put_string(skb, KHV_CLIENT_A_MODULE,
			   module_name(client->owner)) ||
	    nla_put_s32(skb, KHV_CLIENT_A_PRIORITY, client->priority) ||
	    nla_put_u8(skb, KHV_CLIENT_A_STATE, cs->state) ||
	    nla_put_u8(skb, KHV_CLIENT_A_LOG_LEVEL, cs->client->level) ||
	    nla_put_u8(skb, KHV_CLIENT_A_FULL, cs->full) ||
	    nla_put_u32(skb, KHV_CLIENT_A_TASKS, atomic_read(&cs->tasks)) ||
	    khv_put_calls(skb, client) ||
	    khv_put_u64(skb, KHV_CLIENT_A_ALLOWED, allowed, KHV_CLIENT_A_PAD) ||
	    khv_put_u64(skb, KHV_CLIENT_A_DENIED, denied, KHV_CLIENT_A_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

void *khv_dump_put(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct genlmsghdr *req = nlmsg_data(cb->nlh);
	void *hdr;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &khv_genl_family, NLM_F_MULTI, req->cmd);
	/* Tells the reader if cb->seq has changed since the last message. */
	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

/* The cursor is the id: clients that come and go do not shift it. */
int khv_dump_clients(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct khv_client_reg *cs;
	void *hdr;

	mutex_lock(&khv_client_mutex);
	cb->seq = khv_client_changes;
	list_for_each_entry(cs, &khv_clients, list) {
		if (cb->args[0])
			break;		/* all done last time */
		if (cb->args[1] && cs->id != cb->args[1])
			continue;	/* resume at the one that did not fit */
		cb->args[1] = 0;
		if (!khv_may_client(cb->skb, cs->client->name, KHV_ADMIN_LOG) &&
		    !khv_may_client(cb->skb, cs->client->name, KHV_ADMIN_STATE))
			continue;
		hdr = khv_dump_put(skb, cb);
		if (!hdr || khv_put_client(skb, cs)) {
			if (hdr)
				genlmsg_cancel(skb, hdr);
			cb->args[1] = cs->id;
			goto out;
		}
		genlmsg_end(skb, hdr);
	}
	cb->args[0] = 1;
out:
	mutex_unlock(&khv_client_mutex);
	return skb->len;
}

static int khv_put_hook(struct sk_buff *skb, struct khv_hook *hook)
{
	const struct khv_chain *chain;
	struct nlattr *nest, *list;
	u64 entered, left;
	unsigned int i;

	khv_inflight_read(&hook->inflight, &entered, &left);
	nest = nla_nest_start(skb, KHV_A_HOOK);
	if (!nest ||
	    nla_put_string(skb, KHV_HOOK_A_SYMBOL, hook->symbol) ||
	    nla_put_string(skb, KHV_HOOK_A_NAME, hook->name) ||
	    nla_put_u8(skb, KHV_HOOK_A_GATE, hook->gate) ||
	    nla_put_u8(skb, KHV_HOOK_A_ABI, hook->abi) ||
	    khv_put_u64(skb, KHV_HOOK_A_ENTERED, entered, KHV_HOOK_A_PAD) ||
	    khv_put_u64(skb, KHV_HOOK_A_LEFT, left, KHV_HOOK_A_PAD) ||
	    nla_put_u8(skb, KHV_HOOK_A_LIVE, khv_hook_is_live(hook)))
		return -EMSGSIZE;
	list = nla_nest_start(skb, KHV_HOOK_A_CLIENTS);
	if (!list)
		return -EMSGSIZE;
	chain = rcu_dereference_protected(hook->chain,
					  lockdep_is_held(&khv_hook_mutex));
	for (i = 0; chain && i < chain->n; i++)
		if (nla_put_string(skb, KHV_CLIENT_A_CALL_NAME,
				   chain->link[i]->client->client->name))
			return -EMSGSIZE;
	nla_nest_end(skb, list);
	nla_nest_end(skb, nest);
	return 0;
}

int khv_dump_hooks(struct sk_buff *skb, struct netlink_callback *cb)
{
	unsigned int pos = cb->args[0], at;
	struct khv_hook *hook;
	void *hdr;

	mutex_lock(&khv_client_mutex);
	mutex_lock(&khv_hook_mutex);
	cb->seq = khv_client_changes;
	for (;;) {
		at = pos;
		hook = khv_hook_next(&pos);
		if (!hook)
			break;
		hdr = khv_dump_put(skb, cb);
		if (!hdr || khv_put_hook(skb, hook)) {
			if (hdr)
				genlmsg_cancel(skb, hdr);
			pos = at;
			break;
		}
		genlmsg_end(skb, hdr);
	}
	mutex_unlock(&khv_hook_mutex);
	mutex_unlock(&khv_client_mutex);
	cb->args[0] = pos;
	return skb->len;
}

/* Names of policies; a reader without CAP_MAC_ADMIN sees the tasks of his. */
struct khv_own_policies {
	unsigned int n;
	char name[KHV_TXN_POLICIES][KHV_NAME_MAX];
};

/* NULL: everything may be seen. */
static struct khv_own_policies *khv_own_policies(struct sk_buff *skb)
{
	const struct khv_provider *p;
	struct khv_own_policies *own;
	struct khv_policy_info info;
	struct khv_who who;

	if (khv_is_full_admin(skb))
		return NULL;
	own = kzalloc(sizeof(*own), GFP_KERNEL);
	if (!own)
		return ERR_PTR(-ENOMEM);
	khv_who_of(skb, &who);
	p = khv_provider_get(NULL);
	info.id = 0;
	while (p && own->n < ARRAY_SIZE(own->name) && p->next(info.id, false, &info))
		if (p->admin(info.name, &who))
			strscpy(own->name[own->n++], info.name, KHV_NAME_MAX);
	khv_provider_put(p);
	return own;
}

static bool khv_is_own(const struct khv_own_policies *own, const char *policy)
{
	unsigned int i;

	for (i = 0; own && i < own->n; i++)
		if (!strcmp(own->name[i], policy))
			return true;
	return !own;
}

static int khv_put_task(struct sk_buff *skb, struct khv_task *kt,
			struct khv_client *client, const struct khv_label *label)
{
	struct khv_hook *inside = khv_task_inside(kt);
	struct nlattr *nest;

	nest = nla_nest_start(skb, KHV_A_TASK);
	if (!nest ||
	    nla_put_u32(skb, KHV_TASK_A_PID, task_pid_nr(kt->task)) ||
	    nla_put_u32(skb, KHV_TASK_A_TGID, task_tgid_nr(kt->task)) ||
	    nla_put_string(skb, KHV_TASK_A_COMM, kt->task->comm) ||
	    nla_put_string(skb, KHV_TASK_A_CLIENT, client->name) ||
	    (*label->policy &&
	     nla_put_string(skb, KHV_TASK_A_POLICY, label->policy)) ||
	    (*label->domain &&
	     nla_put_string(skb, KHV_TASK_A_DOMAIN, label->domain)) ||
	    ((inside || kt->unjudged & BIT_ULL(client->state->slot)) &&
	     nla_put_string(skb, KHV_TASK_A_INSIDE,
			    inside ? inside->symbol : "(not judged yet)")))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* All of a task's clients in one go, so that the cursor is a plain position. */
static int khv_put_task_clients(struct sk_buff *skb, struct netlink_callback *cb,
				struct khv_task *kt,
				const struct khv_own_policies *own)
{
	struct khv_client_reg *cs;
	unsigned int i;
	void *hdr, *data;

	for (i = cb->args[2]; i < KHV_MAX_CLIENTS; i++) {
		struct khv_label label = {};

		cs = khv_client_by_slot(i);
		data = READ_ONCE(kt->data[i]);
		if (!cs || !data)
			continue;
		if (cs->client->label)
			cs->client->label(data, &label);
		if (!khv_is_own(own, label.policy))
			continue;
		hdr = khv_dump_put(skb, cb);
		if (!hdr || khv_put_task(skb, kt, cs->client, &label)) {
			if (hdr)
				genlmsg_cancel(skb, hdr);
			cb->args[2] = i;
			return -EMSGSIZE;
		}
		genlmsg_end(skb, hdr);
	}
	cb->args[2] = 0;
	return 0;
}

/*
 * Cursor: bucket, place in it, client. A task_struct in the table is alive (its
 * entry goes first), but the table may change between two messages; a listing
 * of tasks is a snapshot of nothing in particular, like ps.
 */
int khv_dump_tasks(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct khv_own_policies *own = khv_own_policies(cb->skb);
	unsigned int b, at, skip = cb->args[1];
	struct khv_task *kt;
	int ret = 0;

	if (IS_ERR(own))
		return PTR_ERR(own);

	/* Clients, and the names of hooks, stay while we look. */
	mutex_lock(&khv_client_mutex);
	for (b = cb->args[0]; b < ARRAY_SIZE(khv_task_table); b++, skip = 0) {
		at = 0;
		spin_lock_irq(&khv_task_lock);
		hlist_for_each_entry(kt, &khv_task_table[b], hash) {
			if (at >= skip)
				ret = khv_put_task_clients(skb, cb, kt, own);
			if (ret)
				break;
			at++;
		}
		spin_unlock_irq(&khv_task_lock);
		if (ret)
			break;
	}
	mutex_unlock(&khv_client_mutex);
	kfree(own);
	cb->args[0] = b;
	cb->args[1] = ret ? at : 0;
	return skb->len;
}

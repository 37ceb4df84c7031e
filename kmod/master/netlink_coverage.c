// SPDX-License-Identifier: GPL-2.0
/* Netlink: what stands behind each verb of the rule language on this kernel. */
#include <linux/slab.h>
#include "base.h"
#include "client.h"
#include "hook.h"
#include "netlink.h"
#include "symbols.h"

static const char *khv_say_check(enum khv_object id)
{
	return khv_object_name(id);
}

static const char *khv_say_symbol(enum khv_object id)
{
	return khv_object_symbol(id);
}

/* The name, if the code of the kernel calls us now. Under khv_hook_mutex. */
static const char *khv_say_live(enum khv_object id)
{
	unsigned long ip = khv_fentry_site(khv_symbol(khv_object_symbol(id)));
	struct khv_hook *hook = ip ? khv_hook_find(ip) : NULL;

	return hook && khv_hook_is_live(hook) ? khv_object_name(id) : NULL;
}

static int khv_put_checks(struct sk_buff *skb, int attr, const u8 *id,
			  unsigned int n, const char *(*say)(enum khv_object id))
{
	struct nlattr *nest = nla_nest_start(skb, attr);
	const char *name;
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < n; i++) {
		name = say(id[i]);
		if (name && nla_put_string(skb, KHV_CLIENT_A_CALL_NAME, name))
			return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int khv_put_coverage(struct sk_buff *skb, const struct khv_coverage *c)
{
	struct nlattr *nest = nla_nest_start(skb, KHV_A_COVERAGE);

	if (!nest ||
	    nla_put_string(skb, KHV_COVERAGE_A_TYPE, c->type) ||
	    nla_put_string(skb, KHV_COVERAGE_A_VERB, c->verb) ||
	    nla_put_u8(skb, KHV_COVERAGE_A_STATE, c->state) ||
	    khv_put_checks(skb, KHV_COVERAGE_A_CHECKS, c->check, c->nr_checks,
			   khv_say_check) ||
	    khv_put_checks(skb, KHV_COVERAGE_A_SYMBOLS, c->check, c->nr_checks,
			   khv_say_symbol) ||
	    khv_put_checks(skb, KHV_COVERAGE_A_LIVE, c->check, c->nr_checks,
			   khv_say_live) ||
	    khv_put_checks(skb, KHV_COVERAGE_A_ABSENT, c->absent, c->nr_absent,
			   khv_say_check) ||
	    (*c->text && nla_put_string(skb, KHV_COVERAGE_A_TEXT, c->text)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int khv_dump_coverage(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct khv_provider *p = khv_provider_get(cb->extack);
	struct khv_coverage *c;
	void *hdr;

	if (!p)
		return -EOPNOTSUPP;
	c = kmalloc(sizeof(*c), GFP_KERNEL);
	if (!c) {
		khv_provider_put(p);
		return -ENOMEM;
	}
	mutex_lock(&khv_client_mutex);
	mutex_lock(&khv_hook_mutex);
	cb->seq = khv_client_changes;
	for (; p->coverage(cb->args[0], c); cb->args[0]++) {
		hdr = khv_dump_put(skb, cb);
		if (!hdr)
			break;
		if (khv_put_coverage(skb, c)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
	}
	mutex_unlock(&khv_hook_mutex);
	mutex_unlock(&khv_client_mutex);
	kfree(c);
	khv_provider_put(p);
	return skb->len;
}

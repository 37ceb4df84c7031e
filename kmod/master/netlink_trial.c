// SPDX-License-Identifier: GPL-2.0
/* Netlink: changes on trial, shadows, and what they and complain mode count. */
#include <linux/cred.h>
#include <linux/sched.h>
#include "netlink.h"

void khv_change_of(struct genl_info *info, struct khv_change *change)
{
	*change = (struct khv_change) {
		.dry_run = nla_get_flag(info->attrs[KHV_A_DRY_RUN]),
		.shadow = nla_get_flag(info->attrs[KHV_A_SHADOW]),
		.confirm = info->attrs[KHV_A_CONFIRM] ?
			   nla_get_u32(info->attrs[KHV_A_CONFIRM]) : 0,
		.uid = from_kuid(&init_user_ns, current_uid()),
		.pid = task_tgid_nr(current),
	};
	get_task_comm(change->comm, current);
	/* Nothing is changed by a shadow that could go back. */
	if (change->shadow)
		change->confirm = 0;
}

bool khv_dump_shadows(struct netlink_callback *cb)
{
	return nlmsg_find_attr(cb->nlh, GENL_HDRLEN, KHV_A_SHADOW);
}

/* The end of an answer to a change. @reply is used up. */
int khv_reply_generation(struct genl_info *info, struct sk_buff *reply,
			 void *hdr, u64 generation)
{
	if (nla_put_u64_64bit(reply, KHV_A_GENERATION, generation,
			      KHV_A_PAD)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

/*
 * A change that is answered with the generation. The answer is made first: one that
 * cannot be made must not follow a change.
 */
static int khv_do_change(struct genl_info *info,
			 int (*fn)(const struct khv_provider *p,
				   struct genl_info *info))
{
	const struct khv_provider *p = khv_provider_get(info->extack);
	struct sk_buff *reply;
	void *hdr;
	int ret;

	if (!p)
		return -EOPNOTSUPP;
	reply = khv_reply_new(info, 0, &hdr);
	ret = reply ? fn(p, info) : -ENOMEM;
	if (!ret)
		ret = khv_reply_generation(info, reply, hdr, p->generation());
	else
		nlmsg_free(reply);
	khv_provider_put(p);
	return ret;
}

static int khv_settle(const struct khv_provider *p, struct genl_info *info)
{
	u64 generation = info->attrs[KHV_A_GENERATION] ?
			 nla_get_u64(info->attrs[KHV_A_GENERATION]) : 0;

	return p->settle(info->genlhdr->cmd == KHV_CMD_POLICY_CONFIRM,
			 generation, info->extack);
}

int khv_do_policy_settle(struct sk_buff *skb, struct genl_info *info)
{
	return khv_do_change(info, khv_settle);
}

static int khv_shadow_name(struct genl_info *info, const char **name)
{
	struct nlattr *tb[KHV_POLICY_A_MAX + 1];
	int ret;

	ret = khv_parse_nest(info, KHV_A_POLICY, KHV_POLICY_A_MAX, tb);
	if (!ret)
		ret = khv_need(info, tb[KHV_POLICY_A_NAME], "KHV_POLICY_A_NAME");
	if (!ret)
		*name = nla_data(tb[KHV_POLICY_A_NAME]);
	return ret;
}

static int khv_promote(const struct khv_provider *p, struct genl_info *info)
{
	struct khv_change change;
	const char *name;
	int ret = khv_shadow_name(info, &name);

	khv_change_of(info, &change);
	return ret ?: p->promote(name, &change, info->extack);
}

int khv_do_shadow_promote(struct sk_buff *skb, struct genl_info *info)
{
	return khv_do_change(info, khv_promote);
}

int khv_do_shadow_drop(struct sk_buff *skb, struct genl_info *info)
{
	const struct khv_provider *p = khv_provider_get(info->extack);
	const char *name;
	int ret;

	if (!p)
		return -EOPNOTSUPP;
	ret = khv_shadow_name(info, &name);
	if (!ret)
		ret = p->drop(name, info->extack);
	khv_provider_put(p);
	return ret;
}

static int khv_put_count(struct sk_buff *skb, const struct khv_count_info *i)
{
	struct nlattr *nest = nla_nest_start(skb, KHV_A_COUNTS);

	if (!nest ||
	    nla_put_string(skb, KHV_COUNT_A_POLICY, i->policy) ||
	    nla_put_u8(skb, KHV_COUNT_A_SHADOW, i->shadow) ||
	    nla_put_u64_64bit(skb, KHV_COUNT_A_GENERATION, i->generation,
			      KHV_COUNT_A_PAD) ||
	    nla_put_string(skb, KHV_COUNT_A_TYPE, i->type) ||
	    nla_put_string(skb, KHV_COUNT_A_VERB, i->verb) ||
	    nla_put_u64_64bit(skb, KHV_COUNT_A_WOULD_DENY, i->would_deny,
			      KHV_COUNT_A_PAD) ||
	    nla_put_u64_64bit(skb, KHV_COUNT_A_WOULD_ALLOW, i->would_allow,
			      KHV_COUNT_A_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int khv_dump_counts(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct khv_provider *p = khv_provider_get(cb->extack);
	struct khv_count_info info = {
		.id = cb->args[0], .at = cb->args[1],
	};
	void *hdr;

	if (!p)
		return -EOPNOTSUPP;
	cb->seq = p->generation();
	while (p->count(&info)) {
		hdr = khv_dump_put(skb, cb);
		if (!hdr)
			break;
		if (khv_put_count(skb, &info)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
		cb->args[0] = info.id;
		cb->args[1] = info.at;
	}
	khv_provider_put(p);
	return skb->len;
}

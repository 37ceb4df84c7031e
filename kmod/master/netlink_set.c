// SPDX-License-Identifier: GPL-2.0
/* Netlink: state, place and log level of clients, locks. */
#include <linux/sched.h>
#include "admin.h"
#include "client.h"
#include "lock.h"
#include "netlink.h"

int khv_do_client_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[KHV_CLIENT_A_MAX + 1];
	struct khv_client_reg *cs;
	const char *name;
	int ret;

	ret = khv_parse_nest(info, KHV_A_CLIENT, KHV_CLIENT_A_MAX, tb);
	if (!ret)
		ret = khv_need(info, tb[KHV_CLIENT_A_NAME], "KHV_CLIENT_A_NAME");
	if (!ret)
		ret = khv_need(info, tb[KHV_CLIENT_A_STATE] ||
			       tb[KHV_CLIENT_A_LOG_LEVEL] ||
			       tb[KHV_CLIENT_A_FULL] ||
			       tb[KHV_CLIENT_A_PRIORITY],
			       "KHV_CLIENT_A_STATE, _LOG_LEVEL, _FULL or _PRIORITY");
	if (ret)
		return ret;
	name = nla_data(tb[KHV_CLIENT_A_NAME]);
	if (!khv_may_client(skb, name,
			    (tb[KHV_CLIENT_A_STATE] ? KHV_ADMIN_STATE : 0) |
			    (tb[KHV_CLIENT_A_LOG_LEVEL] ? KHV_ADMIN_LOG : 0) |
			    /* Nobody can be given these. */
			    (tb[KHV_CLIENT_A_FULL] ||
			     tb[KHV_CLIENT_A_PRIORITY] ? ~0u : 0)))
		return khv_refuse_given(info->extack, "client", name);
	mutex_lock(&khv_client_mutex);
	cs = khv_client_find(name);
	if (!cs) {
		khv_extack(info->extack, "no client named \"%s\" is registered; is its module loaded?",
			   name);
		ret = -ENOENT;
	} else if (tb[KHV_CLIENT_A_STATE] &&
		   nla_get_u8(tb[KHV_CLIENT_A_STATE]) == KHV_CLIENT_DISABLED) {
		ret = khv_lock_refuse(KHV_LOCK_MODULE, info->extack);
	}
	/* What can fail comes first. */
	if (!ret && tb[KHV_CLIENT_A_PRIORITY])
		ret = khv_client_set_priority(cs, nla_get_s32(tb[KHV_CLIENT_A_PRIORITY]));
	if (!ret) {
		if (tb[KHV_CLIENT_A_LOG_LEVEL])
			WRITE_ONCE(cs->client->level,
				   nla_get_u8(tb[KHV_CLIENT_A_LOG_LEVEL]));
		if (tb[KHV_CLIENT_A_FULL])
			WRITE_ONCE(cs->full, nla_get_u8(tb[KHV_CLIENT_A_FULL]));
		if (tb[KHV_CLIENT_A_STATE])
			ret = nla_get_u8(tb[KHV_CLIENT_A_STATE]) ?
			      khv_client_enable(cs, info->extack) :
			      khv_client_disable(cs, info->extack);
	}
	mutex_unlock(&khv_client_mutex);
	return ret;
}

/*
 * A lock would either stop a change from going back or be broken by it. Requests
 * exclude each other, so none begins between this and the lock.
 */
static int khv_lock_wait(u32 flags, struct netlink_ext_ack *extack)
{
	const struct khv_provider *p;
	int ret;

	if (!(flags & KHV_LOCK_POLICY))
		return 0;
	/* Without a provider nothing can be on trial. */
	p = khv_provider_get(NULL);
	ret = p ? p->pending(extack) : 0;
	khv_provider_put(p);
	return ret;
}

int khv_do_lock_set(struct sk_buff *skb, struct genl_info *info)
{
	int ret = khv_need(info, info->attrs[KHV_A_LOCK_FLAGS],
			   "KHV_A_LOCK_FLAGS");
	u32 flags;

	if (ret)
		return ret;
	flags = nla_get_u32(info->attrs[KHV_A_LOCK_FLAGS]);
	ret = khv_lock_wait(flags, info->extack);
	if (ret)
		return ret;
	ret = khv_lock_set(flags, false);
	if (ret) {
		khv_extack(info->extack, "delete_module cannot be hooked, modules are not locked; the kernel log says why");
		return ret;
	}
	return khv_do_info(skb, info);
}

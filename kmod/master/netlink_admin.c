// SPDX-License-Identifier: GPL-2.0
/* Netlink: who administers what. */
#include <khv/limits.h>
#include "admin.h"
#include "lock.h"
#include "netlink.h"

static int khv_grant_parse(struct genl_info *info, struct khv_grant *g)
{
	struct nlattr *tb[KHV_ADMIN_A_MAX + 1], *who;
	int ret;

	ret = khv_parse_nest(info, KHV_A_ADMIN, KHV_ADMIN_A_MAX, tb);
	if (!ret)
		ret = khv_need(info, tb[KHV_ADMIN_A_CLIENT], "KHV_ADMIN_A_CLIENT");
	if (!ret)
		ret = khv_need(info, tb[KHV_ADMIN_A_RIGHTS], "KHV_ADMIN_A_RIGHTS");
	if (!ret)
		ret = khv_need(info, !tb[KHV_ADMIN_A_UID] != !tb[KHV_ADMIN_A_GID],
			       "KHV_ADMIN_A_UID or KHV_ADMIN_A_GID, one of them");
	if (ret)
		return ret;
	g->group = tb[KHV_ADMIN_A_GID];
	who = tb[g->group ? KHV_ADMIN_A_GID : KHV_ADMIN_A_UID];
	g->id = nla_get_u32(who);
	g->rights = nla_get_u32(tb[KHV_ADMIN_A_RIGHTS]);
	nla_strscpy(g->client, tb[KHV_ADMIN_A_CLIENT], sizeof(g->client));
	if (g->id == (u32)-1) {
		khv_extack_at(info->extack, who, "%u is nobody's number", g->id);
		return -EINVAL;
	}
	return 0;
}

int khv_do_admin_set(struct sk_buff *skb, struct genl_info *info)
{
	struct khv_grant g;
	int ret;

	ret = khv_grant_parse(info, &g);
	if (ret)
		return ret;
	ret = khv_grant_set(&g);
	if (ret == -ENOSPC)
		khv_extack(info->extack, "%u rights on clients are the limit (KHV_ADMIN_GRANTS)",
			   KHV_ADMIN_GRANTS);
	else if (ret)
		khv_extack(info->extack, "%s %u has no rights on client %s",
			   g.group ? "group" : "user", g.id, g.client);
	return ret;
}

static int khv_put_admin(struct sk_buff *skb, struct netlink_callback *cb,
			 int attr, const char *name, bool group, u32 id,
			 u32 rights)
{
	void *hdr = khv_dump_put(skb, cb);
	struct nlattr *nest = hdr ? nla_nest_start(skb, KHV_A_ADMIN) : NULL;

	if (!nest || nla_put_string(skb, attr, name) ||
	    nla_put_u32(skb, group ? KHV_ADMIN_A_GID : KHV_ADMIN_A_UID, id) ||
	    nla_put_u32(skb, KHV_ADMIN_A_RIGHTS, rights)) {
		if (hdr)
			genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	genlmsg_end(skb, hdr);
	return 0;
}

/* Lines of policies. Cursor: id of the policy before, line in the next one. */
static int khv_dump_lines(struct sk_buff *skb, struct netlink_callback *cb,
			  const struct khv_provider *p, const struct khv_who *who)
{
	struct khv_policy_info info;
	bool group;
	u32 id;

	for (; p->next(cb->args[1], false, &info); cb->args[1] = info.id, cb->args[2] = 0)
		for (; p->admin_at(info.name, cb->args[2], &group, &id);
		     cb->args[2]++)
			if ((!who || khv_who_is(who, group, id)) &&
			    khv_put_admin(skb, cb, KHV_ADMIN_A_POLICY, info.name,
					  group, id, KHV_ADMIN_POLICY))
				return -EMSGSIZE;
	return 0;
}

int khv_dump_admins(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct khv_provider *p = khv_provider_get(NULL);
	bool full = khv_is_full_admin(cb->skb);
	const struct khv_grant *g;
	struct khv_who who;
	unsigned int at;
	int ret = 0;

	khv_who_of(cb->skb, &who);
	if (p) {
		cb->seq = p->generation();
		ret = khv_dump_lines(skb, cb, p, full ? NULL : &who);
		khv_provider_put(p);
	}
	for (at = cb->args[0]; !ret && (g = khv_grant_next(&at)); at++) {
		if (full || khv_who_is(&who, g->group, g->id))
			ret = khv_put_admin(skb, cb, KHV_ADMIN_A_CLIENT,
					    g->client, g->group, g->id,
					    g->rights);
		if (ret)
			break;
	}
	cb->args[0] = at;
	return skb->len;
}

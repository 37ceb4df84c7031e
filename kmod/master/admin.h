/* SPDX-License-Identifier: GPL-2.0 */
/* Administrators without CAP_MAC_ADMIN, and what is heard of all of them. */
#ifndef _KHV_ADMIN_H
#define _KHV_ADMIN_H

#include <linux/types.h>
#include <khv/provider.h>

struct genl_info;
struct sk_buff;

/**
 * struct khv_grant - a right on a client, given with ADMIN_SET
 * @client: name of the client; it need not be loaded
 * @group: @id is a gid, else a uid; initial user namespace
 * @id: who
 * @rights: enum khv_admin_rights; 0: the place is free
 */
struct khv_grant {
	char client[KHV_NAME_MAX];
	bool group;
	u32 id;
	u32 rights;
};

/* All under genl's lock: requests and dumps of the family exclude each other. */
int khv_grant_set(const struct khv_grant *grant);
/* The next one at or behind *@at, NULL at the end. */
const struct khv_grant *khv_grant_next(unsigned int *at);

/* Who sent this request or reads this dump. */
void khv_who_of(struct sk_buff *skb, struct khv_who *who);
bool khv_is_full_admin(struct sk_buff *skb);
/* Any right at all, of a policy or a client? */
bool khv_is_some_admin(struct sk_buff *skb);
/* All of @rights on the client? Full administrators have all. */
bool khv_may_client(struct sk_buff *skb, const char *client, u32 rights);
/* May it replace and read the policy? Full administrators may. */
bool khv_may_policy(struct sk_buff *skb, const char *policy);

/**
 * khv_admin_event() - report a change, or one that was refused
 * @verb: "load", "clear", "client", "attach", "lock", "grant"
 * @object: what it is about
 * @policy: it belongs to; may be NULL
 * @generation: in force from now on, 0: not about that
 * @error: negative errno, 0 if it was done
 */
void khv_admin_event(const char *verb, const char *object, const char *policy,
		     u64 generation, int error);

#endif /* _KHV_ADMIN_H */

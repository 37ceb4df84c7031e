/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_NETLINK_H
#define _KHV_NETLINK_H

#include <net/genetlink.h>
#include <khv/provider.h>

extern struct genl_family khv_genl_family;
extern const struct nla_policy khv_attr_policy[KHV_A_MAX + 1];
extern const struct nla_policy khv_ack_policy[KHV_ACK_A_MAX + 1];

int khv_netlink_init(void);
void khv_netlink_exit(void);

/* An answer to a request; NULL for lack of memory. */
/* @more: bytes beyond the usual ones. */
struct sk_buff *khv_reply_new(struct genl_info *info, size_t more, void **hdr);
int khv_reply_generation(struct genl_info *info, struct sk_buff *reply,
			 void *hdr, u64 generation);

const struct khv_provider *khv_provider_get(struct netlink_ext_ack *extack);
void khv_provider_put(const struct khv_provider *p);
bool khv_provider_verify(size_t bytes, char *name);

/* What the request says about how its change is meant, and who wants it. */
void khv_change_of(struct genl_info *info, struct khv_change *change);
/* Has a dump been asked for about shadows? */
bool khv_dump_shadows(struct netlink_callback *cb);

/* Nest @attr of the request, parsed into @tb; or an error with a text. */
int khv_parse_nest(struct genl_info *info, int attr, int max,
		   struct nlattr **tb);
/* khv_extack(), and the attribute that is wrong. */
__printf(3, 4)
void khv_extack_at(struct netlink_ext_ack *extack, const struct nlattr *attr,
		   const char *fmt, ...);
/* -EPERM with a text: neither CAP_MAC_ADMIN nor named for it. */
int khv_refuse_given(struct netlink_ext_ack *extack, const char *what,
		     const char *name);
int khv_need(struct genl_info *info, bool present, const char *what);

int khv_do_info(struct sk_buff *skb, struct genl_info *info);
int khv_reply_info(struct sk_buff *skb, struct genl_info *info, struct sock *sk);
int khv_do_client_set(struct sk_buff *skb, struct genl_info *info);
int khv_do_admin_set(struct sk_buff *skb, struct genl_info *info);
int khv_do_lock_set(struct sk_buff *skb, struct genl_info *info);
int khv_do_task_attach(struct sk_buff *skb, struct genl_info *info);
int khv_do_policy_begin(struct sk_buff *skb, struct genl_info *info);
int khv_do_policy_stage(struct sk_buff *skb, struct genl_info *info);
int khv_do_policy_commit(struct sk_buff *skb, struct genl_info *info);
int khv_do_policy_abort(struct sk_buff *skb, struct genl_info *info);
int khv_do_policy_settle(struct sk_buff *skb, struct genl_info *info);
int khv_do_shadow_promote(struct sk_buff *skb, struct genl_info *info);
int khv_do_shadow_drop(struct sk_buff *skb, struct genl_info *info);
int khv_do_policy_clear(struct sk_buff *skb, struct genl_info *info);

/* One message of a dump; NULL if there is no room for it. */
void *khv_dump_put(struct sk_buff *skb, struct netlink_callback *cb);
int khv_dump_clients(struct sk_buff *skb, struct netlink_callback *cb);
int khv_dump_hooks(struct sk_buff *skb, struct netlink_callback *cb);
int khv_dump_tasks(struct sk_buff *skb, struct netlink_callback *cb);
int khv_dump_policies(struct sk_buff *skb, struct netlink_callback *cb);
int khv_dump_counts(struct sk_buff *skb, struct netlink_callback *cb);
int khv_dump_coverage(struct sk_buff *skb, struct netlink_callback *cb);
int khv_dump_admins(struct sk_buff *skb, struct netlink_callback *cb);
int khv_dump_found(struct sk_buff *skb, struct netlink_callback *cb);
int khv_dump_found_done(struct netlink_callback *cb);
int khv_dump_blob(struct sk_buff *skb, struct netlink_callback *cb);
int khv_dump_blob_done(struct netlink_callback *cb);

void khv_txn_release(u32 portid);
void khv_txn_exit(void);
void khv_report_release(u32 portid);
void khv_report_exit(void);

#endif /* _KHV_NETLINK_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: who may ask for what, and where it goes.
 *
 * All requests pass one table and one check. pre_doit is not used: its prototype
 * changed in 6.2, and 6.1 does not call it for dumps.
 */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/capability.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <net/sock.h>
#include <khv/limits.h>
#include "admin.h"
#include "event.h"
#include "lock.h"
#include "netlink.h"
#include "subscribe.h"
#include "task.h"

#define KHV_STRING	{ .type = NLA_NUL_STRING, .len = KHV_NAME_MAX - 1 }

static const struct nla_policy khv_client_policy[KHV_CLIENT_A_MAX + 1] = {
	[KHV_CLIENT_A_NAME] = KHV_STRING,
	[KHV_CLIENT_A_STATE] = NLA_POLICY_MAX(NLA_U8, KHV_CLIENT_ENABLED),
	[KHV_CLIENT_A_LOG_LEVEL] = NLA_POLICY_MAX(NLA_U8, KHV_LOG_ALLOW),
	[KHV_CLIENT_A_FULL] = NLA_POLICY_MAX(NLA_U8, KHV_FULL_DENY),
	[KHV_CLIENT_A_PRIORITY] = { .type = NLA_S32 },
};

static const struct nla_policy khv_task_policy[KHV_TASK_A_MAX + 1] = {
	[KHV_TASK_A_PID] = { .type = NLA_U32 },
	[KHV_TASK_A_CLIENT] = KHV_STRING,
	[KHV_TASK_A_POLICY] = KHV_STRING,
	[KHV_TASK_A_DOMAIN] = KHV_STRING,
	[KHV_TASK_A_FLAGS] = NLA_POLICY_MASK(NLA_U32, KHV_TASK_TREE |
						      KHV_TASK_ON_EXEC),
};

static const struct nla_policy khv_policy_policy[KHV_POLICY_A_MAX + 1] = {
	[KHV_POLICY_A_NAME] = KHV_STRING,
	[KHV_POLICY_A_SIZE] = { .type = NLA_U32 },
	[KHV_POLICY_A_OFFSET] = { .type = NLA_U32 },
	[KHV_POLICY_A_DATA] = { .type = NLA_BINARY, .len = KHV_POLICY_CHUNK },
};

static struct netlink_range_validation khv_confirm_range = {
	.min = 1, .max = KHV_CONFIRM_MAX,
};

static const struct nla_policy khv_admin_policy[KHV_ADMIN_A_MAX + 1] = {
	[KHV_ADMIN_A_CLIENT] = KHV_STRING,
	[KHV_ADMIN_A_UID] = { .type = NLA_U32 },
	[KHV_ADMIN_A_GID] = { .type = NLA_U32 },
	[KHV_ADMIN_A_RIGHTS] = NLA_POLICY_MASK(NLA_U32, KHV_ADMIN_LOG |
							KHV_ADMIN_STATE),
};

const struct nla_policy khv_ack_policy[KHV_ACK_A_MAX + 1] = {
	[KHV_ACK_A_CPU] = { .type = NLA_U32 },
	[KHV_ACK_A_SEQ] = { .type = NLA_U64 },
};

const struct nla_policy khv_attr_policy[KHV_A_MAX + 1] = {
	[KHV_A_GENERATION] = { .type = NLA_U64 },
	[KHV_A_TXN] = { .type = NLA_U32 },
	[KHV_A_DRY_RUN] = { .type = NLA_FLAG },
	[KHV_A_FORCE] = { .type = NLA_FLAG },
	[KHV_A_SUB_FLAGS] = NLA_POLICY_MASK(NLA_U32, KHV_SUB_PRIMARY |
						     KHV_SUB_ACK),
	[KHV_A_CONFIRM] = NLA_POLICY_FULL_RANGE(NLA_U32,
						&khv_confirm_range),
	[KHV_A_SHADOW] = { .type = NLA_FLAG },
	[KHV_A_LOCK_FLAGS] = NLA_POLICY_MASK(NLA_U32, KHV_LOCK_ALL),
	[KHV_A_CLIENT] = NLA_POLICY_NESTED(khv_client_policy),
	[KHV_A_TASK] = NLA_POLICY_NESTED(khv_task_policy),
	[KHV_A_POLICY] = NLA_POLICY_NESTED(khv_policy_policy),
	[KHV_A_ADMIN] = NLA_POLICY_NESTED(khv_admin_policy),
	[KHV_A_ACK] = NLA_POLICY_NESTED(khv_ack_policy),
};

/*
 * Texts of refusals are made for each refusal, but the kernel sends them after our
 * handler has returned and keeps a pointer only. A ring of buffers outlives that:
 * the worst that many refusals at once can do is to show each other's text.
 */
__printf(2, 0)
static void khv_vextack(struct netlink_ext_ack *extack, const char *fmt,
			va_list args)
{
	static char text[32][256];
	static atomic_t next;
	char *buf = text[(unsigned int)atomic_inc_return(&next) %
			 ARRAY_SIZE(text)];

	if (!extack)
		return;
	vscnprintf(buf, sizeof(text[0]), fmt, args);
	extack->_msg = buf;
}

void khv_extack(struct netlink_ext_ack *extack, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	khv_vextack(extack, fmt, args);
	va_end(args);
}
EXPORT_SYMBOL_GPL(khv_extack);

void khv_extack_at(struct netlink_ext_ack *extack, const struct nlattr *attr,
		   const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	khv_vextack(extack, fmt, args);
	va_end(args);
	if (extack)
		extack->bad_attr = attr;
}

int khv_need(struct genl_info *info, bool present, const char *what)
{
	if (present)
		return 0;
	khv_extack(info->extack, "attribute missing: %s", what);
	return -EINVAL;
}

int khv_parse_nest(struct genl_info *info, int attr, int max,
		   struct nlattr **tb)
{
	static const struct {
		const char *name;
		const struct nla_policy *policy;
	} nests[] = {
		[KHV_A_CLIENT] = { "KHV_A_CLIENT", khv_client_policy },
		[KHV_A_TASK] = { "KHV_A_TASK", khv_task_policy },
		[KHV_A_POLICY] = { "KHV_A_POLICY", khv_policy_policy },
		[KHV_A_ADMIN] = { "KHV_A_ADMIN", khv_admin_policy },
	};
	int ret = khv_need(info, info->attrs[attr], nests[attr].name);

	if (ret)
		return ret;
	return nla_parse_nested(tb, max, info->attrs[attr], nests[attr].policy,
				info->extack);
}

struct sk_buff *khv_reply_new(struct genl_info *info, size_t more, void **hdr)
{
	struct sk_buff *skb = genlmsg_new(NLMSG_GOODSIZE + more, GFP_KERNEL);

	if (!skb)
		return NULL;
	*hdr = genlmsg_put_reply(skb, info, &khv_genl_family, 0,
				 info->genlhdr->cmd);
	if (!*hdr) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

static int khv_do_subscribe(struct sk_buff *skb, struct genl_info *info)
{
	u32 flags = info->attrs[KHV_A_SUB_FLAGS] ?
		    nla_get_u32(info->attrs[KHV_A_SUB_FLAGS]) : 0;
	int ret = khv_subscribe(NETLINK_CB(skb).sk, info->snd_portid, flags,
				info->extack);

	return ret ?: khv_reply_info(skb, info, NETLINK_CB(skb).sk);
}

static int khv_do_ack(struct sk_buff *skb, struct genl_info *info)
{
	return khv_acknowledge(NETLINK_CB(skb).sk, info->nlhdr, info->extack);
}

static int khv_do_stats(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	void *hdr;

	reply = khv_reply_new(info, khv_stats_size(), &hdr);
	if (!reply)
		return -ENOMEM;
	if (khv_put_all_stats(reply, NULL)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

/**
 * struct khv_command - who may do what
 * @cap: needed; -1 anyone
 * @doit: does it
 * @dumpit: or lists it
 * @done: the list has been read
 * @lock: which locks refuse it
 * @given: it may be given away: @doit, @dumpit look closer
 * @verb: it changes something: for the event
 * @step: a part of a change; only a refusal for lack of rights is an event
 * @told: @doit makes its events by itself
 */
struct khv_command {
	int cap;
	int (*doit)(struct sk_buff *skb, struct genl_info *info);
	int (*dumpit)(struct sk_buff *skb, struct netlink_callback *cb);
	int (*done)(struct netlink_callback *cb);
	u32 lock;
	bool given;
	const char *verb;
	bool step;
	bool told;
};

static const struct khv_command khv_commands[KHV_CMD_MAX + 1] = {
	[KHV_CMD_INFO_GET] = { -1, khv_do_info },
	[KHV_CMD_CLIENT_GET] = { CAP_MAC_ADMIN, .dumpit = khv_dump_clients,
				 .given = true },
	[KHV_CMD_CLIENT_SET] = { CAP_MAC_ADMIN, khv_do_client_set,
				 .lock = KHV_LOCK_POLICY, .given = true,
				 .verb = "client" },
	[KHV_CMD_HOOK_GET] = { CAP_MAC_ADMIN, .dumpit = khv_dump_hooks },
	[KHV_CMD_TASK_GET] = { CAP_MAC_ADMIN, .dumpit = khv_dump_tasks,
			       .given = true },
	[KHV_CMD_TASK_ATTACH] = { CAP_MAC_ADMIN, khv_do_task_attach,
				  .given = true, .verb = "attach" },
	[KHV_CMD_POLICY_GET] = { CAP_MAC_ADMIN, .dumpit = khv_dump_policies,
				 .given = true },
	[KHV_CMD_POLICY_BLOB_GET] = { CAP_MAC_ADMIN, .dumpit = khv_dump_blob,
				      .done = khv_dump_blob_done,
				      .given = true },
	[KHV_CMD_POLICY_BEGIN] = { CAP_MAC_ADMIN, khv_do_policy_begin,
				   .lock = KHV_LOCK_POLICY, .given = true,
				   .verb = "load", .step = true },
	[KHV_CMD_POLICY_STAGE] = { CAP_MAC_ADMIN, khv_do_policy_stage,
				   .given = true, .verb = "load",
				   .step = true },
	[KHV_CMD_POLICY_COMMIT] = { CAP_MAC_ADMIN, khv_do_policy_commit,
				    .lock = KHV_LOCK_POLICY, .given = true,
				    .verb = "load", .told = true },
	[KHV_CMD_POLICY_ABORT] = { CAP_MAC_ADMIN, khv_do_policy_abort,
				   .given = true },
	[KHV_CMD_POLICY_CLEAR] = { CAP_MAC_ADMIN, khv_do_policy_clear,
				   .lock = KHV_LOCK_POLICY, .verb = "clear" },
	[KHV_CMD_POLICY_CONFIRM] = { CAP_MAC_ADMIN, khv_do_policy_settle,
				     .lock = KHV_LOCK_POLICY,
				     .verb = "confirm" },
	[KHV_CMD_POLICY_ROLLBACK] = { CAP_MAC_ADMIN, khv_do_policy_settle,
				      .lock = KHV_LOCK_POLICY,
				      .verb = "rollback" },
	[KHV_CMD_SHADOW_PROMOTE] = { CAP_MAC_ADMIN, khv_do_shadow_promote,
				     .lock = KHV_LOCK_POLICY,
				     .verb = "promote" },
	[KHV_CMD_SHADOW_DROP] = { CAP_MAC_ADMIN, khv_do_shadow_drop,
				  .lock = KHV_LOCK_POLICY, .verb = "drop" },
	[KHV_CMD_COUNT_GET] = { CAP_MAC_ADMIN, .dumpit = khv_dump_counts },
	[KHV_CMD_EVENT_SUBSCRIBE] = { CAP_AUDIT_READ, khv_do_subscribe },
	[KHV_CMD_EVENT_STATS_GET] = { CAP_AUDIT_READ, khv_do_stats },
	[KHV_CMD_EVENT_ACK] = { CAP_AUDIT_READ, khv_do_ack },
	[KHV_CMD_FOUND_GET] = { CAP_MAC_ADMIN, .dumpit = khv_dump_found,
				.done = khv_dump_found_done },
	[KHV_CMD_COVERAGE_GET] = { CAP_MAC_ADMIN, .dumpit = khv_dump_coverage },
	[KHV_CMD_LOCK_SET] = { CAP_MAC_ADMIN, khv_do_lock_set, .verb = "lock" },
	[KHV_CMD_ADMIN_GET] = { CAP_MAC_ADMIN, .dumpit = khv_dump_admins,
				.given = true },
	[KHV_CMD_ADMIN_SET] = { CAP_MAC_ADMIN, khv_do_admin_set,
				.lock = KHV_LOCK_POLICY, .verb = "grant" },
};

/* In the sender's context. For sender and opener of the socket. */
static int khv_permitted(struct sk_buff *skb, const struct khv_command *c,
			 struct netlink_ext_ack *extack)
{
	if (c->cap < 0)
		return 0;
	if (!netlink_capable(skb, c->cap) &&
	    !(c->given && khv_is_some_admin(skb))) {
		khv_extack(extack, "not permitted: %s is needed in the initial user namespace",
			   c->cap == CAP_AUDIT_READ ? "CAP_AUDIT_READ" :
						      "CAP_MAC_ADMIN");
		pr_notice_ratelimited("%s[%d] uid %u refused: no capability\n",
				      current->comm, task_pid_nr(current),
				      from_kuid(&init_user_ns, current_uid()));
		return -EPERM;
	}
	if (!khv_task_may_configure(current)) {
		khv_extack(extack, "not permitted: the task is itself confined");
		pr_notice_ratelimited("%s[%d] refused: it is confined\n",
				      current->comm, task_pid_nr(current));
		return -EPERM;
	}
	return 0;
}

int khv_refuse_given(struct netlink_ext_ack *extack, const char *what,
		     const char *name)
{
	khv_extack(extack, "not permitted: no administrator of %s \"%s\"; CAP_MAC_ADMIN or a right on it is needed",
		   what, name);
	return -EPERM;
}

/* What a request is about, for the event. Its nest need not be valid. */
static void khv_request_object(struct genl_info *info, char *buf, size_t size)
{
	static const struct {
		int nest;
		int name;
	} names[] = {
		{ KHV_A_CLIENT, KHV_CLIENT_A_NAME },
		{ KHV_A_POLICY, KHV_POLICY_A_NAME },
		{ KHV_A_ADMIN, KHV_ADMIN_A_CLIENT },
		{ KHV_A_TASK, KHV_TASK_A_POLICY },
	};
	struct nlattr *name;
	unsigned int i;

	*buf = '\0';
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!info->attrs[names[i].nest])
			continue;
		name = nla_find_nested(info->attrs[names[i].nest],
				       names[i].name);
		if (name)
			nla_strscpy(buf, name, size);
	}
	if (info->attrs[KHV_A_LOCK_FLAGS])
		strscpy(buf, "lock", size);
}

static void khv_request_event(const struct khv_command *c,
			      struct genl_info *info, int ret)
{
	char object[KHV_NAME_MAX];

	if (!c->verb || (c->step && ret != -EPERM))
		return;
	khv_request_object(info, object, sizeof(object));
	khv_admin_event(c->verb, object,
			info->attrs[KHV_A_POLICY] ? object : NULL, 0, ret);
}

static int khv_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct khv_command *c = &khv_commands[info->genlhdr->cmd];
	int ret = khv_permitted(skb, c, info->extack);

	ret = ret ?: khv_lock_refuse(c->lock, info->extack);
	if (!ret) {
		ret = c->doit(skb, info);
		if (c->told)
			return ret;
	}
	khv_request_event(c, info, ret);
	return ret;
}

static u8 khv_dump_cmd(const struct netlink_callback *cb)
{
	return ((struct genlmsghdr *)nlmsg_data(cb->nlh))->cmd;
}

/* In cb->args: the reader has been looked at. No dump has so many cursors. */
#define KHV_DUMP_PERMITTED	5

/*
 * The first part of a dump is made while the request is sent, by who sends it. Not
 * in .start, which 6.1 gives no extack: the refusal would be without words.
 */
static int khv_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct khv_command *c = &khv_commands[khv_dump_cmd(cb)];
	int ret;

	if (!cb->args[KHV_DUMP_PERMITTED]) {
		ret = khv_permitted(cb->skb, c, cb->extack);
		if (ret)
			return ret;
		cb->args[KHV_DUMP_PERMITTED] = 1;
	}
	return c->dumpit(skb, cb);
}

static int khv_dump_done(struct netlink_callback *cb)
{
	const struct khv_command *c = &khv_commands[khv_dump_cmd(cb)];

	return c->done ? c->done(cb) : 0;
}

#define KHV_DO(c)	{ .cmd = c, .doit = khv_doit }
#define KHV_DUMP(c)	{ .cmd = c, .dumpit = khv_dumpit, .done = khv_dump_done }

static const struct genl_ops khv_genl_ops[] = {
	KHV_DO(KHV_CMD_INFO_GET),
	KHV_DUMP(KHV_CMD_CLIENT_GET),
	KHV_DO(KHV_CMD_CLIENT_SET),
	KHV_DUMP(KHV_CMD_HOOK_GET),
	KHV_DUMP(KHV_CMD_TASK_GET),
	KHV_DO(KHV_CMD_TASK_ATTACH),
	KHV_DUMP(KHV_CMD_POLICY_GET),
	KHV_DUMP(KHV_CMD_POLICY_BLOB_GET),
	KHV_DO(KHV_CMD_POLICY_BEGIN),
	KHV_DO(KHV_CMD_POLICY_STAGE),
	KHV_DO(KHV_CMD_POLICY_COMMIT),
	KHV_DO(KHV_CMD_POLICY_ABORT),
	KHV_DO(KHV_CMD_POLICY_CLEAR),
	KHV_DO(KHV_CMD_EVENT_SUBSCRIBE),
	KHV_DO(KHV_CMD_EVENT_STATS_GET),
	KHV_DO(KHV_CMD_LOCK_SET),
	KHV_DUMP(KHV_CMD_COVERAGE_GET),
	KHV_DO(KHV_CMD_POLICY_CONFIRM),
	KHV_DO(KHV_CMD_POLICY_ROLLBACK),
	KHV_DO(KHV_CMD_SHADOW_PROMOTE),
	KHV_DO(KHV_CMD_SHADOW_DROP),
	KHV_DUMP(KHV_CMD_COUNT_GET),
	KHV_DUMP(KHV_CMD_ADMIN_GET),
	KHV_DO(KHV_CMD_ADMIN_SET),
	KHV_DUMP(KHV_CMD_FOUND_GET),
	KHV_DO(KHV_CMD_EVENT_ACK),
};

struct genl_family khv_genl_family = {
	.name = KHV_GENL_NAME,
	.version = KHV_GENL_VERSION,
	.maxattr = KHV_A_MAX,
	.policy = khv_attr_policy,
	.netnsok = false,
	.module = THIS_MODULE,
	.ops = khv_genl_ops,
	.n_ops = ARRAY_SIZE(khv_genl_ops),
};

/* A socket is closed: what it held is given back. */
static int khv_netlink_event(struct notifier_block *nb, unsigned long event,
			     void *arg)
{
	struct netlink_notify *n = arg;

	if (event == NETLINK_URELEASE && n->protocol == NETLINK_GENERIC &&
	    net_eq(n->net, &init_net)) {
		khv_txn_release(n->portid);
		khv_report_release(n->portid);
		khv_unsubscribe(n->portid);
	}
	return NOTIFY_DONE;
}

static struct notifier_block khv_netlink_nb = {
	.notifier_call = khv_netlink_event,
};

int khv_netlink_init(void)
{
	int ret;

	ret = netlink_register_notifier(&khv_netlink_nb);
	if (ret)
		return ret;
	ret = genl_register_family(&khv_genl_family);
	if (ret)
		netlink_unregister_notifier(&khv_netlink_nb);
	return ret;
}

void khv_netlink_exit(void)
{
	genl_unregister_family(&khv_genl_family);
	netlink_unregister_notifier(&khv_netlink_nb);
	khv_txn_exit();
	khv_report_exit();
}

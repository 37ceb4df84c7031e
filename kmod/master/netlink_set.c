// SPDX-License-Identifier: GPL-2.0
/* Netlink: clients and tasks - state, log level, attaching. */
#include <linux/pid.h>
#include <linux/sched/task.h>
#include <linux/sched.h>
#include "admin.h"
#include "client.h"
#include "lock.h"
#include "netlink.h"
#include "task.h"

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
			       tb[KHV_CLIENT_A_LOG_LEVEL],
			       "KHV_CLIENT_A_STATE or KHV_CLIENT_A_LOG_LEVEL");
	if (ret)
		return ret;
	name = nla_data(tb[KHV_CLIENT_A_NAME]);
	if (!khv_may_client(skb, name,
			    (tb[KHV_CLIENT_A_STATE] ? KHV_ADMIN_STATE : 0) |
			    (tb[KHV_CLIENT_A_LOG_LEVEL] ? KHV_ADMIN_LOG : 0)))
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
	if (!ret) {
		if (tb[KHV_CLIENT_A_LOG_LEVEL])
			WRITE_ONCE(cs->level,
				   nla_get_u8(tb[KHV_CLIENT_A_LOG_LEVEL]));
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

/* A request to attach, with names resolved. */
struct khv_attach {
	struct khv_client_reg *cs;
	const char *policy;
	const char *domain;
	struct task_struct *task;
	u32 flags;
};

/*
 * Who is but named by a policy may put itself under it, and not what it would start
 * with more rights: a set-user-ID program must not find itself in a policy that its
 * caller has made.
 */
static int khv_attach_permitted(struct sk_buff *skb, struct genl_info *info,
				const char *policy, u32 pid)
{
	if (khv_is_full_admin(skb))
		return 0;
	if (!policy || !khv_may_policy(skb, policy))
		return khv_refuse_given(info->extack, "policy",
					policy ?: "(none)");
	if (pid) {
		khv_extack(info->extack, "not permitted: CAP_MAC_ADMIN is needed for another process");
		return -EPERM;
	}
	if (!task_no_new_privs(current)) {
		khv_extack(info->extack, "not permitted: without CAP_MAC_ADMIN set PR_SET_NO_NEW_PRIVS first");
		return -EPERM;
	}
	return 0;
}

static int khv_attach_parse(struct sk_buff *skb, struct genl_info *info, struct nlattr **tb,
			    struct khv_attach *a)
{
	const char *name;
	u32 pid;
	int ret;

	ret = khv_parse_nest(info, KHV_A_TASK, KHV_TASK_A_MAX, tb);
	if (!ret)
		ret = khv_need(info, tb[KHV_TASK_A_PID], "KHV_TASK_A_PID");
	if (!ret)
		ret = khv_need(info, tb[KHV_TASK_A_CLIENT], "KHV_TASK_A_CLIENT");
	if (ret)
		return ret;
	name = nla_data(tb[KHV_TASK_A_CLIENT]);
	pid = nla_get_u32(tb[KHV_TASK_A_PID]);
	a->flags = tb[KHV_TASK_A_FLAGS] ? nla_get_u32(tb[KHV_TASK_A_FLAGS]) : 0;
	a->policy = tb[KHV_TASK_A_POLICY] ? nla_data(tb[KHV_TASK_A_POLICY]) : NULL;
	a->domain = tb[KHV_TASK_A_DOMAIN] ? nla_data(tb[KHV_TASK_A_DOMAIN]) : NULL;
	if ((a->flags & KHV_TASK_ON_EXEC) &&
	    (pid || (a->flags & KHV_TASK_TREE))) {
		khv_extack(info->extack, "ON_EXEC is for the sender itself (pid 0), without TREE");
		return -EINVAL;
	}
	ret = khv_attach_permitted(skb, info, a->policy, pid);
	if (ret)
		return ret;
	a->cs = khv_client_find(name);
	if (!a->cs || a->cs->state != KHV_CLIENT_ENABLED) {
		khv_extack(info->extack, "no client named \"%s\" is enabled; is its module loaded?",
			   name);
		return -ENOENT;
	}
	if (!a->cs->client->attach) {
		khv_extack(info->extack, "client %s does not take tasks on request",
			   name);
		return -EOPNOTSUPP;
	}
	if (!pid) {
		get_task_struct(current);
		a->task = current;
		return 0;
	}
	rcu_read_lock();
	a->task = pid_task(find_pid_ns(pid, &init_pid_ns), PIDTYPE_PID);
	if (a->task)
		get_task_struct(a->task);
	rcu_read_unlock();
	if (a->task && !(a->task->flags & PF_KTHREAD) &&
	    !is_global_init(a->task))
		return 0;
	if (a->task)
		put_task_struct(a->task);
	khv_extack(info->extack, a->task ?
		   "process %u cannot be confined: it is init or a kernel thread" :
		   "there is no process %u", pid);
	return a->task ? -EPERM : -ESRCH;
}

static int khv_attach_run(struct genl_info *info, struct khv_attach *a,
			  unsigned int *count)
{
	struct khv_client *client = a->cs->client;
	const char *why = "refused by the client";
	void *data;
	int ret;

	data = client->attach(a->policy, a->domain, &why);
	if (IS_ERR_OR_NULL(data)) {
		khv_extack(info->extack, "client %s: policy %s%s%s: %s",
			   client->name, a->policy ?: "(none)",
			   a->domain ? " domain " : "", a->domain ?: "", why);
		return data ? PTR_ERR(data) : -EINVAL;
	}
	if (a->flags & KHV_TASK_ON_EXEC) {
		ret = khv_task_arm(a->cs->slot, data);
		if (ret)
			client->release(data);
		*count = !ret;
		return ret;
	}
	ret = khv_attach_tree(client, a->cs->slot, a->task,
			      a->flags & KHV_TASK_TREE, data, count);
	client->release(data);
	if (ret == -EEXIST)
		khv_extack(info->extack, "the process is attached to client %s already",
			   client->name);
	return ret;
}

int khv_do_task_attach(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[KHV_TASK_A_MAX + 1];
	struct khv_attach a = {};
	struct sk_buff *reply;
	unsigned int count = 0;
	void *hdr;
	int ret;

	reply = khv_reply_new(info, &hdr);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&khv_client_mutex);
	ret = khv_attach_parse(skb, info, tb, &a);
	if (!ret) {
		ret = khv_attach_run(info, &a, &count);
		put_task_struct(a.task);
	}
	mutex_unlock(&khv_client_mutex);
	if (!ret)
		ret = nla_put_u32(reply, KHV_A_COUNT, count);
	if (ret) {
		nlmsg_free(reply);
		return ret;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

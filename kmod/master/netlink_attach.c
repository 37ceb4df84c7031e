// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink: attaching tasks, and what was found then. The list is kept for the socket
 * that has asked, until it asks again or is closed: it can be longer than an answer.
 */
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include "admin.h"
#include "attach.h"
#include "client.h"
#include "found.h"
#include "netlink.h"
#include "task.h"

struct khv_report {
	struct list_head list;
	u32 portid;
	struct khv_findings *found;
};

static LIST_HEAD(khv_reports);
static DEFINE_MUTEX(khv_reports_mutex);

/* Takes over the reference. NULL: only forget the old one. */
static int khv_report_set(u32 portid, struct khv_findings *found)
{
	struct khv_report *r, *next, *new = NULL;

	if (found) {
		new = kmalloc(sizeof(*new), GFP_KERNEL);
		if (!new)
			return -ENOMEM;
		new->portid = portid;
		new->found = found;
	}
	mutex_lock(&khv_reports_mutex);
	list_for_each_entry_safe(r, next, &khv_reports, list) {
		if (r->portid != portid)
			continue;
		list_del(&r->list);
		khv_found_put(r->found);
		kfree(r);
	}
	if (new)
		list_add(&new->list, &khv_reports);
	mutex_unlock(&khv_reports_mutex);
	return 0;
}

void khv_report_release(u32 portid)
{
	khv_report_set(portid, NULL);
}

/* No socket can ask any more. */
void khv_report_exit(void)
{
	struct khv_report *r, *next;

	list_for_each_entry_safe(r, next, &khv_reports, list) {
		khv_found_put(r->found);
		kfree(r);
	}
}

/* With a reference, or NULL. */
static struct khv_findings *khv_report_of(u32 portid)
{
	struct khv_findings *found = NULL;
	struct khv_report *r;

	mutex_lock(&khv_reports_mutex);
	list_for_each_entry(r, &khv_reports, list)
		if (r->portid == portid)
			found = r->found;
	if (found)
		khv_found_get(found);
	mutex_unlock(&khv_reports_mutex);
	return found;
}

/* A request to attach, with names resolved. */
struct khv_attach_request {
	struct khv_client_reg *cs;
	const char *policy;
	const char *domain;
	struct task_struct *task;
	u32 flags;
	bool dry;
	bool force;
};

/*
 * Who is but named by a policy may put itself under it, and not what it would start
 * with more rights: a set-user-ID program must not find itself in a policy that its
 * caller has made. Neither what it has started with more rights before.
 */
static int khv_attach_permitted(struct sk_buff *skb, struct genl_info *info,
				const struct khv_attach_request *a, u32 pid)
{
	if (khv_is_full_admin(skb))
		return 0;
	if (!a->policy || !khv_may_policy(skb, a->policy))
		return khv_refuse_given(info->extack, "policy",
					a->policy ?: "(none)");
	if (pid || (a->flags & KHV_TASK_TREE) || a->force) {
		khv_extack(info->extack, "not permitted: CAP_MAC_ADMIN is needed for another process");
		return -EPERM;
	}
	if (!task_no_new_privs(current)) {
		khv_extack(info->extack, "not permitted: without CAP_MAC_ADMIN set PR_SET_NO_NEW_PRIVS first");
		return -EPERM;
	}
	return 0;
}

static int khv_attach_parse(struct sk_buff *skb, struct genl_info *info,
			    struct nlattr **tb, struct khv_attach_request *a)
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
	a->dry = nla_get_flag(info->attrs[KHV_A_DRY_RUN]);
	a->force = nla_get_flag(info->attrs[KHV_A_FORCE]);
	if ((a->flags & KHV_TASK_ON_EXEC) &&
	    (pid || (a->flags & KHV_TASK_TREE) || a->dry || a->force)) {
		khv_extack(info->extack, "ON_EXEC is for the sender itself (pid 0), without TREE, DRY_RUN and FORCE");
		return -EINVAL;
	}
	ret = khv_attach_permitted(skb, info, a, pid);
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

/* Why was it refused? With one example. */
static void khv_attach_explain(struct genl_info *info,
			       struct khv_findings *found)
{
	const struct khv_finding *f;
	size_t offset = 0;

	while ((f = khv_found_at(found, &offset)))
		if (f->state == KHV_FOUND_BLOCKED)
			break;
	if (!f)
		return;
	if (f->kind == KHV_FOUND_SHARED)
		khv_extack(info->extack, "nothing is attached: process %u (%s) shares its %.*s with process %u, which would stay outside; attach that one as well (TREE), or FORCE",
			   f->pid, f->comm, f->object_len, f->object, f->other);
	else
		khv_extack(info->extack, "nothing is attached: process %u (%s) has %.*s mapped, which the policy refuses (%s); it would not survive without; grant it, or FORCE",
			   f->pid, f->comm, min_t(int, f->object_len, 80),
			   f->object, f->verb);
}

static int khv_attach_now(struct genl_info *info, struct khv_attach_request *a,
			  void *data, unsigned int *count, unsigned int *pending)
{
	struct khv_findings *found = khv_found_new();
	struct khv_attaching at = {
		.scope = {
			.slot = a->cs->slot,
			.root = a->task,
			.tree = a->flags & KHV_TASK_TREE,
		},
		.cs = a->cs,
		.data = data,
		.dry = a->dry,
		.force = a->force,
		.log = found,
	};
	int ret;

	if (!found)
		return -ENOMEM;
	at.scope.kin = kcalloc(KHV_SCOPE_KIN, sizeof(*at.scope.kin), GFP_KERNEL);
	if (!at.scope.kin) {
		khv_found_put(found);
		return -ENOMEM;
	}
	khv_found_get(found);
	ret = khv_report_set(info->snd_portid, found);
	if (ret) {
		khv_found_put(found);
		goto out;
	}
	ret = khv_attach(&at);
	*count = at.count;
	*pending = at.pending;
	if (ret == -EACCES)
		khv_attach_explain(info, found);
	if (ret == -EEXIST)
		khv_extack(info->extack, "the process is attached to client %s already",
			   a->cs->client->name);
out:
	kfree(at.scope.kin);
	khv_found_put(found);
	return ret;
}

static int khv_attach_run(struct genl_info *info, struct khv_attach_request *a,
			  unsigned int *count, unsigned int *pending)
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
	ret = khv_attach_now(info, a, data, count, pending);
	client->release(data);
	return ret;
}

int khv_do_task_attach(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[KHV_TASK_A_MAX + 1];
	struct khv_attach_request a = {};
	unsigned int count = 0, pending = 0;
	struct sk_buff *reply;
	void *hdr;
	int ret;

	khv_report_release(info->snd_portid);
	reply = khv_reply_new(info, 0, &hdr);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&khv_client_mutex);
	ret = khv_attach_parse(skb, info, tb, &a);
	if (!ret) {
		ret = khv_attach_run(info, &a, &count, &pending);
		put_task_struct(a.task);
	}
	mutex_unlock(&khv_client_mutex);
	if (!ret)
		ret = nla_put_u32(reply, KHV_A_COUNT, count) ?:
		      nla_put_u32(reply, KHV_A_PENDING, pending);
	if (ret) {
		nlmsg_free(reply);
		return ret;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

static int khv_put_found(struct sk_buff *skb, const struct khv_finding *f)
{
	return nla_put_u32(skb, KHV_FOUND_A_PID, f->pid) ?:
	       nla_put_u32(skb, KHV_FOUND_A_TID, f->tid) ?:
	       nla_put_string(skb, KHV_FOUND_A_COMM, f->comm) ?:
	       nla_put_u8(skb, KHV_FOUND_A_KIND, f->kind) ?:
	       nla_put_u8(skb, KHV_FOUND_A_STATE, f->state) ?:
	       (f->kind == KHV_FOUND_DESCRIPTOR ?
		nla_put_u32(skb, KHV_FOUND_A_FD, f->fd) : 0) ?:
	       (f->end ? nla_put_u64_64bit(skb, KHV_FOUND_A_START, f->start,
					   KHV_FOUND_A_PAD) ?:
			 nla_put_u64_64bit(skb, KHV_FOUND_A_END, f->end,
					   KHV_FOUND_A_PAD) : 0) ?:
	       (f->other ? nla_put_u32(skb, KHV_FOUND_A_OTHER, f->other) : 0) ?:
	       (*f->verb ? nla_put_string(skb, KHV_FOUND_A_VERB, f->verb) : 0) ?:
	       (f->object_len ? nla_put(skb, KHV_FOUND_A_OBJECT, f->object_len,
					f->object) : 0);
}

static int khv_dump_finding(struct sk_buff *skb, struct netlink_callback *cb,
			    const struct khv_finding *f)
{
	void *hdr = khv_dump_put(skb, cb);
	struct nlattr *nest = hdr ? nla_nest_start(skb, KHV_A_FOUND) : NULL;

	if (!nest || khv_put_found(skb, f)) {
		if (hdr)
			genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	genlmsg_end(skb, hdr);
	return 0;
}

/* Position in args[0], the list in args[1]; args[2]: what had no room is told. */
int khv_dump_found(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct khv_findings *found = (void *)cb->args[1];
	struct khv_finding more = { .kind = KHV_FOUND_MORE };
	const struct khv_finding *f;
	size_t offset = cb->args[0];

	if (!found) {
		found = khv_report_of(NETLINK_CB(cb->skb).portid);
		if (!found) {
			khv_extack(cb->extack, "this socket has not attached anything");
			return -ENODATA;
		}
		cb->args[1] = (long)found;
	}
	while ((f = khv_found_at(found, &offset))) {
		if (khv_dump_finding(skb, cb, f))
			return skb->len;
		cb->args[0] = offset;
	}
	more.other = khv_found_unlisted(found);
	if (more.other && !cb->args[2] && !khv_dump_finding(skb, cb, &more))
		cb->args[2] = 1;
	return skb->len;
}

int khv_dump_found_done(struct netlink_callback *cb)
{
	khv_found_put((struct khv_findings *)cb->args[1]);
	return 0;
}

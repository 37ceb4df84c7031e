// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink: policies. Generic netlink has no transactions, so here is one: bytes
 * are collected in private, and one COMMIT puts all of them in force or none.
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <khv/engine.h>
#include <khv/limits.h>
#include "admin.h"
#include "lock.h"
#include "netlink.h"

/* Who changes policies, for messages to who wanted to at the same time. */
struct khv_changer {
	pid_t pid;
	u32 uid;
	char comm[TASK_COMM_LEN];
};

static void khv_changer_set(struct khv_changer *c)
{
	c->pid = task_tgid_nr(current);
	c->uid = from_kuid(&init_user_ns, current_uid());
	get_task_comm(c->comm, current);
}

/**
 * struct khv_txn - the open transaction; there is one at most
 * @id: 0: none is open
 * @portid: socket that owns it
 * @by: task that opened it, for messages
 * @limited: it has no CAP_MAC_ADMIN: its time is limited, and who has may take over
 * @deadline: in jiffies; moved by every request
 * @end: in jiffies; of a limited one
 * @base: generation that must be in force at commit, 0: any
 * @n: policies begun
 * @staged: they
 * @have: bytes received of the last one
 */
static struct khv_txn {
	u32 id;
	u32 portid;
	struct khv_changer by;
	bool limited;
	unsigned long deadline;
	unsigned long end;
	u64 base;
	unsigned int n;
	struct khv_staged staged[KHV_TXN_POLICIES];
	size_t have;
} khv_txn;
static u32 khv_txn_last;
static DEFINE_MUTEX(khv_txn_mutex);

/* What the last change was, and whose transaction was taken over last. */
static struct khv_changer khv_last_change, khv_taker;
static u32 khv_taken_from;

static int khv_stale(struct netlink_ext_ack *extack, u64 now, u64 base)
{
	if (khv_last_change.pid)
		khv_extack(extack, "policy changed meanwhile: generation %llu is in force, not %llu; process %d (%s, uid %u) has changed it",
			   now, base, khv_last_change.pid, khv_last_change.comm,
			   khv_last_change.uid);
	else
		khv_extack(extack, "policy changed meanwhile: generation %llu is in force, not %llu",
			   now, base);
	return -ESTALE;
}

static void khv_txn_end(void)
{
	while (khv_txn.n)
		kvfree(khv_txn.staged[--khv_txn.n].blob);
	khv_txn.id = 0;
}

void khv_txn_release(u32 portid)
{
	mutex_lock(&khv_txn_mutex);
	if (khv_txn.id && khv_txn.portid == portid)
		khv_txn_end();
	mutex_unlock(&khv_txn_mutex);
}

void khv_txn_exit(void)
{
	khv_txn_end();
}

static void khv_txn_touch(void)
{
	khv_txn.deadline = jiffies + KHV_TXN_IDLE_S * HZ;
	if (khv_txn.limited && time_after(khv_txn.deadline, khv_txn.end))
		khv_txn.deadline = khv_txn.end;
}

/* Is another transaction in the way? Under the mutex. */
static int khv_txn_free(bool limited, struct netlink_ext_ack *extack)
{
	if (!khv_txn.id || !time_before(jiffies, khv_txn.deadline))
		return 0;
	if (!khv_txn.limited || limited) {
		khv_extack(extack, "a transaction of process %d (%s, uid %u) is open; try again when it has ended",
			   khv_txn.by.pid, khv_txn.by.comm, khv_txn.by.uid);
		return -EBUSY;
	}
	khv_taken_from = khv_txn.portid;
	khv_changer_set(&khv_taker);
	return 0;
}

int khv_do_policy_begin(struct sk_buff *skb, struct genl_info *info)
{
	const struct khv_provider *p;
	struct sk_buff *reply;
	bool limited = !khv_is_full_admin(skb);
	u64 base = 0, now;
	void *hdr;
	u32 id;
	int ret;

	if (info->attrs[KHV_A_GENERATION])
		base = nla_get_u64(info->attrs[KHV_A_GENERATION]);
	p = khv_provider_get(info->extack);
	if (!p)
		return -EOPNOTSUPP;
	now = p->generation();
	khv_provider_put(p);
	if (base && base != now)
		return khv_stale(info->extack, now, base);
	reply = khv_reply_new(info, 0, &hdr);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&khv_txn_mutex);
	ret = khv_txn_free(limited, info->extack);
	if (ret) {
		mutex_unlock(&khv_txn_mutex);
		nlmsg_free(reply);
		return ret;
	}
	khv_txn_end();
	id = ++khv_txn_last ?: ++khv_txn_last;
	khv_txn.id = id;
	khv_txn.portid = info->snd_portid;
	khv_changer_set(&khv_txn.by);
	khv_txn.limited = limited;
	khv_txn.end = jiffies + KHV_TXN_LIMITED_S * HZ;
	khv_txn.base = base;
	khv_txn.have = 0;
	if (khv_taken_from == info->snd_portid)
		khv_taken_from = 0;
	khv_txn_touch();
	mutex_unlock(&khv_txn_mutex);
	if (nla_put_u32(reply, KHV_A_TXN, id)) {
		khv_txn_release(info->snd_portid);
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

/* Is this request for the open transaction, from its owner? Under the mutex. */
static int khv_txn_check(struct genl_info *info)
{
	int ret = khv_need(info, info->attrs[KHV_A_TXN], "KHV_A_TXN");

	if (ret)
		return ret;
	if (khv_txn.id && time_after(jiffies, khv_txn.deadline))
		khv_txn_end();
	if (khv_txn.id && khv_txn.portid == info->snd_portid &&
	    khv_txn.id == nla_get_u32(info->attrs[KHV_A_TXN])) {
		khv_txn_touch();
		return 0;
	}
	if (khv_taken_from && khv_taken_from == info->snd_portid) {
		khv_extack(info->extack, "process %d (%s, uid %u) has CAP_MAC_ADMIN and has ended this transaction with its own",
			   khv_taker.pid, khv_taker.comm, khv_taker.uid);
		return -EBUSY;
	}
	khv_extack(info->extack, "no such transaction of this socket; it ends after %u s without a request",
		   KHV_TXN_IDLE_S);
	return -ENOENT;
}

/* Undo the start of a policy that has not received a byte. */
static void khv_txn_drop_last(void)
{
	khv_txn.n--;
	kvfree(khv_txn.staged[khv_txn.n].blob);
	khv_txn.have = khv_txn.n ? khv_txn.staged[khv_txn.n - 1].size : 0;
}

/* The policy that the bytes are for: the last one, or a new one at offset 0. */
static int khv_txn_policy(struct genl_info *info, const char *name, u32 size,
			  u32 offset, struct khv_staged **out)
{
	struct khv_staged *s = khv_txn.n ? &khv_txn.staged[khv_txn.n - 1] : NULL;
	unsigned int i;

	*out = s;
	if (s && khv_txn.have < s->size) {
		if (!strcmp(s->name, name) && s->size == size &&
		    offset == khv_txn.have)
			return 0;
		khv_extack(info->extack, "policy %s is staged up to byte %zu of %zu; its next bytes are expected",
			   s->name, khv_txn.have, s->size);
		return -EINVAL;
	}
	for (i = 0; i < khv_txn.n; i++) {
		if (strcmp(khv_txn.staged[i].name, name))
			continue;
		khv_extack(info->extack, "policy %s is in this transaction already",
			   name);
		return -EEXIST;
	}
	if (offset || !size || size > KHV_BLOB_MAX || !*name) {
		khv_extack(info->extack, "a policy starts at offset 0, has a name and 1 to %u bytes",
			   KHV_BLOB_MAX);
		return -EINVAL;
	}
	if (khv_txn.limited && size > KHV_TXN_LIMITED_BYTES) {
		khv_extack(info->extack, "more than %u bytes (KHV_TXN_LIMITED_BYTES) take CAP_MAC_ADMIN",
			   KHV_TXN_LIMITED_BYTES);
		return -EFBIG;
	}
	if (khv_txn.n == KHV_TXN_POLICIES) {
		khv_extack(info->extack, "%u policies in one transaction are the limit (KHV_TXN_POLICIES)",
			   KHV_TXN_POLICIES);
		return -ENOSPC;
	}
	s = &khv_txn.staged[khv_txn.n];
	/* Better no policy than one for which the kernel ends other processes. */
	s->blob = __vmalloc(size, GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL |
				  __GFP_NOWARN);
	if (!s->blob) {
		khv_extack(info->extack, "policy %s: no memory for its %u bytes; nothing has been changed",
			   name, size);
		return -ENOMEM;
	}
	strscpy(s->name, name, sizeof(s->name));
	s->size = size;
	khv_txn.have = 0;
	khv_txn.n++;
	*out = s;
	return 0;
}

static int khv_txn_stage(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[KHV_POLICY_A_MAX + 1], *data;
	struct khv_staged *s;
	int ret;

	ret = khv_txn_check(info);
	if (!ret)
		ret = khv_parse_nest(info, KHV_A_POLICY, KHV_POLICY_A_MAX, tb);
	if (!ret)
		ret = khv_need(info, tb[KHV_POLICY_A_NAME] &&
			       tb[KHV_POLICY_A_SIZE] &&
			       tb[KHV_POLICY_A_OFFSET] &&
			       tb[KHV_POLICY_A_DATA],
			       "KHV_POLICY_A_NAME, _SIZE, _OFFSET or _DATA");
	if (ret)
		return ret;
	if (!khv_may_policy(skb, nla_data(tb[KHV_POLICY_A_NAME])))
		return khv_refuse_given(info->extack, "policy",
					nla_data(tb[KHV_POLICY_A_NAME]));
	data = tb[KHV_POLICY_A_DATA];
	ret = khv_txn_policy(info, nla_data(tb[KHV_POLICY_A_NAME]),
			     nla_get_u32(tb[KHV_POLICY_A_SIZE]),
			     nla_get_u32(tb[KHV_POLICY_A_OFFSET]), &s);
	if (ret)
		return ret;
	if (!nla_len(data) || nla_len(data) > s->size - khv_txn.have) {
		khv_extack(info->extack, "%d bytes do not fit: %zu of %zu are missing",
			   nla_len(data), s->size - khv_txn.have, s->size);
		/* A refused request leaves nothing behind. */
		if (!khv_txn.have)
			khv_txn_drop_last();
		return -EINVAL;
	}
	memcpy(s->blob + khv_txn.have, nla_data(data), nla_len(data));
	khv_txn.have += nla_len(data);
	return 0;
}

int khv_do_policy_stage(struct sk_buff *skb, struct genl_info *info)
{
	int ret;

	mutex_lock(&khv_txn_mutex);
	ret = khv_txn_stage(skb, info);
	mutex_unlock(&khv_txn_mutex);
	return ret;
}

/* The rights of who commits, which need not be who has staged. */
static int khv_txn_permitted(struct sk_buff *skb, struct genl_info *info)
{
	unsigned int i;

	for (i = 0; i < khv_txn.n; i++)
		if (!khv_may_policy(skb, khv_txn.staged[i].name))
			return khv_refuse_given(info->extack, "policy",
						khv_txn.staged[i].name);
	return 0;
}

/* One event for each policy that was, or was not, put in force. */
static void khv_txn_events(u64 generation, int error)
{
	unsigned int i;

	for (i = 0; i < khv_txn.n; i++)
		khv_admin_event("load", khv_txn.staged[i].name,
				khv_txn.staged[i].name, generation, error);
	if (!khv_txn.n)
		khv_admin_event("load", "", NULL, generation, error);
}

/* Under the mutex. The transaction ends with a success only. */
static int khv_txn_commit(const struct khv_provider *p, struct sk_buff *skb,
			  struct genl_info *info, u64 *generation)
{
	struct khv_change change;
	struct khv_staged *last;
	int ret;

	ret = khv_txn_check(info);
	if (ret)
		return ret;
	if (!khv_txn.n) {
		khv_extack(info->extack, "nothing has been staged");
		return -ENODATA;
	}
	last = &khv_txn.staged[khv_txn.n - 1];
	if (khv_txn.have != last->size) {
		khv_extack(info->extack, "policy %s is incomplete: %zu of %zu bytes",
			   last->name, khv_txn.have, last->size);
		return -ENODATA;
	}
	khv_change_of(info, &change);
	change.limited = !khv_is_full_admin(skb);
	ret = khv_txn_permitted(skb, info);
	if (!ret && change.limited && (change.shadow || change.confirm)) {
		khv_extack(info->extack, "not permitted: CAP_MAC_ADMIN is needed for a shadow or a trial");
		ret = -EPERM;
	}
	if (!ret && khv_txn.base && khv_txn.base != p->generation())
		ret = khv_stale(info->extack, p->generation(), khv_txn.base);
	if (!ret)
		ret = p->commit(khv_txn.staged, khv_txn.n, &change,
				info->extack);
	*generation = p->generation();
	if (ret || !change.dry_run)
		khv_txn_events(*generation, ret);
	if (!ret && !change.dry_run)
		khv_changer_set(&khv_last_change);
	if (!ret)
		khv_txn_end();
	return ret;
}

int khv_do_policy_commit(struct sk_buff *skb, struct genl_info *info)
{
	const struct khv_provider *p = khv_provider_get(info->extack);
	struct sk_buff *reply;
	u64 generation = 0;
	void *hdr;
	int ret;

	if (!p)
		return -EOPNOTSUPP;
	/* Before the commit: an answer that cannot be built must not follow one. */
	reply = khv_reply_new(info, 0, &hdr);
	if (!reply) {
		khv_provider_put(p);
		return -ENOMEM;
	}
	mutex_lock(&khv_txn_mutex);
	ret = khv_txn_commit(p, skb, info, &generation);
	mutex_unlock(&khv_txn_mutex);
	khv_provider_put(p);
	if (!ret)
		return khv_reply_generation(info, reply, hdr, generation);
	nlmsg_free(reply);
	return ret;
}

int khv_do_policy_abort(struct sk_buff *skb, struct genl_info *info)
{
	int ret;

	mutex_lock(&khv_txn_mutex);
	ret = khv_txn_check(info);
	if (!ret)
		khv_txn_end();
	mutex_unlock(&khv_txn_mutex);
	return ret;
}

int khv_do_policy_clear(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[KHV_POLICY_A_MAX + 1];
	const struct khv_provider *p;
	int ret;

	ret = khv_parse_nest(info, KHV_A_POLICY, KHV_POLICY_A_MAX, tb);
	if (!ret)
		ret = khv_need(info, tb[KHV_POLICY_A_NAME], "KHV_POLICY_A_NAME");
	if (ret)
		return ret;
	p = khv_provider_get(info->extack);
	if (!p)
		return -EOPNOTSUPP;
	ret = p->clear(nla_data(tb[KHV_POLICY_A_NAME]),
		       nla_get_flag(info->attrs[KHV_A_FORCE]), info->extack);
	khv_provider_put(p);
	if (!ret) {
		mutex_lock(&khv_txn_mutex);
		khv_changer_set(&khv_last_change);
		mutex_unlock(&khv_txn_mutex);
	}
	return ret;
}

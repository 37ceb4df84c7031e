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
#include <khv/engine.h>
#include "limits.h"
#include "lock.h"
#include "netlink.h"

static DEFINE_MUTEX(khv_provider_mutex);
static const struct khv_provider *khv_provider;

int khv_provider_register(const struct khv_provider *p)
{
	int ret = 0;

	mutex_lock(&khv_provider_mutex);
	if (khv_provider)
		ret = -EBUSY;
	else
		khv_provider = p;
	if (!ret)
		khv_lock_pin(p->owner);
	mutex_unlock(&khv_provider_mutex);
	return ret;
}
EXPORT_SYMBOL_GPL(khv_provider_register);

void khv_provider_unregister(const struct khv_provider *p)
{
	mutex_lock(&khv_provider_mutex);
	if (khv_provider == p)
		khv_provider = NULL;
	mutex_unlock(&khv_provider_mutex);
}
EXPORT_SYMBOL_GPL(khv_provider_unregister);

/* The provider, pinned; NULL with a text if there is none. */
const struct khv_provider *khv_provider_get(struct netlink_ext_ack *extack)
{
	const struct khv_provider *p;

	mutex_lock(&khv_provider_mutex);
	p = khv_provider;
	if (p && !try_module_get(p->owner))
		p = NULL;
	mutex_unlock(&khv_provider_mutex);
	if (!p)
		khv_extack(extack, "no module keeps policies; modprobe khv_policy");
	return p;
}

void khv_provider_put(const struct khv_provider *p)
{
	if (p)
		module_put(p->owner);
}

/* Without a reference: the module must not be "in use" when nobody uses it. */
bool khv_provider_verify(size_t bytes, char *name)
{
	bool broken;

	mutex_lock(&khv_provider_mutex);
	broken = khv_provider && khv_provider->verify(bytes, name);
	mutex_unlock(&khv_provider_mutex);
	return broken;
}

/**
 * struct khv_txn - the open transaction; there is one at most
 * @id: 0: none is open
 * @portid: socket that owns it
 * @pid: task that opened it, for messages
 * @deadline: in jiffies; moved by every request
 * @base: generation that must be in force at commit, 0: any
 * @n: policies begun
 * @staged: they
 * @have: bytes received of the last one
 */
static struct khv_txn {
	u32 id;
	u32 portid;
	pid_t pid;
	unsigned long deadline;
	u64 base;
	unsigned int n;
	struct khv_staged staged[KHV_TXN_POLICIES];
	size_t have;
} khv_txn;
static u32 khv_txn_last;
static DEFINE_MUTEX(khv_txn_mutex);

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
}

int khv_do_policy_begin(struct sk_buff *skb, struct genl_info *info)
{
	const struct khv_provider *p;
	struct sk_buff *reply;
	u64 base = 0, now;
	void *hdr;
	u32 id;

	if (info->attrs[KHV_A_GENERATION])
		base = nla_get_u64(info->attrs[KHV_A_GENERATION]);
	p = khv_provider_get(info->extack);
	if (!p)
		return -EOPNOTSUPP;
	now = p->generation();
	khv_provider_put(p);
	if (base && base != now) {
		khv_extack(info->extack, "policy changed meanwhile: generation %llu is in force, not %llu",
			   now, base);
		return -ESTALE;
	}
	reply = khv_reply_new(info, &hdr);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&khv_txn_mutex);
	if (khv_txn.id && time_before(jiffies, khv_txn.deadline)) {
		khv_extack(info->extack, "a transaction of process %d is open; try again when it has ended",
			   khv_txn.pid);
		mutex_unlock(&khv_txn_mutex);
		nlmsg_free(reply);
		return -EBUSY;
	}
	khv_txn_end();
	id = ++khv_txn_last ?: ++khv_txn_last;
	khv_txn.id = id;
	khv_txn.portid = info->snd_portid;
	khv_txn.pid = task_tgid_nr(current);
	khv_txn.base = base;
	khv_txn.have = 0;
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
	if (khv_txn.n == KHV_TXN_POLICIES) {
		khv_extack(info->extack, "%u policies in one transaction are the limit",
			   KHV_TXN_POLICIES);
		return -ENOSPC;
	}
	s = &khv_txn.staged[khv_txn.n];
	s->blob = kvmalloc(size, GFP_KERNEL_ACCOUNT);
	if (!s->blob)
		return -ENOMEM;
	strscpy(s->name, name, sizeof(s->name));
	s->size = size;
	khv_txn.have = 0;
	khv_txn.n++;
	*out = s;
	return 0;
}

static int khv_txn_stage(struct genl_info *info)
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
	ret = khv_txn_stage(info);
	mutex_unlock(&khv_txn_mutex);
	return ret;
}

/* Under the mutex. The transaction ends with a success only. */
static int khv_txn_commit(const struct khv_provider *p, struct genl_info *info,
			  u64 *generation)
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
	if (khv_txn.base && khv_txn.base != p->generation()) {
		khv_extack(info->extack, "policy changed meanwhile: generation %llu is in force, not %llu",
			   p->generation(), khv_txn.base);
		return -ESTALE;
	}
	khv_change_of(info, &change);
	ret = p->commit(khv_txn.staged, khv_txn.n, &change, info->extack);
	*generation = p->generation();
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
	reply = khv_reply_new(info, &hdr);
	if (!reply) {
		khv_provider_put(p);
		return -ENOMEM;
	}
	mutex_lock(&khv_txn_mutex);
	ret = khv_txn_commit(p, info, &generation);
	mutex_unlock(&khv_txn_mutex);
	khv_provider_put(p);
	if (!ret)
		ret = nla_put_u64_64bit(reply, KHV_A_GENERATION, generation,
					KHV_A_PAD);
	if (ret) {
		nlmsg_free(reply);
		return ret;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
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
	return ret;
}

static void *khv_policy_put(struct sk_buff *skb, struct netlink_callback *cb,
			    struct nlattr **nest)
{
	void *hdr = khv_dump_put(skb, cb);

	*nest = hdr ? nla_nest_start(skb, KHV_A_POLICY) : NULL;
	if (hdr && !*nest)
		genlmsg_cancel(skb, hdr);
	return *nest ? hdr : NULL;
}

static int khv_put_policy(struct sk_buff *skb, const struct khv_policy_info *i)
{
	return nla_put_string(skb, KHV_POLICY_A_NAME, i->name) ?:
	       nla_put_u64_64bit(skb, KHV_POLICY_A_GENERATION, i->generation,
				 KHV_POLICY_A_PAD) ?:
	       nla_put_u32(skb, KHV_POLICY_A_RULES, i->rules) ?:
	       nla_put_u32(skb, KHV_POLICY_A_TASKS, i->tasks) ?:
	       nla_put_u32(skb, KHV_POLICY_A_SIZE, i->size) ?:
	       nla_put_u64_64bit(skb, KHV_POLICY_A_TIME, i->time,
				 KHV_POLICY_A_PAD) ?:
	       nla_put_u32(skb, KHV_POLICY_A_UID, i->uid) ?:
	       nla_put_u8(skb, KHV_POLICY_A_MODE, i->mode);
}

/* What only lists of policies, or only lists of shadows, have. */
static int khv_put_policy_more(struct sk_buff *skb, bool shadow,
			       const struct khv_policy_info *i)
{
	int ret = 0;

	if (!shadow)
		ret = nla_put_u8(skb, KHV_POLICY_A_STATE, i->state);
	if (!ret && !shadow && i->confirm)
		ret = nla_put_u32(skb, KHV_POLICY_A_CONFIRM, i->confirm);
	if (!ret && i->counts)
		ret = nla_put_u64_64bit(skb, KHV_POLICY_A_WOULD_DENY,
					i->would_deny, KHV_POLICY_A_PAD);
	if (ret || !shadow)
		return ret;
	return nla_put_u64_64bit(skb, KHV_POLICY_A_WOULD_ALLOW, i->would_allow,
				 KHV_POLICY_A_PAD) ?:
	       nla_put_u64_64bit(skb, KHV_POLICY_A_JUDGED, i->judged,
				 KHV_POLICY_A_PAD);
}

int khv_dump_policies(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct khv_provider *p = khv_provider_get(cb->extack);
	bool shadow = khv_dump_shadows(cb);
	struct khv_policy_info info;
	struct nlattr *nest;
	void *hdr;

	if (!p)
		return -EOPNOTSUPP;
	cb->seq = p->generation();
	while (p->next(cb->args[0], shadow, &info)) {
		hdr = khv_policy_put(skb, cb, &nest);
		if (!hdr)
			break;
		if (khv_put_policy(skb, &info) ||
		    khv_put_policy_more(skb, shadow, &info)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		nla_nest_end(skb, nest);
		genlmsg_end(skb, hdr);
		cb->args[0] = info.id;
	}
	khv_provider_put(p);
	return skb->len;
}

/* A dump of bytes holds a reference to them, so they are of one generation. */
struct khv_blob_dump {
	const struct khv_provider *provider;
	void *ref;
	const void *blob;
	size_t size;
	u64 generation;
	size_t offset;
	char name[KHV_NAME_MAX];
};

static int khv_dump_blob_open(struct netlink_callback *cb,
			      struct khv_blob_dump **out)
{
	struct nlattr *attrs[KHV_A_MAX + 1], *nest, *name;
	struct khv_blob_dump *d;
	bool shadow;
	int ret;

	ret = nlmsg_parse(cb->nlh, GENL_HDRLEN, attrs, KHV_A_MAX,
			  khv_attr_policy, cb->extack);
	if (ret)
		return ret;
	nest = attrs[KHV_A_POLICY];
	name = nest ? nla_find_nested(nest, KHV_POLICY_A_NAME) : NULL;
	if (!name) {
		khv_extack(cb->extack, "attribute missing: KHV_POLICY_A_NAME");
		return -EINVAL;
	}
	d = kzalloc(sizeof(*d), GFP_KERNEL);
	if (!d)
		return -ENOMEM;
	d->provider = khv_provider_get(cb->extack);
	if (!d->provider) {
		kfree(d);
		return -EOPNOTSUPP;
	}
	nla_strscpy(d->name, name, sizeof(d->name));
	shadow = nla_get_flag(attrs[KHV_A_SHADOW]);
	d->ref = d->provider->open(d->name, shadow, &d->blob, &d->size,
				   &d->generation);
	if (!d->ref) {
		khv_extack(cb->extack, shadow ? "policy \"%s\" has no shadow" :
			   "no policy named \"%s\" is in force", d->name);
		khv_provider_put(d->provider);
		kfree(d);
		return -ENOENT;
	}
	cb->args[0] = (long)d;
	*out = d;
	return 0;
}

int khv_dump_blob(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct khv_blob_dump *d = (void *)cb->args[0];
	struct nlattr *nest;
	size_t n;
	void *hdr;
	int ret;

	if (!d) {
		ret = khv_dump_blob_open(cb, &d);
		if (ret)
			return ret;
	}
	if (d->offset == d->size)
		return 0;
	hdr = khv_policy_put(skb, cb, &nest);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, KHV_POLICY_A_NAME, d->name) ||
	    nla_put_u64_64bit(skb, KHV_POLICY_A_GENERATION, d->generation,
			      KHV_POLICY_A_PAD) ||
	    nla_put_u32(skb, KHV_POLICY_A_SIZE, d->size) ||
	    nla_put_u32(skb, KHV_POLICY_A_OFFSET, d->offset))
		return -EMSGSIZE;
	/* The buffer of a dump depends on what the reader offers. */
	n = skb_tailroom(skb);
	n = n > 2 * NLA_HDRLEN ? n - 2 * NLA_HDRLEN : 0;
	n = min3(n, d->size - d->offset, (size_t)KHV_POLICY_CHUNK);
	if (!n || nla_put(skb, KHV_POLICY_A_DATA, n, d->blob + d->offset))
		return -EMSGSIZE;
	d->offset += n;
	nla_nest_end(skb, nest);
	genlmsg_end(skb, hdr);
	return skb->len;
}

int khv_dump_blob_done(struct netlink_callback *cb)
{
	struct khv_blob_dump *d = (void *)cb->args[0];

	if (!d)
		return 0;
	d->provider->close(d->ref);
	khv_provider_put(d->provider);
	kfree(d);
	return 0;
}

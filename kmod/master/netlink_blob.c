// SPDX-License-Identifier: GPL-2.0
/* Netlink: policies in force, as a list and as bytes. */
#include <linux/slab.h>
#include "admin.h"
#include "netlink.h"

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
		if (!khv_may_policy(cb->skb, info.name)) {
			cb->args[0] = info.id;
			continue;
		}
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
	if (!khv_may_policy(cb->skb, d->name)) {
		ret = khv_refuse_given(cb->extack, "policy", d->name);
		khv_provider_put(d->provider);
		kfree(d);
		return ret;
	}
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

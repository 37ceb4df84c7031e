// SPDX-License-Identifier: GPL-2.0
/*
 * Administrators.
 *
 * Whoever has CAP_MAC_ADMIN in the initial user namespace may do everything. A
 * policy names further users and groups in its "admin" lines; ADMIN_SET names them
 * for a client, for the log level alone or the state alone. As with capabilities,
 * sender and opener of the socket must both be one: a program with more rights that
 * can be made to write to a socket lends nobody its rights, and the socket of an
 * administrator is of no use to others.
 *
 * The effective ids count, as for files: a set-user-ID program acts as its owner.
 */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/ratelimit.h>
#include <linux/string.h>
#include <net/sock.h>
#include <khv/client.h>
#include <khv/limits.h>
#include "admin.h"
#include "netlink.h"

static struct khv_grant khv_grants[KHV_ADMIN_GRANTS];

/* groups_search() is not for modules. The kernel keeps them sorted. */
static bool khv_in_groups(const struct group_info *groups, kgid_t gid)
{
	unsigned int low = 0, high = groups->ngroups, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (gid_eq(groups->gid[middle], gid))
			return true;
		if (gid_gt(gid, groups->gid[middle]))
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool khv_cred_is(const struct cred *cred, bool group, u32 id)
{
	kgid_t gid;

	if (!group)
		return uid_eq(cred->euid, make_kuid(&init_user_ns, id));
	gid = make_kgid(&init_user_ns, id);
	return gid_valid(gid) && (gid_eq(cred->egid, gid) ||
				  khv_in_groups(cred->group_info, gid));
}

bool khv_who_is(const struct khv_who *who, bool group, u32 id)
{
	return id != (u32)-1 && khv_cred_is(who->sender, group, id) &&
	       khv_cred_is(who->opener, group, id);
}
EXPORT_SYMBOL_GPL(khv_who_is);

/*
 * The socket cannot go: the request is handled, and the dump read, inside a call of
 * somebody who holds it open.
 */
void khv_who_of(struct sk_buff *skb, struct khv_who *who)
{
	who->sender = current_cred();
	who->opener = NETLINK_CB(skb).sk->sk_socket->file->f_cred;
}

bool khv_is_full_admin(struct sk_buff *skb)
{
	return netlink_capable(skb, CAP_MAC_ADMIN);
}

static struct khv_grant *khv_grant_find(const char *client, bool group, u32 id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(khv_grants); i++)
		if (khv_grants[i].rights && khv_grants[i].group == group &&
		    khv_grants[i].id == id &&
		    !strcmp(khv_grants[i].client, client))
			return &khv_grants[i];
	return NULL;
}

int khv_grant_set(const struct khv_grant *grant)
{
	struct khv_grant *g = khv_grant_find(grant->client, grant->group,
					     grant->id);
	unsigned int i;

	for (i = 0; !g && grant->rights && i < ARRAY_SIZE(khv_grants); i++)
		if (!khv_grants[i].rights)
			g = &khv_grants[i];
	if (!g)
		return grant->rights ? -ENOSPC : -ENOENT;
	*g = *grant;
	return 0;
}

const struct khv_grant *khv_grant_next(unsigned int *at)
{
	while (*at < ARRAY_SIZE(khv_grants) && !khv_grants[*at].rights)
		++*at;
	return *at < ARRAY_SIZE(khv_grants) ? &khv_grants[*at] : NULL;
}

/* Rights of @who on @client, NULL: on any client. */
static u32 khv_who_rights(const struct khv_who *who, const char *client)
{
	const struct khv_grant *g;
	unsigned int at;
	u32 rights = 0;

	for (at = 0; (g = khv_grant_next(&at)); at++)
		if ((!client || !strcmp(g->client, client)) &&
		    khv_who_is(who, g->group, g->id))
			rights |= g->rights;
	return rights;
}

static bool khv_who_has_policy(const struct khv_who *who, const char *policy)
{
	const struct khv_provider *p = khv_provider_get(NULL);
	bool yes = p && p->admin(policy, who);

	khv_provider_put(p);
	return yes;
}

bool khv_is_some_admin(struct sk_buff *skb)
{
	struct khv_who who;

	khv_who_of(skb, &who);
	return khv_who_rights(&who, NULL) || khv_who_has_policy(&who, NULL);
}

bool khv_may_client(struct sk_buff *skb, const char *client, u32 rights)
{
	struct khv_who who;

	if (khv_is_full_admin(skb))
		return true;
	khv_who_of(skb, &who);
	return rights && !(rights & ~khv_who_rights(&who, client));
}

bool khv_may_policy(struct sk_buff *skb, const char *policy)
{
	struct khv_who who;

	if (khv_is_full_admin(skb))
		return true;
	khv_who_of(skb, &who);
	return khv_who_has_policy(&who, policy);
}

/*
 * Anybody can be refused as often as they like, and every event replaces the oldest
 * one of somebody else. So refusals are rationed, and the next one that is reported
 * says how many there were before it.
 */
static bool khv_refusal_counts(unsigned int *before)
{
	static DEFINE_RATELIMIT_STATE(ration, HZ, KHV_REFUSALS_PER_S);
	static atomic_t silent;

	ratelimit_set_flags(&ration, RATELIMIT_MSG_ON_RELEASE);
	if (!__ratelimit(&ration)) {
		atomic_inc(&silent);
		return false;
	}
	*before = atomic_xchg(&silent, 0);
	return true;
}

void khv_admin_event(const char *verb, const char *object, const char *policy,
		     u64 generation, int error)
{
	unsigned int before = 0;
	char text[KHV_NAME_MAX + 48];
	struct khv_event ev = {
		.policy = policy,
		.generation = generation,
		.type = "admin",
		.verb = verb,
		.hook = "netlink",
		.verdict = error ? KHV_DENIED : KHV_ALLOWED,
		.error = -error,
	};

	if (error && !khv_refusal_counts(&before))
		return;
	if (before)
		ev.object_len = scnprintf(text, sizeof(text),
					  "%s (and %u refusals before it)",
					  object, before);
	else
		ev.object_len = scnprintf(text, sizeof(text), "%s", object);
	ev.object = text;
	khv_event_post(NULL, &ev);
}

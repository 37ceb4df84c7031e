// SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1)
/*
 * Conditions of rules, and who may change a policy.
 *
 * What cannot be known never opens anything: of a rule about which nobody can say
 * whether it applies, what it takes away counts and what it adds does not.
 */
#include "engine_internal.h"

#ifdef __KERNEL__
#include <linux/socket.h>
#else
#include <sys/socket.h>
#endif

static bool in_group(const struct khv_subject *s, u32 gid)
{
	u32 low = 0, high = s->nr_groups;

	if (s->gid == gid)
		return true;
	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (s->groups[middle] == gid)
			return true;
		if (s->groups[middle] < gid)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool is_member(const struct khv_engine *e, u32 first, u32 nr,
		      const struct khv_subject *s)
{
	const struct khv_blob_member *m = khv_section(e, KHV_SEC_MEMBERS);
	u32 i;

	for (i = 0, m += first; i < nr; i++, m++) {
		u32 id = khv_le32(m->id);

		khv_count();
		if (khv_le32(m->what) == KHV_COND_USER ? id == s->uid :
							 in_group(s, id))
			return true;
	}
	return false;
}

/* IPv4-mapped IPv6 is IPv4 by now. */
static bool is_from(const struct khv_blob_cond *c,
		    const struct khv_sockaddr *peer)
{
	u32 whole = c->from_length / 8, rest = c->from_length % 8;

	if (peer->family != (c->from_inet6 ? AF_INET6 : AF_INET) ||
	    memcmp(peer->addr, c->from, whole))
		return false;
	return !rest || !((peer->addr[whole] ^ c->from[whole]) & 0xff00 >> rest);
}

static const struct khv_blob_cond *cond_at(const struct khv_fold *f, u32 cond)
{
	const struct khv_blob_cond *c = khv_section(f->e, KHV_SEC_CONDS);

	return c + cond;
}

/* Is condition @which as the rule wants it, if what it asks for @holds? */
static bool as_wanted(const struct khv_blob_cond *c, u32 which, bool holds)
{
	return holds == !(c->negated & which);
}

/* All but from=, which may be unknown. */
static bool subject_holds(const struct khv_fold *f,
			  const struct khv_blob_cond *c)
{
	u32 what = khv_le32(c->what);

	if ((what & KHV_COND_USER) &&
	    !as_wanted(c, KHV_COND_USER, khv_le32(c->uid) == f->s->uid))
		return false;
	if ((what & KHV_COND_GROUP) &&
	    !as_wanted(c, KHV_COND_GROUP, in_group(f->s, khv_le32(c->gid))))
		return false;
	if ((what & KHV_COND_ROLE) &&
	    !as_wanted(c, KHV_COND_ROLE,
		       is_member(f->e, khv_le32(c->role),
				 khv_le32(c->nr_role), f->s)))
		return false;
	return !(what & KHV_COND_UNTIL) || f->s->now < khv_le64(c->until);
}

bool khv_cond_holds(const struct khv_fold *f, u32 cond)
{
	return subject_holds(f, cond_at(f, cond));
}

static bool in_ranges(const struct khv_fold *f, const struct khv_blob_cond *c)
{
	const struct khv_blob_range *r = khv_section(f->e, KHV_SEC_RANGES);
	u32 low = 0, high = khv_le32(c->nr_ranges);

	r += khv_le32(c->ranges);
	while (low < high) {
		u32 middle = low + (high - low) / 2;

		khv_count();
		if (f->number < khv_le32(r[middle].low))
			high = middle;
		else if (f->number > khv_le32(r[middle].high))
			low = middle + 1;
		else
			return true;
	}
	return false;
}

u32 khv_grant_unsure(u32 grant)
{
	switch (grant & KHV_GRANT_OP) {
	case KHV_GRANT_SET:	/* at most what it grants is left */
		return KHV_GRANT_DEL | (~grant & KHV_GRANT_VERBS);
	case KHV_GRANT_DEL:
		return grant;
	default:
		return KHV_GRANT_NOTHING;
	}
}

u32 khv_cond_grant(const struct khv_fold *f, u32 cond, u32 grant)
{
	const struct khv_blob_cond *c = cond_at(f, cond);
	u32 what = khv_le32(c->what);

	if (!subject_holds(f, c))
		return KHV_GRANT_NOTHING;
	if ((what & KHV_COND_RANGES) && !in_ranges(f, c) &&
	    !(f->number == KHV_ANY_NUMBER &&
	      (grant & KHV_GRANT_OP) == KHV_GRANT_DEL))
		grant &= ~khv_le32(c->ranged);
	if (!(what & KHV_COND_FROM))
		return grant;
	if (!f->peer)
		return khv_grant_unsure(grant);
	return as_wanted(c, KHV_COND_FROM, is_from(c, f->peer)) ?
		grant : KHV_GRANT_NOTHING;
}

/* --- administrators ----------------------------------------------------------- */

bool khv_engine_has_admins(const struct khv_engine *e)
{
	return e->blob->nr_admins;
}

bool khv_engine_is_admin(const struct khv_engine *e, const struct khv_subject *s)
{
	return is_member(e, khv_le32(e->blob->admins),
			 khv_le32(e->blob->nr_admins), s);
}

bool khv_engine_admin(const struct khv_engine *e, u32 i, bool *group, u32 *id)
{
	const struct khv_blob_member *m = khv_section(e, KHV_SEC_MEMBERS);

	if (i >= khv_le32(e->blob->nr_admins))
		return false;
	m += khv_le32(e->blob->admins) + i;
	*group = khv_le32(m->what) == KHV_COND_GROUP;
	*id = khv_le32(m->id);
	return true;
}

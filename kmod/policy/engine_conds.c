// SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1)
/*
 * Check the conditions of a blob, what they refer to, and that it says what they
 * need: a clock that nobody sets would keep a line in force for ever.
 */
#include "engine_check.h"

static bool members_ok(const struct check *c, u32 first, u32 nr)
{
	return nr <= KHV_MAX_MEMBERS &&
	       range_ok(first, nr, c->count[KHV_SEC_MEMBERS]);
}

static bool prefix_ok(const struct khv_blob_cond *cond)
{
	u32 bits = cond->from_inet6 ? 128 : 32;

	return cond->from_inet6 <= 1 && cond->from_length <= bits;
}

static bool ranges_ok(const struct check *c, const struct khv_blob_cond *cond)
{
	const struct khv_blob_range *r = khv_section(c->e, KHV_SEC_RANGES);
	u32 first = khv_le32(cond->ranges), nr = khv_le32(cond->nr_ranges), i;
	u32 ranged = khv_le32(cond->ranged);

	if (nr > KHV_MAX_RANGES || !ranged || (ranged & ~KHV_GRANT_VERBS) ||
	    !range_ok(first, nr, c->count[KHV_SEC_RANGES]))
		return false;
	for (i = 0, r += first; i < nr; i++)
		if (khv_le32(r[i].low) > khv_le32(r[i].high) ||
		    khv_le32(r[i].high) == KHV_ANY_NUMBER ||
		    (i && khv_le32(r[i].low) <= khv_le32(r[i - 1].high)))
			return false;
	return true;
}

static bool cond_ok(const struct check *c, const struct khv_blob_cond *cond)
{
	u32 what = khv_le32(cond->what);

	if (!what || (what & ~KHV_COND_ALL) ||
	    (cond->negated & ~(what & KHV_COND_NEGATES)))
		return false;
	if ((what & KHV_COND_ROLE) &&
	    !members_ok(c, khv_le32(cond->role), khv_le32(cond->nr_role)))
		return false;
	if ((what & KHV_COND_FROM) && !prefix_ok(cond))
		return false;
	return !(what & KHV_COND_RANGES) || ranges_ok(c, cond);
}

int khv_check_conds(const struct check *c)
{
	const struct khv_blob_cond *cond = khv_section(c->e, KHV_SEC_CONDS);
	const struct khv_blob_member *m = khv_section(c->e, KHV_SEC_MEMBERS);
	const struct khv_blob_limit *l = khv_section(c->e, KHV_SEC_LIMITS);
	const struct khv_blob_header *h = c->e->blob;
	u32 i, n = c->count[KHV_SEC_CONDS];

	if (!n || cond->what)
		return BAD_COND;
	for (i = 0; i < c->count[KHV_SEC_MEMBERS]; i++)
		if (khv_le32(m[i].what) != KHV_COND_USER &&
		    khv_le32(m[i].what) != KHV_COND_GROUP)
			return BAD_COND;
	for (i = 1; i < n; i++)
		if (!cond_ok(c, cond + i))
			return BAD_COND;
	if (c->count[KHV_SEC_LIMITS] > KHV_MAX_LIMITS)
		return BAD_COND;
	for (i = 0; i < c->count[KHV_SEC_LIMITS]; i++)
		if (!l[i].count || !l[i].period)
			return BAD_COND;
	if (!members_ok(c, khv_le32(h->admins), khv_le32(h->nr_admins)))
		return BAD_HEADER;
	return BAD_NONE;
}

int khv_check_needs(const struct check *c)
{
	const struct khv_blob_cond *cond = khv_section(c->e, KHV_SEC_CONDS);
	const struct khv_blob_item *item = khv_section(c->e, KHV_SEC_ITEMS);
	u32 i, what = 0, needs;

	for (i = 1; i < c->count[KHV_SEC_CONDS]; i++)
		what |= khv_le32(cond[i].what);
	needs = khv_cond_needs(what);
	if (c->count[KHV_SEC_LIMITS])
		needs |= KHV_NEEDS_LIMIT;
	for (i = 0; i < c->count[KHV_SEC_ITEMS]; i++)
		if (khv_le32(item[i].kind) == KHV_ITEM_EXE)
			needs |= KHV_NEEDS_EXE;
	return c->e->blob->needs == needs ? BAD_NONE : BAD_NEEDS;
}

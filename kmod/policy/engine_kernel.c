// SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1)
/*
 * Questions about parts of the kernel: capabilities, modules, io_uring.
 */
#include <khv/facilities.h>
#include "engine_internal.h"

#define NAME(group, member, flags) \
	{ group, member, sizeof(group) - 1, sizeof(member) - 1, flags },
#define CAPABILITY(number, member, flags) NAME("capability", member, flags)
#define OTHER_CAPABILITY(number, member, flags) \
	NAME("namespace-capability", member, 0)
#define FACILITY(group, member, flags, text) NAME(group, member, flags)

static const struct khv_facility facilities[] = {
	KHV_CAPABILITIES(CAPABILITY)
	KHV_FACILITIES(FACILITY)
	KHV_CAPABILITIES(OTHER_CAPABILITY)
};

const struct khv_facility *khv_facility_at(u32 i)
{
	return i < KHV_ARRAY_SIZE(facilities) ? &facilities[i] : NULL;
}

static bool is_common(const char *name, size_t len)
{
	const char *colon = memchr(name, ':', len);
	size_t group_len = colon ? (size_t)(colon - name) : len;
	size_t member_len = colon ? len - group_len - 1 : 0;
	const struct khv_facility *f = facilities;

	/* "capability:" is no name of all of them. */
	if (colon && !member_len)
		return false;
	for (; f < facilities + KHV_ARRAY_SIZE(facilities); f++) {
		khv_count();
		if ((f->flags & KHV_FAC_COMMON) &&
		    f->member_len == member_len && f->group_len == group_len &&
		    !memcmp(f->group, name, group_len) &&
		    (!colon || !memcmp(f->member, colon + 1, member_len)))
			return true;
	}
	return false;
}

/* What holds where no rule does. */
static u32 kernel_fallback(const struct khv_blob_domain *d, const char *name,
			   size_t len)
{
	u32 fallback = khv_le32(d->fallback[KHV_TYPE_KERNEL]);

	if ((fallback & KHV_FALLBACK_COMMON) && is_common(name, len))
		return KHV_K_USE;
	return fallback & KHV_K_USE;
}

void khv_engine_kernel(const struct khv_engine *e, u16 domain,
		       const struct khv_subject *s, const char *name, size_t len,
		       struct khv_decision *d)
{
	struct khv_fold f = KHV_FOLD(e, s, KHV_K_USE);
	const struct khv_blob_domain *dom;

	if (domain < e->nr_domains) {
		dom = khv_domain_at(e, domain);
		khv_fold_pair(&f, khv_le32(dom->root[KHV_TREE_KERNEL]), name,
			      len);
		/* With one verb, every rule that applies decides. */
		if (f.rule == KHV_NO_RULE)
			f.grant = kernel_fallback(dom, name, len);
	}
	khv_decide(&f, KHV_TYPE_KERNEL, d);
}

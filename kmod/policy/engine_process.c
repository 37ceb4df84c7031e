// SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1)
/*
 * Questions about processes, and about who may run a program at all.
 */
#include "engine_internal.h"

static bool item_matches(const struct khv_process *p, u32 kind, u32 value)
{
	switch (kind) {
	case KHV_ITEM_ANY:
		return true;
	case KHV_ITEM_DESCENDANTS:
		return p->descendant;
	case KHV_ITEM_USER:
		return p->uid == value;
	case KHV_ITEM_DOMAIN:
		return p->same_policy && p->domain == value;
	case KHV_ITEM_SELF:
		return p->self;
	case KHV_ITEM_PID:
		return p->pid == value;
	default:
		return false;
	}
}

static void fold_item(struct khv_fold *f, const struct khv_process *p,
		      const struct khv_blob_item *item)
{
	const struct khv_blob_entry *entry = f->e->entries + khv_le32(item->entry);
	u32 kind = khv_le32(item->kind), cond = khv_le16(entry->cond);
	u32 grant = khv_le32(entry->grant);

	if (cond)
		grant = khv_cond_grant(f, cond, grant);
	if (kind == KHV_ITEM_EXE)
		grant = khv_grant_unsure(grant);
	else if (!item_matches(p, kind, khv_le32(item->value)))
		return;
	khv_fold_grant(f, entry, grant);
}

/*
 * Items are in the order of their kinds. Those of kind EXE are what the tree of paths
 * says once more, for a process whose program nobody can tell; where it is known the
 * tree answers in their place.
 */
static void fold_items(struct khv_fold *f, const struct khv_process *p,
		       const struct khv_blob_domain *dom)
{
	const struct khv_blob_item *item = khv_section(f->e, KHV_SEC_ITEMS);
	u32 exe = khv_le32(dom->root[KHV_TREE_EXE]), i, nr;

	item += khv_le32(dom->process);
	nr = khv_le32(dom->nr_process);
	for (i = 0; i < nr; i++, item++) {
		khv_count();
		if (khv_le32(item->kind) != KHV_ITEM_EXE || !p->exe) {
			fold_item(f, p, item);
			continue;
		}
		/* A program without a place, such as a memfd, is below none. */
		if (p->exe_len && p->exe[0] == '/')
			khv_fold_path(f, exe, p->exe, p->exe_len);
		exe = 0;
	}
}

void khv_engine_process(const struct khv_engine *e, u16 domain,
			const struct khv_subject *s,
			const struct khv_process *p, u32 verbs,
			struct khv_decision *d)
{
	struct khv_fold f = KHV_FOLD(e, s, khv_judged(e, KHV_TYPE_PROCESS, verbs));
	const struct khv_blob_domain *dom;

	if (!f.want) {
		khv_decide_allowed(d);
		return;
	}
	if (domain < e->nr_domains) {
		dom = khv_domain_at(e, domain);
		f.number = p->number;
		f.grant = khv_le32(dom->fallback[KHV_TYPE_PROCESS]);
		fold_items(&f, p, dom);
	}
	khv_decide(&f, KHV_TYPE_PROCESS, d);
}

bool khv_engine_refuse(const struct khv_engine *e, const struct khv_subject *s,
		       u32 *rule)
{
	struct khv_fold f = KHV_FOLD(e, s, 0);
	const struct khv_blob_entry *entry = e->entries;
	u32 i, nr = khv_le32(e->blob->nr_refuse);

	entry += khv_le32(e->blob->refuse);
	for (i = 0; i < nr; i++, entry++) {
		if (!khv_cond_holds(&f, khv_le16(entry->cond)))
			continue;
		if (rule)
			*rule = khv_le32(entry->rule);
		return true;
	}
	return false;
}

// SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1)
/*
 * Questions about processes, and about who may run a program at all.
 */
#include "engine_internal.h"

/* Is @exe the file @path names, or below it? */
static bool exe_below(const char *exe, size_t exe_len, const char *path)
{
	size_t len = strlen(path);

	if (exe_len < len || memcmp(exe, path, len))
		return false;
	return exe_len == len || exe[len] == '/' || len == 1;
}

static bool item_matches(const struct khv_engine *e,
			 const struct khv_process *p, u32 kind, u32 value)
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
	case KHV_ITEM_EXE:
		return exe_below(p->exe, p->exe_len, khv_string(e, value));
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
	if (kind == KHV_ITEM_EXE && !p->exe)
		grant = khv_grant_unsure(grant);
	else if (!item_matches(f->e, p, kind, khv_le32(item->value)))
		return;
	khv_fold_grant(f, entry, grant);
}

void khv_engine_process(const struct khv_engine *e, u16 domain,
			const struct khv_subject *s,
			const struct khv_process *p, u32 verbs,
			struct khv_decision *d)
{
	struct khv_fold f = KHV_FOLD(e, s, khv_judged(e, KHV_TYPE_PROCESS, verbs));
	const struct khv_blob_item *item = khv_section(e, KHV_SEC_ITEMS);
	const struct khv_blob_domain *dom;
	u32 i, nr;

	if (!f.want) {
		khv_decide_allowed(d);
		return;
	}
	if (domain < e->nr_domains) {
		dom = khv_domain_at(e, domain);
		f.number = p->number;
		f.grant = khv_le32(dom->fallback[KHV_TYPE_PROCESS]);
		item += khv_le32(dom->process);
		nr = khv_le32(dom->nr_process);
		for (i = 0; i < nr; i++, item++) {
			khv_count();
			fold_item(&f, p, item);
		}
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

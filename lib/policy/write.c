// SPDX-License-Identifier: LGPL-2.1
/* Lay the sections out one after the other. */
#include <endian.h>
#include "compiler.h"

struct writer {
	struct hvp_compiler *c;
	char *blob;
	u64 size;
	struct khv_blob_header header;
};

static void *section(struct writer *w, enum khv_section_id id, u32 count,
		     size_t size)
{
	struct khv_section *s = &w->header.section[id];
	u64 at = (w->size + 7) & ~7ull, end = at + count * (u64)size;
	struct hvp_compiler *c = w->c;

	if (end > KHV_BLOB_MAX) {
		hvp_message(c, KHV_MSG_ERROR, 0, 0, 0,
			    "the compiled policy is larger than %u MiB",
			    KHV_BLOB_MAX >> 20);
		longjmp(c->mem.failed, 2);
	}
	w->blob = hvp_resize(&c->mem, w->blob, end + 8);
	memset(w->blob + w->size, 0, end + 8 - w->size);
	s->offset = htole32(at);
	s->count = htole32(count);
	w->size = end;
	return w->blob + at;
}

static void copy(struct writer *w, enum khv_section_id id, const void *data,
		 u32 count, size_t size)
{
	void *at = section(w, id, count, size);

	if (count)
		memcpy(at, data, count * size);
}

static void write_domains(struct writer *w)
{
	struct hvp_compiler *c = w->c;
	struct khv_blob_domain *b;
	u32 i, j, item = 0;

	b = section(w, KHV_SEC_DOMAINS, c->domains.nr, sizeof(*b));
	for (i = 0; i < c->domains.nr; i++, b++) {
		const struct hvp_domain *d = &c->domains.at[i];
		u32 process = item;

		b->name = htole32(hvp_string(c, d->name, strlen(d->name)));
		b->lengths4 = htole64(d->lengths4);
		for (j = 0; j < 3; j++)
			b->lengths6[j] = htole64(d->lengths6[j]);
		for (j = 0; j < KHV_NR_TYPES; j++)
			b->fallback[j] = htole32(d->fallback[j]);
		for (j = 0; j < KHV_NR_TREES; j++)
			b->root[j] = htole32(d->root[j]);
		/* Items are sorted by domain, those of processes first. */
		while (item < c->items.nr && c->items.at[item].domain == i &&
		       c->items.at[item].kind != KHV_ITEM_FAMILY)
			item++;
		b->process = htole32(process);
		b->nr_process = htole32(item - process);
		b->family = htole32(item);
		process = item;
		while (item < c->items.nr && c->items.at[item].domain == i)
			item++;
		b->nr_family = htole32(item - process);
		if (le32toh(b->nr_process) > KHV_MAX_ITEMS ||
		    le32toh(b->nr_family) > KHV_MAX_ITEMS)
			hvp_rule_error(
				c, c->items.at[item - 1].place.rule,
				"more than %u process or family: rules in a domain",
				KHV_MAX_ITEMS);
	}
}

static void write_nodes(struct writer *w)
{
	struct hvp_compiler *c = w->c;
	u32 count = c->nodes.nr ? c->nodes.nr : 1, i;
	struct khv_blob_node *b;

	b = section(w, KHV_SEC_NODES, count, sizeof(*b));
	for (i = 1; i < c->nodes.nr; i++) {
		const struct hvp_node *n = &c->nodes.at[i];
		bool net = n->flags & KHV_NODE_NET;

		b[i].parent = htole32(n->parent);
		b[i].name = htole32(n->name);
		b[i].first = htole32(n->first);
		b[i].more = htole32(net ? n->nr : n->glob);
		b[i].name_len = n->name_len;
		b[i].nr = net ? n->shares : n->nr;
		b[i].width = n->width;
		b[i].flags = n->flags;
	}
}

static void write_conds(struct writer *w)
{
	struct hvp_compiler *c = w->c;
	struct khv_blob_cond *b;
	u32 i;

	b = section(w, KHV_SEC_CONDS, c->conds.nr, sizeof(*b));
	for (i = 0; i < c->conds.nr; i++) {
		const struct hvp_cond *from = &c->conds.at[i];

		b[i].what = htole32(from->what);
		b[i].uid = htole32(from->uid);
		b[i].gid = htole32(from->gid);
		b[i].until = htole64(from->until);
		b[i].ranged = htole32(from->ranged);
		b[i].from_length = from->from_length;
		b[i].from_inet6 = from->from_inet6;
		b[i].negated = from->negated;
		memcpy(b[i].from, from->from, sizeof(b[i].from));
		if (from->what & KHV_COND_ROLE) {
			b[i].role = htole32(c->roles.at[from->role].first);
			b[i].nr_role = htole32(c->roles.at[from->role].nr);
		}
		if (from->what & KHV_COND_RANGES) {
			const struct hvp_range_set *set =
				&c->range_sets.at[from->ranges];

			b[i].ranges = htole32(set->first);
			b[i].nr_ranges = htole32(set->nr);
		}
	}
}

/* Those of roles first, then the administrators. */
static void write_members(struct writer *w)
{
	struct hvp_compiler *c = w->c;
	struct khv_blob_member *b;
	u32 i;

	b = section(w, KHV_SEC_MEMBERS, c->members.nr + c->admins.nr,
		    sizeof(*b));
	for (i = 0; i < c->members.nr; i++)
		*b++ = c->members.at[i];
	for (i = 0; i < c->admins.nr; i++)
		*b++ = c->admins.at[i];
}

static u8 needs(struct hvp_compiler *c)
{
	u32 what = 0, needs, i;

	for (i = 0; i < c->conds.nr; i++)
		what |= c->conds.at[i].what;
	needs = khv_cond_needs(what);
	if (c->limits.nr)
		needs |= KHV_NEEDS_LIMIT;
	for (i = 0; i < c->blob_items.nr; i++)
		if (le32toh(c->blob_items.at[i].kind) == KHV_ITEM_EXE)
			needs |= KHV_NEEDS_EXE;
	return needs;
}

static void write_rules(struct writer *w)
{
	struct hvp_compiler *c = w->c;
	struct khv_blob_rule *b;
	struct khv_blob_note *note;
	u32 i, notes = 0;

	b = section(w, KHV_SEC_RULES, c->rules.nr, sizeof(*b));
	for (i = 0; i < c->rules.nr; i++) {
		const struct hvp_rule *r = &c->rules.at[i];

		b[i].text = htole32(r->text);
		b[i].line = htole32(r->line);
		b[i].source = htole16(r->source);
		b[i].domain = htole16(r->domain);
		b[i].kind = r->kind;
		b[i].effects = r->effects;
		b[i].error = r->error;
		b[i].limit = r->limit;
		notes += r->why || r->tag;
	}
	note = section(w, KHV_SEC_NOTES, notes, sizeof(*note));
	for (i = 0; i < c->rules.nr; i++) {
		const struct hvp_rule *r = &c->rules.at[i];

		if (!r->why && !r->tag)
			continue;
		note->rule = htole32(i);
		if (r->why)
			note->why =
				htole32(hvp_string(c, r->why, strlen(r->why)));
		if (r->tag)
			note->tag =
				htole32(hvp_string(c, r->tag, strlen(r->tag)));
		note++;
	}
}

static void write_sources(struct writer *w)
{
	struct hvp_compiler *c = w->c;
	struct khv_blob_source *b;
	u32 i;

	b = section(w, KHV_SEC_SOURCES, c->sources.nr, sizeof(*b));
	for (i = 0; i < c->sources.nr; i++) {
		const struct hvp_source *s = &c->sources.at[i];

		b[i].name = htole32(hvp_string(c, s->name, strlen(s->name)));
		b[i].text = htole32(s->offset);
		b[i].len = htole32(s->len);
		b[i].changed = htole64(s->changed);
	}
}

static void finish_header(struct writer *w)
{
	struct khv_blob_header *h = &w->header;
	struct hvp_compiler *c = w->c;
	u32 i;

	h->magic = htole32(KHV_BLOB_MAGIC);
	h->version = htole32(KHV_BLOB_VERSION);
	h->size = htole32(w->size);
	h->governed = c->versioned ? (1 << KHV_NR_TYPES) - 1 :
				     c->mentions | 1 << KHV_TYPE_KERNEL;
	h->mode = c->mode;
	h->needs = needs(c);
	h->admins = htole32(c->members.nr);
	h->nr_admins = htole32(c->admins.nr);
	h->probes = c->probes;
	h->attach = htole32(c->attach_root);
	h->refuse = htole32(c->first_refuse);
	h->nr_refuse = htole32(c->refuse.nr);
	for (i = 0; i < KHV_NR_TYPES; i++) {
		h->judged[i] = htole32(c->judged[i]);
		h->named[i] = htole32(c->named[i]);
		h->gaps[i] = htole32(c->gaps[i]);
	}
	memcpy(w->blob, h, sizeof(*h));
}

void hvp_write(struct hvp_compiler *c)
{
	struct writer w = { .c = c, .size = sizeof(w.header) };
	struct khv_policy *p = c->policy;

	w.blob = hvp_resize(&c->mem, NULL, w.size);
	memset(w.blob, 0, w.size);
	w.header.name = htole32(hvp_string(c, c->name, strlen(c->name)));
	write_domains(&w);
	write_nodes(&w);
	copy(&w, KHV_SEC_GLOBS, c->globs.at, c->globs.nr, sizeof(*c->globs.at));
	copy(&w, KHV_SEC_BRANCHES, c->branches.at, c->branches.nr, 4);
	copy(&w, KHV_SEC_PORTS, c->ports.at, c->ports.nr, sizeof(*c->ports.at));
	copy(&w, KHV_SEC_ITEMS, c->blob_items.at, c->blob_items.nr,
	     sizeof(*c->blob_items.at));
	copy(&w, KHV_SEC_ENTRIES, c->entries.at, c->entries.nr,
	     sizeof(*c->entries.at));
	write_conds(&w);
	write_members(&w);
	copy(&w, KHV_SEC_RANGES, c->ranges.at, c->ranges.nr,
	     sizeof(*c->ranges.at));
	copy(&w, KHV_SEC_LIMITS, c->limits.at, c->limits.nr,
	     sizeof(*c->limits.at));
	write_rules(&w);
	write_sources(&w);
	copy(&w, KHV_SEC_SLOTS, c->slots.at, c->slots.nr, 4);
	hvp_more(&c->mem, &c->strings, KHV_STRINGS_PAD);
	copy(&w, KHV_SEC_STRINGS, c->strings.at, c->strings.nr, 1);
	copy(&w, KHV_SEC_TEXT, c->text.at, c->text.nr, 1);
	w.size = (w.size + 7) & ~7ull;
	finish_header(&w);
	p->size = w.size;
	p->blob = hvp_resize(&p->mem, NULL, w.size);
	memcpy(p->blob, w.blob, w.size);
}

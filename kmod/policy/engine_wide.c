// SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1)
/*
 * The walk where patterns match: several nodes at a depth. It is apart from the
 * one with a single node, so that its arrays do not burden that.
 */
#include "engine_walk.h"

struct wide {
	u32 nr;
	u32 node[KHV_MAX_WIDTH];
};

/*
 * A "**". One below another is met at each depth where what stands before it matches,
 * and stays from then on: once is enough.
 */
static void wide_add_deep(struct khv_fold *f, struct wide *w, u32 deep)
{
	u32 i;

	if (f->e->nodes[deep].flags & KHV_NODE_NESTED) {
		for (i = 0; i < w->nr; i++) {
			khv_count();
			if (w->node[i] == deep)
				return;
		}
	}
	if (w->nr < KHV_MAX_WIDTH)
		w->node[w->nr++] = deep;
	else
		f->broken = true;
}

static void wide_add(struct khv_fold *f, struct wide *w, u32 node)
{
	const struct khv_blob_node *n = f->e->nodes + node;
	u32 deep = khv_le32(glob_of(f->e, n)->deep);

	khv_count();
	if (w->nr >= KHV_MAX_WIDTH) {
		f->broken = true;
		return;
	}
	w->node[w->nr++] = node;
	if (deep)
		wide_add_deep(f, w, deep);	/* "**" may stand for nothing */
}

/* Literal before pattern, then the number of literal bytes. */
static u32 rank_of(const struct khv_engine *e, u32 node)
{
	const struct khv_blob_node *n = e->nodes + node;

	if (!(n->flags & KHV_NODE_GLOB))
		return 0x10000;
	return khv_le16(glob_of(e, n)->literals);
}

/* The children of @node that are patterns and match @c. */
static void wide_patterns(struct khv_fold *f, const struct khv_blob_glob *g,
			  struct wide *to, const struct component *c)
{
	const struct khv_engine *e = f->e;
	const __le32 *branch = khv_section(e, KHV_SEC_BRANCHES);
	const __le32 *end;

	branch += khv_le32(g->first);
	for (end = branch + g->nr; branch < end; branch++) {
		u32 child = khv_le32(*branch);

		if (match_pattern(e, e->nodes + child, c))
			wide_add(f, to, child);
	}
}

/* All nodes that match @c below one of @from. */
static void wide_step(struct khv_fold *f, const struct wide *from,
		      struct wide *to, const struct component *c)
{
	const struct khv_engine *e = f->e;
	u32 i;

	to->nr = 0;
	for (i = 0; i < from->nr; i++) {
		u32 node = from->node[i], child;
		const struct khv_blob_node *n = e->nodes + node;
		const struct khv_blob_glob *g;

		if (!n->width)
			continue;
		g = glob_of(e, n);
		if (n->flags & KHV_NODE_DEEP) {
			/* It has no "**" of its own: no wide_add(). */
			wide_add_deep(f, to, node);
			if (!(khv_le64(g->filter) &
			      khv_filter_bit(c->name[0]))) {
				if (g->nr)
					wide_patterns(f, g, to, c);
				continue;
			}
		}
		child = find_child(e, node, c);
		if (child)
			wide_add(f, to, child);
		if (g->nr)
			wide_patterns(f, g, to, c);
	}
}

static void wide_sort(const struct khv_engine *e, struct wide *w)
{
	u32 i, j;

	for (i = 1; i < w->nr; i++) {
		u32 node = w->node[i];
		u32 rank = rank_of(e, node);

		for (j = i; j && rank_of(e, w->node[j - 1]) > rank; j--)
			w->node[j] = w->node[j - 1];
		w->node[j] = node;
	}
}

/*
 * Patterns with the same number of literal bytes: their entries compete by
 * class, so all of one class come before all of the next. Those of a node are in
 * that order already: merge them.
 */
static void fold_equals(struct khv_fold *f, const u32 *nodes, u32 nr, bool last)
{
	u8 done[KHV_MAX_WIDTH] = { 0 };
	u32 i;

	for (;;) {
		const struct khv_blob_entry *entry, *least = NULL;
		u32 class, lowest = ~0u, from = 0;

		for (i = 0; i < nr; i++) {
			const struct khv_blob_node *n = f->e->nodes + nodes[i];

			khv_count();
			if (done[i] == n->nr)
				continue;
			entry = f->e->entries + khv_le32(n->first) + done[i];
			class = khv_le32(entry->grant) & KHV_GRANT_CLASS;
			if (class < lowest) {
				lowest = class;
				least = entry;
				from = i;
			}
		}
		if (!least)
			return;
		done[from]++;
		if (last || !(khv_le32(least->grant) & KHV_GRANT_EXACT))
			khv_fold_entry(f, least);
	}
}

static void fold_ranked(struct khv_fold *f, struct wide *w, bool last)
{
	const struct khv_engine *e = f->e;
	u32 i, j;

	wide_sort(e, w);
	for (i = 0; i < w->nr; i = j) {
		u32 rank = rank_of(e, w->node[i]);

		for (j = i; j < w->nr && rank_of(e, w->node[j]) == rank; j++)
			;
		if (j - i > 1)
			fold_equals(f, w->node + i, j - i, last);
		else
			fold_node(f, e->nodes + w->node[i], last);
	}
}

/* Nearly always at most one of the nodes has rules, and no order is needed. */
static void fold_wide(struct khv_fold *f, struct wide *w, bool last)
{
	const struct khv_blob_node *n, *only = NULL;
	u32 i, with = 0;

	for (i = 0; i < w->nr; i++) {
		n = f->e->nodes + w->node[i];
		if (last)
			fold_stat(f, n);
		if (n->nr) {
			only = n;
			with++;
		}
	}
	if (with > 1)
		fold_ranked(f, w, last);
	else if (only)
		fold_node(f, only, last);
}

/* Are the nodes few enough to go on one by one? Then @at says which. */
static bool narrow(const struct khv_engine *e, const struct wide *w,
		   struct khv_place *at)
{
	u32 i, own;

	if (w->nr > 2)
		return false;
	at->node = 0;
	at->deep = 0;
	for (i = 0; i < w->nr; i++) {
		const struct khv_blob_node *n = e->nodes + w->node[i];
		u32 *to = n->flags & KHV_NODE_DEEP ? &at->deep : &at->node;

		if (*to)
			return false;
		*to = w->node[i];
	}
	if (at->deep && !is_simple_deep(e, at->deep))
		return false;
	own = at->node ? khv_le32(glob_of(e, e->nodes + at->node)->deep) : 0;
	return !own || own == at->deep;
}

noinline_for_stack void khv_walk_wide(struct khv_fold *f, struct khv_place *at)
{
	struct wide a, b, *now = &a, *next = &b, *swap;
	struct component c;

	now->nr = 0;
	if (at->node)
		wide_add(f, now, at->node);
	if (at->deep && (now->nr < 2 || now->node[1] != at->deep))
		now->node[now->nr++] = at->deep;
	do {
		cut(&c, at);
		at->p += c.len;
		wide_step(f, now, next, &c);
		fold_wide(f, next, at->p == at->end);
		at->p++;
		swap = now;
		now = next;
		next = swap;
	} while (at->p < at->end && !narrow(f->e, now, at));
}

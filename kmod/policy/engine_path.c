// SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1)
/*
 * Walk a tree of components and fold the rules on the way.
 *
 * Until a node with patterns is met there is one node at each depth, and that
 * walk is what nearly every lookup is; the walk with several nodes is separate
 * so that its arrays do not burden it.
 */
#include "engine_internal.h"

struct component {
	const char *name;
	size_t len;
	u64 hash;
	u64 tail;		/* its last len % 8 bytes */
};

/*
 * Find the end of the component at @p and hash it, a word at a time. Bytes
 * before @start and from @end on are not touched.
 */
static inline void cut_component(struct component *c, const char *start,
				 const char *p, const char *end)
{
	const u64 slash = 0x2f2f2f2f2f2f2f2full;
	const u64 ones = 0x0101010101010101ull;
	u64 hash = 0;

	c->name = p;
	for (;;) {
		size_t left = end - p, n = 8;
		u64 word, found;

		if (left >= 8)
			word = khv_load_word(p);
		else if (end - start >= 8)
			word = left ? khv_load_word(end - 8) >> (64 - 8 * left) : 0;
		else
			word = khv_load_bytes(p, left);
		found = word ^ slash;
		found = (found - ones) & ~found & (ones << 7);
		if (found)
			n = __builtin_ctzll(found) / 8;
		if (n > left)
			n = left;
		if (n < 8) {
			c->tail = khv_low_bytes(word, n);
			c->hash = khv_hash_word(hash, c->tail);
			c->len = p + n - c->name;
			return;
		}
		hash = khv_hash_word(hash, word);
		p += 8;
	}
}

/* @name as one component, whatever bytes are in it. */
static void whole_component(struct component *c, const char *name, size_t len)
{
	c->name = name;
	c->len = len;
	c->hash = khv_hash_name(name, len);
	c->tail = khv_load_bytes(name + (len & ~(size_t)7), len & 7);
}

/* @stored may be read beyond its end, up to KHV_STRINGS_PAD bytes. */
static inline bool same_name(const struct component *c, const char *stored)
{
	const char *p = c->name;
	size_t left;

	for (left = c->len; left >= 8; left -= 8, p += 8, stored += 8)
		if (khv_load_word(p) != khv_load_word(stored))
			return false;
	return khv_low_bytes(khv_load_word(stored), left) == c->tail;
}

static inline u32 find_child(const struct khv_engine *e, u32 parent,
			     const struct component *c)
{
	u64 hash = khv_hash_child(parent, c->hash);
	const __le32 *slot = e->slots + khv_slot_home(hash, e->homes);
	const __le32 *end = slot + e->probes;
	u32 tag = khv_slot_tag(hash);

	for (; slot < end; slot++) {
		u32 value = khv_le32(*slot);
		const struct khv_blob_node *n;

		khv_count();
		if (!value)
			return 0;
		if ((value & 0xff) != tag)
			continue;
		n = e->nodes + (value >> 8);
		if (khv_le32(n->parent) == parent && n->name_len == c->len &&
		    same_name(c, khv_string(e, khv_le32(n->name))))
			return value >> 8;
	}
	return 0;
}

u32 khv_find_child(const struct khv_engine *e, u32 parent, const char *name,
		   size_t len)
{
	struct component c;

	whole_component(&c, name, len);
	return find_child(e, parent, &c);
}

static inline void fold_node(struct khv_fold *f, const struct khv_blob_node *n,
			     bool last)
{
	const struct khv_blob_entry *entry = f->e->entries + khv_le32(n->first);
	const struct khv_blob_entry *end = entry + n->nr;

	for (; entry < end; entry++) {
		khv_count();
		if (last || !(entry->grant & khv_cpu_le32(KHV_GRANT_EXACT)))
			khv_fold_entry(f, entry);
	}
}

static inline void fold_stat(struct khv_fold *f, const struct khv_blob_node *n)
{
	if (n->flags & KHV_NODE_STAT)
		f->grant |= KHV_F_STAT;
}

/* --- several nodes at a depth ------------------------------------------------ */

struct wide {
	u32 nr;
	u32 node[KHV_MAX_WIDTH];
};

static const struct khv_blob_glob *glob_of(const struct khv_engine *e,
					   const struct khv_blob_node *n)
{
	const struct khv_blob_glob *g = khv_section(e, KHV_SEC_GLOBS);

	return n->flags & KHV_NODE_NET ? g : g + khv_le32(n->more);
}

static void wide_add(struct khv_fold *f, struct wide *w, u32 node)
{
	const struct khv_blob_node *n = f->e->nodes + node;
	u32 deep = khv_le32(glob_of(f->e, n)->deep);

	khv_count();
	if (w->nr + !!deep >= KHV_MAX_WIDTH) {
		f->broken = true;
		return;
	}
	w->node[w->nr++] = node;
	if (deep)
		w->node[w->nr++] = deep;	/* "**" may stand for nothing */
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
		const struct khv_blob_node *p = e->nodes + child;
		const char *pattern = khv_string(e, khv_le32(p->name));
		u8 first = khv_glob_first(pattern, p->name_len);

		khv_count();
		if (first && first != (u8)c->name[0])
			continue;
		if (khv_glob_match(pattern, p->name_len, c->name, c->len))
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
			if (to->nr < KHV_MAX_WIDTH)
				to->node[to->nr++] = node;
			else
				f->broken = true;
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

/* Continue at @node, which matches all of the path before @p. */
static noinline_for_stack void walk_wide(struct khv_fold *f, u32 node,
					 const char *start, const char *p,
					 const char *end, enum khv_cut cut)
{
	struct wide a, b, *now = &a, *next = &b, *swap;
	struct component c;

	now->nr = 0;
	wide_add(f, now, node);
	while (p < end && now->nr) {
		if (cut == KHV_CUT_SLASH)
			cut_component(&c, start, p, end);
		else
			whole_component(&c, p, end - p);
		p += c.len;
		wide_step(f, now, next, &c);
		fold_wide(f, next, p == end);
		swap = now;
		now = next;
		next = swap;
		p++;
	}
}

/* --- one node at a depth ------------------------------------------------------ */

void khv_fold_path(struct khv_fold *f, u32 root, const char *path, size_t len)
{
	const struct khv_engine *e = f->e;
	const char *end = path + len, *p = path + 1;
	const struct khv_blob_node *n = e->nodes + root;
	u32 node = root;

	if (!root || !len)
		return;
	if (p == end)
		fold_stat(f, n);
	fold_node(f, n, p == end);
	while (p < end && n->width) {
		struct component c;
		bool last;

		if (khv_unlikely(n->more)) {
			walk_wide(f, node, path, p, end, KHV_CUT_SLASH);
			return;
		}
		cut_component(&c, path, p, end);
		node = find_child(e, node, &c);
		if (!node)
			return;
		n = e->nodes + node;
		p += c.len;
		last = p == end;
		if (last)
			fold_stat(f, n);
		fold_node(f, n, last);
		p++;
	}
}

void khv_fold_name(struct khv_fold *f, u32 root, const char *name, size_t len)
{
	if (root && len)
		walk_wide(f, root, name, name, name + len, KHV_CUT_WHOLE);
}

void khv_fold_pair(struct khv_fold *f, u32 root, const char *name, size_t len)
{
	const char *colon = memchr(name, ':', len);
	size_t kind_len = colon ? (size_t)(colon - name) : len;
	const struct khv_engine *e = f->e;
	u32 node;

	if (!root)
		return;
	fold_node(f, e->nodes + root, false);
	node = khv_find_child(e, root, name, kind_len);
	if (!node)
		return;
	fold_node(f, e->nodes + node, kind_len == len);
	/* What follows the colon is a name given by a program: it may hold "/". */
	if (len <= kind_len + 1 || !e->nodes[node].width)
		return;
	name = colon + 1;
	len -= kind_len + 1;
	if (e->nodes[node].more) {
		walk_wide(f, node, name, name, name + len, KHV_CUT_WHOLE);
		return;
	}
	node = khv_find_child(e, node, name, len);
	if (node)
		fold_node(f, e->nodes + node, true);
}

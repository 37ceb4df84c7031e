// SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1)
/*
 * Walk a tree of components and fold the rules on the way.
 *
 * Until a node with patterns is met there is one node at each depth, and that
 * walk is what nearly every lookup is; engine_wide.c has the other one.
 */
#include "engine_walk.h"

u32 khv_find_child(const struct khv_engine *e, u32 parent, const char *name,
		   size_t len)
{
	struct component c;

	whole_component(&c, name, len);
	return find_child(e, parent, &c);
}

/* The next "/" from @p on, or @end. */
static inline const char *next_slash(const char *start, const char *p,
				     const char *end)
{
	u64 found;

	for (;; p += 8) {
		size_t left = end - p;

		found = find_slashes(khv_likely(left >= 8) ?
				     khv_load_word(p) :
				     load_last(start, end, left));
		if (found)
			return p + __builtin_ctzll(found) / 8;
	}
}

/*
 * The next component where a "**" is open and no node is left: only names that
 * begin as one of its children may matter, so all others are passed over.
 */
static const char *skip_names(const struct khv_engine *e, u32 deep,
			      const char *start, const char *p, const char *end)
{
	u64 filter = khv_le64(glob_of(e, e->nodes + deep)->filter);

	for (;;) {
		if (p >= end || (filter & khv_filter_bit(*p)))
			return p;
		khv_count();
		p = next_slash(start, p, end) + 1;
	}
}

/* Does any of the pattern children match @c? */
static bool any_pattern(const struct khv_engine *e, const struct khv_blob_glob *g,
			const struct component *c)
{
	const __le32 *branch = khv_section(e, KHV_SEC_BRANCHES);
	const __le32 *end;

	branch += khv_le32(g->first);
	for (end = branch + g->nr; branch < end; branch++)
		if (match_pattern(e, e->nodes + khv_le32(*branch), c))
			return true;
	return false;
}

/* Does the walk need more than one node at the next depth? */
static bool must_widen(const struct khv_engine *e, struct khv_place *at,
		       const struct component *c)
{
	const struct khv_blob_glob *g;
	u32 deep;

	if (at->node && e->nodes[at->node].more) {
		g = glob_of(e, e->nodes + at->node);
		if (g->nr && any_pattern(e, g, c))
			return true;
		deep = khv_le32(g->deep);
		if (deep && deep != at->deep) {
			if (at->deep || !is_simple_deep(e, deep))
				return true;
			at->deep = deep;
		}
	}
	if (!at->deep)
		return false;
	g = glob_of(e, e->nodes + at->deep);
	return (khv_le64(g->filter) & khv_filter_bit(c->name[0])) &&
	       find_child(e, at->deep, c);
}

/* From @at on, where there is a pattern or a "**". */
static noinline_for_stack void walk_patterns(struct khv_fold *f,
					     struct khv_place *at)
{
	const struct khv_engine *e = f->e;
	const struct khv_blob_node *n;
	struct component c;
	bool last;

	while (at->p < at->end) {
		if (!at->node || !e->nodes[at->node].width) {
			if (!at->deep)
				return;
			at->node = 0;
			if (at->cut == KHV_CUT_SLASH)
				at->p = skip_names(e, at->deep, at->start, at->p,
						   at->end);
			if (at->p >= at->end)
				return;
		}
		cut(&c, at);
		if (must_widen(e, at, &c)) {
			khv_walk_wide(f, at);
			continue;
		}
		at->p += c.len;
		last = at->p++ == at->end;
		if (!at->node)
			continue;
		at->node = find_child(e, at->node, &c);
		if (!at->node)
			continue;
		n = e->nodes + at->node;
		if (last)
			fold_stat(f, n);
		fold_node(f, n, last);
	}
}

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
			struct khv_place at = {
				.start = path, .p = p, .end = end,
				.cut = KHV_CUT_SLASH, .node = node,
			};

			walk_patterns(f, &at);
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

/* The whole of @name as one component below @node. */
static void fold_whole(struct khv_fold *f, u32 node, const char *name, size_t len)
{
	struct khv_place at = {
		.start = name, .p = name, .end = name + len,
		.cut = KHV_CUT_WHOLE, .node = node,
	};

	khv_walk_wide(f, &at);
}

void khv_fold_name(struct khv_fold *f, u32 root, const char *name, size_t len)
{
	if (root && len)
		fold_whole(f, root, name, len);
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
		fold_whole(f, node, name, len);
		return;
	}
	node = khv_find_child(e, node, name, len);
	if (node)
		fold_node(f, e->nodes + node, true);
}

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
	u64 mask;		/* which bytes of a word they are */
};

#define ONES	0x0101010101010101ull

/* The top bit of each byte that is "/", right up to the lowest one that is. */
static inline u64 find_slashes(u64 word)
{
	word ^= '/' * ONES;
	return (word - ONES) & ~word & (ONES << 7);
}

/* The bytes below the lowest bit of @found. */
static inline u64 bytes_before(u64 found)
{
	return ((found & -found) >> 7) - 1;
}

/*
 * The @left < 8 bytes before @end, with a "/" behind them. What lies before @start
 * and from @end on is not touched.
 */
static inline u64 load_last(const char *start, const char *end, size_t left)
{
	u64 word = 0;

	if (left && end - start >= 8)
		word = khv_load_word(end - 8) >> (64 - 8 * left);
	else if (left)
		word = khv_load_bytes(end - left, left);
	return word | (u64)'/' << (8 * left);
}

/* Find the end of the component at @p and hash it, a word at a time. */
static inline void cut_component(struct component *c, const char *start,
				 const char *p, const char *end)
{
	u64 hash = 0, word, found;

	c->name = p;
	for (;; p += 8) {
		size_t left = end - p;

		word = khv_likely(left >= 8) ? khv_load_word(p) :
					       load_last(start, end, left);
		found = find_slashes(word);
		if (khv_likely(found))
			break;
		hash = khv_hash_word(hash, word);
	}
	c->mask = bytes_before(found);
	c->tail = word & c->mask;
	c->hash = khv_hash_word(hash, c->tail);
	c->len = p - c->name + __builtin_ctzll(found) / 8;
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

/* @name as one component, whatever bytes are in it. */
static void whole_component(struct component *c, const char *name, size_t len)
{
	c->name = name;
	c->len = len;
	c->hash = khv_hash_name(name, len);
	c->tail = khv_load_bytes(name + (len & ~(size_t)7), len & 7);
	c->mask = (1ull << (8 * (len & 7))) - 1;
}

/* @stored may be read beyond its end, up to KHV_STRINGS_PAD bytes. */
static inline bool same_name(const struct component *c, const char *stored)
{
	const char *p = c->name;
	size_t left;

	for (left = c->len; khv_unlikely(left >= 8); left -= 8, p += 8, stored += 8)
		if (khv_load_word(p) != khv_load_word(stored))
			return false;
	return (khv_load_word(stored) & c->mask) == c->tail;
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
	const struct khv_blob_entry *entry, *end;

	if (!n->nr)
		return;
	entry = f->e->entries + khv_le32(n->first);
	for (end = entry + n->nr; entry < end; entry++) {
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

/*
 * Where a walk stands: the nodes that match all of the path before @p. Nearly
 * always that is one, and at most one "**" that began further up.
 */
struct place {
	const char *start, *p, *end;
	enum khv_cut cut;
	u32 node;	/* not "**"; 0: none */
	u32 deep;	/* "**" without patterns below it; 0: none */
};

static void cut(struct component *c, const struct place *at)
{
	if (at->cut == KHV_CUT_SLASH)
		cut_component(c, at->start, at->p, at->end);
	else
		whole_component(c, at->p, at->end - at->p);
}

/* Patterns below a "**" make every component a question to each of them. */
static bool is_simple_deep(const struct khv_engine *e, u32 deep)
{
	return !glob_of(e, e->nodes + deep)->nr;
}

/* Are the nodes few enough to go on one by one? Then @at says which. */
static bool narrow(const struct khv_engine *e, const struct wide *w,
		   struct place *at)
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

/* Go on from @at until there are few nodes again, or the path ends. */
static noinline_for_stack void walk_wide(struct khv_fold *f, struct place *at)
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

/* --- one node at a depth ------------------------------------------------------ */

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

/* Does the walk need more than one node at the next depth? */
static bool must_widen(const struct khv_engine *e, struct place *at,
		       const struct component *c)
{
	const struct khv_blob_glob *g;
	u32 deep;

	if (at->node && e->nodes[at->node].more) {
		g = glob_of(e, e->nodes + at->node);
		if (g->nr)
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
					     struct place *at)
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
			walk_wide(f, at);
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
			struct place at = {
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
	struct place at = {
		.start = name, .p = name, .end = name + len,
		.cut = KHV_CUT_WHOLE, .node = node,
	};

	walk_wide(f, &at);
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

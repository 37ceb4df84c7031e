/* SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1) */
/* Walking a tree of components: what engine_path.c and engine_wide.c share. */
#ifndef _KHV_ENGINE_WALK_H
#define _KHV_ENGINE_WALK_H

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

/* @name as one component, whatever bytes are in it. */
static inline void whole_component(struct component *c, const char *name, size_t len)
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

static inline const struct khv_blob_glob *glob_of(const struct khv_engine *e,
						  const struct khv_blob_node *n)
{
	const struct khv_blob_glob *g = khv_section(e, KHV_SEC_GLOBS);

	return n->flags & KHV_NODE_NET ? g : g + khv_le32(n->more);
}

/*
 * Where a walk stands: the nodes that match all of the path before @p. Nearly
 * always that is one, and at most one "**" that began further up.
 */
struct khv_place {
	const char *start, *p, *end;
	enum khv_cut cut;
	u32 node;	/* not "**"; 0: none */
	u32 deep;	/* "**" without patterns below it; 0: none */
};

static inline void cut(struct component *c, const struct khv_place *at)
{
	if (at->cut == KHV_CUT_SLASH)
		cut_component(c, at->start, at->p, at->end);
	else
		whole_component(c, at->p, at->end - at->p);
}

/*
 * Does the child with the pattern of @n match @c? Nearly always its first or its last
 * byte says that it does not, without a walk through both.
 */
static inline bool match_pattern(const struct khv_engine *e,
				 const struct khv_blob_node *n,
				 const struct component *c)
{
	const char *pattern = khv_string(e, khv_le32(n->name));
	u8 first = khv_glob_first(pattern, n->name_len);
	u8 last = khv_glob_last(pattern, n->name_len);

	khv_count();
	if ((first && first != (u8)c->name[0]) ||
	    (last && last != (u8)c->name[c->len - 1]))
		return false;
	return khv_glob_match(pattern, n->name_len, c->name, c->len);
}

/* Patterns below a "**" make every component a question to each of them. */
static inline bool is_simple_deep(const struct khv_engine *e, u32 deep)
{
	return !glob_of(e, e->nodes + deep)->nr;
}

/*
 * Go on from @at, with several nodes at a depth, until there are few again or the
 * path ends.
 */
void khv_walk_wide(struct khv_fold *f, struct khv_place *at);

#endif /* _KHV_ENGINE_WALK_H */

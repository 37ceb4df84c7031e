// SPDX-License-Identifier: LGPL-2.1
/*
 * How many nodes a lookup can meet at once, and the hash table that leads to
 * them. blob.h says what width means; khv_engine_open() checks it.
 */
#include <endian.h>
#include "compiler.h"

/* Of a node: its patterns; of a "**" also those below it, behind them. */
struct branch {
	u32 node, parent;
	u32 first; /* byte, or NESTED */
};

enum { NESTED = 256 };

static int compare_branches(const void *a, const void *b)
{
	const struct branch *x = a, *y = b;

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->node < y->node ? -1 : 1;
}

static u32 width_of(const struct hvp_node *n)
{
	return n->width ? n->width : 1;
}

static void too_wide(struct hvp_compiler *c, u32 node)
{
	u32 i;

	/* A rule below it, to have a line to show. */
	for (i = node; i < c->nodes.nr; i++) {
		u32 up = i;

		while (up > node)
			up = c->nodes.at[up].parent;
		if (up == node && c->nodes.at[i].places)
			break;
	}
	hvp_rule_error(
		c, c->places.at[c->nodes.at[i].places].rule,
		"too many patterns below \"%s\" can match the same name: at most %u",
		hvp_node_path(c, node), KHV_MAX_WIDTH);
	c->stop = true;
}

/* Patterns that begin with different bytes cannot match the same name. */
static u32 overlap_of(struct hvp_compiler *c, const struct branch *b, u32 nr)
{
	u32 any = 0, run = 0, most = 0, i;

	for (i = 0; i < nr; i++) {
		u32 width = width_of(&c->nodes.at[b[i].node]);

		if (!b[i].first) {
			any += width;
			continue;
		}
		run = i && b[i - 1].first == b[i].first ? run + width : width;
		if (run > most)
			most = run;
	}
	return any + most;
}

/* The nearest "**" above one that is below another. */
static u32 owner_of(struct hvp_compiler *c, u32 node)
{
	do {
		node = c->nodes.at[node].parent;
	} while (!(c->nodes.at[node].flags & KHV_NODE_DEEP));
	return node;
}

/* All of them may have been met, and each stays; false if that is too many. */
static bool add_nested(struct hvp_compiler *c, struct hvp_node *n,
		       const struct branch *b, u32 first, u32 nr)
{
	u32 width = 0, i;

	for (i = first; i < first + nr; i++)
		width += width_of(&c->nodes.at[b[i].node]);
	if (width > KHV_MAX_WIDTH)
		return false;
	n->nested = nr;
	n->nested_width = width;
	return true;
}

/* Of the "**" below a node that counts with it, and not with another one above. */
static u32 deep_width(struct hvp_compiler *c, const struct hvp_node *n)
{
	const struct hvp_node *deep = &c->nodes.at[n->deep];

	return n->deep && !(deep->flags & KHV_NODE_NESTED) ? deep->width : 0;
}

static void node_width(struct hvp_compiler *c, u32 i, const struct branch *b,
		       u32 nr, u32 nested)
{
	struct hvp_node *n = &c->nodes.at[i];
	u32 deep = deep_width(c, n), width = 0;
	struct hvp_node *up = &c->nodes.at[n->parent];

	n->overlap = 0;
	if (!add_nested(c, n, b, nr, nested)) {
		too_wide(c, i);
		return;
	}
	if (n->has_children) {
		u32 overlap = overlap_of(c, b, nr);

		width = n->widest + overlap;
		if (n->flags & KHV_NODE_DEEP)
			width = 1 + n->height * width + n->nested_width;
		else
			width += deep;
		if (deep && width < 1 + deep)
			width = 1 + deep;
		if (!width)
			width = 1;
		if (width > KHV_MAX_WIDTH || overlap > KHV_MAX_WIDTH) {
			too_wide(c, i);
			return;
		}
		n->overlap = overlap;
		n->width = width;
	}
	if (!n->parent)
		return;
	if (!(n->flags & (KHV_NODE_PATTERN | KHV_NODE_DEEP))) {
		up->filter |= khv_filter_bit(c->strings.at[n->name]);
		if (up->widest < width_of(n))
			up->widest = width_of(n);
	}
	/* What is higher than any width may be is refused: it need not be counted. */
	if ((n->flags & KHV_NODE_FLOAT) && !(n->flags & KHV_NODE_NESTED) &&
	    up->height < n->height + 1)
		up->height = n->height + (n->height <= KHV_MAX_WIDTH);
}

static void add_glob(struct hvp_compiler *c, u32 i, u32 first, u32 nr)
{
	struct hvp_node *n = &c->nodes.at[i];
	struct khv_blob_glob *g;

	if (!(n->flags & KHV_NODE_GLOB) && !nr && !n->deep)
		return;
	n->glob = c->globs.nr;
	g = hvp_push(&c->mem, &c->globs);
	g->first = htole32(nr || n->nested ? first : 0);
	g->deep = htole32(n->deep);
	g->literals = htole16(n->literals > 0xffff ? 0xffff : n->literals);
	g->nr = nr;
	g->overlap = n->overlap;
	if (n->flags & KHV_NODE_DEEP)
		g->filter = htole64(n->filter);
	g->height = n->flags & KHV_NODE_FLOAT ? n->height : 0;
	g->nested = n->nested;
	g->nested_width = n->nested_width;
}

void hvp_widths(struct hvp_compiler *c)
{
	HVP_LIST(struct branch) all = { 0 };
	u32 i, end, nested;

	hvp_push(&c->mem, &c->globs); /* 0 is none */
	for (i = 1; i < c->nodes.nr; i++) {
		const struct hvp_node *n = &c->nodes.at[i];
		struct branch *b;

		if (!(n->flags & (KHV_NODE_PATTERN | KHV_NODE_NESTED)))
			continue;
		b = hvp_push(&c->mem, &all);
		b->node = i;
		if (n->flags & KHV_NODE_NESTED) {
			b->parent = owner_of(c, i);
			b->first = NESTED;
			continue;
		}
		b->parent = n->parent;
		b->first = khv_glob_first(c->strings.at + n->name, n->name_len);
	}
	if (all.nr)
		qsort(all.at, all.nr, sizeof(*all.at), compare_branches);
	for (i = 0; i < all.nr; i++)
		*hvp_push(&c->mem, &c->branches) = htole32(all.at[i].node);
	/* Children have larger numbers, so they come first here. */
	end = all.nr;
	for (i = c->nodes.nr - 1; i > 0 && !c->stop; i--) {
		u32 start = end;

		nested = 0;
		while (start && all.at[start - 1].parent == i) {
			start--;
			nested += all.at[start].first == NESTED;
		}
		if (end - start - nested > KHV_MAX_PATTERNS) {
			too_wide(c, i);
			return;
		}
		node_width(c, i, all.nr ? all.at + start : NULL,
			   end - start - nested, nested);
		add_glob(c, i, start, end - start - nested);
		end = start;
	}
}

/* --- the hash table ------------------------------------------------------------------- */

struct homed {
	u32 home, value;
};

static int compare_homes(const void *a, const void *b)
{
	const struct homed *x = a, *y = b;

	if (x->home != y->home)
		return x->home < y->home ? -1 : 1;
	return x->value < y->value ? -1 : 1;
}

/* In the order of their homes every node is as near to its home as can be. */
static bool place_nodes(struct hvp_compiler *c, struct homed *list, u32 nr,
			u32 homes)
{
	u32 i, n = 0, at = 0, most = 0;

	for (i = 1; i < c->nodes.nr; i++) {
		const struct hvp_node *node = &c->nodes.at[i];
		u64 hash;

		if (!node->parent ||
		    (node->flags & (KHV_NODE_PATTERN | KHV_NODE_DEEP)))
			continue;
		hash = khv_hash(node->parent, c->strings.at + node->name,
				node->name_len);
		list[n].home = khv_slot_home(hash, homes);
		list[n++].value = i << 8 | khv_slot_tag(hash);
	}
	if (n)
		qsort(list, n, sizeof(*list), compare_homes);
	for (i = 0; i < nr; i++, at++) {
		if (at < list[i].home)
			at = list[i].home;
		if (at - list[i].home > most)
			most = at - list[i].home;
	}
	if (most >= KHV_MAX_PROBES)
		return false;
	c->probes = most + 1;
	c->slots.nr = 0;
	hvp_more(&c->mem, &c->slots, homes + most);
	for (i = 0, at = 0; i < nr; i++, at++) {
		if (at < list[i].home)
			at = list[i].home;
		c->slots.at[at] = htole32(list[i].value);
	}
	return true;
}

void hvp_hash_nodes(struct hvp_compiler *c)
{
	struct homed *list;
	u32 i, nr = 0, homes;

	for (i = 1; i < c->nodes.nr; i++)
		if (c->nodes.at[i].parent &&
		    !(c->nodes.at[i].flags &
		      (KHV_NODE_PATTERN | KHV_NODE_DEEP)))
			nr++;
	list = hvp_resize(&c->mem, NULL, (nr + 1) * sizeof(*list));
	for (homes = 2 * nr - nr / 4 + 1; !place_nodes(c, list, nr, homes);
	     homes += homes / 2)
		;
}

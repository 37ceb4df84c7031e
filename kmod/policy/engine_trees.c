// SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1)
/*
 * Check the trees of a blob: every node is led to, none is met twice, and no
 * object can meet more nodes at a time than a lookup has room for.
 */
#include "engine_check.h"

static const struct khv_blob_glob *glob_of(const struct check *c,
					   const struct khv_blob_node *n)
{
	return c->globs + (n->flags & KHV_NODE_NET ? 0 : khv_le32(n->more));
}

/* What a matching node counts for; one without children still has rules. */
static u32 width_of(const struct khv_blob_node *n)
{
	u32 width = n->width;

	/* With it, its "**" child becomes active too: that is in its width. */
	return width ? width : 1;
}

static bool net_ok(const struct check *c, const struct khv_blob_node *n)
{
	if (n->nr > KHV_MAX_PORT_SHARE || n->flags != KHV_NODE_NET)
		return false;
	return range_ok(khv_le32(n->first), khv_le32(n->more),
			c->count[KHV_SEC_PORTS]);
}

/* Fields of a node, and that its parent knows about it. */
static int check_node(const struct check *c, u32 i)
{
	const u8 inherited = KHV_NODE_GLOB | KHV_NODE_FLOAT | KHV_NODE_NET;
	const u8 known = inherited | KHV_NODE_STAT | KHV_NODE_PATTERN |
			 KHV_NODE_DEEP | KHV_NODE_NESTED;
	const struct khv_blob_node *n = c->nodes + i, *parent;
	u32 up = khv_le32(n->parent);
	const struct khv_blob_glob *g;

	if (up >= i || (n->flags & ~known) ||
	    khv_le32(n->name) >= c->count[KHV_SEC_STRINGS] ||
	    !range_ok(khv_le32(n->name), n->name_len + KHV_STRINGS_PAD,
		      c->count[KHV_SEC_STRINGS]) ||
	    n->width > KHV_MAX_WIDTH)
		return BAD_NODE;
	if (n->flags & KHV_NODE_NET) {
		if (!net_ok(c, n))
			return BAD_PORTS;
	} else if (!range_ok(khv_le32(n->first), n->nr,
			     c->count[KHV_SEC_ENTRIES]) ||
		   khv_le32(n->more) >= c->count[KHV_SEC_GLOBS]) {
		return BAD_NODE;
	}
	if ((n->flags & KHV_NODE_GLOB) ? !n->more :
	    (n->flags & (KHV_NODE_PATTERN | KHV_NODE_FLOAT | KHV_NODE_DEEP)))
		return BAD_NODE;
	if ((n->flags & KHV_NODE_NESTED) && !(n->flags & KHV_NODE_DEEP))
		return BAD_NODE;
	if (!up)
		return n->name_len || (n->flags & ~(KHV_NODE_NET | KHV_NODE_STAT)) ?
		       BAD_NODE : BAD_NONE;
	parent = c->nodes + up;
	if ((parent->flags & inherited) & ~n->flags)
		return BAD_NODE;
	if ((n->flags & ~parent->flags & KHV_NODE_NET) || !parent->width)
		return BAD_NODE;
	g = glob_of(c, parent);
	if (n->flags & KHV_NODE_DEEP) {
		/* Two in a row would be the same as one. */
		if (khv_le32(g->deep) != i || n->nr || n->name_len ||
		    !(n->flags & KHV_NODE_FLOAT) || !(n->flags & KHV_NODE_GLOB) ||
		    (parent->flags & KHV_NODE_DEEP) ||
		    !(parent->flags & KHV_NODE_FLOAT) !=
		    !(n->flags & KHV_NODE_NESTED))
			return BAD_NODE;
		return BAD_NONE;
	}
	if (!n->name_len)
		return BAD_NODE;
	if (parent->flags & KHV_NODE_FLOAT) {
		if (!n->more || glob_of(c, n)->height >= g->height)
			return BAD_WIDTH;
	} else if (n->flags & KHV_NODE_FLOAT) {
		return BAD_NODE;
	}
	return BAD_NONE;
}

/*
 * The branches of a node are its own, ordered, none twice, and no more overlap
 * than it says.
 */
static int check_branches(const struct check *c, u32 i)
{
	const struct khv_blob_node *n = c->nodes + i;
	const struct khv_blob_glob *g = glob_of(c, n);
	const char *strings = khv_section(c->e, KHV_SEC_STRINGS);
	u32 any = 0, run = 0, most = 0, before = 0, j;
	u8 last = 0;

	if (!range_ok(khv_le32(g->first), (u32)g->nr + g->nested,
		      c->count[KHV_SEC_BRANCHES]))
		return BAD_GLOB;
	for (j = 0; j < g->nr; j++) {
		u32 child = khv_le32(c->branches[khv_le32(g->first) + j]);
		const struct khv_blob_node *p = c->nodes + child;
		const char *pattern;
		u8 first;

		if (child >= c->count[KHV_SEC_NODES] ||
		    khv_le32(p->parent) != i || !(p->flags & KHV_NODE_PATTERN))
			return BAD_GLOB;
		pattern = strings + khv_le32(p->name);
		if (!khv_glob_valid(pattern, p->name_len, NULL))
			return BAD_PATTERN;
		first = khv_glob_first(pattern, p->name_len);
		if (first < last || (first == last && child <= before))
			return BAD_GLOB;
		if (first != last)
			run = 0;
		last = first;
		before = child;
		if (first)
			run += width_of(p);
		else
			any += width_of(p);
		if (run > most)
			most = run;
	}
	return any + most > g->overlap ? BAD_WIDTH : BAD_NONE;
}

/* The nearest "**" above a node below one: no further than a height can be. */
static u32 owner_of(const struct check *c, u32 i)
{
	do {
		i = khv_le32(c->nodes[i].parent);
	} while (i && !(c->nodes[i].flags & KHV_NODE_DEEP));
	return i;
}

/*
 * What stands behind the branches of a "**" are those below it that have no other one
 * between, in order, with no more width together than it says.
 */
static int check_nested(const struct check *c, u32 i)
{
	const struct khv_blob_node *n = c->nodes + i;
	const struct khv_blob_glob *g = glob_of(c, n);
	const __le32 *branch = c->branches + khv_le32(g->first) + g->nr;
	u32 width = 0, before = 0, j;

	for (j = 0; j < g->nested; j++) {
		u32 deep = khv_le32(branch[j]);

		if (deep >= c->count[KHV_SEC_NODES] || deep <= before ||
		    !(c->nodes[deep].flags & KHV_NODE_NESTED) ||
		    owner_of(c, deep) != i)
			return BAD_GLOB;
		before = deep;
		width += width_of(c->nodes + deep);
	}
	return width > g->nested_width ? BAD_WIDTH : BAD_NONE;
}

/* What the "**" child of a node adds to its width: one below another "**", nothing. */
static u32 deep_width(const struct check *c, const struct khv_blob_glob *g)
{
	const struct khv_blob_node *deep = c->nodes + khv_le32(g->deep);

	return g->deep && !(deep->flags & KHV_NODE_NESTED) ? deep->width : 0;
}

/* The width of a node against that of its children. */
static int check_width(const struct check *c, u32 i)
{
	const struct khv_blob_node *n = c->nodes + i;
	const struct khv_blob_glob *g = glob_of(c, n);
	u32 deep = khv_le32(g->deep), width;

	if (deep) {
		const struct khv_blob_node *d = c->nodes + deep;

		if (deep >= c->count[KHV_SEC_NODES] ||
		    khv_le32(d->parent) != i || !(d->flags & KHV_NODE_DEEP))
			return BAD_GLOB;
		deep = deep_width(c, g);
	}
	width = g->overlap + deep;
	if (n->flags & KHV_NODE_DEEP)
		width = 1 + g->height * g->overlap + g->nested_width;
	if (width > n->width || (deep && n->width < 1 + deep))
		return BAD_WIDTH;
	return BAD_NONE;
}

/* A literal child adds to what the patterns beside it can match. */
static int check_literal(const struct check *c, u32 i)
{
	const struct khv_blob_node *n = c->nodes + i;
	const struct khv_blob_node *parent = c->nodes + khv_le32(n->parent);
	const struct khv_blob_glob *g = glob_of(c, parent);
	u32 width = width_of(n) + g->overlap + deep_width(c, g);

	if (parent->flags & KHV_NODE_DEEP)
		width = 1 + g->height * width + g->nested_width;
	if (width > parent->width)
		return BAD_WIDTH;
	if ((parent->flags & KHV_NODE_DEEP) &&
	    !(khv_le64(g->filter) &
	      khv_filter_bit(*khv_string(c->e, khv_le32(n->name)))))
		return BAD_GLOB;
	if (khv_find_child(c->e, khv_le32(n->parent),
			   khv_string(c->e, khv_le32(n->name)), n->name_len) != i)
		return BAD_SLOTS;
	return BAD_NONE;
}

static bool glob_empty(const struct khv_blob_glob *g)
{
	return !g->first && !g->deep && !g->literals && !g->nr && !g->overlap &&
	       !g->height && !g->nested && !g->nested_width && !g->filter;
}

int khv_check_trees(const struct check *c)
{
	u32 i, listed = 0, branches = 0, n = c->count[KHV_SEC_NODES];
	int reason = BAD_NONE;

	if (!n || n >= KHV_MAX_NODES)
		return BAD_NODE;
	if (!c->count[KHV_SEC_GLOBS] || !glob_empty(c->globs))
		return BAD_GLOB;
	/* Node 0 stands for "none" and is never looked at. */
	for (i = 1; i < n && !reason; i++) {
		khv_relax(i);
		reason = check_node(c, i);
	}
	for (i = 1; i < n && !reason; i++) {
		khv_relax(i);
		reason = check_branches(c, i);
		if (!reason)
			reason = check_nested(c, i);
		branches += glob_of(c, c->nodes + i)->nr;
		branches += glob_of(c, c->nodes + i)->nested;
	}
	for (i = 1; i < n && !reason; i++) {
		khv_relax(i);
		reason = check_width(c, i);
	}
	for (i = 1; i < n && !reason; i++) {
		const struct khv_blob_node *node = c->nodes + i;

		khv_relax(i);
		if (node->flags & (KHV_NODE_PATTERN | KHV_NODE_NESTED))
			listed++;
		else if (node->parent && !(node->flags & KHV_NODE_DEEP))
			reason = check_literal(c, i);
	}
	/* Each is in one list only: if they are as many, none is missing. */
	if (!reason && branches != listed)
		reason = BAD_GLOB;
	return reason;
}

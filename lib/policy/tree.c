// SPDX-License-Identifier: LGPL-2.1
/*
 * The trees while they grow. Nodes are numbered as they are made, so a parent
 * always has a smaller number than its children, as the blob wants it.
 */
#include "compiler.h"

/* --- strings: each one once ------------------------------------------------------ */

u32 hvp_string(struct hvp_compiler *c, const char *text, u32 len)
{
	u64 hash = khv_hash(len, text, len);
	u32 at, found;
	char *copy;

	if (!c->strings.nr)
		hvp_push(&c->mem, &c->strings); /* offset 0 is "" */
	if (!len)
		return 0;
	for (found = hvp_index_first(&c->string_index, hash, &at); found;
	     found = hvp_index_next(&c->string_index, hash, &at))
		if (len < c->strings.nr - found &&
		    !memcmp(c->strings.at + found, text, len) &&
		    !c->strings.at[found + len])
			return found;
	found = c->strings.nr;
	copy = hvp_more(&c->mem, &c->strings, len + 1);
	memcpy(copy, text, len);
	hvp_index_add(&c->mem, &c->string_index, hash, found);
	return found;
}

/* --- nodes ------------------------------------------------------------------------ */

static u32 new_node(struct hvp_compiler *c)
{
	if (!c->nodes.nr)
		hvp_push(&c->mem, &c->nodes); /* 0 is none */
	if (c->nodes.nr >= KHV_MAX_NODES - 1) {
		hvp_error(c, 0, "the policy is too large: more than %u names",
			  KHV_MAX_NODES);
		c->stop = true;
		c->nodes.nr--; /* nothing is written after an error */
	}
	hvp_push(&c->mem, &c->nodes);
	return c->nodes.nr - 1;
}

u32 hvp_root(struct hvp_compiler *c, u32 *root, bool net)
{
	if (!*root) {
		*root = new_node(c);
		c->nodes.at[*root].flags = net ? KHV_NODE_NET : 0;
	}
	return *root;
}

static u32 find_node(struct hvp_compiler *c, u64 hash, u32 parent,
		     const char *name, u32 len, u8 flags)
{
	const u8 kind = KHV_NODE_PATTERN | KHV_NODE_DEEP;
	u32 at, node;

	for (node = hvp_index_first(&c->node_index, hash, &at); node;
	     node = hvp_index_next(&c->node_index, hash, &at)) {
		const struct hvp_node *n = &c->nodes.at[node];

		if (n->parent == parent && n->name_len == len &&
		    !((n->flags ^ flags) & kind) &&
		    !memcmp(c->strings.at + n->name, name, len))
			return node;
	}
	return 0;
}

u32 hvp_find_node(struct hvp_compiler *c, u32 parent, const char *name, u32 len,
		  u8 flags)
{
	return find_node(c, khv_hash(parent, name, len), parent, name, len,
			 flags);
}

static u32 literal_bytes(const char *name, u32 len, u8 flags)
{
	u32 literals = len;

	if (flags & KHV_NODE_PATTERN)
		khv_glob_valid(name, len, &literals);
	return literals;
}

u32 hvp_child(struct hvp_compiler *c, u32 parent, const char *name, u32 len,
	      u8 flags)
{
	struct hvp_node *n, *up;
	u64 hash = khv_hash(parent, name, len);
	u32 node = find_node(c, hash, parent, name, len, flags), string;

	if (node)
		return node;
	string = hvp_string(c, name, len);
	node = new_node(c);
	hvp_index_add(&c->mem, &c->node_index, hash, node);
	n = &c->nodes.at[node];
	up = &c->nodes.at[parent];
	n->parent = parent;
	n->name = string;
	n->name_len = len;
	n->flags = flags | (up->flags &
			    (KHV_NODE_GLOB | KHV_NODE_FLOAT | KHV_NODE_NET));
	if (flags & (KHV_NODE_PATTERN | KHV_NODE_DEEP))
		n->flags |= KHV_NODE_GLOB;
	n->literals = up->literals + literal_bytes(name, len, flags);
	up->has_children = true;
	if (flags & KHV_NODE_DEEP) {
		if (up->flags & KHV_NODE_FLOAT)
			n->flags |= KHV_NODE_NESTED;
		n->flags |= KHV_NODE_FLOAT;
		up->deep = node;
	}
	return node;
}

void hvp_add_place(struct hvp_compiler *c, u32 node,
		   const struct hvp_place *place)
{
	struct hvp_node *n = &c->nodes.at[node];
	u32 i;

	if (!c->places.nr)
		hvp_push(&c->mem, &c->places); /* 0 is none */
	*hvp_push(&c->mem, &c->places) = *place;
	i = c->places.nr - 1;
	c->places.at[i].next = 0;
	if (n->last_place)
		c->places.at[n->last_place].next = i;
	else
		n->places = i;
	n->last_place = i;
}

/* Does the node belong to a rule of type kernel? Its parents may have none. */
static bool is_facility(struct hvp_compiler *c, u32 node)
{
	const struct hvp_node *n = &c->nodes.at[node];

	return n->places && c->rules.at[c->places.at[n->places].rule].kind ==
				    KHV_TYPE_KERNEL;
}

static const char *path_of(struct hvp_compiler *c, u32 node)
{
	const struct hvp_node *n = &c->nodes.at[node];

	if (!n->parent)
		return "";
	return hvp_print(&c->mem, "%s/%s", path_of(c, n->parent),
			 n->flags & KHV_NODE_DEEP ?
				 "**" :
				 hvp_show(c, c->strings.at + n->name,
					  n->name_len));
}

const char *hvp_node_path(struct hvp_compiler *c, u32 node)
{
	const struct hvp_node *n = &c->nodes.at[node], *up;
	const char *name = c->strings.at + n->name;

	if (!is_facility(c, node))
		return path_of(c, node);
	if (!n->parent)
		return "any";
	up = &c->nodes.at[n->parent];
	if (!up->parent)
		return name;
	return hvp_print(&c->mem, "%s:%s", c->strings.at + up->name, name);
}

/* --- inheritance: the rules of another domain, one step less specific -------------- */

static void inherit_tree(struct hvp_compiler *c, u32 from, u32 to)
{
	u32 first = c->nodes.nr, i, *map;

	/* Children come after their parents, so one pass finds the whole tree. */
	map = hvp_resize(&c->mem, NULL, first * sizeof(u32));
	memset(map, 0, first * sizeof(u32));
	map[from] = to;
	for (i = from; i < first; i++) {
		struct hvp_node n = c->nodes.at[i];
		u32 place;

		if (i != from) {
			if (!n.parent || !map[n.parent])
				continue;
			map[i] = hvp_child(
				c, map[n.parent],
				hvp_copy(&c->mem, c->strings.at + n.name,
					 n.name_len),
				n.name_len,
				n.flags & (KHV_NODE_PATTERN | KHV_NODE_DEEP));
		}
		for (place = n.places; place;
		     place = c->places.at[place].next) {
			struct hvp_place p = c->places.at[place];

			p.level--;
			hvp_add_place(c, map[i], &p);
		}
	}
}

static void inherit_items(struct hvp_compiler *c, u16 from, u16 to)
{
	u32 i, nr = c->items.nr;

	for (i = 0; i < nr; i++) {
		struct hvp_item item = c->items.at[i];

		if (item.domain != from)
			continue;
		item.domain = to;
		item.place.level--;
		*hvp_push(&c->mem, &c->items) = item;
	}
}

static u32 depth_of(struct hvp_compiler *c, u32 domain)
{
	u32 depth = 0;

	while (c->domains.at[domain].inherits >= 0 &&
	       depth <= KHV_MAX_DOMAINS) {
		domain = c->domains.at[domain].inherits;
		depth++;
	}
	return depth;
}

static void inherit_domain(struct hvp_compiler *c, u32 domain)
{
	u32 from = c->domains.at[domain].inherits, tree, i;

	for (tree = 0; tree < KHV_NR_TREES; tree++) {
		u32 root = c->domains.at[domain].root[tree];

		if (!c->domains.at[from].root[tree])
			continue;
		hvp_root(c, &root, tree >= KHV_TREE_INET);
		c->domains.at[domain].root[tree] = root;
		inherit_tree(c, c->domains.at[from].root[tree], root);
	}
	c->domains.at[domain].lengths4 |= c->domains.at[from].lengths4;
	for (i = 0; i < 3; i++)
		c->domains.at[domain].lengths6[i] |=
			c->domains.at[from].lengths6[i];
	for (i = 0; i < KHV_NR_TYPES; i++) {
		struct hvp_domain *d = &c->domains.at[domain];

		if (d->has_fallback[i])
			continue;
		d->fallback[i] = c->domains.at[from].fallback[i];
		if (i == KHV_TYPE_FILE)
			d->fallback_reads = c->domains.at[from].fallback_reads;
	}
	inherit_items(c, from, domain);
}

void hvp_inherit(struct hvp_compiler *c)
{
	u32 i, depth;

	for (i = 0; i < c->domains.nr; i++) {
		const struct hvp_domain *d = &c->domains.at[i];

		if (depth_of(c, i) > KHV_MAX_INHERIT) {
			hvp_message(
				c, KHV_MSG_ERROR, d->inherit_source,
				d->inherit_line, 0,
				"domain %s inherits in a circle or more than %u deep",
				d->name, KHV_MAX_INHERIT);
			return;
		}
	}
	for (depth = 1; depth <= KHV_MAX_INHERIT; depth++)
		for (i = 0; i < c->domains.nr; i++)
			if (depth_of(c, i) == depth)
				inherit_domain(c, i);
}

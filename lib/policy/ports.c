// SPDX-License-Identifier: LGPL-2.1
/*
 * Rules for one address: which of them hold for which range of ports, from the
 * least to the most specific.
 */
#include <endian.h>
#include "compiler.h"

typedef HVP_LIST(struct hvp_sorted) sorted_list;

static int compare_low(const void *a, const void *b)
{
	const struct hvp_sorted *x = a, *y = b;

	return (int)x->place->low - y->place->low;
}

/* Wide before narrow, any protocol before one, then class. */
static int compare_range(const void *a, const void *b)
{
	const struct hvp_place *x = ((const struct hvp_sorted *)a)->place;
	const struct hvp_place *y = ((const struct hvp_sorted *)b)->place;
	u32 wx = x->high - x->low, wy = y->high - y->low;

	if (wx != wy)
		return wx > wy ? -1 : 1;
	if (!x->target != !y->target)
		return x->target ? 1 : -1;
	if (x->class != y->class)
		return x->class < y->class ? -1 : 1;
	if (x->target != y->target)
		return x->target < y->target ? -1 : 1;
	return hvp_compare_sorted(a, b);
}

static void settle_range(struct hvp_compiler *c, sorted_list *active)
{
	u32 i, j;

	if (active->nr > KHV_MAX_ENTRIES) {
		hvp_rule_error(
			c, active->at[0].place->rule,
			"more than %u rules for the same address and port",
			KHV_MAX_ENTRIES);
		return;
	}
	for (i = 0; i < active->nr; i++) {
		const struct hvp_place *p = active->at[i].place;

		for (j = i + 1; j < active->nr; j++) {
			const struct hvp_place *q = active->at[j].place;

			if (p->high - p->low != q->high - q->low ||
			    !p->target != !q->target || p->class != q->class)
				break;
			if (p->target == q->target && hvp_clash(c, p, q))
				hvp_report_tie(c, NULL, p->rule, q->rule,
					       false);
		}
	}
}

/*
 * Most ranges say what another one says: the gaps between single ports, and all of
 * "any", which stands in the trees of both versions. Equal lists of entries are
 * one list.
 */
static void add_range(struct hvp_compiler *c, u32 start,
		      const sorted_list *active)
{
	struct khv_blob_port *port = hvp_push(&c->mem, &c->ports);
	u32 first = c->entries.nr, size, i, at, found;
	const char *list;
	u64 hash;

	port->start = htole16(start);
	port->nr = htole16(active->nr);
	if (!active->nr)
		return;
	for (i = 0; i < active->nr; i++)
		hvp_add_entry(c, active->at[i].place);
	size = active->nr * sizeof(*c->entries.at);
	list = (const char *)(c->entries.at + first);
	hash = khv_hash(active->nr, list, size);
	for (found = hvp_index_first(&c->entry_index, hash, &at); found;
	     found = hvp_index_next(&c->entry_index, hash, &at))
		if (active->nr <= first - (found - 1) &&
		    !memcmp(c->entries.at + found - 1, list, size))
			break;
	if (found)
		c->entries.nr = first;
	else
		hvp_index_add(&c->mem, &c->entry_index, hash, first + 1);
	port->first = htole32(found ? found - 1 : first);
}

/* The table of a node just before is the same one: "any", of the other version. */
static void share_table(struct hvp_compiler *c, u32 node)
{
	struct hvp_node *n = &c->nodes.at[node];
	const struct hvp_node *other;
	u32 i;

	for (i = 1; i <= KHV_MAX_PORT_SHARE && i < node; i++) {
		other = n - i;
		if (!(other->flags & KHV_NODE_NET) || other->nr != n->nr ||
		    memcmp(c->ports.at + other->first, c->ports.at + n->first,
			   n->nr * sizeof(*c->ports.at)))
			continue;
		c->ports.nr = n->first;
		n->first = other->first;
		n->shares = i;
		return;
	}
}

/* Sweep over the ports; at each border the rules in force change. */
void hvp_order_ports(struct hvp_compiler *c, u32 node)
{
	struct hvp_node *n = &c->nodes.at[node];
	sorted_list list = { 0 }, active = { 0 };
	u32 place, i = 0, j, k, start = 0;

	for (place = n->places; place; place = c->places.at[place].next) {
		struct hvp_sorted *s = hvp_push(&c->mem, &list);

		s->place = &c->places.at[place];
		s->index = place;
	}
	n->first = c->ports.nr;
	if (!list.nr)
		return;
	qsort(list.at, list.nr, sizeof(*list.at), compare_low);
	while (start <= 0xffff && !c->stop) {
		u32 next = 0x10000;

		for (j = k = 0; j < active.nr; j++)
			if (active.at[j].place->high >= start)
				active.at[k++] = active.at[j];
		active.nr = k;
		while (i < list.nr && list.at[i].place->low <= start)
			*hvp_push(&c->mem, &active) = list.at[i++];
		if (active.nr)
			qsort(active.at, active.nr, sizeof(*active.at),
			      compare_range);
		for (j = 0; j < active.nr; j++)
			if (active.at[j].place->high + 1u < next)
				next = active.at[j].place->high + 1u;
		if (i < list.nr && list.at[i].place->low < next)
			next = list.at[i].place->low;
		settle_range(c, &active);
		add_range(c, start, &active);
		start = next;
	}
	n = &c->nodes.at[node];
	n->nr = c->ports.nr - n->first;
	share_table(c, node);
}

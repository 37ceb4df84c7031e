// SPDX-License-Identifier: LGPL-2.1
/*
 * From places to entries: resolve what "read" stands for, sort the rules of an
 * identifier from the least to the most specific, and find ties.
 */
#include <endian.h>
#include "compiler.h"

typedef HVP_LIST(struct hvp_sorted) sorted_list;

/* --- what a place says ------------------------------------------------------------- */

static u32 extra_reads(struct hvp_compiler *c)
{
	return (KHV_F_EXEC | KHV_F_MMAP) & ~c->named[KHV_TYPE_FILE];
}

static void resolve(struct hvp_compiler *c, struct hvp_place *p)
{
	if (p->reads)
		p->verbs |= extra_reads(c);
	p->class |= (u32)p->level << KHV_GRANT_OWN_SHIFT;
}

static void resolve_all(struct hvp_compiler *c)
{
	u32 i;

	for (i = 1; i < c->places.nr; i++)
		resolve(c, &c->places.at[i]);
	for (i = 0; i < c->items.nr; i++)
		resolve(c, &c->items.at[i].place);
	for (i = 0; i < c->domains.nr; i++)
		if (c->domains.at[i].fallback_reads)
			c->domains.at[i].fallback[KHV_TYPE_FILE] |=
				extra_reads(c);
	for (i = 0; i < KHV_NR_TYPES; i++)
		c->judged[i] = hvp_sum(i, "all") &
			       ~(hvp_optional(i) & ~c->named[i]);
}

/* Is there an address in both? */
static bool prefixes_meet(const struct hvp_cond *a, const struct hvp_cond *b)
{
	u32 bits = a->from_length < b->from_length ? a->from_length :
						     b->from_length;
	u32 i;

	if (a->from_inet6 != b->from_inet6)
		return false;
	for (i = 0; i < bits; i++)
		if ((a->from[i / 8] ^ b->from[i / 8]) & 0x80 >> i % 8)
			return false;
	return true;
}

/* Does nobody meet both, of which one or the other is not to hold? */
static bool negations_exclude(const struct hvp_cond *a,
			      const struct hvp_cond *b)
{
	u32 one = (a->negated ^ b->negated) & a->what & b->what;

	if ((one & KHV_COND_USER) && a->uid == b->uid)
		return true;
	if ((one & KHV_COND_GROUP) && a->gid == b->gid)
		return true;
	if ((one & KHV_COND_ROLE) && a->role == b->role)
		return true;
	if (!(one & KHV_COND_FROM))
		return false;
	/* Everything that the one means is what the other does not. */
	if (a->negated & KHV_COND_FROM)
		return a->from_length <= b->from_length && prefixes_meet(a, b);
	return b->from_length <= a->from_length && prefixes_meet(a, b);
}

bool hvp_together(struct hvp_compiler *c, u32 cond_a, u32 cond_b)
{
	const struct hvp_cond *a = &c->conds.at[cond_a];
	const struct hvp_cond *b = &c->conds.at[cond_b];
	u32 both = a->what & b->what & ~(a->negated | b->negated);

	if (negations_exclude(a, b))
		return false;
	/* Somebody may be in two groups, and have two roles. */
	if ((both & KHV_COND_USER) && a->uid != b->uid)
		return false;
	return !(both & KHV_COND_FROM) || prefixes_meet(a, b);
}

static u32 ranges_of(struct hvp_compiler *c, const struct hvp_place *p)
{
	return c->conds.at[p->cond].ranges;
}

bool hvp_same_place(struct hvp_compiler *c, const struct hvp_place *a,
		    const struct hvp_place *b)
{
	const struct hvp_rule *x = &c->rules.at[a->rule];
	const struct hvp_rule *y = &c->rules.at[b->rule];

	return a->verbs == b->verbs && a->target == b->target &&
	       ranges_of(c, a) == ranges_of(c, b) && x->effects == y->effects &&
	       x->error == y->error && x->limit == y->limit;
}

bool hvp_clash(struct hvp_compiler *c, const struct hvp_place *a,
	       const struct hvp_place *b)
{
	u32 op_a = a->verbs & KHV_GRANT_OP, op_b = b->verbs & KHV_GRANT_OP;

	if (a->rule == b->rule || a->class != b->class ||
	    !hvp_together(c, a->cond, b->cond))
		return false;
	/* Deltas about different verbs live with each other. */
	if (op_a != KHV_GRANT_SET && op_b != KHV_GRANT_SET &&
	    !(a->verbs & b->verbs & KHV_GRANT_VERBS))
		return false;
	return !hvp_same_place(c, a, b);
}

/* A rule as it was written: its identifier, and what it says about it. */
static const char *says(struct hvp_compiler *c, u32 rule, const char **ident)
{
	const struct hvp_rule *r = &c->rules.at[rule];
	struct hvp_words words = { 0 };
	const char *text = c->text.at + r->text, *all;
	u32 i;

	/* It was cut without errors when it was parsed. */
	*ident = text;
	if (!hvp_lex(&c->mem, text, strlen(text), &words, NULL, NULL))
		return text;
	*ident = words.at[1].text;
	if (r->kind == KHV_KIND_ATTACH)
		return words.nr > 3 ? words.at[3].text : "main";
	all = words.at[2].text;
	for (i = 3; i < words.nr; i++)
		all = hvp_print(&c->mem, "%s %s", all, words.at[i].text);
	return all;
}

void hvp_report_tie(struct hvp_compiler *c, const char *what, u32 a, u32 b,
		    bool patterns)
{
	const struct hvp_rule *x = &c->rules.at[a], *y = &c->rules.at[b];
	const char *here, *there, *ident, *other;
	u32 first = a, second = b;

	/* The message stands at the later line. */
	if (x->source == y->source ? x->line > y->line :
				     x->source > y->source) {
		first = b;
		second = a;
	}
	here = says(c, second, &ident);
	there = says(c, first, &other);
	if (patterns)
		hvp_rule_error(
			c, second,
			"ambiguous: %s (\"%s\") and %s (\"%s\") at %s can match the same object, and neither is more specific",
			ident, here, other, there, hvp_where(c, first));
	else
		hvp_rule_error(
			c, second,
			"ambiguous: \"%s\" here and \"%s\" at %s say different things about %s",
			here, there, hvp_where(c, first), what ? what : ident);
}

/* --- one identifier ------------------------------------------------------------------ */

int hvp_compare_sorted(const void *a, const void *b)
{
	const struct hvp_sorted *x = a, *y = b;

	if (x->place->class != y->place->class)
		return x->place->class < y->place->class ? -1 : 1;
	if (x->place->cond != y->place->cond)
		return x->place->cond < y->place->cond ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

static void lint_double(struct hvp_compiler *c, u32 first, u32 second)
{
	const struct hvp_rule *r = &c->rules.at[second];

	if (first != second && !r->in_include &&
	    (c->options.flags & KHV_POLICY_LINT))
		hvp_message(c, KHV_MSG_LINT, r->source, r->line, r->column,
			    "this says the same as %s", hvp_where(c, first));
}

/* Drop what is said twice; ties of what is left. Sorted already. */
static void settle(struct hvp_compiler *c, sorted_list *list, u32 node)
{
	u32 i, j, n = 0;

	for (i = 0; i < list->nr; i++) {
		const struct hvp_place *p = list->at[i].place, *q;

		q = n ? list->at[n - 1].place : NULL;
		if (q && q->class == p->class && q->cond == p->cond &&
		    hvp_same_place(c, p, q)) {
			lint_double(c, q->rule, p->rule);
			continue;
		}
		list->at[n++] = list->at[i];
	}
	list->nr = n;
	if (n > KHV_MAX_ENTRIES) {
		hvp_rule_error(c, list->at[KHV_MAX_ENTRIES].place->rule,
			       "more than %u rules for the same identifier",
			       KHV_MAX_ENTRIES);
		return;
	}
	for (i = 0; i < n; i++)
		for (j = i + 1; j < n && list->at[j].place->class ==
						 list->at[i].place->class;
		     j++)
			if (hvp_clash(c, list->at[i].place, list->at[j].place))
				hvp_report_tie(c, hvp_node_path(c, node),
					       list->at[i].place->rule,
					       list->at[j].place->rule, false);
}

void hvp_add_entry(struct hvp_compiler *c, const struct hvp_place *p)
{
	struct khv_blob_entry *e = hvp_push(&c->mem, &c->entries);

	e->grant = htole32(p->verbs | p->class);
	e->rule = htole32(p->rule);
	e->cond = htole16(p->cond);
	e->target = htole16(p->target);
}

static void order_node(struct hvp_compiler *c, u32 node, sorted_list *list)
{
	struct hvp_node *n = &c->nodes.at[node];
	u32 place, i;

	list->nr = 0;
	for (place = n->places; place; place = c->places.at[place].next) {
		struct hvp_sorted *s = hvp_push(&c->mem, list);

		s->place = &c->places.at[place];
		s->index = place;
	}
	if (list->nr > 1) {
		qsort(list->at, list->nr, sizeof(*list->at),
		      hvp_compare_sorted);
		settle(c, list, node);
	}
	n->first = c->entries.nr;
	n->nr = list->nr;
	for (i = 0; i < list->nr; i++)
		hvp_add_entry(c, list->at[i].place);
}

/* --- process rules and families ---------------------------------------------------------- */

static int compare_items(const void *a, const void *b)
{
	const struct hvp_item *x = a, *y = b;

	if (x->domain != y->domain)
		return x->domain < y->domain ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	if (x->place.class != y->place.class)
		return x->place.class < y->place.class ? -1 : 1;
	if (x->place.rule != y->place.rule)
		return x->place.rule < y->place.rule ? -1 : 1;
	/* The two parts of a delta touch different verbs. */
	return x->place.verbs < y->place.verbs ? -1 : 1;
}

static void order_items(struct hvp_compiler *c)
{
	struct khv_blob_item *item;
	u32 i, j;

	if (c->items.nr)
		qsort(c->items.at, c->items.nr, sizeof(*c->items.at),
		      compare_items);
	for (i = 0; i < c->items.nr; i++) {
		const struct hvp_item *x = &c->items.at[i];

		for (j = i + 1; j < c->items.nr; j++) {
			const struct hvp_item *y = &c->items.at[j];

			if (x->domain != y->domain || x->kind != y->kind ||
			    x->value != y->value ||
			    x->place.class != y->place.class ||
			    /* its tree is looked at for this */
			    x->kind == KHV_ITEM_EXE)
				break;
			if (hvp_clash(c, &x->place, &y->place))
				hvp_report_tie(c, NULL, x->place.rule,
					       y->place.rule, false);
			else if (x->place.cond == y->place.cond &&
				 hvp_same_place(c, &x->place, &y->place))
				lint_double(c, x->place.rule, y->place.rule);
		}
		item = hvp_push(&c->mem, &c->blob_items);
		item->kind = htole32(x->kind);
		item->value = htole32(x->value);
		item->entry = htole32(c->entries.nr);
		hvp_add_entry(c, &x->place);
	}
}

/* --- all of it ---------------------------------------------------------------------------- */

/* Whoever may use something may stat the directories that lead to it. */
static void allow_stat(struct hvp_compiler *c)
{
	u8 *file = hvp_alloc(&c->mem, c->nodes.nr);
	u32 i, place, up;

	for (i = 0; i < c->domains.nr; i++)
		file[c->domains.at[i].root[KHV_TREE_FILE]] = 1;
	file[0] = 0;
	for (i = 1; i < c->nodes.nr; i++) {
		const struct hvp_node *n = &c->nodes.at[i];
		bool grants = false;

		file[i] |= file[n->parent];
		if (!file[i])
			continue;
		for (place = n->places; place;
		     place = c->places.at[place].next) {
			const struct hvp_place *p = &c->places.at[place];

			if ((p->verbs & KHV_GRANT_OP) != KHV_GRANT_DEL &&
			    (p->verbs & KHV_GRANT_VERBS))
				grants = true;
		}
		if (!grants)
			continue;
		/* Below a "**" any name could be on the way: only up to there. */
		for (up = n->parent;
		     up && !(c->nodes.at[up].flags & KHV_NODE_STAT);
		     up = c->nodes.at[up].parent)
			if (!(c->nodes.at[up].flags & KHV_NODE_FLOAT))
				c->nodes.at[up].flags |= KHV_NODE_STAT;
	}
}

static void order_refuse(struct hvp_compiler *c)
{
	u32 i;

	c->first_refuse = c->entries.nr;
	for (i = 0; i < c->refuse.nr; i++) {
		u32 rule = c->refuse.at[i];
		struct hvp_place p = {
			.rule = rule,
			.cond = c->rules.at[rule].cond,
			.target = KHV_NO_TARGET,
		};

		hvp_add_entry(c, &p);
	}
}

void hvp_order(struct hvp_compiler *c)
{
	sorted_list list = { 0 };
	u32 i;

	resolve_all(c);
	allow_stat(c);
	for (i = 1; i < c->nodes.nr && !c->stop; i++) {
		if (c->nodes.at[i].flags & KHV_NODE_NET)
			hvp_order_ports(c, i);
		else
			order_node(c, i, &list);
	}
	order_items(c);
	order_refuse(c);
}

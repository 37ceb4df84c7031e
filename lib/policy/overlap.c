// SPDX-License-Identifier: LGPL-2.1
/*
 * Ties between different patterns: two that have the same number of literal
 * bytes, can match the same object, and say different things.
 *
 * All pairs are compared, so the number of patterns is bounded. Most pairs end
 * at the first comparison: they say the same, or have another number of bytes.
 */
#include "compiler.h"

#define MOST_PATTERNS 20000

struct token {
	bool star;
	u32 bytes[8]; /* which ones it can stand for */
};

struct pattern {
	u32 node, root;
	u32 literals;
	u32 depth;
	const u32 *chain; /* nodes from the root on */
};

struct overlap {
	struct hvp_compiler *c;
	u8 *reach; /* table of glob_meet() */
	struct token *a, *b;
	u8 *row[2]; /* of paths_meet() */
};

static void add_byte(struct token *t, u32 byte)
{
	t->bytes[byte / 32] |= 1u << byte % 32;
}

static u32 set_token(struct token *t, const char *text, u32 len, u32 i)
{
	bool negate = text[i + 1] == '!' || text[i + 1] == '^';
	u32 from = i + 1 + negate, end, byte;

	for (end = from + 1; end < len && text[end] != ']'; end++)
		;
	for (byte = 0; byte < 256; byte++) {
		char name = byte;

		if (khv_glob_match(text + i, end + 1 - i, &name, 1))
			add_byte(t, byte);
	}
	return end;
}

static u32 tokens(struct token *t, const char *text, u32 len, bool pattern)
{
	u32 n = 0, i;

	for (i = 0; i < len; i++, n++) {
		memset(&t[n], 0, sizeof(t[n]));
		if (pattern && text[i] == '*') {
			t[n].star = true;
		} else if (pattern && text[i] == '?') {
			memset(t[n].bytes, 0xff, sizeof(t[n].bytes));
		} else if (pattern && text[i] == '[') {
			i = set_token(&t[n], text, len, i);
		} else {
			if (pattern && text[i] == '\\')
				i++;
			add_byte(&t[n], (u8)text[i]);
		}
	}
	return n;
}

static bool token_meet(const struct token *a, const struct token *b)
{
	u32 i;

	for (i = 0; i < 8; i++)
		if (a->bytes[i] & b->bytes[i])
			return true;
	return false;
}

/* Is there a name that both match? From the ends of both to their starts. */
static bool glob_meet(struct overlap *o, u32 na, u32 nb)
{
	const struct token *a = o->a, *b = o->b;
	u32 i, j;

#define REACH(i, j) o->reach[(i) * (KHV_MAX_COMPONENT + 1) + (j)]
	for (i = na + 1; i-- > 0;) {
		for (j = nb + 1; j-- > 0;) {
			bool hit = i == na && j == nb;

			if (i < na && a[i].star)
				hit |= REACH(i + 1, j) ||
				       (j < nb && REACH(i, j + 1));
			if (j < nb && b[j].star)
				hit |= REACH(i, j + 1) ||
				       (i < na && REACH(i + 1, j));
			if (i < na && j < nb && !a[i].star && !b[j].star &&
			    token_meet(&a[i], &b[j]))
				hit |= REACH(i + 1, j + 1);
			REACH(i, j) = hit;
		}
	}
	return REACH(0, 0);
#undef REACH
}

static bool component_meet(struct overlap *o, u32 x, u32 y)
{
	const struct hvp_node *a = &o->c->nodes.at[x], *b = &o->c->nodes.at[y];
	const char *strings = o->c->strings.at;
	bool pa = a->flags & KHV_NODE_PATTERN, pb = b->flags & KHV_NODE_PATTERN;

	if (!pa && !pb)
		return a->name == b->name && a->name_len == b->name_len;
	if (pa && !pb)
		return khv_glob_match(strings + a->name, a->name_len,
				      strings + b->name, b->name_len);
	if (pb && !pa)
		return khv_glob_match(strings + b->name, b->name_len,
				      strings + a->name, a->name_len);
	if (x == y || (a->name == b->name && a->name_len == b->name_len))
		return true;
	return glob_meet(o, tokens(o->a, strings + a->name, a->name_len, true),
			 tokens(o->b, strings + b->name, b->name_len, true));
}

static bool is_deep(struct overlap *o, const struct pattern *p, u32 i)
{
	return i < p->depth &&
	       o->c->nodes.at[p->chain[i]].flags & KHV_NODE_DEEP;
}

/*
 * Is there a path that both match? Forwards, a component of @a at a time: @now says
 * how many of @b can be used up by then. Nearly always that is one number, and the
 * first names tell that there is none.
 */
static bool paths_meet(struct overlap *o, const struct pattern *a,
		       const struct pattern *b)
{
	u8 *now = o->row[0], *next = o->row[1], *swap;
	bool any = true;
	u32 i, j;

	memset(now, 0, b->depth + 1);
	now[0] = 1;
	for (i = 0; any; i++) {
		any = false;
		memset(next, 0, b->depth + 1);
		for (j = 0; j <= b->depth; j++) {
			bool deep_a = is_deep(o, a, i);
			bool deep_b = is_deep(o, b, j);

			if (!now[j])
				continue;
			if (i == a->depth && j == b->depth)
				return true;
			/* "**" is used up, or takes what the other has there. */
			if ((deep_a || deep_b) && j < b->depth)
				now[j + 1] = 1;
			if (i == a->depth)
				continue;
			if (deep_a || deep_b)
				next[j] = 1;
			else if (j < b->depth &&
				 component_meet(o, a->chain[i], b->chain[j]))
				next[j + 1] = 1;
			any |= next[j] || (j < b->depth && next[j + 1]);
		}
		swap = now;
		now = next;
		next = swap;
	}
	return false;
}

/* The first pair of rules that contradict each other, if any. */
static bool nodes_clash(struct hvp_compiler *c, u32 x, u32 y, u32 *a, u32 *b)
{
	u32 p, q;

	for (p = c->nodes.at[x].places; p; p = c->places.at[p].next) {
		for (q = c->nodes.at[y].places; q; q = c->places.at[q].next) {
			if (!hvp_clash(c, &c->places.at[p], &c->places.at[q]))
				continue;
			*a = c->places.at[p].rule;
			*b = c->places.at[q].rule;
			return true;
		}
	}
	return false;
}

static void find_chain(struct hvp_compiler *c, struct pattern *p)
{
	u32 node, n = 0, *chain;

	for (node = p->node; c->nodes.at[node].parent;
	     node = c->nodes.at[node].parent)
		n++;
	p->root = node;
	p->depth = n;
	chain = hvp_alloc(&c->mem, n * sizeof(*chain));
	for (node = p->node; n; node = c->nodes.at[node].parent)
		chain[--n] = node;
	p->chain = chain;
}

static int compare(const void *a, const void *b)
{
	const struct pattern *x = a, *y = b;

	if (x->root != y->root)
		return x->root < y->root ? -1 : 1;
	if (x->literals != y->literals)
		return x->literals < y->literals ? -1 : 1;
	return x->node < y->node ? -1 : 1;
}

void hvp_overlap(struct hvp_compiler *c)
{
	struct overlap o = { .c = c };
	HVP_LIST(struct pattern) list = { 0 };
	u32 i, j, a, b, deepest = 0;

	for (i = 1; i < c->nodes.nr; i++) {
		const struct hvp_node *n = &c->nodes.at[i];
		struct pattern *p;

		if (!(n->flags & KHV_NODE_GLOB) || !n->places)
			continue;
		p = hvp_push(&c->mem, &list);
		p->node = i;
		p->literals = n->literals;
		find_chain(c, p);
	}
	if (list.nr < 2)
		return;
	if (list.nr > MOST_PATTERNS) {
		hvp_rule_error(
			c,
			c->places
				.at[c->nodes.at[list.at[MOST_PATTERNS].node]
					    .places]
				.rule,
			"more than %u patterns in one policy", MOST_PATTERNS);
		return;
	}
	qsort(list.at, list.nr, sizeof(*list.at), compare);
	for (i = 0; i < list.nr; i++)
		if (list.at[i].depth > deepest)
			deepest = list.at[i].depth;
	for (i = 0; i < 2; i++)
		o.row[i] = hvp_alloc(&c->mem, deepest + 1);
	o.reach = hvp_alloc(&c->mem,
			    (KHV_MAX_COMPONENT + 1) * (KHV_MAX_COMPONENT + 1));
	o.a = hvp_alloc(&c->mem, (KHV_MAX_COMPONENT + 1) * sizeof(*o.a));
	o.b = hvp_alloc(&c->mem, (KHV_MAX_COMPONENT + 1) * sizeof(*o.b));
	for (i = 0; i < list.nr && !c->stop; i++) {
		const struct pattern *x = &list.at[i];

		for (j = i + 1; j < list.nr && list.at[j].root == x->root &&
				list.at[j].literals == x->literals;
		     j++)
			if (nodes_clash(c, x->node, list.at[j].node, &a, &b) &&
			    paths_meet(&o, x, &list.at[j]))
				hvp_report_tie(c, NULL, a, b, true);
	}
}

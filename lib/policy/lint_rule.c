// SPDX-License-Identifier: LGPL-2.1
/* Lines that decide nothing: expired, hidden by others, about who cannot be there. */
#include <endian.h>
#include <time.h>
#include "compiler.h"

__attribute__((format(printf, 4, 5))) static void
say(struct hvp_compiler *c, u32 rule, u32 column, const char *format, ...)
{
	const struct hvp_rule *r = &c->rules.at[rule];
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	hvp_message(c, KHV_MSG_LINT, r->source, r->line,
		    column ? column : r->column, "%s", text);
}

static void lint_expired(struct hvp_compiler *c)
{
	u64 now = hvp_now(c);
	u32 i;

	for (i = 0; i < c->rules.nr; i++) {
		const struct hvp_rule *r = &c->rules.at[i];
		const struct hvp_cond *cond = &c->conds.at[r->cond];
		time_t end = (time_t)cond->until;
		char when[32] = "";
		struct tm tm;

		if (!(cond->what & KHV_COND_UNTIL) || cond->until > now)
			continue;
		if (cond->until == HVP_UNTIL_BOOTED) {
			say(c, i, r->until_column,
			    "the machine was started since this file was changed: this line is as if it were not there");
			continue;
		}
		if (gmtime_r(&end, &tm))
			strftime(when, sizeof(when), "%Y-%m-%d %H:%M UTC", &tm);
		say(c, i, r->until_column,
		    "expired at %s: this line is as if it were not there",
		    when);
	}
}

/* Who may not run the program at all needs no rules. */
static void lint_refused(struct hvp_compiler *c)
{
	u32 i, j;

	for (i = 0; i < c->rules.nr; i++) {
		const struct hvp_rule *r = &c->rules.at[i];
		const struct hvp_cond *cond = &c->conds.at[r->cond];

		if (r->kind >= KHV_NR_TYPES || !(cond->what & KHV_COND_USER))
			continue;
		for (j = 0; j < c->refuse.nr; j++) {
			const struct hvp_cond *no =
				&c->conds.at[c->rules.at[c->refuse.at[j]].cond];

			if (no->what != KHV_COND_USER || cond->negated ||
			    (no->uid == cond->uid) == !!no->negated)
				continue;
			say(c, i, 0,
			    "unreachable: %s refuses this user the program",
			    hvp_where(c, c->refuse.at[j]));
			break;
		}
	}
}

/* --- hidden by more specific rules ---------------------------------------------- */

/* Does it replace whatever less specific rules said? */
static bool replaces(const struct khv_blob_entry *e)
{
	u32 grant = le32toh(e->grant);

	return (grant & KHV_GRANT_OP) == KHV_GRANT_SET && !e->cond &&
	       !(grant & KHV_GRANT_EXACT);
}

/*
 * Of the entries of one place, least specific first: those that count are marked,
 * and for the others who hides them. One for a protocol hides none for others.
 */
static void mark(struct hvp_compiler *c, u32 first, u32 nr, bool net,
		 u32 *hidden_by)
{
	const struct khv_blob_entry *e = c->entries.at + first;
	u32 i, j, rule;

	for (i = nr; i-- > 0;) {
		rule = le32toh(e[i].rule);
		for (j = i + 1; j < nr; j++)
			if (replaces(&e[j]) && e[j].rule != e[i].rule &&
			    (!net || !e[j].target ||
			     e[j].target == e[i].target))
				break;
		if (j == nr)
			hidden_by[rule] = rule; /* seen */
		else if (hidden_by[rule] == ~0u)
			hidden_by[rule] = le32toh(e[j].rule);
	}
}

/* A range of ports may be used up by narrower ones. */
static void lint_hidden(struct hvp_compiler *c)
{
	u32 *hidden_by = hvp_alloc(&c->mem, (c->rules.nr + 1) * sizeof(u32));
	u32 i, j;

	memset(hidden_by, 0xff, (c->rules.nr + 1) * sizeof(u32));
	for (i = 1; i < c->nodes.nr; i++) {
		const struct hvp_node *n = &c->nodes.at[i];

		if (!(n->flags & KHV_NODE_NET)) {
			mark(c, n->first, n->nr, false, hidden_by);
			continue;
		}
		for (j = n->first; j < n->first + n->nr; j++)
			mark(c, le32toh(c->ports.at[j].first),
			     le16toh(c->ports.at[j].nr), true, hidden_by);
	}
	for (i = 0; i < c->rules.nr; i++)
		if (hidden_by[i] != ~0u && hidden_by[i] != i &&
		    c->rules.at[i].kind < KHV_NR_TYPES &&
		    !c->rules.at[i].in_include)
			say(c, i, 0,
			    "unreachable: %s and others are more specific everywhere",
			    hvp_where(c, hidden_by[i]));
}

/* --- without effect ---------------------------------------------------------------- */

/*
 * What the rules above a place grant, if it is the same for everybody. False if it
 * depends on who asks, or on patterns.
 */
static bool granted(struct hvp_compiler *c, u32 node, u32 *verbs, u32 *level)
{
	const struct hvp_node *n;
	u32 place;

	for (node = c->nodes.at[node].parent; node; node = n->parent) {
		n = &c->nodes.at[node];
		place = n->places;
		if (!place)
			continue;
		if (place != n->last_place || c->places.at[place].cond ||
		    (c->places.at[place].class & KHV_GRANT_EXACT) ||
		    (c->places.at[place].verbs & KHV_GRANT_OP) != KHV_GRANT_SET)
			return false;
		*verbs = c->places.at[place].verbs & KHV_GRANT_VERBS;
		*level = c->places.at[place].level;
		return true;
	}
	return false;
}

static void lint_deltas(struct hvp_compiler *c)
{
	u32 i, above, level, last = ~0u;

	for (i = 1; i < c->nodes.nr; i++) {
		const struct hvp_node *n = &c->nodes.at[i];
		const struct hvp_place *p = &c->places.at[n->places];
		u32 op = p->verbs & KHV_GRANT_OP, verbs;

		if (!n->places || n->places != n->last_place || p->cond ||
		    (n->flags & (KHV_NODE_GLOB | KHV_NODE_NET)) ||
		    op == KHV_GRANT_SET || p->rule == last ||
		    p->level != KHV_MAX_INHERIT ||
		    c->rules.at[p->rule].in_include ||
		    c->rules.at[p->rule].kind != KHV_TYPE_FILE ||
		    c->rules.at[p->rule].effects ||
		    c->rules.at[p->rule].error ||
		    !granted(c, i, &above, &level) || level != p->level)
			continue;
		verbs = p->verbs & KHV_GRANT_VERBS;
		if (op == KHV_GRANT_ADD ? (above & verbs) != verbs :
					  (above & verbs) != 0)
			continue;
		last = p->rule;
		say(c, p->rule, 0, "%s %s without this line",
		    hvp_verbs_text(&c->mem, KHV_TYPE_FILE, verbs),
		    op == KHV_GRANT_ADD ? "is granted" : "is not granted");
	}
}

/* A rule for everything leaves nothing to the default. */
static void lint_defaults(struct hvp_compiler *c)
{
	static const u8 tree[] = {
		[KHV_TYPE_FILE] = KHV_TREE_FILE, [KHV_TYPE_KERNEL] = KHV_TREE_KERNEL
	};
	static const u8 types[] = { KHV_TYPE_FILE, KHV_TYPE_KERNEL };
	u32 i, j, place;

	for (i = 0; i < c->domains.nr; i++) {
		for (j = 0; j < sizeof(types); j++) {
			const struct hvp_domain *d = &c->domains.at[i];
			u32 root = d->root[tree[types[j]]];

			if (!d->has_fallback[types[j]] || !root)
				continue;
			place = c->nodes.at[root].last_place;
			if (!place || c->places.at[place].cond ||
			    (c->places.at[place].class & KHV_GRANT_EXACT) ||
			    (c->places.at[place].verbs & KHV_GRANT_OP) !=
				    KHV_GRANT_SET)
				continue;
			say(c, c->places.at[place].rule, 0,
			    "this covers everything: \"default %s\" of domain %s is never used",
			    khv_type_name(types[j]), d->name);
		}
	}
}

static void lint_detach(struct hvp_compiler *c)
{
	u32 i;

	for (i = 0; i < c->rules.nr; i++)
		if (c->rules.at[i].target == KHV_TARGET_DETACH)
			say(c, i, 0,
			    "what is executed here is bound by nothing, nor is what it starts");
}

void hvp_lint_rules(struct hvp_compiler *c)
{
	lint_expired(c);
	lint_refused(c);
	lint_hidden(c);
	lint_deltas(c);
	lint_defaults(c);
	lint_detach(c);
}

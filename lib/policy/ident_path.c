// SPDX-License-Identifier: LGPL-2.1
/* Paths and patterns of paths: from text to nodes. */
#include "compiler.h"

/* The condition of a rule, and what stands in ( ). */
static u32 ranged_cond(struct hvp_compiler *c, const struct hvp_rule *r,
		       enum hvp_sign sign)
{
	struct hvp_cond cond = c->conds.at[r->cond];

	if (!r->perms.ranges[sign])
		return r->cond;
	cond.what |= KHV_COND_RANGES;
	cond.ranges = r->perms.ranges[sign];
	cond.ranged = r->perms.ranged;
	return hvp_cond(c, &cond);
}

u32 hvp_rule_places(struct hvp_compiler *c, u32 rule, struct hvp_place *p)
{
	const struct hvp_rule *r = &c->rules.at[rule];
	const struct hvp_perms *perms = &r->perms;
	struct hvp_place base = {
		.rule = rule,
		.level = KHV_MAX_INHERIT,
		.cond = r->cond,
		.target = r->target < 0 ? KHV_NO_TARGET : r->target,
		.high = 0xffff,
	};
	u32 what = c->conds.at[r->cond].what, n = 0;

	base.class = (r->exact ? KHV_GRANT_EXACT : 0) |
		     (r->in_include ? 0 : KHV_GRANT_MAIN_FILE) |
		     (u32)__builtin_popcount(what) << KHV_GRANT_CONDS_SHIFT;
	if (!perms->delta) {
		p[n] = base;
		p[n].cond = ranged_cond(c, r, HVP_SET);
		p[n].verbs = perms->set | KHV_GRANT_SET;
		p[n++].reads = perms->reads_set;
		return n;
	}
	if (perms->add) {
		p[n] = base;
		p[n].cond = ranged_cond(c, r, HVP_ADD);
		p[n].verbs = perms->add | KHV_GRANT_ADD;
		p[n++].reads = perms->reads_add;
	}
	if (perms->del) {
		p[n] = base;
		p[n].cond = ranged_cond(c, r, HVP_DEL);
		p[n].verbs = perms->del | KHV_GRANT_DEL;
		p[n++].reads = perms->reads_del;
	}
	return n;
}

struct walk {
	struct hvp_compiler *c;
	u32 node;
	u32 column;
};

/* A set has no escapes inside: "[" in a pattern begins one. */
static const char *bad_pattern(const char *text, u32 len)
{
	bool inside = false;
	u32 i, start = 0;

	for (i = 0; i < len; i++) {
		if (text[i] == '\\' && !inside) {
			i++;
		} else if (text[i] == '\\' || (inside && (u8)text[i] >= 0x80)) {
			return "not supported by this version: escapes and bytes above 127 in a [set]";
		} else if (text[i] == '*' && !inside && i + 1 < len &&
			   text[i + 1] == '*') {
			return "\"**\" stands alone between two \"/\"";
		} else if (text[i] == '[' && !inside) {
			inside = true;
			start = i + 1;
			if (start < len &&
			    (text[start] == '!' || text[start] == '^'))
				start++;
		} else if (text[i] == ']' && inside && i > start) {
			inside = false;
		}
	}
	if (inside)
		return "\"[\" is not closed by \"]\"";
	return NULL;
}

/* Escapes only where a byte would be special, so that one pattern has one text. */
static char *tidy_pattern(struct hvp_compiler *c, const char *text, u32 len,
			  u32 *len_out)
{
	char *out = hvp_alloc(&c->mem, len + 1), *at = out;
	u32 i;

	for (i = 0; i < len; i++) {
		if (text[i] == '\\' && i + 1 < len) {
			i++;
			if (strchr("*?[\\", text[i]))
				*at++ = '\\';
		}
		*at++ = text[i];
	}
	*len_out = at - out;
	return out;
}

static bool is_deep(const char *text, u32 len)
{
	return len == 2 && !memcmp(text, "**", 2);
}

static bool component(struct walk *w, const char *text, u32 len, bool last)
{
	struct hvp_compiler *c = w->c;
	const char *error;
	u8 flags = 0;
	char *name;

	if (is_deep(text, len)) {
		if (last) { /* everything below is what each child covers */
			w->node =
				hvp_child(c, w->node, "*", 1, KHV_NODE_PATTERN);
			return true;
		}
		w->node = hvp_child(c, w->node, "", 0, KHV_NODE_DEEP);
		return true;
	}
	if (hvp_has(text, len, "*?[")) {
		error = bad_pattern(text, len);
		if (error) {
			hvp_error(c, w->column, "%s", error);
			return false;
		}
		name = tidy_pattern(c, text, len, &len);
		flags = KHV_NODE_PATTERN;
	} else {
		name = hvp_unescape(&c->mem, text, len, &len);
	}
	if (len > KHV_MAX_COMPONENT) {
		hvp_error(c, w->column, "a name is longer than %u bytes",
			  KHV_MAX_COMPONENT);
		return false;
	}
	if (!flags && (!strcmp(name, ".") || !strcmp(name, ".."))) {
		hvp_error(c, w->column,
			  "\"%s\" in a path: write the path that is meant",
			  name);
		return false;
	}
	w->node = hvp_child(c, w->node, name, len, flags);
	return true;
}

void hvp_add_places(struct hvp_compiler *c, u32 rule, u32 node)
{
	struct hvp_place p[2];
	u32 i, n = hvp_rule_places(c, rule, p);

	for (i = 0; i < n; i++)
		hvp_add_place(c, node, &p[i]);
}

/* "@memfd", "@memfd:name" */
static bool place_at(struct hvp_compiler *c, struct walk *w, const char *text,
		     u32 len)
{
	static const char *const kinds[] = { "@memfd", "@anon", "@unreachable",
					     NULL };
	const char *colon = memchr(text, ':', len);
	u32 kind_len = colon ? (u32)(colon - text) : len;
	char *kind = hvp_copy(&c->mem, text, kind_len);

	if (!strcmp(kind, "@deleted")) {
		hvp_error(
			c, w->column,
			"there is no @deleted: a file that was deleted keeps the name that it had last");
		return false;
	}
	if (!hvp_is_one_of(kind, kinds)) {
		hvp_error(
			c, w->column,
			"unknown kind of object \"%s\": expected @memfd, @anon or @unreachable%s",
			hvp_show(c, kind, kind_len),
			hvp_suggest(&c->mem, kind, kinds));
		return false;
	}
	w->node = hvp_child(c, w->node, kind, kind_len, 0);
	if (!colon)
		return true;
	if (len == kind_len + 1) {
		hvp_error(c, w->column, "expected a name after \"%s:\"", kind);
		return false;
	}
	return component(w, colon + 1, len - kind_len - 1, true);
}

static u32 after_slashes(const char *text, u32 i, u32 len)
{
	while (i < len && text[i] == '/')
		i++;
	return i;
}

static u32 before_slash(const char *text, u32 i, u32 len)
{
	while (i < len && text[i] != '/')
		i++;
	return i;
}

bool hvp_place_path(struct hvp_compiler *c, u32 rule, u32 *root, bool at,
		    const char *text, u32 len, u32 column)
{
	struct walk w = { .c = c, .column = column };
	u32 i, start, rest;

	if (!at && (!len || text[0] != '/')) {
		hvp_error(c, column, "expected an absolute path, not \"%s\"",
			  hvp_show(c, text, len));
		return false;
	}
	w.node = hvp_root(c, root, false);
	if (at) {
		if (!place_at(c, &w, text, len))
			return false;
		hvp_add_places(c, rule, w.node);
		return true;
	}
	for (start = after_slashes(text, 0, len); start < len; start = rest) {
		i = before_slash(text, start, len);
		rest = after_slashes(text, i, len);
		/* Two "**" in a row mean what the second one does. */
		if (is_deep(text + start, i - start) &&
		    is_deep(text + rest, before_slash(text, rest, len) - rest))
			continue;
		if (!component(&w, text + start, i - start, rest == len))
			return false;
	}
	hvp_add_places(c, rule, w.node);
	return true;
}

bool hvp_place_abstract(struct hvp_compiler *c, u32 rule, u32 *root,
			const char *text, u32 len, u32 column)
{
	struct walk w = { .c = c, .column = column };

	w.node = hvp_root(c, root, false);
	if (!component(&w, text, len, true))
		return false;
	hvp_add_places(c, rule, w.node);
	return true;
}

bool hvp_place_file(struct hvp_compiler *c, u32 rule, const char *text, u32 len,
		    u32 column)
{
	struct hvp_domain *d = &c->domains.at[c->domain];

	if (len && text[0] == '@')
		return hvp_place_path(c, rule, &d->root[KHV_TREE_AT], true,
				      text, len, column);
	if (!len || text[0] != '/') {
		hvp_error(
			c, column,
			"expected a path that begins with \"/\", \"~\", \"${\" or \"@\", not \"%s\"",
			hvp_show(c, text, len));
		return false;
	}
	return hvp_place_path(c, rule, &d->root[KHV_TREE_FILE], false, text,
			      len, column);
}

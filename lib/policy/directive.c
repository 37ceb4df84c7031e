// SPDX-License-Identifier: LGPL-2.1
/* Everything that is not a rule, a section or a test. */
#include <ctype.h>
#include <linux/khv.h>
#include "compiler.h"

typedef void directive_fn(struct hvp_compiler *c, const struct hvp_words *w);

static bool count(struct hvp_compiler *c, const struct hvp_words *w, u32 least,
		  u32 most, const char *expected)
{
	const struct hvp_word *last = &w->at[w->nr - 1];

	if (w->nr < least)
		hvp_error(c, last->column + last->raw_len, "expected \"%s\"",
			  expected);
	else if (w->nr > most)
		hvp_error(c, w->at[most].column,
			  "too many words: expected \"%s\"", expected);
	else
		return true;
	return false;
}

/* Some lines say what the whole policy is. */
static bool in_main_file(struct hvp_compiler *c, const struct hvp_words *w)
{
	if (!c->depth)
		return true;
	hvp_error(c, w->at[0].column,
		  "\"%s\" belongs into the policy file, not into an include",
		  w->at[0].text);
	return false;
}

static void version(struct hvp_compiler *c, const struct hvp_words *w)
{
	if (!count(c, w, 2, 2, "version 1"))
		return;
	if (strcmp(w->at[1].text, "1")) {
		hvp_error(
			c, w->at[1].column,
			"not supported by this version: rule language version \"%s\", only 1",
			hvp_show(c, w->at[1].text, w->at[1].len));
		return;
	}
	if (c->depth)
		return;
	if (c->started) {
		hvp_error(
			c, w->at[0].column,
			"\"version\" must be the first statement of the file");
		return;
	}
	c->versioned = true;
}

static void policy(struct hvp_compiler *c, const struct hvp_words *w)
{
	const char *name, *p;

	if (!in_main_file(c, w) || !count(c, w, 2, 3, "policy NAME \"text\""))
		return;
	if (c->name) {
		hvp_error(c, w->at[0].column,
			  "the policy has a name already: %s", c->name);
		return;
	}
	name = w->at[1].text;
	for (p = name; isalnum((unsigned char)*p) || (*p && strchr("-_.", *p));
	     p++)
		;
	if (*p || !*name || strlen(name) >= KHV_NAME_MAX) {
		hvp_error(
			c, w->at[1].column,
			"bad policy name \"%s\": expected up to %u letters, digits, \"-\", \"_\" and \".\"",
			hvp_show(c, name, w->at[1].len), KHV_NAME_MAX - 1);
		return;
	}
	c->name = hvp_copy(&c->mem, name, strlen(name));
}

static bool place_attach(struct hvp_compiler *c, const char *text, u32 len,
			 u32 column, void *arg)
{
	u32 *rule = arg;

	hvp_note_exe(c, text, len, c->rules.at[*rule].target);
	return hvp_place_path(c, *rule, &c->attach_root, false, text, len,
			      column);
}

/*
 * A program in the home of somebody is confined whoever runs it: another user would
 * be a way out.
 */
static void attach_homes(struct hvp_compiler *c, const struct hvp_word *w,
			 u32 rule)
{
	u32 i;

	hvp_load_accounts(c);
	if (!c->accounts.nr)
		hvp_warning(
			c, w->column,
			"no account with a home: the line attaches nothing");
	for (i = 0; i < c->accounts.nr; i++) {
		c->account = &c->accounts.at[i];
		if (!hvp_expand(c, w->text, w->len, w->column, place_attach,
				&rule))
			break;
	}
	c->account = NULL;
}

static void attach(struct hvp_compiler *c, const struct hvp_words *w)
{
	struct hvp_options options;
	int target = c->domain;
	u32 rule, next = 2;

	if (!in_main_file(c, w))
		return;
	if (w->nr < 2) {
		count(c, w, 2, 4, "attach PATH [-> DOMAIN]");
		return;
	}
	if (w->nr > 2 && !strcmp(w->at[2].text, "->")) {
		if (!count(c, w, 4, ~0u, "attach PATH -> DOMAIN"))
			return;
		target = hvp_domain(c, w->at[3].text, w->at[3].column, false);
		next = 4;
	}
	if (!hvp_parse_options(c, w, next, HVP_OPT_WHY, &options))
		return;
	rule = hvp_new_rule(c, KHV_KIND_ATTACH, w->at[1].column);
	c->rules.at[rule].target = target;
	c->rules.at[rule].why = options.why;
	c->rules.at[rule].tag = options.tag;
	c->rules.at[rule].perms.set = KHV_F_EXEC;
	if (hvp_needs_account(c, w->at[1].text, w->at[1].len))
		attach_homes(c, &w->at[1], rule);
	else
		hvp_expand(c, w->at[1].text, w->at[1].len, w->at[1].column,
			   place_attach, &rule);
}

static void refuse(struct hvp_compiler *c, const struct hvp_words *w)
{
	struct hvp_options options;
	u32 rule;

	if (!in_main_file(c, w) ||
	    !hvp_parse_options(c, w, 1,
			       HVP_OPT_USER | HVP_OPT_ROLE | HVP_OPT_WHY |
				       HVP_OPT_NOT,
			       &options))
		return;
	if (!options.cond.what) {
		hvp_error(c, w->at[0].column + w->at[0].raw_len,
			  "expected user=NAME, group=NAME or role=NAME");
		return;
	}
	if (c->refuse.nr == KHV_MAX_REFUSE) {
		hvp_error(c, w->at[0].column, "more than %u refuse lines",
			  KHV_MAX_REFUSE);
		return;
	}
	rule = hvp_new_rule(c, KHV_KIND_REFUSE, w->at[0].column);
	c->rules.at[rule].cond = hvp_cond(c, &options.cond);
	c->rules.at[rule].why = options.why;
	c->rules.at[rule].tag = options.tag;
	*hvp_push(&c->mem, &c->refuse) = rule;
}

static void admin(struct hvp_compiler *c, const struct hvp_words *w)
{
	if (in_main_file(c, w))
		hvp_parse_admin(c, w);
}

static void mode(struct hvp_compiler *c, const struct hvp_words *w)
{
	static const char *const names[] = { "enforce", "complain", "off",
					     "learn",	"audit",    "ask",
					     NULL };
	const char *name;

	if (!in_main_file(c, w) || !count(c, w, 2, 2, "mode enforce"))
		return;
	name = w->at[1].text;
	if (c->mode_set)
		hvp_error(c, w->at[0].column, "the policy has a mode already");
	c->mode_set = true;
	if (!strcmp(name, "enforce"))
		c->mode = KHV_MODE_ENFORCE;
	else if (!strcmp(name, "complain"))
		c->mode = KHV_MODE_COMPLAIN;
	else if (!strcmp(name, "off"))
		c->mode = KHV_MODE_OFF;
	else if (!strcmp(name, "learn"))
		c->mode = KHV_MODE_LEARN;
	else if (!strcmp(name, "audit"))
		c->mode = KHV_MODE_AUDIT;
	else if (hvp_is_one_of(name, names))
		hvp_error(c, w->at[1].column,
			  "not supported by this version: \"mode %s\"", name);
	else
		hvp_error(
			c, w->at[1].column,
			"unknown mode \"%s\": expected enforce, complain, learn, audit or off%s",
			hvp_show(c, name, strlen(name)),
			hvp_suggest(&c->mem, name, names));
}

static void fallback(struct hvp_compiler *c, const struct hvp_words *w)
{
	struct hvp_domain *d = &c->domains.at[c->domain];
	struct hvp_perms perms;
	int type;

	if (!count(c, w, 3, 3, "default TYPE PERMISSIONS"))
		return;
	type = hvp_type(w->at[1].text);
	if (type < 0) {
		hvp_error(c, w->at[1].column,
			  "unknown type \"%s\": expected " HVP_TYPES "%s",
			  hvp_show(c, w->at[1].text, w->at[1].len),
			  hvp_suggest(&c->mem, w->at[1].text, hvp_type_names));
		return;
	}
	if (!hvp_parse_perms(c, type, &w->at[2], &perms))
		return;
	if (perms.delta) {
		hvp_error(c, w->at[2].column,
			  "a default has nothing to add to or take from");
		return;
	}
	if (d->has_fallback[type]) {
		hvp_error(c, w->at[0].column,
			  "domain %s has a default for type %s already",
			  d->name, w->at[1].text);
		return;
	}
	if (type == KHV_TYPE_KERNEL && (perms.set & KHV_K_USE))
		hvp_lint(
			c, w->at[2].column,
			"this grants every part of the kernel, also loading modules: name what is needed");
	d->has_fallback[type] = true;
	d->fallback[type] = perms.set;
	if (type == KHV_TYPE_FILE)
		d->fallback_reads = perms.reads_set;
	c->mentions |= 1 << type;
}

typedef void verb_fn(struct hvp_compiler *c, enum khv_type type, u32 verb,
		     bool *useless);

/* VERB{/VERB}, each for every type that has it; @fn says if it is in vain. */
static void each_verb(struct hvp_compiler *c, const struct hvp_word *w,
		      verb_fn *fn, const char *useless)
{
	char *name, *save = NULL, *copy = hvp_copy(&c->mem, w->text, w->len);
	u32 type;

	for (name = strtok_r(copy, "/", &save); name;
	     name = strtok_r(NULL, "/", &save)) {
		bool known = false, in_vain = true;

		for (type = 0; type < KHV_NR_TYPES; type++) {
			u32 verb = hvp_verb(type, name);

			if (!verb)
				continue;
			known = true;
			fn(c, type, verb, &in_vain);
		}
		if (!known)
			hvp_error(c, w->column + (name - copy),
				  "unknown verb \"%s\"%s",
				  hvp_show(c, name, strlen(name)),
				  hvp_suggest(&c->mem, name,
					      hvp_verb_names(KHV_TYPE_FILE)));
		else if (in_vain && useless)
			hvp_lint(c, w->column + (name - copy), "\"%s\" %s",
				 name, useless);
	}
}

static void govern_verb(struct hvp_compiler *c, enum khv_type type, u32 verb,
			bool *useless)
{
	const u32 part_of_read =
		type == KHV_TYPE_FILE ? KHV_F_EXEC | KHV_F_MMAP : 0;

	c->named[type] |= verb;
	c->asked[type] |= verb;
	if (verb & (hvp_optional(type) | part_of_read))
		*useless = false;
}

static void govern(struct hvp_compiler *c, const struct hvp_words *w)
{
	if (count(c, w, 2, 2, "govern VERB{/VERB}"))
		each_verb(c, &w->at[1], govern_verb, "is always governed");
}

static void gap_verb(struct hvp_compiler *c, enum khv_type type, u32 verb,
		     bool *useless)
{
	(void)useless;
	c->gaps[type] |= verb;
}

/* What is not named is no gap, but it may be named below: lint.c looks. */
static void allow_gap(struct hvp_compiler *c, const struct hvp_words *w)
{
	if (in_main_file(c, w) && count(c, w, 2, 2, "allow-gap VERB{/VERB}"))
		each_verb(c, &w->at[1], gap_verb, NULL);
}

static bool add_value(struct hvp_compiler *c, const char *text, u32 len,
		      u32 column, void *arg)
{
	struct hvp_words *values = arg;
	struct hvp_word *value = hvp_push(&c->mem, values);

	value->text = hvp_copy(&c->mem, text, len);
	value->len = len;
	value->column = column;
	return true;
}

static void set(struct hvp_compiler *c, const struct hvp_words *w)
{
	static const char *const own[] = { "HOME", "USER",    "UID",
					   "NAME", "EXE_DIR", NULL };
	bool append = w->nr > 2 && !strcmp(w->at[2].text, "+=");
	struct hvp_words values = { 0 };
	struct hvp_var *var;
	const char *p;
	u32 i;

	if (!count(c, w, 4, ~0u, "set NAME = VALUE"))
		return;
	if (!append && strcmp(w->at[2].text, "=")) {
		hvp_error(c, w->at[2].column,
			  "expected \"=\" or \"+=\" between blanks");
		return;
	}
	for (p = w->at[1].text; isalnum((unsigned char)*p) || *p == '_'; p++)
		;
	if (*p || p == w->at[1].text) {
		hvp_error(
			c, w->at[1].column,
			"bad variable name \"%s\": expected letters, digits and \"_\"",
			hvp_show(c, w->at[1].text, w->at[1].len));
		return;
	}
	if (hvp_is_one_of(w->at[1].text, own)) {
		hvp_error(c, w->at[1].column,
			  "${%s} has a meaning of its own and cannot be set",
			  w->at[1].text);
		return;
	}
	/* A value is what its variables stand for now: nothing can be circular. */
	for (i = 3; i < w->nr; i++)
		if (!hvp_expand_vars(c, w->at[i].text, w->at[i].len,
				     w->at[i].column, add_value, &values))
			return;
	var = hvp_find_var(c, w->at[1].text, w->at[1].len);
	if (append && !var) {
		hvp_error(c, w->at[1].column, "${%s} is not set yet",
			  w->at[1].text);
		return;
	}
	if (!var) {
		var = hvp_push(&c->mem, &c->vars);
		var->name = hvp_copy(&c->mem, w->at[1].text, w->at[1].len);
	} else if (!append) {
		hvp_lint(c, w->at[1].column, "${%s} was set before", var->name);
		memset(&var->values, 0, sizeof(var->values));
	}
	for (i = 0; i < values.nr; i++)
		*hvp_push(&c->mem, &var->values) = values.at[i];
}

static void inherit(struct hvp_compiler *c, const struct hvp_words *w)
{
	struct hvp_domain *d;
	const char *name;
	u16 from;

	if (!count(c, w, 2, 2, "inherit parent"))
		return;
	name = w->at[1].text;
	if (!c->domain) {
		hvp_error(
			c, w->at[0].column,
			"domain main has no parent: \"inherit\" belongs below a [domain NAME]");
		return;
	}
	from = strcmp(name, "parent") ?
		       hvp_domain(c, name, w->at[1].column, false) :
		       0;
	d = &c->domains.at[c->domain];
	if (d->inherits >= 0) {
		hvp_error(c, w->at[0].column,
			  "domain %s inherits already from %s", d->name,
			  c->domains.at[d->inherits].name);
		return;
	}
	d->inherits = from;
	d->inherit_source = c->source;
	d->inherit_line = c->line;
}

static const struct {
	const char *name;
	directive_fn *fn;
} directives[] = {
	{ "version", version },
	{ "policy", policy },
	{ "attach", attach },
	{ "refuse", refuse },
	{ "mode", mode },
	{ "default", fallback },
	{ "govern", govern },
	{ "set", set },
	{ "include", hvp_parse_include },
	{ "inherit", inherit },
	{ "allow-gap", allow_gap },
	{ "admin", admin },
	{ "role", hvp_parse_role },
};

#define NR_DIRECTIVES (sizeof(directives) / sizeof(directives[0]))

const char *const hvp_directive_names[] = { "version", "policy",    "attach",
					    "refuse",  "mode",	    "default",
					    "govern",  "set",	    "include",
					    "inherit", "allow-gap", "admin",
					    "role",    "expect",    NULL };

bool hvp_parse_directive(struct hvp_compiler *c, const struct hvp_words *w)
{
	u32 i;

	for (i = 0; i < NR_DIRECTIVES; i++) {
		if (strcmp(w->at[0].text, directives[i].name))
			continue;
		directives[i].fn(c, w);
		return true;
	}
	return false;
}

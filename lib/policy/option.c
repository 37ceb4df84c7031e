// SPDX-License-Identifier: LGPL-2.1
/* What stands right of the third column: flags and KEY=VALUE. */
#include "compiler.h"

static const char *const names[] = { "audit", "quiet", "exact", "user", "group",
				     "errno", "why",   "tag",	NULL };

static const char *const later[] = { "ask",	  "kill",     "role", "level",
				     "label",	  "from",     "if",   "rewrite",
				     "replicate", "limit",    "log",  "until",
				     "timeout",	  "remember", NULL };

struct option {
	const struct hvp_word *word;
	char *key;
	const char *value; /* escaped; NULL: a flag */
	u32 value_len;
	u32 value_column;
};

static bool split(struct hvp_compiler *c, const struct hvp_word *w,
		  struct option *o)
{
	u32 n = strcspn(w->text, "=!<>");

	o->word = w;
	o->key = hvp_copy(&c->mem, w->text, n);
	o->value = NULL;
	if (!w->text[n])
		return true;
	if (w->text[n] != '=') {
		hvp_error(
			c, w->column + n,
			"not supported by this version: \"%.*s\" in \"%s\", only \"=\"",
			w->text[n + 1] == '=' ? 2 : 1, w->text + n,
			hvp_show(c, w->text, w->len));
		return false;
	}
	o->value = w->text + n + 1;
	o->value_len = w->len - n - 1;
	o->value_column = w->column + n + 1;
	return true;
}

static bool need(struct hvp_compiler *c, const struct option *o, bool value)
{
	if (!value && o->value) {
		hvp_error(c, o->value_column - 1, "\"%s\" takes no value",
			  o->key);
		return false;
	}
	if (value && (!o->value || !o->value_len)) {
		hvp_error(c, o->word->column + o->word->raw_len,
			  "expected %s=VALUE", o->key);
		return false;
	}
	return true;
}

static bool flag(struct hvp_compiler *c, const struct option *o,
		 struct hvp_options *options)
{
	if (!need(c, o, false))
		return false;
	if (!strcmp(o->key, "audit"))
		options->effects |= KHV_RULE_AUDIT;
	else if (!strcmp(o->key, "quiet"))
		options->effects |= KHV_RULE_QUIET;
	else
		options->exact = true;
	return true;
}

static bool user(struct hvp_compiler *c, const struct option *o,
		 const char *name, struct hvp_options *options)
{
	options->account = hvp_user(c, name);
	if (!options->account) {
		hvp_error(c, o->value_column, "there is no user \"%s\"",
			  hvp_show(c, name, strlen(name)));
		return false;
	}
	options->uid = options->account->uid;
	options->has_user = true;
	return true;
}

static bool key_value(struct hvp_compiler *c, const struct option *o,
		      struct hvp_options *options)
{
	const char *value;

	if (!need(c, o, true))
		return false;
	value = hvp_unescape(&c->mem, o->value, o->value_len, NULL);
	if (!strcmp(o->key, "user"))
		return user(c, o, value, options);
	if (!strcmp(o->key, "group")) {
		options->has_group = hvp_group(c, value, &options->gid);
		if (!options->has_group)
			hvp_error(c, o->value_column,
				  "there is no group \"%s\"",
				  hvp_show(c, value, strlen(value)));
		return options->has_group;
	}
	if (!strcmp(o->key, "errno")) {
		options->error = hvp_errno(value);
		if (!options->error)
			hvp_error(
				c, o->value_column,
				"unknown error \"%s\": expected a name such as ENOENT",
				hvp_show(c, value, strlen(value)));
		return options->error;
	}
	if (!strcmp(o->key, "why"))
		options->why = value;
	else
		options->tag = value;
	return true;
}

static unsigned int kind_of(const char *key)
{
	if (!strcmp(key, "user") || !strcmp(key, "group"))
		return HVP_OPT_USER;
	if (!strcmp(key, "why") || !strcmp(key, "tag"))
		return HVP_OPT_WHY;
	return HVP_OPT_RULE;
}

static bool one_option(struct hvp_compiler *c, const struct hvp_word *w,
		       unsigned int allowed, struct hvp_options *options)
{
	struct option o;

	if (!split(c, w, &o))
		return false;
	if (hvp_is_one_of(o.key, later)) {
		hvp_error(c, w->column, "not supported by this version: \"%s\"",
			  hvp_show(c, w->text, w->len));
		return false;
	}
	if (!hvp_is_one_of(o.key, names)) {
		hvp_error(c, w->column, "unknown option \"%s\"%s",
			  hvp_show(c, w->text, w->len),
			  hvp_suggest(&c->mem, o.key, names));
		return false;
	}
	if (!(kind_of(o.key) & allowed)) {
		hvp_error(c, w->column, "\"%s\" has no meaning here", o.key);
		return false;
	}
	if (!strcmp(o.key, "audit") || !strcmp(o.key, "quiet") ||
	    !strcmp(o.key, "exact"))
		return flag(c, &o, options);
	return key_value(c, &o, options);
}

bool hvp_parse_options(struct hvp_compiler *c, const struct hvp_words *w,
		       u32 first, unsigned int allowed,
		       struct hvp_options *options)
{
	char *seen = hvp_alloc(&c->mem, w->nr);
	u32 i, j;

	memset(options, 0, sizeof(*options));
	for (i = first; i < w->nr; i++) {
		u32 n = strcspn(w->at[i].text, "=!<>");

		for (j = first; j < i; j++)
			if (!strncmp(w->at[i].text, w->at[j].text, n) &&
			    strcspn(w->at[j].text, "=!<>") == n)
				seen[i] = 1;
		if (seen[i]) {
			hvp_error(c, w->at[i].column, "\"%.*s\" is given twice",
				  (int)n, w->at[i].text);
			return false;
		}
		if (!one_option(c, &w->at[i], allowed, options))
			return false;
	}
	return true;
}

u32 hvp_cond(struct hvp_compiler *c, const struct hvp_options *options)
{
	struct hvp_cond wanted = { 0 }, *cond;
	u32 i;

	if (options->has_user) {
		wanted.what |= KHV_COND_USER;
		wanted.uid = options->uid;
	}
	if (options->has_group) {
		wanted.what |= KHV_COND_GROUP;
		wanted.gid = options->gid;
	}
	for (i = 0; i < c->conds.nr; i++) {
		cond = &c->conds.at[i];
		if (cond->what == wanted.what && cond->uid == wanted.uid &&
		    cond->gid == wanted.gid)
			return i;
	}
	cond = hvp_push(&c->mem, &c->conds);
	*cond = wanted;
	return i;
}

// SPDX-License-Identifier: LGPL-2.1
/*
 * One identifier as written can stand for several: "~", ${VAR} and {a,b} are
 * replaced here, so that what follows sees wildcards only.
 */
#include "compiler.h"

#define MOST_RESULTS 65536
#define MOST_DEPTH   16
#define MOST_LENGTH  8192

struct expander {
	struct hvp_compiler *c;
	hvp_expanded *fn;
	void *arg;
	u32 column;
	u32 results;
	bool vars_only; /* leave "~", ${HOME} and braces for later */
};

static const char *const account_vars[] = { "HOME", "USER", "UID", NULL };

struct hvp_var *hvp_find_var(struct hvp_compiler *c, const char *name,
			     size_t len)
{
	u32 i;

	for (i = 0; i < c->vars.nr; i++)
		if (strlen(c->vars.at[i].name) == len &&
		    !memcmp(c->vars.at[i].name, name, len))
			return &c->vars.at[i];
	return NULL;
}

/* Position of the next unescaped "${", or len. */
static u32 next_var(const char *text, u32 i, u32 len)
{
	for (; i < len; i++) {
		if (text[i] == '\\')
			i++;
		else if (text[i] == '$' && i + 1 < len && text[i + 1] == '{')
			return i;
	}
	return len;
}

static bool is_account_var(const char *name, size_t len)
{
	u32 i;

	for (i = 0; account_vars[i]; i++)
		if (strlen(account_vars[i]) == len &&
		    !memcmp(account_vars[i], name, len))
			return true;
	return false;
}

bool hvp_needs_account(struct hvp_compiler *c, const char *text, u32 len)
{
	const char *close, *name;
	u32 i, k;

	if (len && text[0] == '~')
		return true;
	/* unix:~/socket, exe:~/bin/x */
	for (i = 1; i < len; i++)
		if (text[i] == '~' && text[i - 1] == ':')
			return true;
	for (i = next_var(text, 0, len); i < len;
	     i = next_var(text, i + 2, len)) {
		struct hvp_var *var;

		name = text + i + 2;
		close = memchr(name, '}', len - i - 2);
		if (!close)
			return false;
		if (is_account_var(name, close - name))
			return true;
		/* Values have no other variables left in them. */
		var = hvp_find_var(c, name, close - name);
		for (k = 0; var && k < var->values.nr; k++)
			if (hvp_needs_account(c, var->values.at[k].text,
					      var->values.at[k].len))
				return true;
	}
	return false;
}

/* Text as an identifier that means exactly it. */
static char *escape(struct hvp_compiler *c, const char *text)
{
	char *out = hvp_alloc(&c->mem, 2 * strlen(text) + 1), *at = out;

	for (; *text; text++) {
		if (strchr("*?[]{}$\\,~", *text))
			*at++ = '\\';
		*at++ = *text;
	}
	return out;
}

static bool expand(struct expander *x, const char *text, u32 len, u32 depth);

/* text[0..from) value text[to..len) */
static bool replace(struct expander *x, const char *text, u32 len, u32 from,
		    u32 to, const char *value, u32 value_len, u32 depth)
{
	u32 total = from + value_len + len - to;
	char *all;

	if (total > MOST_LENGTH) {
		hvp_error(x->c, x->column,
			  "this stands for a text that is too long");
		return false;
	}
	all = hvp_alloc(&x->c->mem, total + 1);
	memcpy(all, text, from);
	memcpy(all + from, value, value_len);
	memcpy(all + from + value_len, text + to, len - to);
	return expand(x, all, total, depth + 1);
}

static const char *account_value(struct hvp_compiler *c, const char *name)
{
	if (!strcmp(name, "HOME"))
		return escape(c, c->account->home);
	if (!strcmp(name, "USER"))
		return escape(c, c->account->name);
	return hvp_print(&c->mem, "%u", c->account->uid);
}

static bool expand_var(struct expander *x, const char *text, u32 len, u32 at,
		       u32 depth)
{
	const char *close = memchr(text + at, '}', len - at);
	struct hvp_compiler *c = x->c;
	const char **names, *value;
	struct hvp_var *var;
	char *name;
	u32 i;

	if (!close) {
		hvp_error(c, x->column, "\"${\" is not closed by \"}\"");
		return false;
	}
	name = hvp_copy(&c->mem, text + at + 2, close - text - at - 2);
	if (c->account && hvp_is_one_of(name, account_vars)) {
		value = account_value(c, name);
		return replace(x, text, len, at, close + 1 - text, value,
			       strlen(value), depth);
	}
	if (!strcmp(name, "NAME") && c->name)
		return replace(x, text, len, at, close + 1 - text, c->name,
			       strlen(c->name), depth);
	var = hvp_find_var(c, name, strlen(name));
	if (var) {
		for (i = 0; i < var->values.nr; i++)
			if (!replace(x, text, len, at, close + 1 - text,
				     var->values.at[i].text,
				     var->values.at[i].len, depth))
				return false;
		return true;
	}
	if (!strncmp(name, "XDG_", 4) || !strcmp(name, "EXE_DIR")) {
		hvp_error(c, x->column,
			  "not supported by this version: \"${%s}\"", name);
		return false;
	}
	names = hvp_alloc(&c->mem, (c->vars.nr + 3) * sizeof(*names));
	for (i = 0; i < c->vars.nr; i++)
		names[i] = c->vars.at[i].name;
	names[i++] = "HOME";
	names[i] = "USER";
	hvp_error(c, x->column, "${%s} is not set%s",
		  hvp_show(c, name, strlen(name)),
		  hvp_suggest(&c->mem, name, names));
	return false;
}

/* {a,b{c,d}} at @at; commas and braces nest. */
static bool expand_braces(struct expander *x, const char *text, u32 len, u32 at,
			  u32 depth)
{
	u32 i, level = 0, start, close = 0;

	for (i = at; i < len && !close; i++) {
		if (text[i] == '\\')
			i++;
		else if (text[i] == '{')
			level++;
		else if (text[i] == '}' && !--level)
			close = i;
	}
	if (!close) {
		hvp_error(x->c, x->column, "\"{\" is not closed by \"}\"");
		return false;
	}
	level = 0;
	start = at + 1;
	for (i = at; i <= close; i++) {
		if (text[i] == '\\') {
			i++;
			continue;
		}
		if (text[i] == '{')
			level++;
		if ((text[i] == ',' && level == 1) || i == close) {
			if (!replace(x, text, len, at, close + 1, text + start,
				     i - start, depth))
				return false;
			start = i + 1;
		}
		if (text[i] == '}')
			level--;
	}
	return true;
}

static bool expand(struct expander *x, const char *text, u32 len, u32 depth)
{
	struct hvp_compiler *c = x->c;
	u32 i;

	if (depth > MOST_DEPTH * 4) {
		hvp_error(c, x->column,
			  "braces or variables are nested too deep");
		return false;
	}
	if (len && text[0] == '~' && !x->vars_only) {
		if (len > 1 && text[1] != '/') {
			hvp_error(
				c, x->column,
				"not supported by this version: \"~NAME\", write the folder or ${HOME} with user=");
			return false;
		}
		if (c->account)
			return replace(x, text, len, 0, 1,
				       escape(c, c->account->home),
				       strlen(escape(c, c->account->home)),
				       depth);
	}
	i = next_var(text, 0, len);
	while (x->vars_only && i < len) {
		const char *close = memchr(text + i, '}', len - i);

		if (!close ||
		    !is_account_var(text + i + 2, close - text - i - 2))
			break;
		i = next_var(text, i + 2, len);
	}
	if (i < len)
		return expand_var(x, text, len, i, depth);
	for (i = 0; i < len && !x->vars_only; i++) {
		if (text[i] == '\\')
			i++;
		else if (text[i] == '{')
			return expand_braces(x, text, len, i, depth);
		else if (text[i] == '~' && i && text[i - 1] == ':' &&
			 c->account)
			return replace(x, text, len, i, i + 1,
				       escape(c, c->account->home),
				       strlen(escape(c, c->account->home)),
				       depth);
	}
	if (++x->results > MOST_RESULTS) {
		hvp_error(c, x->column,
			  "this stands for more than %u identifiers",
			  MOST_RESULTS);
		return false;
	}
	return x->fn(c, text, len, x->column, x->arg);
}

bool hvp_expand(struct hvp_compiler *c, const char *text, u32 len, u32 column,
		hvp_expanded *fn, void *arg)
{
	struct expander x = {
		.c = c,
		.fn = fn,
		.arg = arg,
		.column = column,
	};

	return expand(&x, text, len, 0);
}

bool hvp_expand_vars(struct hvp_compiler *c, const char *text, u32 len,
		     u32 column, hvp_expanded *fn, void *arg)
{
	struct expander x = {
		.c = c,
		.fn = fn,
		.arg = arg,
		.column = column,
		.vars_only = true,
	};

	return expand(&x, text, len, 0);
}

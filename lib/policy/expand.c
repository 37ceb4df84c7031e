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

/* Where a "~" stands for a home: also in unix:~/socket and exe:~/bin/x. Or len. */
static u32 next_tilde(const char *text, u32 len)
{
	static const char *const before[] = { "", "unix:", "exe:" };
	u32 i, n;

	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		n = strlen(before[i]);
		if (n < len && text[n] == '~' && !memcmp(text, before[i], n))
			return n;
	}
	return len;
}

/* "~" and "~/x", not "~ann/x": the home of whoever asks. */
static bool is_own_home(const char *text, u32 len, u32 at)
{
	return at < len && (at + 1 == len || text[at + 1] == '/');
}

bool hvp_needs_account(struct hvp_compiler *c, const char *text, u32 len)
{
	const char *close, *name;
	u32 i, k;

	if (is_own_home(text, len, next_tilde(text, len)))
		return true;
	for (i = next_var(text, 0, len); i < len;
	     i = next_var(text, i + 2, len)) {
		struct hvp_var *var;

		name = text + i + 2;
		close = memchr(name, '}', len - i - 2);
		if (!close)
			return false;
		if (hvp_is_account_var(c, name, close - name))
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

char *hvp_escape(struct hvp_compiler *c, const char *text)
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

/* "/usr/lib/x" of "/usr/lib/x/x" */
void hvp_note_exe(struct hvp_compiler *c, const char *text, u32 len, u16 domain)
{
	struct hvp_exe_dir *dir;
	const char *folder;
	u32 at, found;
	u64 hash;

	while (len && text[len - 1] != '/')
		len--;
	folder = len > 1 ? hvp_copy(&c->mem, text, len - 1) : "/";
	hash = khv_hash(domain, folder, strlen(folder));
	for (found = hvp_index_first(&c->exe_index, hash, &at); found;
	     found = hvp_index_next(&c->exe_index, hash, &at))
		if (c->exe_dirs.at[found].domain == domain &&
		    !strcmp(c->exe_dirs.at[found].text, folder))
			return;
	if (!c->exe_dirs.nr)
		hvp_push(&c->mem, &c->exe_dirs); /* 0 is none */
	hvp_index_add(&c->mem, &c->exe_index, hash, c->exe_dirs.nr);
	dir = hvp_push(&c->mem, &c->exe_dirs);
	dir->text = folder;
	dir->domain = domain;
}

static bool expand_exe_dir(struct expander *x, const char *text, u32 len,
			   u32 from, u32 to, u32 depth)
{
	struct hvp_compiler *c = x->c;
	bool any = false;
	u32 i;

	for (i = 1; i < c->exe_dirs.nr; i++) {
		const struct hvp_exe_dir *dir = &c->exe_dirs.at[i];

		if (dir->domain != c->domain)
			continue;
		any = true;
		if (!replace(x, text, len, from, to, dir->text,
			     strlen(dir->text), depth))
			return false;
	}
	if (!any)
		hvp_error(
			c, x->column,
			"no attach line above leads into domain %s, so \"${EXE_DIR}\" means nothing",
			c->domains.at[c->domain].name);
	return any;
}

/* The one that was meant: those of the policy, then those of accounts. */
static bool unknown_var(struct expander *x, const char *name)
{
	struct hvp_compiler *c = x->c;
	const char **names;
	u32 i, n = 0;

	for (i = 0; hvp_account_var_name(i); i++)
		;
	names = hvp_alloc(&c->mem, (c->vars.nr + i + 2) * sizeof(*names));
	for (i = 0; i < c->vars.nr; i++)
		names[n++] = c->vars.at[i].name;
	for (i = 0; hvp_account_var_name(i); i++)
		names[n++] = hvp_account_var_name(i);
	names[n] = "EXE_DIR";
	hvp_error(c, x->column, "${%s} is not set%s",
		  hvp_show(c, name, strlen(name)),
		  hvp_suggest(&c->mem, name, names));
	return false;
}

/* A number stands for a user, and nothing is known of that one. */
static bool no_account(struct expander *x, const char *name)
{
	hvp_error(x->c, x->column,
		  "uid %u has no account, so \"${%s}\" means nothing",
		  x->c->account->uid, name);
	return false;
}

static bool expand_var(struct expander *x, const char *text, u32 len, u32 at,
		       u32 depth)
{
	const char *close = memchr(text + at, '}', len - at);
	struct hvp_compiler *c = x->c;
	const char *value;
	struct hvp_var *var;
	char *name;
	u32 i;

	if (!close) {
		hvp_error(c, x->column, "\"${\" is not closed by \"}\"");
		return false;
	}
	name = hvp_copy(&c->mem, text + at + 2, close - text - at - 2);
	if (c->account && hvp_is_account_var(c, name, strlen(name))) {
		value = hvp_account_var(c, c->account, name);
		if (!value)
			return no_account(x, name);
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
	if (!strcmp(name, "EXE_DIR"))
		return expand_exe_dir(x, text, len, at, close + 1 - text,
				      depth);
	return unknown_var(x, name);
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

/* "~" is who asks, "~ann" is ann. */
static bool expand_tilde(struct expander *x, const char *text, u32 len, u32 at,
			 u32 depth)
{
	struct hvp_compiler *c = x->c;
	const struct hvp_account *account = c->account;
	const char *end = memchr(text + at, '/', len - at);
	u32 to = end ? (u32)(end - text) : len;
	const char *name, *home;

	if (to > at + 1) {
		name = hvp_unescape(&c->mem, text + at + 1, to - at - 1, NULL);
		account = hvp_user(c, name);
		if (!account || !account->home) {
			hvp_error(c, x->column,
				  "there is no user \"%s\" with a home",
				  hvp_show(c, name, strlen(name)));
			return false;
		}
	}
	if (!account->home)
		return no_account(x, "HOME");
	home = hvp_escape(c, account->home);
	return replace(x, text, len, at, to, home, strlen(home), depth);
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
	i = next_var(text, 0, len);
	while (x->vars_only && i < len) {
		const char *close = memchr(text + i, '}', len - i);

		if (!close ||
		    !hvp_is_account_var(c, text + i + 2, close - text - i - 2))
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
	}
	i = next_tilde(text, len);
	if (i < len && !x->vars_only &&
	    (c->account || !is_own_home(text, len, i)))
		return expand_tilde(x, text, len, i, depth);
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

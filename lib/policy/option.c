// SPDX-License-Identifier: LGPL-2.1
/* What stands right of the third column: flags and KEY=VALUE. */
#include <sys/socket.h>
#include <linux/khv.h>
#include "compiler.h"

static const char *const names[] = { "audit",  "quiet", "exact", "kill",
				     "redact", "user",	"group", "role",
				     "from",   "errno", "limit", "log",
				     "until",  "at",	"why",	 "tag",
				     "result", NULL };

/* Words of the language that this version does not have, and why. */
static const struct {
	const char *word, *text;
} later[] = {
	{ "ask", "nobody can be asked yet; deny it, or grant it with audit" },
	{ "timeout", "it belongs to ask" },
	{ "remember", "it belongs to ask" },
	{ "rewrite",
	  "no argument is replaced yet; mount the other place there" },
	{ "if", "tags are shown with decisions, no rule can look at them yet" },
	{ "replicate", "it needs the replication client" },
	{ "level", "it needs the label client" },
	{ "label", "it needs the label client" },
};

struct option {
	const struct hvp_word *word;
	char *key;
	char op; /* of "=", "!=", "<=", ">=": the first character; 0: a flag */
	u32 op_len, op_column;
	const char *value; /* escaped; NULL: a flag */
	u32 value_len;
	u32 value_column;
};

static void split(struct hvp_compiler *c, const struct hvp_word *w,
		  struct option *o)
{
	u32 n = strcspn(w->text, "=!<>");

	memset(o, 0, sizeof(*o));
	o->word = w;
	o->key = hvp_copy(&c->mem, w->text, n);
	o->op = w->text[n];
	if (!o->op)
		return;
	o->op_len = o->op != '=' && w->text[n + 1] == '=' ? 2 : 1;
	o->op_column = w->column + n;
	n += o->op_len;
	o->value = w->text + n;
	o->value_len = w->len - n;
	o->value_column = w->column + n;
}

static bool need(struct hvp_compiler *c, const struct option *o, bool value)
{
	if (!value && o->value) {
		hvp_error(c, o->op_column, "\"%s\" takes no value", o->key);
		return false;
	}
	if (value && (!o->value || !o->value_len)) {
		hvp_error(c, o->word->column + o->word->raw_len,
			  "expected %s=VALUE", o->key);
		return false;
	}
	return true;
}

/* "!=" is for conditions of rules about somebody; nothing here has an order. */
static bool may_compare(struct hvp_compiler *c, const struct option *o,
			u32 cond, unsigned int allowed,
			struct hvp_options *options)
{
	if (!o->op || o->op == '=')
		return true;
	if (o->op != '!' || o->op_len != 2) {
		hvp_error(c, o->op_column,
			  "\"%s\" has no order to compare by: expected \"=\"%s",
			  o->key, cond ? " or \"!=\"" : "");
		return false;
	}
	if (!cond || !(allowed & HVP_OPT_NOT)) {
		hvp_error(c, o->op_column, "\"!=\" has no meaning here: %s",
			  cond ? "a test is asked by one" :
				 "it is for user, group, role and from");
		return false;
	}
	options->cond.negated |= cond;
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
	else if (!strcmp(o->key, "kill"))
		options->effects |= KHV_RULE_KILL;
	else if (!strcmp(o->key, "redact"))
		options->effects |= KHV_RULE_REDACT;
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
	options->cond.uid = options->account->uid;
	options->cond.what |= KHV_COND_USER;
	options->has_user = !(options->cond.negated & KHV_COND_USER);
	return true;
}

static bool group(struct hvp_compiler *c, const struct option *o,
		  const char *name, struct hvp_options *options)
{
	options->has_group = hvp_group(c, name, &options->cond.gid);
	options->cond.what |= KHV_COND_GROUP;
	if (!options->has_group)
		hvp_error(c, o->value_column, "there is no group \"%s\"",
			  hvp_show(c, name, strlen(name)));
	return options->has_group;
}

static bool role(struct hvp_compiler *c, const struct option *o,
		 const char *name, struct hvp_options *options)
{
	options->cond.what |= KHV_COND_ROLE;
	return hvp_role(c, name, o->value_column, &options->cond.role);
}

static bool from(struct hvp_compiler *c, const struct option *o,
		 const char *value, struct hvp_options *options)
{
	struct hvp_address a;
	const char *error = hvp_parse_address(&c->mem, value, &a);

	if (!error && (!a.family || a.has_port || a.proto))
		error = "expected an address or a prefix, such as 10.0.0.0/8 or [fd00::]/8";
	if (error) {
		hvp_error(c, o->value_column, "%s", error);
		return false;
	}
	options->cond.what |= KHV_COND_FROM;
	options->cond.from_inet6 = a.family == AF_INET6;
	options->cond.from_length = a.length;
	memcpy(options->cond.from, a.addr, sizeof(a.addr));
	return true;
}

static bool error_name(struct hvp_compiler *c, const struct option *o,
		       const char *value, struct hvp_options *options)
{
	options->error = hvp_errno(value);
	if (!options->error)
		hvp_error(
			c, o->value_column,
			"unknown error \"%s\": expected a name such as ENOENT",
			hvp_show(c, value, strlen(value)));
	return options->error;
}

/* What became of it: nothing that a policy which refuses could look at. */
static bool result(struct hvp_compiler *c, const struct option *o,
		   const char *value, struct hvp_options *options)
{
	bool fine = !strcmp(value, "ok");

	if (c->mode != KHV_MODE_AUDIT) {
		hvp_error(
			c, o->word->column,
			"\"result\" is known afterwards: only below a line \"mode audit\"");
		return false;
	}
	options->effects |= KHV_RULE_RESULT;
	options->result = fine ? 0 : hvp_errno(value);
	if (!fine && !options->result)
		hvp_error(
			c, o->value_column,
			"unknown result \"%s\": expected ok, or an error such as EACCES",
			hvp_show(c, value, strlen(value)));
	return fine || options->result;
}

static bool until(struct hvp_compiler *c, const struct option *o,
		  const char *value, struct hvp_options *options)
{
	options->cond.what |= KHV_COND_UNTIL;
	options->until_column = o->word->column;
	if (!strcmp(value, "boot"))
		return hvp_until_boot(c, &options->cond.until);
	return hvp_until(c, value, o->value_column, &options->cond.until);
}

static bool at(struct hvp_compiler *c, const struct option *o,
	       const char *value, struct hvp_options *options)
{
	return hvp_until(c, value, o->value_column, &options->now);
}

static bool limit(struct hvp_compiler *c, const struct option *o,
		  const char *value, struct hvp_options *options)
{
	return hvp_limit(c, value, o->value_column, &options->limit);
}

static bool log_level(struct hvp_compiler *c, const struct option *o,
		      const char *value, struct hvp_options *options)
{
	/* In the order of enum khv_log_level. */
	static const char *const levels[] = { "off", "deny", "audit", "allow",
					      NULL };
	u32 i;

	for (i = 0; levels[i]; i++) {
		if (strcmp(value, levels[i]))
			continue;
		options->effects |= (i + 1) << KHV_RULE_LOG_SHIFT;
		return true;
	}
	hvp_error(c, o->value_column,
		  "unknown level \"%s\": expected off, deny, audit or allow%s",
		  hvp_show(c, value, strlen(value)),
		  hvp_suggest(&c->mem, value, levels));
	return false;
}

static bool why(struct hvp_compiler *c, const struct option *o,
		const char *value, struct hvp_options *options)
{
	(void)c;
	(void)o;
	options->why = value;
	return true;
}

static bool tag(struct hvp_compiler *c, const struct option *o,
		const char *value, struct hvp_options *options)
{
	(void)c;
	(void)o;
	options->tag = value;
	return true;
}

static const struct {
	const char *key;
	unsigned int set; /* enum hvp_option_set */
	u32 negates;	  /* the condition that "!=" turns around */
	bool (*take)(struct hvp_compiler *c, const struct option *o,
		     const char *value, struct hvp_options *options);
} keys[] = {
	{ "user", HVP_OPT_USER, KHV_COND_USER, user },
	{ "group", HVP_OPT_USER, KHV_COND_GROUP, group },
	{ "role", HVP_OPT_ROLE, KHV_COND_ROLE, role },
	{ "from", HVP_OPT_FROM, KHV_COND_FROM, from },
	{ "errno", HVP_OPT_RULE, 0, error_name },
	{ "limit", HVP_OPT_RULE, 0, limit },
	{ "log", HVP_OPT_RULE, 0, log_level },
	{ "until", HVP_OPT_RULE, 0, until },
	{ "at", HVP_OPT_AT, 0, at },
	{ "why", HVP_OPT_WHY, 0, why },
	{ "tag", HVP_OPT_WHY, 0, tag },
	{ "result", HVP_OPT_RULE, 0, result },
};

#define NR_KEYS (sizeof(keys) / sizeof(keys[0]))

static bool not_yet(struct hvp_compiler *c, const struct hvp_word *w,
		    const char *key)
{
	u32 i;

	for (i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		if (strcmp(key, later[i].word))
			continue;
		hvp_error(c, w->column,
			  "not supported by this version: \"%s\": %s",
			  hvp_show(c, w->text, w->len), later[i].text);
		return true;
	}
	return false;
}

static bool one_option(struct hvp_compiler *c, const struct hvp_word *w,
		       unsigned int allowed, struct hvp_options *options)
{
	unsigned int set = HVP_OPT_RULE;
	struct option o;
	u32 i;

	split(c, w, &o);
	if (not_yet(c, w, o.key))
		return false;
	if (!hvp_is_one_of(o.key, names)) {
		hvp_error(c, w->column, "unknown option \"%s\"%s",
			  hvp_show(c, w->text, w->len),
			  hvp_suggest(&c->mem, o.key, names));
		return false;
	}
	for (i = 0; i < NR_KEYS && strcmp(o.key, keys[i].key); i++)
		;
	if (i < NR_KEYS)
		set = keys[i].set;
	if (!(set & allowed)) {
		hvp_error(c, w->column, "\"%s\" has no meaning here", o.key);
		return false;
	}
	if (i == NR_KEYS)
		return flag(c, &o, options);
	return may_compare(c, &o, keys[i].negates, allowed, options) &&
	       need(c, &o, true) &&
	       keys[i].take(c, &o,
			    hvp_unescape(&c->mem, o.value, o.value_len, NULL),
			    options);
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

u32 hvp_cond(struct hvp_compiler *c, const struct hvp_cond *cond)
{
	const struct hvp_cond wanted = *cond;
	u64 hash = khv_hash(0, (const char *)&wanted, sizeof(wanted));
	u32 at, found;

	if (!wanted.what)
		return 0;
	for (found = hvp_index_first(&c->cond_index, hash, &at); found;
	     found = hvp_index_next(&c->cond_index, hash, &at))
		if (!memcmp(&c->conds.at[found], &wanted, sizeof(wanted)))
			return found;
	if (c->conds.nr > 0xffff) {
		hvp_error(c, 0, "more than %u different conditions", 0xffff);
		c->stop = true;
		return 0;
	}
	found = c->conds.nr;
	hvp_index_add(&c->mem, &c->cond_index, hash, found);
	*hvp_push(&c->mem, &c->conds) = wanted;
	return found;
}

// SPDX-License-Identifier: LGPL-2.1
/* Rules and `expect` lines: TYPE IDENT PERMS [-> TARGET] { OPTION }. */
#include <sys/socket.h>
#include "compiler.h"

u32 hvp_new_rule(struct hvp_compiler *c, u8 kind, u32 column)
{
	const struct hvp_source *s = &c->sources.at[c->source];
	struct hvp_rule *r = hvp_push(&c->mem, &c->rules);
	const char *text = c->line_text;

	while (*text == ' ' || *text == '\t')
		text++;
	r->source = c->source;
	r->line = c->line;
	r->column = column;
	r->text = s->offset + (text - s->text);
	r->domain = c->domain;
	r->kind = kind;
	r->in_include = c->depth > 0;
	r->target = -1;
	return c->rules.nr - 1;
}

static void bad_verb(struct hvp_compiler *c, enum khv_type type, u32 column,
		     const char *name)
{
	const char *const *names = hvp_verb_names(type);

	if (type == KHV_TYPE_KERNEL &&
	    (!strcmp(name, "read") || !strcmp(name, "write"))) {
		hvp_error(
			c, column,
			"type kernel has no \"%s\": a part of the kernel may be used or not, expected use, all or none",
			name);
		return;
	}
	hvp_error(c, column, "unknown permission \"%s\" for type %s%s",
		  hvp_show(c, name, strlen(name)), khv_type_name(type),
		  !strcmp(name, "kill") && type == KHV_TYPE_PROCESS ?
			  "; did you mean \"signal\"?" :
			  hvp_suggest(&c->mem, name, names));
}

static void add_verb(struct hvp_perms *p, char sign, u32 verbs, bool reads)
{
	if (sign == '+') {
		p->add |= verbs;
		p->reads_add |= reads;
	} else if (sign == '-') {
		p->del |= verbs;
		p->reads_del |= reads;
	} else {
		p->set |= verbs;
		p->reads_set |= reads;
	}
}

/*
 * "signal(hup,term)": takes what is in ( ) from @name. False after an error.
 */
static bool take_ranges(struct hvp_compiler *c, enum khv_type type, char *name,
			u32 column, char sign, struct hvp_perms *perms)
{
	char *open = strchr(name, '(');
	enum hvp_sign at = sign == '+' ? HVP_ADD :
			   sign == '-' ? HVP_DEL :
					 HVP_SET;
	u32 len, verb = hvp_ranged_verb(type);
	const u32 so_far = sign == '+' ? perms->add :
			   sign == '-' ? perms->del :
					 perms->set;

	if (open)
		*open = 0;
	if (!open || !hvp_verb(type, name)) {
		/* The same once with and once without: which is meant? */
		if (!open && verb && hvp_verb(type, name) == verb &&
		    perms->ranges[at])
			goto twice;
		if (open)
			*open = '(';
		return true;
	}
	if (hvp_verb(type, name) != verb) {
		hvp_error(
			c, column + (open - name),
			"\"%s\" takes nothing in ( ), only ioctl of files and signal of processes do",
			name);
		return false;
	}
	if (so_far & verb)
		goto twice;
	len = strlen(open + 1);
	if (!len || open[len] != ')') {
		hvp_error(c, column + (open - name),
			  "\"(\" is not closed by \")\"");
		return false;
	}
	perms->ranged = verb;
	perms->ranges[at] = hvp_parse_ranges(c, type, open + 1, len - 1,
					     column + (open + 1 - name));
	return perms->ranges[at];
twice:
	hvp_error(c, column, "\"%s\" is given twice", name);
	return false;
}

/* none | all | [+|-]VERB{/VERB}; the sign holds until the next one */
bool hvp_parse_perms(struct hvp_compiler *c, enum khv_type type,
		     const struct hvp_word *w, struct hvp_perms *perms)
{
	const char *at = w->text, *end;
	u32 column = w->column;
	char sign = 0;

	memset(perms, 0, sizeof(*perms));
	for (;; at = end + 1) {
		u32 verbs, named;
		bool reads;
		char *name;

		end = strchrnul(at, '/');
		column = w->column + (at - w->text);
		if (*at == '+' || *at == '-') {
			if (at != w->text && !perms->delta) {
				hvp_error(
					c, column,
					"\"%c\" after plain permissions: sign all of them or none",
					*at);
				return false;
			}
			sign = *at++;
			perms->delta = true;
		}
		name = hvp_copy(&c->mem, at, end - at);
		if (!strcmp(name, "none") || !strcmp(name, "all")) {
			if (at != w->text || *end) {
				hvp_error(
					c, column,
					"\"%s\" stands alone, without \"/\" or sign",
					name);
				return false;
			}
			perms->set = hvp_sum(type, name);
			return true;
		}
		if (!take_ranges(c, type, name, column, sign, perms))
			return false;
		named = hvp_verb(type, name);
		verbs = named ? named : hvp_sum(type, name);
		if (!verbs) {
			bad_verb(c, type, column, name);
			return false;
		}
		reads = type == KHV_TYPE_FILE && !strcmp(name, "read");
		c->named[type] |= named;
		add_verb(perms, sign, verbs, reads);
		if (!*end)
			break;
	}
	if (perms->add & perms->del & ~perms->ranged) {
		hvp_error(c, w->column,
			  "the same permission with \"+\" and \"-\": %s",
			  hvp_verbs_text(&c->mem, type,
					 perms->add & perms->del));
		return false;
	}
	return true;
}

struct expansion {
	u32 rule;
	enum khv_type type;
};

static bool place(struct hvp_compiler *c, const char *text, u32 len, u32 column,
		  void *arg)
{
	const struct expansion *x = arg;

	switch (x->type) {
	case KHV_TYPE_FILE:
		return hvp_place_file(c, x->rule, text, len, column);
	case KHV_TYPE_SOCKET:
		return hvp_place_socket(c, x->rule, text, len, column);
	case KHV_TYPE_KERNEL:
		return hvp_place_kernel(c, x->rule, text, len, column);
	default:
		return hvp_place_process(c, x->rule, text, len, column);
	}
}

/* A rule about "~" is one rule for each account, which holds for that user. */
static void place_accounts(struct hvp_compiler *c, const struct hvp_word *w,
			   struct hvp_options *options, struct expansion *x)
{
	u32 i;

	if (options->has_user) {
		c->account = options->account;
		if (!c->account->home)
			hvp_error(
				c, w->column,
				"uid %u has no account, so \"~\" means nothing",
				options->cond.uid);
		else
			hvp_expand(c, w->text, w->len, w->column, place, x);
		c->account = NULL;
		return;
	}
	hvp_load_accounts(c);
	if (!c->accounts.nr)
		hvp_warning(
			c, w->column,
			"no account with a home: the rule holds for nobody");
	for (i = 0; i < c->accounts.nr; i++) {
		struct hvp_cond own = options->cond;

		c->account = &c->accounts.at[i];
		if ((own.negated & KHV_COND_USER) && own.uid == c->account->uid)
			continue;
		own.what |= KHV_COND_USER;
		own.negated &= ~KHV_COND_USER;
		own.uid = c->account->uid;
		c->rules.at[x->rule].cond = hvp_cond(c, &own);
		if (!hvp_expand(c, w->text, w->len, w->column, place, x))
			break;
	}
	c->account = NULL;
}

static bool parse_target(struct hvp_compiler *c, const struct hvp_words *w,
			 enum khv_type type, u32 *next, int *target)
{
	const struct hvp_word *name;

	*target = -1;
	if (w->nr <= *next || strcmp(w->at[*next].text, "->"))
		return true;
	if (w->nr == *next + 1) {
		hvp_error(c, w->at[*next].column,
			  "expected the name of a domain after \"->\"");
		return false;
	}
	if (type != KHV_TYPE_FILE) {
		hvp_error(
			c, w->at[*next].column,
			"\"->\" is for files that are executed, not for %s rules",
			khv_type_name(type));
		return false;
	}
	name = &w->at[*next + 1];
	*next += 2;
	if (!strcmp(name->text, "inherit"))
		return true;
	if (!strcmp(name->text, "detach")) {
		*target = KHV_TARGET_DETACH;
		return true;
	}
	*target = hvp_domain(c, name->text, name->column, false);
	return true;
}

void hvp_parse_rule(struct hvp_compiler *c, enum khv_type type,
		    const struct hvp_words *w)
{
	struct hvp_options options;
	struct hvp_perms perms;
	struct expansion x;
	struct hvp_rule *r;
	u32 next = 3;
	int target;

	if (w->nr < 3) {
		const struct hvp_word *last = &w->at[w->nr - 1];

		hvp_error(
			c, last->column + last->raw_len,
			w->nr == 1 ?
				"expected an identifier and permissions after \"%s\"" :
				"expected permissions, such as read or none, after \"%s\"",
			hvp_show(c, last->text, last->len));
		return;
	}
	c->mentions |= 1 << type;
	if (!hvp_parse_perms(c, type, &w->at[2], &perms) ||
	    !parse_target(c, w, type, &next, &target) ||
	    !hvp_parse_options(c, w, next,
			       HVP_OPT_USER | HVP_OPT_ROLE | HVP_OPT_WHY |
				       HVP_OPT_RULE | HVP_OPT_NOT |
				       (type == KHV_TYPE_SOCKET ? HVP_OPT_FROM :
								  0),
			       &options))
		return;
	if ((options.effects & KHV_RULE_RESULT) && options.error) {
		hvp_error(
			c, w->at[2].column,
			"\"errno\" is what is answered, \"result\" what came of it: not both");
		return;
	}
	if (options.exact && type != KHV_TYPE_FILE &&
	    strncmp(w->at[1].text, "unix:", 5)) {
		hvp_error(
			c, w->at[2].column,
			"\"exact\" is for paths, which have a tree below them");
		return;
	}
	x.type = type;
	x.rule = hvp_new_rule(c, type, w->at[1].column);
	r = &c->rules.at[x.rule];
	r->perms = perms;
	r->target = target;
	r->effects = options.effects;
	/* One of them: a policy that looks at results answers nothing. */
	r->error = options.effects & KHV_RULE_RESULT ? options.result :
						       options.error;
	r->limit = options.limit;
	r->until_column = options.until_column;
	r->exact = options.exact;
	r->why = options.why;
	r->tag = options.tag;
	r->cond = hvp_cond(c, &options.cond);
	if (target >= 0 && !((perms.set | perms.add) & KHV_F_EXEC) &&
	    !(perms.reads_set | perms.reads_add))
		hvp_warning(
			c, w->at[2].column,
			"\"->\" without exec: the file cannot be executed, so the domain is never entered");
	if (type == KHV_TYPE_SOCKET)
		hvp_socket_set(c, &w->at[1]);
	if (hvp_needs_account(c, w->at[1].text, w->at[1].len))
		place_accounts(c, &w->at[1], &options, &x);
	else
		hvp_expand(c, w->at[1].text, w->at[1].len, w->at[1].column,
			   place, &x);
}

/* --- expect ------------------------------------------------------------------ */

struct one {
	const char *text;
	u32 nr;
};

static bool take_one(struct hvp_compiler *c, const char *text, u32 len,
		     u32 column, void *arg)
{
	struct one *one = arg;

	(void)column;
	one->nr++;
	one->text = hvp_copy(&c->mem, text, len);
	return true;
}

/* The account a test without user= has in mind when it says "~". */
static const struct hvp_account *somebody(struct hvp_compiler *c)
{
	u32 i;

	hvp_load_accounts(c);
	for (i = 0; i < c->accounts.nr; i++)
		if (c->accounts.at[i].uid)
			return &c->accounts.at[i];
	return c->accounts.nr ? &c->accounts.at[0] : NULL;
}

static bool test_subject(struct hvp_compiler *c, const struct hvp_words *w,
			 enum khv_type type, struct khv_subject *s,
			 struct khv_sockaddr *peer)
{
	const struct hvp_word *ident = &w->at[3];
	struct hvp_options options;

	if (!hvp_parse_options(c, w, 5,
			       HVP_OPT_USER | HVP_OPT_AT |
				       (type == KHV_TYPE_SOCKET ? HVP_OPT_FROM :
								  0),
			       &options))
		return false;
	s->now = options.now ? options.now : hvp_now(c);
	if (options.cond.what & KHV_COND_FROM) {
		peer->family = options.cond.from_inet6 ? AF_INET6 : AF_INET;
		memcpy(peer->addr, options.cond.from, sizeof(peer->addr));
	}
	if (options.has_user) {
		c->account = options.account;
		s->uid = options.cond.uid;
		s->gid = options.account->gid;
	} else if (hvp_needs_account(c, ident->text, ident->len)) {
		c->account = somebody(c);
		if (!c->account) {
			hvp_error(
				c, ident->column,
				"no account with a home: \"~\" means nothing");
			return false;
		}
		s->uid = c->account->uid;
		s->gid = c->account->gid;
	}
	if (options.has_group)
		s->gid = options.cond.gid;
	return true;
}

void hvp_parse_expect(struct hvp_compiler *c, const struct hvp_words *w)
{
	static const char *const results[] = { "allow", "deny", NULL };
	struct khv_subject subject = { 0 };
	struct khv_sockaddr peer = { 0 };
	struct one one = { 0 };
	struct hvp_test *t;
	const char *error;
	u32 verbs, number;
	int type;

	if (w->nr < 5) {
		const struct hvp_word *last = &w->at[w->nr - 1];

		hvp_error(
			c, last->column + last->raw_len,
			"expected \"expect allow|deny TYPE IDENTIFIER VERB\"");
		return;
	}
	if (!strcmp(w->at[1].text, "ask")) {
		hvp_error(c, w->at[1].column,
			  "not supported by this version: \"expect ask\"");
		return;
	}
	if (!hvp_is_one_of(w->at[1].text, results)) {
		hvp_error(c, w->at[1].column,
			  "expected allow or deny, not \"%s\"%s",
			  hvp_show(c, w->at[1].text, w->at[1].len),
			  hvp_suggest(&c->mem, w->at[1].text, results));
		return;
	}
	type = hvp_type(w->at[2].text);
	if (type < 0) {
		hvp_error(c, w->at[2].column,
			  "unknown type \"%s\": expected " HVP_TYPES "%s",
			  hvp_show(c, w->at[2].text, w->at[2].len),
			  hvp_suggest(&c->mem, w->at[2].text, hvp_type_names));
		return;
	}
	verbs = hvp_test_verbs(&c->mem, type, w->at[4].text, &number, &error);
	if (!verbs) {
		hvp_error(c, w->at[4].column, "%s", error);
		return;
	}
	if (!test_subject(c, w, type, &subject, &peer) ||
	    !hvp_expand(c, w->at[3].text, w->at[3].len, w->at[3].column,
			take_one, &one)) {
		c->account = NULL;
		return;
	}
	c->account = NULL;
	if (one.nr != 1) {
		hvp_error(c, w->at[3].column,
			  "a test is about one object, this stands for %u",
			  one.nr);
		return;
	}
	t = hvp_push(&c->mem, &c->tests);
	t->source = c->source;
	t->line = c->line;
	t->column = w->at[3].column;
	t->domain = c->domain;
	t->allow = !strcmp(w->at[1].text, "allow");
	t->type = type;
	t->ident = one.text;
	t->verb = w->at[4].text;
	t->verb_column = w->at[4].column;
	t->subject = subject;
	t->peer = peer;
}

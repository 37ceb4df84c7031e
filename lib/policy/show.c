// SPDX-License-Identifier: LGPL-2.1
/*
 * Read a blob back: its rules as rows and its source files. The header promises
 * that a policy object may be used by many threads, so everything is taken
 * apart the first time and published with one exchange.
 */
#include <stdatomic.h>
#include "compiler.h"

struct shown {
	struct hvp_mem mem;
	struct khv_rule_info *rules;
	char **sources;
};

static const char *piece(struct shown *s, const char *line,
			 const struct hvp_word *w)
{
	return hvp_copy(&s->mem, line + w->column - 1, w->raw_len);
}

static void nothing(void *arg, u32 column, const char *text)
{
	(void)arg;
	(void)column;
	(void)text;
}

/* Where the last word ends: a comment is no option. */
static const char *from_word(struct shown *s, const char *line,
			     const struct hvp_words *words, u32 first)
{
	const struct hvp_word *last = &words->at[words->nr - 1];
	u32 start;

	if (words->nr <= first)
		return "";
	start = words->at[first].column - 1;
	return hvp_copy(&s->mem, line + start,
			last->column - 1 + last->raw_len - start);
}

static void show_rule(struct shown *s, const struct khv_engine *e, u32 rule,
		      struct khv_rule_info *info)
{
	const struct khv_blob_source *source = khv_section(e, KHV_SEC_SOURCES);
	struct hvp_words words = { 0 };
	const char *line = khv_engine_rule_text(e, rule);

	source += khv_le16(khv_rule_at(e, rule)->source);
	info->kind = (enum khv_rule_kind)khv_engine_rule_kind(e, rule);
	info->domain =
		khv_engine_domain_name(e, khv_engine_rule_domain(e, rule));
	info->file = khv_string(e, khv_le32(source->name));
	info->line = khv_engine_rule_line(e, rule);
	info->text = line;
	info->type = info->ident = info->perms = info->options = "";
	info->why = khv_engine_rule_why(e, rule);
	info->tag = khv_engine_rule_tag(e, rule);
	if (!hvp_lex(&s->mem, line, strlen(line), &words, nothing, NULL) ||
	    !words.nr)
		return;
	info->type = piece(s, line, &words.at[0]);
	switch (info->kind) {
	case KHV_RULE_REFUSE:
		info->options = from_word(s, line, &words, 1);
		break;
	case KHV_RULE_ATTACH:
		if (words.nr > 1)
			info->ident = piece(s, line, &words.at[1]);
		info->options = from_word(s, line, &words, 2);
		break;
	default:
		if (words.nr > 1)
			info->ident = piece(s, line, &words.at[1]);
		if (words.nr > 2)
			info->perms = piece(s, line, &words.at[2]);
		info->options = from_word(s, line, &words, 3);
	}
}

static void show_source(struct shown *s, const struct khv_engine *e, u32 i)
{
	const struct khv_blob_source *source = khv_section(e, KHV_SEC_SOURCES);
	const char *text = khv_section(e, KHV_SEC_TEXT);
	u32 len, j;
	char *copy;

	source += i;
	len = khv_le32(source->len);
	copy = hvp_copy(&s->mem, text + khv_le32(source->text), len);
	/* A NUL stands for each newline; no policy has NULs of its own. */
	for (j = 0; j < len; j++)
		if (!copy[j])
			copy[j] = '\n';
	s->sources[i] = copy;
}

static struct shown *take_apart(const struct khv_engine *e)
{
	u32 rules = khv_engine_nr_rules(e), i;
	u32 sources = khv_count_of(e, KHV_SEC_SOURCES);
	struct shown *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	if (setjmp(s->mem.failed)) {
		hvp_free_all(&s->mem);
		free(s);
		return NULL;
	}
	s->rules = hvp_alloc(&s->mem, rules * sizeof(*s->rules) + 1);
	s->sources = hvp_alloc(&s->mem, sources * sizeof(*s->sources));
	for (i = 0; i < rules; i++)
		show_rule(s, e, i, &s->rules[i]);
	for (i = 0; i < sources; i++)
		show_source(s, e, i);
	return s;
}

static const struct shown *shown(const struct khv_policy *policy)
{
	struct khv_policy *p = (struct khv_policy *)policy;
	struct shown *s = atomic_load(&p->shown), *mine;

	if (s || !p->open)
		return s;
	mine = take_apart(&p->engine);
	if (!mine)
		return NULL;
	if (atomic_compare_exchange_strong(&p->shown, &s, mine))
		return mine;
	hvp_free_all(&mine->mem);
	free(mine);
	return s;
}

void hvp_free_shown(struct khv_policy *p)
{
	struct shown *s = atomic_load(&p->shown);

	if (!s)
		return;
	hvp_free_all(&s->mem);
	free(s);
}

int khv_policy_rule(const struct khv_policy *policy, u32 rule,
		    struct khv_rule_info *info)
{
	const struct shown *s;

	if (!policy->open || rule >= khv_engine_nr_rules(&policy->engine))
		return -ENOENT;
	s = shown(policy);
	if (!s)
		return -ENOMEM;
	*info = s->rules[rule];
	return 0;
}

size_t khv_policy_nr_sources(const struct khv_policy *policy)
{
	return policy->open ? khv_count_of(&policy->engine, KHV_SEC_SOURCES) :
			      0;
}

int khv_policy_source(const struct khv_policy *policy, size_t i,
		      const char **file, const char **text, size_t *len)
{
	const struct khv_blob_source *source;
	const struct shown *s;

	if (i >= khv_policy_nr_sources(policy))
		return -ENOENT;
	s = shown(policy);
	if (!s)
		return -ENOMEM;
	source = khv_section(&policy->engine, KHV_SEC_SOURCES);
	source += i;
	*file = khv_string(&policy->engine, khv_le32(source->name));
	*text = s->sources[i];
	*len = khv_le32(source->len);
	return 0;
}

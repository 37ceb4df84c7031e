// SPDX-License-Identifier: LGPL-2.1
/* Lines of a source file: sections, directives, rules, tests. */
#include <ctype.h>
#include "compiler.h"

static const char *const later_types[] = { "label", "te", "role", "level",
					   NULL };

static bool good_name(const char *name)
{
	const char *p;

	if (!*name || strlen(name) >= KHV_MAX_COMPONENT)
		return false;
	for (p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("_-.", *p))
			return false;
	return true;
}

static const char *suggest_domain(struct hvp_compiler *c, const char *name)
{
	const char **names;
	u32 i, n = 0;

	names = hvp_alloc(&c->mem, (c->domains.nr + 1) * sizeof(*names));
	for (i = 0; i < c->domains.nr; i++)
		if (c->domains.at[i].defined)
			names[n++] = c->domains.at[i].name;
	return hvp_suggest(&c->mem, name, names);
}

u16 hvp_domain(struct hvp_compiler *c, const char *name, u32 column,
	       bool define)
{
	struct hvp_domain *d;
	u32 i;

	if (!good_name(name)) {
		hvp_error(
			c, column,
			"bad domain name \"%s\": expected letters, digits, \"-\", \"_\" and \".\"",
			hvp_show(c, name, strlen(name)));
		return 0;
	}
	for (i = 0; i < c->domains.nr; i++) {
		if (strcmp(c->domains.at[i].name, name))
			continue;
		c->domains.at[i].defined |= define;
		return i;
	}
	if (c->domains.nr == KHV_MAX_DOMAINS) {
		hvp_error(c, column, "more than %u domains", KHV_MAX_DOMAINS);
		return 0;
	}
	d = hvp_push(&c->mem, &c->domains);
	d->name = hvp_copy(&c->mem, name, strlen(name));
	d->source = c->source;
	d->line = c->line;
	d->column = column;
	d->defined = define;
	d->inherits = -1;
	d->fallback[KHV_TYPE_KERNEL] = KHV_FALLBACK_COMMON;
	return i;
}

static void check_domains(struct hvp_compiler *c)
{
	const struct hvp_domain *d;
	u32 i;

	for (i = 0; i < c->domains.nr; i++) {
		d = &c->domains.at[i];
		if (!d->defined)
			hvp_message(c, KHV_MSG_ERROR, d->source, d->line,
				    d->column,
				    "there is no [domain %s] in this policy%s",
				    d->name, suggest_domain(c, d->name));
	}
}

/* [domain NAME] */
static void parse_section(struct hvp_compiler *c, const struct hvp_words *w)
{
	const struct hvp_word *last = &w->at[w->nr - 1];
	char *name;

	if (strcmp(w->at[0].text, "[domain") || w->nr != 2 || last->len < 2 ||
	    last->text[last->len - 1] != ']') {
		hvp_error(c, w->at[0].column,
			  "expected \"[domain NAME]\" alone on the line");
		return;
	}
	name = hvp_copy(&c->mem, last->text, last->len - 1);
	c->domain = hvp_domain(c, name, last->column, true);
}

static void unknown_word(struct hvp_compiler *c, const struct hvp_word *w)
{
	const char *names[64];
	u32 n = 0, i;

	if (hvp_is_one_of(w->text, later_types)) {
		hvp_error(c, w->column,
			  "not supported by this version: type \"%s\"",
			  w->text);
		return;
	}
	for (i = 0; hvp_type_names[i]; i++)
		names[n++] = hvp_type_names[i];
	for (i = 0; hvp_directive_names[i]; i++)
		names[n++] = hvp_directive_names[i];
	names[n] = NULL;
	hvp_error(
		c, w->column,
		"unknown word \"%s\": expected a type (file, socket, process, kernel) or a directive%s",
		hvp_show(c, w->text, w->len),
		hvp_suggest(&c->mem, w->text, names));
}

static void lex_error(void *arg, u32 column, const char *text)
{
	hvp_error(arg, column, "%s", text);
}

static void parse_line(struct hvp_compiler *c, struct hvp_words *w)
{
	const struct hvp_word *first;
	int type;

	if (!hvp_lex(&c->mem, c->line_text, c->line_len, w, lex_error, c) ||
	    !w->nr)
		return;
	first = &w->at[0];
	type = hvp_type(first->text);
	if (first->text[0] == '[')
		parse_section(c, w);
	else if (type >= 0)
		hvp_parse_rule(c, type, w);
	else if (!strcmp(first->text, "expect"))
		hvp_parse_expect(c, w);
	else if (!hvp_parse_directive(c, w))
		unknown_word(c, first);
	c->started = true;
}

void hvp_parse_source(struct hvp_compiler *c, u32 source)
{
	u32 old_source = c->source, old_line = c->line;
	const char *old_text = c->line_text;
	size_t old_len = c->line_len;
	const char *at, *end, *newline;
	struct hvp_words words = { 0 };
	u16 old_domain = c->domain;

	c->source = source;
	c->line = 0;
	at = c->sources.at[source].text;
	end = at + c->sources.at[source].len;
	for (; at < end && !c->stop; at = newline + 1) {
		newline = memchr(at, '\n', end - at);
		if (!newline)
			newline = end;
		c->line++;
		c->line_text = at;
		c->line_len = newline - at;
		parse_line(c, &words);
	}
	/* A section of an include ends with it. */
	c->domain = old_domain;
	c->source = old_source;
	c->line = old_line;
	c->line_text = old_text;
	c->line_len = old_len;
	if (!c->depth)
		check_domains(c);
}

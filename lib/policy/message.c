// SPDX-License-Identifier: LGPL-2.1
/* Findings of the compiler: what, where, in the order of the text. */
#include "compiler.h"

#define MOST_WARNINGS 200

static void add(struct hvp_compiler *c, enum khv_severity severity, u32 source,
		u32 line, u32 column, const char *format, va_list args)
{
	struct khv_policy *p = c->policy;
	struct khv_policy_message *m;
	char text[1024];
	u32 i;

	if (c->stop && severity == KHV_MSG_ERROR)
		return;
	if (severity > KHV_MSG_TEST && p->messages.nr > MOST_WARNINGS)
		return;
	vsnprintf(text, sizeof(text), format, args);
	/* An expanded or included line says the same again. */
	for (i = p->messages.nr; i && p->messages.nr - i < 8; i--) {
		m = &p->messages.at[i - 1];
		if (m->line == line && m->column == column &&
		    !strcmp(m->text, text))
			return;
	}
	m = hvp_push(&p->mem, &p->messages);
	m->severity = severity;
	m->line = line;
	m->column = column;
	m->file = source < c->sources.nr ?
			  hvp_copy(&p->mem, c->sources.at[source].name,
				   strlen(c->sources.at[source].name)) :
			  "";
	m->text = hvp_copy(&p->mem, text, strlen(text));
	if (severity != KHV_MSG_ERROR)
		return;
	p->nr_errors++;
	if (p->nr_errors < c->options.max_errors)
		return;
	c->stop = true;
	m = hvp_push(&p->mem, &p->messages);
	m->severity = KHV_MSG_ERROR;
	m->file = p->messages.at[p->messages.nr - 2].file;
	m->line = ~0u;
	m->text = hvp_print(&p->mem, "%u errors, no more are shown",
			    p->nr_errors);
}

void hvp_message(struct hvp_compiler *c, enum khv_severity severity, u32 source,
		 u32 line, u32 column, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(c, severity, source, line, column, format, args);
	va_end(args);
}

void hvp_error(struct hvp_compiler *c, u32 column, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(c, KHV_MSG_ERROR, c->source, c->line, column, format, args);
	va_end(args);
}

void hvp_warning(struct hvp_compiler *c, u32 column, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(c, KHV_MSG_WARNING, c->source, c->line, column, format, args);
	va_end(args);
}

void hvp_lint(struct hvp_compiler *c, u32 column, const char *format, ...)
{
	va_list args;

	if (!(c->options.flags & KHV_POLICY_LINT))
		return;
	va_start(args, format);
	add(c, KHV_MSG_LINT, c->source, c->line, column, format, args);
	va_end(args);
}

void hvp_rule_error(struct hvp_compiler *c, u32 rule, const char *format, ...)
{
	const struct hvp_rule *r = &c->rules.at[rule];
	va_list args;

	va_start(args, format);
	add(c, KHV_MSG_ERROR, r->source, r->line, r->column, format, args);
	va_end(args);
}

static int compare(const void *a, const void *b)
{
	const struct khv_policy_message *x = a, *y = b;
	int files = strcmp(x->file, y->file);

	if (files)
		return files;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	if (x->severity != y->severity)
		return x->severity < y->severity ? -1 : 1;
	return strcmp(x->text, y->text);
}

void hvp_sort_messages(struct khv_policy *p)
{
	u32 i;

	if (p->messages.nr)
		qsort(p->messages.at, p->messages.nr, sizeof(*p->messages.at),
		      compare);
	for (i = 0; i < p->messages.nr; i++)
		if (p->messages.at[i].line == ~0u)
			p->messages.at[i].line = 0;
}

const char *hvp_where(struct hvp_compiler *c, u32 rule)
{
	const struct hvp_rule *r = &c->rules.at[rule];

	return hvp_print(&c->mem, "%s:%u", c->sources.at[r->source].name,
			 r->line);
}

const char *hvp_show(struct hvp_compiler *c, const char *text, size_t len)
{
	char *copy = hvp_alloc(&c->mem, 4 * len + 1), *out = copy;
	size_t i;

	for (i = 0; i < len && i < 200; i++) {
		u8 byte = text[i];

		if (byte < ' ' || byte == 0x7f)
			out += sprintf(out, "\\x%02x", byte);
		else
			*out++ = text[i];
	}
	return copy;
}

// SPDX-License-Identifier: GPL-2.0
/* What a message consists of: one order and one set of names for all formats. */
#include <ctype.h>
#include <string.h>
#include <syslog.h>
#include "format.h"

static const struct {
	const char *id;
	int severity;
} verdicts[] = {
	[KHV_ALLOWED] = { "ALLOW", LOG_INFO },
	[KHV_DENIED] = { "DENY", LOG_WARNING },
	[KHV_WOULD_DENY] = { "WOULD-DENY", LOG_NOTICE },
	[KHV_SHADOW_DENY] = { "SHADOW-DENY", LOG_NOTICE },
	[KHV_SHADOW_ALLOW] = { "SHADOW-ALLOW", LOG_NOTICE },
	[KHV_AUDITED] = { "AUDIT", LOG_INFO },
};

#define NR_VERDICTS (sizeof(verdicts) / sizeof(verdicts[0]))

const char *event_id(const struct khv_event *e)
{
	return e->verdict < NR_VERDICTS ? verdicts[e->verdict].id : "EVENT";
}

int event_severity(const struct khv_event *e)
{
	return e->verdict < NR_VERDICTS ? verdicts[e->verdict].severity :
					  LOG_WARNING;
}

static struct value number_value(const struct khv_field *f, const void *at,
				 char word[16])
{
	struct value v = { .kind = VALUE_NUMBER };

	switch (f->kind) {
	case KHV_KIND_U8:
	case KHV_KIND_BOOL:
	case KHV_KIND_ENUM:
		v.number = *(const uint8_t *)at;
		break;
	case KHV_KIND_U32:
	case KHV_KIND_S32:
	case KHV_KIND_ERRNO:
		v.number = *(const uint32_t *)at;
		break;
	default:
		memcpy(&v.number, at, sizeof(v.number));
	}
	if (f->kind == KHV_KIND_S64)
		v.kind = VALUE_SIGNED;
	if (f->kind == KHV_KIND_BOOL)
		v.kind = VALUE_BOOL;
	if (f->kind == KHV_KIND_TIME)
		v.kind = VALUE_TIME;
	if (f->kind == KHV_KIND_ENUM && v.number < f->count) {
		v.kind = VALUE_WORD;
		v.data = f->names[v.number];
	}
	if (f->kind == KHV_KIND_ERRNO) {
		v.kind = v.number ? VALUE_WORD : VALUE_NONE;
		v.data = khv_errno_name((unsigned int)v.number, word);
	}
	if (v.kind == VALUE_WORD)
		v.len = strlen(v.data);
	return v;
}

static struct value field_value(const struct khv_field *f,
				const struct khv_event *e, char word[16])
{
	const void *at = (const char *)e + f->offset;
	const struct khv_bytes *bytes = at;
	struct value v = { .kind = VALUE_BYTES };

	if (!(e->has >> f->attr & 1))
		return (struct value){ .kind = VALUE_NONE };
	switch (f->kind) {
	case KHV_KIND_STRING:
		v.data = *(const char *const *)at;
		v.len = strlen(v.data);
		return v;
	case KHV_KIND_BYTES:
	case KHV_KIND_COMM:
		v.data = bytes->data;
		v.len = bytes->len;
		return v;
	case KHV_KIND_NAMES:
		return (struct value){ .kind = VALUE_NONE };
	default:
		return number_value(f, at, word);
	}
}

static void put_string(value_fn *fn, void *arg, const char *key, const char *s,
		       enum value_kind kind)
{
	struct value v = { .kind = s ? kind : VALUE_NONE, .data = s };

	if (s)
		v.len = strlen(s);
	fn(arg, key, &v);
}

static void put_extra(const struct extra *x, value_fn *fn, void *arg)
{
	struct value v = { .kind = VALUE_PARENTS, .extra = x };

	put_string(fn, arg, "user", x->user, VALUE_BYTES);
	put_string(fn, arg, "group", x->group, VALUE_BYTES);
	put_string(fn, arg, "unit", x->unit, VALUE_BYTES);
	put_string(fn, arg, "container", x->container, VALUE_BYTES);
	put_string(fn, arg, "cgroup", x->cgroup, VALUE_BYTES);
	put_string(fn, arg, "task", x->task, VALUE_WORD);
	if (!x->nr_parents)
		v.kind = VALUE_NONE;
	fn(arg, "parents", &v);
}

static void put_args(const struct khv_event *e, value_fn *fn, void *arg)
{
	struct value v = { .kind = VALUE_ARGS, .event = e };
	struct khv_arg first;

	if (khv_event_arg(e, 0, &first))
		fn(arg, "args", &v);
}

static void put_note(const struct message *m, value_fn *fn, void *arg)
{
	struct value v = { .kind = VALUE_TIME, .number = m->time };

	fn(arg, "time", &v);
	put_string(fn, arg, "note", m->id, VALUE_WORD);
	put_string(fn, arg, "text", m->text, VALUE_BYTES);
	for (unsigned int i = 0; i < m->nr_details; i++) {
		const struct detail *d = &m->details[i];

		v = (struct value){ .kind = VALUE_NUMBER, .number = d->number };
		if (d->word)
			put_string(fn, arg, d->key, d->word, VALUE_BYTES);
		else
			fn(arg, d->key, &v);
	}
}

void message_origin(const struct message *m, value_fn *fn, void *arg)
{
	put_string(fn, arg, "host", m->from->host, VALUE_BYTES);
	put_string(fn, arg, "boot", m->from->boot, VALUE_BYTES);
}

/* As khv_event_numbers() has it; the first fields of the table. */
static bool is_number(const struct khv_field *f)
{
	return f->attr == KHV_E_TIME || f->attr == KHV_E_CPU ||
	       f->attr == KHV_E_SEQ || f->attr == KHV_E_LOST;
}

static void put_field(const struct message *m, const struct khv_field *f,
		      value_fn *fn, void *arg)
{
	char word[16];
	struct value v = field_value(f, m->event, word);

	if (v.kind != VALUE_NONE || !f->sparse)
		fn(arg, f->key, &v);
}

void message_numbers(const struct message *m, value_fn *fn, void *arg)
{
	const struct khv_field *f = khv_event_record.fields;

	for (; is_number(f); f++)
		put_field(m, f, fn, arg);
}

void message_content(const struct message *m, value_fn *fn, void *arg)
{
	for (size_t i = 0; i < khv_event_record.count; i++)
		if (!is_number(&khv_event_record.fields[i]))
			put_field(m, &khv_event_record.fields[i], fn, arg);
	put_args(m->event, fn, arg);
}

void message_extra(const struct message *m, value_fn *fn, void *arg)
{
	if (m->extra)
		put_extra(m->extra, fn, arg);
}

void message_values(const struct message *m, value_fn *fn, void *arg)
{
	message_origin(m, fn, arg);
	if (!m->event) {
		put_note(m, fn, arg);
		return;
	}
	message_numbers(m, fn, arg);
	message_content(m, fn, arg);
	message_extra(m, fn, arg);
}

/* A list of names in one value: what would part them is escaped as well. */
static void list_name(struct text *t, const char *name)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < sizeof(((struct parent *)0)->comm) && name[i];
	     i++) {
		unsigned char c = (unsigned char)name[i];

		if (isascii(c) && (isalnum(c) || strchr("._-+/@()", c))) {
			text_char(t, (char)c);
			continue;
		}
		text_string(t, "\\x");
		text_char(t, digits[c >> 4]);
		text_char(t, digits[c & 15]);
	}
}

void parents_text(struct text *t, const struct extra *x)
{
	for (unsigned int i = 0; i < x->nr_parents; i++) {
		if (i)
			text_char(t, ',');
		text_number(t, x->parents[i].pid);
		text_char(t, ':');
		list_name(t, x->parents[i].comm);
	}
}

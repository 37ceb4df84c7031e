// SPDX-License-Identifier: GPL-2.0
/*
 * JSON lines. Written by hand: building json-c's objects costs three times as
 * much, and only reading needs a library.
 *
 * A name cannot leave its string: quote, backslash and everything that moves a
 * cursor or hides text is escaped, the line break first of all. What is no UTF-8
 * has replacement characters, and its bytes in a second key, name_hex.
 */
#include <string.h>
#include "format.h"

static const char digits[] = "0123456789abcdef";

static void escape_unit(struct text *t, uint32_t unit)
{
	char buf[6] = { '\\',
			'u',
			digits[unit >> 12 & 15],
			digits[unit >> 8 & 15],
			digits[unit >> 4 & 15],
			digits[unit & 15] };

	text_put(t, buf, sizeof(buf));
}

static void escape_code(struct text *t, uint32_t code)
{
	if (code < 0x10000) {
		escape_unit(t, code);
		return;
	}
	code -= 0x10000;
	escape_unit(t, 0xd800 + (code >> 10));
	escape_unit(t, 0xdc00 + (code & 0x3ff));
}

/* Stands for itself. */
static const bool plain[256] = {
	[0x20 ... '"' - 1] = true,
	['"' + 1 ... '\\' - 1] = true,
	['\\' + 1 ... 0x7e] = true,
};

/* false: it holds bytes that are no text. */
static bool put_string(struct text *t, const unsigned char *s, size_t len)
{
	bool exact = true, shown;
	uint32_t code;
	size_t n, run;

	text_char(t, '"');
	for (size_t i = 0; i < len; i += n) {
		for (run = i; run < len && plain[s[run]];)
			run++;
		n = run - i;
		if (n) {
			text_put(t, s + i, n);
			continue;
		}
		n = khv_character(s + i, len - i, &code, &shown);
		if (!n || !code) {
			exact = false;
			n = 1;
			text_string(t, "\xef\xbf\xbd");
		} else if (code == '"' || code == '\\') {
			text_char(t, '\\');
			text_char(t, (char)code);
		} else if (shown) {
			text_put(t, s + i, n);
		} else {
			escape_code(t, code);
		}
	}
	text_char(t, '"');
	return exact;
}

static void put_key(struct text *t, const char *key, const char *more)
{
	text_string(t, ",\"");
	text_string(t, key);
	text_string(t, more);
	text_string(t, "\":");
}

static void put_hex(struct text *t, const char *key, const unsigned char *s,
		    size_t len)
{
	put_key(t, key, "_hex");
	text_char(t, '"');
	for (size_t i = 0; i < len; i++) {
		text_char(t, digits[s[i] >> 4]);
		text_char(t, digits[s[i] & 15]);
	}
	text_char(t, '"');
}

static void put_parents(struct text *t, const struct extra *x)
{
	for (unsigned int i = 0; i < x->nr_parents; i++) {
		const struct parent *p = &x->parents[i];
		const unsigned char *comm = (const unsigned char *)p->comm;
		size_t len = strnlen(p->comm, sizeof(p->comm));

		text_string(t, i ? ",{\"pid\":" : "[{\"pid\":");
		text_number(t, p->pid);
		text_string(t, ",\"comm\":");
		if (!put_string(t, comm, len))
			put_hex(t, "comm", comm, len);
		text_char(t, '}');
	}
	text_char(t, ']');
}

/* By their names, which are ours; what they were is escaped for people. */
static void put_args(struct text *t, const struct khv_event *e)
{
	char text[4 * 4096 + 64];
	struct khv_arg arg;

	for (size_t n = 0; khv_event_arg(e, n, &arg); n++) {
		khv_arg_text(&arg, text, sizeof(text));
		text_char(t, n ? ',' : '{');
		put_string(t, (const unsigned char *)arg.name,
			   strlen(arg.name));
		text_char(t, ':');
		put_string(t, (const unsigned char *)text, strlen(text));
	}
	text_char(t, '}');
}

static void put_value(void *arg, const char *key, const struct value *v)
{
	struct text *t = arg;

	put_key(t, key, "");
	switch (v->kind) {
	case VALUE_NONE:
		text_string(t, "null");
		break;
	case VALUE_NUMBER:
		text_number(t, v->number);
		break;
	case VALUE_SIGNED:
		text_signed(t, (int64_t)v->number);
		break;
	case VALUE_ARGS:
		put_args(t, v->event);
		break;
	case VALUE_BOOL:
		text_string(t, v->number ? "true" : "false");
		break;
	case VALUE_TIME:
		text_char(t, '"');
		text_time(t, v->number, 9);
		text_char(t, '"');
		break;
	case VALUE_PARENTS:
		put_parents(t, v->extra);
		break;
	default:
		if (!put_string(t, v->data, v->len))
			put_hex(t, key, v->data, v->len);
	}
}

static void put_schema(struct text *t)
{
	text_string(t, "{\"schema\":");
	text_number(t, KHV_EVENT_SCHEMA);
}

/* A gap has not all of them. */
static bool has_numbers(const struct khv_event *e)
{
	return KHV_HAS(e, KHV_E_TIME) && KHV_HAS(e, KHV_E_CPU) &&
	       KHV_HAS(e, KHV_E_SEQ) && KHV_HAS(e, KHV_E_LOST);
}

/* As message_numbers(), which takes twice as long: it knows nothing of its fields. */
static void put_numbers(struct text *t, const struct khv_event *e)
{
	text_string(t, ",\"time\":\"");
	text_time(t, e->time, 9);
	text_string(t, "\",\"cpu\":");
	text_number(t, e->cpu);
	text_string(t, ",\"seq\":");
	text_number(t, e->seq);
	text_string(t, ",\"lost\":");
	text_number(t, e->lost);
}

static uint64_t version_of(const struct message *m)
{
	return m->extra ? m->extra->version : 1;
}

/* From @begin on, with the numbers between @numbers and @content. */
static void keep(struct kept *k, const struct message *m, const struct text *t,
		 size_t begin, size_t numbers, size_t content)
{
	size_t before = numbers - begin, behind = t->at - content;

	if (t->full || before + behind > sizeof(k->text))
		return;
	memcpy(k->text, t->buf + begin, before);
	memcpy(k->text + before, t->buf + content, behind);
	k->before = before;
	k->behind = behind;
	k->version = version_of(m);
}

static void put_event(const struct message *m, struct text *t)
{
	struct kept *k = has_numbers(m->event) ? m->json : NULL;
	size_t begin = t->at, numbers, content;

	if (k && k->before && k->version && k->version == version_of(m)) {
		text_put(t, k->text, k->before);
		put_numbers(t, m->event);
		text_put(t, k->text + k->before, k->behind);
		return;
	}
	put_schema(t);
	message_origin(m, put_value, t);
	numbers = t->at;
	message_numbers(m, put_value, t);
	content = t->at;
	message_content(m, put_value, t);
	message_extra(m, put_value, t);
	text_string(t, "}\n");
	if (k)
		keep(k, m, t, begin, numbers, content);
}

void format_json(const struct message *m, struct text *t)
{
	if (m->event) {
		put_event(m, t);
		return;
	}
	put_schema(t);
	message_values(m, put_value, t);
	text_string(t, "}\n");
}

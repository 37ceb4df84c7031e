// SPDX-License-Identifier: GPL-2.0
/*
 * RFC 5424 with structured data. A value is escaped twice: as in the lines of
 * khv-events(7), so that it is UTF-8 without control characters, then as the
 * RFC wants it for ", \ and ]. Who undoes the second has the first.
 */
#include <string.h>
#include "format.h"

/* Longest value, longest object, and what all of them may take together. */
#define VALUE_MAX  512
#define OBJECT_MAX 1536
#define ROOM	   4200
#define ARGS_MAX   800

struct list {
	struct text *t;
	size_t room;
	bool cut;
};

/* Characters of @s when the RFC's escapes are in it. */
static size_t quoted_length(const char *s, size_t len)
{
	size_t n = len;

	for (size_t i = 0; i < len; i++)
		n += s[i] == '"' || s[i] == '\\' || s[i] == ']';
	return n;
}

static void put_quoted(struct text *t, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '"' || s[i] == '\\' || s[i] == ']')
			text_char(t, '\\');
		text_char(t, s[i]);
	}
}

/* The most that can become of one byte: \\xNN. */
#define BYTE_MAX 5

/* At most @max characters; true: it has lost its middle. */
static bool put_bytes(struct text *t, const unsigned char *data, size_t len,
		      size_t max)
{
	char buf[OBJECT_MAX + 1];
	size_t n = khv_escape(buf, sizeof(buf), data, len, false);
	size_t part;

	if (n < sizeof(buf) && quoted_length(buf, n) <= max) {
		put_quoted(t, buf, n);
		return false;
	}
	/* The end matters most in a path, the middle least. */
	part = max / 2 / BYTE_MAX;
	if (part > len / 2)
		part = len / 2;
	n = khv_escape(buf, sizeof(buf), data, part, false);
	put_quoted(t, buf, n);
	text_string(t, "...");
	n = khv_escape(buf, sizeof(buf), data + len - part, part, false);
	put_quoted(t, buf, n);
	return true;
}

static void put_args(struct list *l, const struct khv_event *e)
{
	char args[ARGS_MAX];
	struct khv_arg arg;
	size_t n = khv_event_args_text(e, args, sizeof(args)), parts = n != 0;

	put_quoted(l->t, args, n);
	for (size_t i = 0; i < n; i++)
		parts += args[i] == ',';
	/* Those behind it did not fit. */
	l->cut |= khv_event_arg(e, parts, &arg);
}

static void put_value(void *arg, const char *key, const struct value *v)
{
	struct list *l = arg;
	struct text *t = l->t;
	char parents[1024];
	struct text p = { .buf = parents, .size = sizeof(parents) };
	size_t max = VALUE_MAX, start;

	/* Host and time are in the header; a text is the message itself. */
	if (v->kind == VALUE_NONE || !strcmp(key, "host") ||
	    !strcmp(key, "text") || v->kind == VALUE_TIME)
		return;
	text_char(t, ' ');
	text_string(t, key);
	text_string(t, "=\"");
	switch (v->kind) {
	case VALUE_NUMBER:
	case VALUE_BOOL:
		text_number(t, v->number);
		break;
	case VALUE_SIGNED:
		text_signed(t, (int64_t)v->number);
		break;
	case VALUE_ARGS:
		put_args(l, v->event);
		break;
	case VALUE_WORD:
		text_put(t, v->data, v->len);
		break;
	case VALUE_PARENTS:
		parents_text(&p, v->extra);
		put_quoted(t, parents, p.at);
		break;
	default:
		if (!strcmp(key, "object"))
			max = OBJECT_MAX;
		if (max > l->room)
			max = l->room;
		start = t->at;
		l->cut |= put_bytes(t, v->data, v->len, max);
		l->room -= t->at - start < l->room ? t->at - start : l->room;
	}
	text_char(t, '"');
}

/* A word of the header: printable ASCII, "-" if there is none. */
static void put_word(struct text *t, const char *s, size_t max)
{
	size_t n = 0;

	for (; s[n] && n < max; n++)
		text_char(t, s[n] > ' ' && s[n] < 0x7f ? s[n] : '_');
	if (!n)
		text_char(t, '-');
}

void format_rfc5424(const struct message *m, struct text *t)
{
	struct list l = { .t = t, .room = ROOM };

	text_char(t, '<');
	text_number(t, (uint64_t)(m->from->facility | m->severity));
	text_string(t, ">1 ");
	text_time(t, m->time, 6);
	text_char(t, ' ');
	put_word(t, m->from->host, 255);
	text_char(t, ' ');
	put_word(t, m->from->ident, 48);
	text_char(t, ' ');
	text_number(t, (uint64_t)m->from->pid);
	text_char(t, ' ');
	put_word(t, m->id, 32);
	text_string(t, " [");
	text_string(t, m->from->sd_id);
	message_values(m, put_value, &l);
	if (l.cut)
		text_string(t, " trunc=\"1\"");
	text_string(t, "] ");
	message_sentence(m, t);
}

// SPDX-License-Identifier: GPL-2.0
/* See oracle.h. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include "oracle.h"

#define PAIRS_MAX 80
#define VALUE_MAX 70000

/* What a parser has found. */
struct pair {
	char key[40];
	char *value;
	size_t len;
};

struct found {
	struct pair pair[PAIRS_MAX];
	unsigned int count;
};

static const char *complain(const char *fmt, ...)
{
	static char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return text;
}

static void forget(struct found *f)
{
	for (unsigned int i = 0; i < f->count; i++)
		free(f->pair[i].value);
	f->count = 0;
}

static const char *add(struct found *f, const char *key, size_t key_len,
		       const char *value, size_t len)
{
	struct pair *p = &f->pair[f->count];

	if (f->count == PAIRS_MAX || key_len >= sizeof(p->key))
		return complain("too many fields, or a long name");
	memcpy(p->key, key, key_len);
	p->key[key_len] = 0;
	for (unsigned int i = 0; i < f->count; i++)
		if (!strcmp(f->pair[i].key, p->key))
			return complain("field %s twice", p->key);
	p->value = malloc(len + 1);
	memcpy(p->value, value, len);
	p->value[len] = 0;
	p->len = len;
	f->count++;
	return NULL;
}

static const struct pair *get(const struct found *f, const char *key)
{
	for (unsigned int i = 0; i < f->count; i++)
		if (!strcmp(f->pair[i].key, key))
			return &f->pair[i];
	return NULL;
}

/* UTF-8 and nothing that moves a cursor, ends a line or hides text. */
static const char *harmless(const char *s, size_t len)
{
	for (size_t i = 0; i < len;) {
		uint32_t code;
		bool shown;
		size_t n = khv_character(s + i, len - i, &code, &shown);

		if (!n || !shown)
			return complain("byte %02x at %zu", s[i] & 0xff, i);
		i += n;
	}
	return NULL;
}

/* Takes \xNN and \\ (and \" where @quote) back; the length. */
static size_t unescape(char *s, size_t len, bool quote)
{
	size_t to = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned int byte;

		if (s[i] != '\\' || i + 1 == len) {
			s[to++] = s[i];
		} else if (s[i + 1] == 'x' && i + 3 < len &&
			   sscanf(s + i + 2, "%2x", &byte) == 1) {
			s[to++] = (char)byte;
			i += 3;
		} else if (s[i + 1] == '\\' || (quote && s[i + 1] == '"')) {
			s[to++] = s[++i];
		} else {
			s[to++] = s[i];
		}
	}
	return to;
}

/* --- what must be found ------------------------------------------------------------- */

struct check {
	const struct found *found;
	const char *(*name)(const char *key);
	bool escaped; /* values are in the escapes of khv_escape() */
	bool cut;     /* long ones may have lost their middle */
	unsigned int wanted;
	const char *wrong;
};

/* Ours without the middle. */
static bool is_cut(const char *got, size_t len, const char *want, size_t n)
{
	const char *dots = NULL;

	for (size_t i = 0; i + 3 <= len && !dots; i++)
		if (!memcmp(got + i, "...", 3) && i <= n &&
		    !memcmp(got, want, i) && len - i - 3 <= n - i &&
		    !memcmp(got + i + 3, want + n - (len - i - 3), len - i - 3))
			dots = got + i;
	return dots;
}

static void check_value(void *arg, const char *key, const struct value *v)
{
	static char buf[16384];
	char number[64];
	struct text t = { .buf = buf, .size = sizeof(buf) };
	struct check *c = arg;
	const struct pair *p;
	const char *want = v->data, *name = c->name ? c->name(key) : key;
	size_t n = v->len;
	char *got;

	if (c->wrong || !name)
		return;
	p = get(c->found, name);
	if (v->kind == VALUE_NONE) {
		if (p)
			c->wrong = complain("%s from nowhere", name);
		return;
	}
	c->wanted++;
	if (!p) {
		c->wrong = complain("no %s", name);
		return;
	}
	if (v->kind == VALUE_NUMBER || v->kind == VALUE_BOOL) {
		n = (size_t)snprintf(number, sizeof(number), "%llu",
				     (unsigned long long)v->number);
		want = number;
	} else if (v->kind == VALUE_TIME) {
		text_time(&t, v->number, 9);
		want = buf;
		n = t.at;
	} else if (v->kind == VALUE_PARENTS) {
		parents_text(&t, v->extra);
		want = buf;
		n = t.at;
	} else if (v->kind == VALUE_SIGNED) {
		n = (size_t)snprintf(number, sizeof(number), "%lld",
				     (long long)v->number);
		want = number;
	} else if (v->kind == VALUE_ARGS) {
		n = khv_event_args_text(v->event, buf, sizeof(buf));
		want = buf;
	}
	/* What does not fit is not there, from some argument on. */
	if (v->kind == VALUE_ARGS && c->cut && p->len < n &&
	    !memcmp(p->value, want, p->len) && (!p->len || want[p->len] == ','))
		return;
	got = malloc(p->len + 1);
	memcpy(got, p->value, p->len);
	got[p->len] = 0; /* sscanf() looks for the end */
	size_t len = c->escaped && v->kind == VALUE_BYTES ?
			     unescape(got, p->len, false) :
			     p->len;

	if ((len != n || memcmp(got, want, n)) &&
	    !(c->cut && is_cut(got, len, want, n)))
		c->wrong = complain("%s: \"%.*s\" is not \"%.*s\"", name,
				    (int)(len < 99 ? len : 99), got,
				    (int)(n < 99 ? n : 99), want);
	free(got);
}

/* --- RFC 5424 -------------------------------------------------------------------------- */

/* A word of the header, and the blank behind it. */
static const char *word(const char **s, const char *end, const char *want)
{
	const char *start = *s;
	size_t n;

	while (*s<end &&* * s> ' ' && **s < 0x7f)
		++*s;
	n = (size_t)(*s - start);
	if (*s == end || **s != ' ' || !n)
		return complain("the header ends early");
	++*s;
	if (want && (n != strlen(want) || memcmp(start, want, n)))
		return complain("\"%.*s\" is not %s", (int)n, start, want);
	return NULL;
}

/* NAME="VALUE" */
static const char *param(const char **s, const char *end, struct found *f)
{
	static char value[VALUE_MAX];
	const char *name = *s;
	size_t n, len = 0;

	while (*s < end && (islower((unsigned char)**s) || **s == '_'))
		++*s;
	n = (size_t)(*s - name);
	if (!n || end - *s < 2 || memcmp(*s, "=\"", 2))
		return complain("no name of a parameter at \"%.20s\"", name);
	for (*s += 2; *s < end && **s != '"'; ++*s) {
		if (**s == ']')
			return complain("a bare ]");
		if (**s == '\\') {
			++*s;
			if (*s == end || !strchr("\"\\]", **s))
				return complain("a bare backslash");
		}
		value[len++] = **s;
	}
	if (*s == end)
		return complain("no closing quote");
	++*s;
	return add(f, name, n, value, len);
}

static const char *name_5424(const char *key)
{
	return strcmp(key, "host") && strcmp(key, "text") &&
			       strcmp(key, "time") ?
		       key :
		       NULL;
}

const char *oracle_rfc5424(const struct message *m, const char *buf, size_t len)
{
	const char *s = buf, *end = buf + len, *wrong;
	struct found f = { .count = 0 };
	struct check c = { .found = &f, .name = name_5424, .escaped = true };
	char head[128];
	int n;

	if (len > SYSLOG_MAX)
		return complain("%zu bytes", len);
	wrong = harmless(buf, len);
	if (wrong)
		return wrong;
	n = snprintf(head, sizeof(head), "<%d>1",
		     m->from->facility | m->severity);
	head[n] = 0;
	wrong = word(&s, end, head);
	for (int i = 0; !wrong && i < 4; i++)
		wrong = word(&s, end, NULL);
	if (!wrong)
		wrong = word(&s, end, m->id);
	if (wrong)
		return wrong;
	n = snprintf(head, sizeof(head), "[%s", m->from->sd_id);
	if (end - s < n || memcmp(s, head, (size_t)n))
		return complain("no structured data");
	for (s += n; !wrong && s < end && *s == ' ';) {
		s++;
		wrong = param(&s, end, &f);
	}
	if (!wrong && (s >= end || *s != ']'))
		wrong = complain("structured data do not end");
	/* One element: what follows is the message. */
	if (!wrong && (end - s < 2 || s[1] != ' '))
		wrong = complain("more structured data");
	c.cut = get(&f, "trunc");
	if (!wrong) {
		message_values(m, check_value, &c);
		wrong = c.wrong;
	}
	if (!wrong && f.count != c.wanted + c.cut)
		wrong = complain("%u fields of %u", f.count, c.wanted);
	forget(&f);
	return wrong;
}

/* --- lines ------------------------------------------------------------------------------ */

static const char *pairs_of_line(const char *s, const char *end,
				 struct found *f)
{
	static char value[VALUE_MAX];

	while (s < end) {
		const char *name, *wrong;
		size_t n, len = 0;

		if (*s++ != ' ')
			return complain("no blank before \"%.20s\"", s);
		name = s;
		while (s < end && (islower((unsigned char)*s) || *s == '_'))
			s++;
		n = (size_t)(s - name);
		if (!n || s == end || *s++ != '=')
			return complain("no key at \"%.20s\"", name);
		if (s < end && *s == '"') {
			for (s++; s < end && *s != '"'; s++) {
				if (*s == '\\' && s + 1 < end)
					value[len++] = *s++;
				value[len++] = *s;
			}
			if (s == end)
				return complain("no closing quote");
			s++;
		} else {
			while (s < end && *s != ' ')
				value[len++] = *s++;
		}
		len = unescape(value, len, true);
		wrong = add(f, name, n, value, len);
		if (wrong)
			return wrong;
	}
	return NULL;
}

struct pick {
	const char *key;
	struct value v;
	char word[64]; /* is only lent */
};

static void pick_value(void *arg, const char *key, const struct value *v)
{
	struct pick *p = arg;

	if (strcmp(key, p->key))
		return;
	p->v = *v;
	if (v->kind == VALUE_WORD) {
		snprintf(p->word, sizeof(p->word), "%s", (char *)v->data);
		p->v.data = p->word;
	}
}

/* Of the fields that a line shows: each as it was, each once. */
static const char *check_pairs(const struct message *m, const struct found *f)
{
	bool cut = get(f, "trunc");

	for (unsigned int i = 0; i < f->count; i++) {
		const struct pair *p = &f->pair[i];
		const char *key = strcmp(p->key, "gen") ? p->key : "generation";
		struct pick pick = { .key = key };
		struct found one = { .pair = { *p }, .count = 1 };
		struct check c = { .found = &one, .cut = true };

		if (!strcmp(key, "trunc"))
			continue;
		message_values(m, pick_value, &pick);
		if (pick.v.kind == VALUE_NONE && !strcmp(key, "errno"))
			continue;
		if (pick.v.kind == VALUE_NONE)
			return complain("%s from nowhere", key);
		strcpy(one.pair[0].key, key);
		/* What was found out is cut at its end, without a word. */
		if (pick.v.kind == VALUE_BYTES && p->len <= pick.v.len &&
		    !memcmp(p->value, pick.v.data, p->len) &&
		    (cut || p->len > 30))
			continue;
		check_value(&c, key, &pick.v);
		if (c.wrong)
			return c.wrong;
	}
	return NULL;
}

const char *oracle_line(const struct message *m, const char *buf, size_t len)
{
	struct found f = { .count = 0 };
	const char *s, *wrong;

	if (len && buf[len - 1] == '\n')
		len--;
	if (len > SYSLOG_MAX)
		return complain("%zu bytes", len);
	wrong = harmless(buf, len);
	if (wrong)
		return wrong;
	s = memmem(buf, len, m->id, strlen(m->id));
	if (!s)
		return complain("no %s", m->id);
	if (!m->event)
		return NULL;
	wrong = pairs_of_line(s + strlen(m->id), buf + len, &f);
	if (!wrong)
		wrong = check_pairs(m, &f);
	/* None of these can be missing, whatever the others hold. */
	for (int i = 0; !wrong && i < 2; i++)
		if (!get(&f, i ? "cpu" : "seq"))
			wrong = complain("no %s", i ? "cpu" : "seq");
	forget(&f);
	return wrong;
}

/* --- JSON ------------------------------------------------------------------------------- */

static size_t hex_bytes(struct json_object *hex, char *to, size_t size)
{
	const char *s = json_object_get_string(hex);
	size_t n = strlen(s) / 2;

	for (size_t i = 0; i < n && i < size; i++)
		sscanf(s + 2 * i, "%2hhx", (unsigned char *)to + i);
	return n < size ? n : size;
}

/* A string, or its bytes in hexadecimal if there are any. */
static size_t text_bytes(struct json_object *o, const char *key, char *to,
			 size_t size)
{
	struct json_object *value = json_object_object_get(o, key), *hex;
	char name[64];
	size_t n;

	snprintf(name, sizeof(name), "%s_hex", key);
	if (json_object_object_get_ex(o, name, &hex))
		return hex_bytes(hex, to, size);
	n = json_object_is_type(value, json_type_string) ?
		    (size_t)json_object_get_string_len(value) :
		    strlen(json_object_get_string(value));
	if (n > size)
		n = size;
	memcpy(to, json_object_get_string(value), n);
	return n;
}

static const char *parents_of_json(struct json_object *list, struct found *f)
{
	size_t n = json_object_array_length(list);
	char buf[1024];
	struct text t = { .buf = buf, .size = sizeof(buf) };
	struct extra x = { .nr_parents = (unsigned int)n };

	if (n > PARENTS_MAX)
		return complain("%zu parents", n);
	for (size_t i = 0; i < n; i++) {
		struct json_object *p = json_object_array_get_idx(list, i);

		x.parents[i].pid = (uint32_t)json_object_get_int64(
			json_object_object_get(p, "pid"));
		text_bytes(p, "comm", x.parents[i].comm, 15);
	}
	parents_text(&t, &x);
	return add(f, "parents", 7, buf, t.at);
}

static const char *args_of_json(struct json_object *args, struct found *f)
{
	static char text[32768];
	struct text t = { .buf = text, .size = sizeof(text) };

	json_object_object_foreach(args, key, value) {
		if (t.at)
			text_char(&t, ',');
		text_string(&t, key);
		text_char(&t, '=');
		for (const char *s = json_object_get_string(value); *s; s++)
			if (*s == ',')
				text_string(&t, "\\x2c");
			else
				text_char(&t, *s);
	}
	return add(f, "args", 4, text, t.at);
}

static const char *pairs_of_json(struct json_object *o, struct found *f)
{
	static char value_buf[VALUE_MAX];
	const char *wrong = NULL;

	json_object_object_foreach(o, key, value) {
		size_t n = strlen(key);

		if (!value || !strcmp(key, "schema") ||
		    (n > 4 && !strcmp(key + n - 4, "_hex")))
			continue;
		if (json_object_is_type(value, json_type_object))
			wrong = args_of_json(value, f);
		else if (json_object_is_type(value, json_type_array))
			wrong = parents_of_json(value, f);
		else
			wrong = add(f, key, n, value_buf,
				    text_bytes(o, key, value_buf, VALUE_MAX));
		if (wrong)
			break;
	}
	return wrong;
}

const char *oracle_json(const struct message *m, const char *buf, size_t len)
{
	struct json_tokener *tok = json_tokener_new();
	struct found f = { .count = 0 };
	struct check c = { .found = &f };
	struct json_object *o;
	const char *wrong;

	if (!len || buf[len - 1] != '\n')
		return complain("no line break at the end");
	wrong = harmless(buf, len - 1);
	if (wrong)
		return wrong;
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT |
					    JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(tok, buf, (int)len - 1);
	if (!json_object_is_type(o, json_type_object) ||
	    json_tokener_get_parse_end(tok) != len - 1)
		wrong = complain(
			"no JSON: %s",
			json_tokener_error_desc(json_tokener_get_error(tok)));
	if (!wrong)
		wrong = pairs_of_json(o, &f);
	if (!wrong) {
		message_values(m, check_value, &c);
		wrong = c.wrong;
	}
	if (!wrong && f.count != c.wanted)
		wrong = complain("%u fields of %u", f.count, c.wanted);
	json_object_put(o);
	json_tokener_free(tok);
	forget(&f);
	return wrong;
}

/* --- the journal --------------------------------------------------------------------------- */

size_t export_format(const struct iovec *fields, int n, char *buf, size_t size)
{
	size_t at = 0;

	for (int i = 0; i < n; i++) {
		const char *s = fields[i].iov_base;
		size_t len = fields[i].iov_len;
		const char *equal = memchr(s, '=', len);
		size_t name = equal ? (size_t)(equal - s) : len;
		uint64_t left = len - name - 1;

		if (at + len + 16 > size)
			return 0;
		memcpy(buf + at, s, name);
		at += name;
		if (memchr(s, '\n', len)) {
			buf[at++] = '\n';
			memcpy(buf + at, &left, 8);
			at += 8;
		} else {
			buf[at++] = '=';
		}
		memcpy(buf + at, s + name + 1, left);
		at += left;
		buf[at++] = '\n';
	}
	return at;
}

static const char *pairs_of_export(const char *s, size_t len, struct found *f)
{
	const char *end = s + len;

	while (s < end) {
		size_t n = 0;
		uint64_t size;
		const char *wrong, *name = s;

		while (s + n < end &&
		       (isupper((unsigned char)s[n]) ||
			isdigit((unsigned char)s[n]) || s[n] == '_'))
			n++;
		s += n;
		if (!n || s == end || !isupper((unsigned char)*name))
			return complain("no field name at \"%.20s\"", name);
		if (*s == '\n') {
			if (end - s < 9)
				return complain("a length is missing");
			memcpy(&size, s + 1, 8);
			s += 9;
		} else if (*s++ == '=') {
			const char *eol = memchr(s, '\n', (size_t)(end - s));

			if (!eol)
				return complain("a field does not end");
			size = (uint64_t)(eol - s);
		} else {
			return complain("no = behind %.*s", (int)n, name);
		}
		if ((size_t)(end - s) <= size || s[size] != '\n')
			return complain("a length is wrong");
		wrong = add(f, name, n, s, size);
		if (wrong)
			return wrong;
		s += size + 1;
	}
	return NULL;
}

static const char *name_journal(const char *key)
{
	static char name[64];
	size_t n = (size_t)snprintf(name, sizeof(name), "KHV_%s", key);

	for (size_t i = 4; i < n; i++)
		name[i] = (char)toupper((unsigned char)name[i]);
	return name;
}

const char *oracle_journal(const struct message *m, const struct iovec *fields,
			   int n)
{
	/* MESSAGE, MESSAGE_ID, PRIORITY, ..., KHV_SCHEMA */
	static const char *const ours[] = { "MESSAGE", "PRIORITY",
					    "SYSLOG_FACILITY",
					    "SYSLOG_IDENTIFIER", "KHV_SCHEMA" };
	struct found f = { .count = 0 };
	struct check c = { .found = &f, .name = name_journal };
	static char buf[1 << 20];
	const char *wrong;
	size_t len;

	len = export_format(fields, n, buf, sizeof(buf));
	wrong = len ? pairs_of_export(buf, len, &f) : complain("no fields");
	for (size_t i = 0; !wrong && i < sizeof(ours) / sizeof(ours[0]); i++)
		if (!get(&f, ours[i]))
			wrong = complain("no %s", ours[i]);
	if (!wrong)
		wrong = harmless(get(&f, "MESSAGE")->value,
				 get(&f, "MESSAGE")->len);
	if (!wrong) {
		message_values(m, check_value, &c);
		wrong = c.wrong;
	}
	if (!wrong && f.count != c.wanted + 5 + (get(&f, "MESSAGE_ID") != NULL))
		wrong = complain("%u fields of %u", f.count, c.wanted);
	forget(&f);
	return wrong;
}

/* --- all of them ------------------------------------------------------------------------- */

const char *oracle_all(const struct message *m)
{
	static const struct {
		const char *name;
		void (*format)(const struct message *m, struct text *t);
		const char *(*oracle)(const struct message *m, const char *buf,
				      size_t len);
	} formats[] = {
		{ "json", format_json, oracle_json },
		{ "text", format_text, oracle_line },
		{ "rfc3164", format_rfc3164, oracle_line },
		{ "rfc5424", format_rfc5424, oracle_rfc5424 },
	};
	static char buf[RECORD_MAX], text[600];
	struct iovec fields[JOURNAL_FIELDS];
	struct text t = { .buf = buf, .size = sizeof(buf) };
	const char *wrong = NULL, *name = "journal";
	int n;

	for (size_t i = 0; !wrong && i < sizeof(formats) / sizeof(formats[0]);
	     i++) {
		t.at = 0;
		t.full = false;
		name = formats[i].name;
		formats[i].format(m, &t);
		wrong = t.full ? "it does not fit" :
				 formats[i].oracle(m, buf, t.at);
	}
	if (!wrong) {
		name = "journal";
		t.at = 0;
		n = format_journal(m, &t, fields);
		wrong = oracle_journal(m, fields, n);
	}
	if (!wrong)
		return NULL;
	snprintf(text, sizeof(text), "%s: %s", name, wrong);
	return text;
}

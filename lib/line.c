// SPDX-License-Identifier: LGPL-2.1
/* Events as lines: key=value for logs, a short sentence for terminals. */
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include "internal.h"
#include "render.h"

/*
 * rsyslog takes 8 KiB a message by default. Escaping can make four characters
 * of a byte: two paths of this size and everything else always fit.
 */
#define OBJECT_MAX 2048
#define EXE_MAX	   1024
#define WORD_MAX   256
#define ARGS_MAX   800

struct line {
	char *buf;
	size_t size;
	size_t at;
};

static void add(struct line *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct line *l, const char *fmt, ...)
{
	size_t room = l->size - l->at;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(l->buf + l->at, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		l->at += (size_t)n < room ? (size_t)n : room - 1;
}

/* What add() does with "%s", which is most of a line, without its parser. */
static void put(struct line *l, const char *s, size_t n)
{
	size_t room = l->size - l->at - 1;

	if (n > room)
		n = room;
	memcpy(l->buf + l->at, s, n);
	l->at += n;
	l->buf[l->at] = 0;
}

static void put_number(struct line *l, uint64_t n)
{
	char buf[20];
	size_t at = sizeof(buf);

	do {
		buf[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	put(l, buf + at, sizeof(buf) - at);
}

static void put_key(struct line *l, const char *key)
{
	put(l, " ", 1);
	put(l, key, strlen(key));
	put(l, "=", 1);
}

/* Needs no quotes. */
static bool plain(const unsigned char *s, size_t len)
{
	static const bool word[256] = {
		['0' ... '9'] = true, ['A' ... 'Z'] = true,
		['a' ... 'z'] = true, ['.'] = true,
		['_'] = true,	      [':'] = true,
		['+'] = true,	      ['@'] = true,
		['-'] = true,	      ['/'] = true,
		[','] = true,
	};

	for (size_t i = 0; i < len; i++)
		if (!word[s[i]])
			return false;
	return len > 0;
}

/* Escaped, and at most @max characters; a longer text loses its middle. */
static bool add_bytes(struct line *l, const void *data, size_t len, size_t max,
		      bool quote)
{
	const char *s = data;
	char buf[OBJECT_MAX + 1];
	size_t half = max / 2, tail;
	bool cut;

	cut = khv_escape(buf, max + 1, data, len, quote) > max;
	if (!cut) {
		put(l, buf, strlen(buf));
		return false;
	}
	khv_escape(buf, half - 1, data, len, quote);
	add(l, "%s...", buf);
	/* The end matters most in a path: as many bytes as surely fit. */
	tail = (half - 2) / 4;
	if (tail > len)
		tail = len;
	khv_escape(buf, half - 1, s + len - tail, tail, quote);
	add(l, "%s", buf);
	return true;
}

static bool add_value(struct line *l, const char *key, const void *data,
		      size_t len, size_t max, bool always_quote)
{
	bool quote = always_quote || !plain(data, len);
	bool cut;

	put_key(l, key);
	put(l, "\"", quote);
	cut = add_bytes(l, data, len, max, true);
	put(l, "\"", quote);
	return cut;
}

/* Order, and which values are quoted even when they need not be. */
static const struct column {
	uint16_t attr;
	const char *key;
	size_t max;
	bool quote;
} columns[] = {
	{ KHV_E_POLICY, "policy", WORD_MAX, false },
	{ KHV_E_DOMAIN, "domain", WORD_MAX, false },
	{ KHV_E_CLIENT, "client", WORD_MAX, false },
	{ KHV_E_TYPE, "type", WORD_MAX, false },
	{ KHV_E_VERB, "verb", WORD_MAX, false },
	{ KHV_E_OBJECT, "object", OBJECT_MAX, true },
	{ KHV_E_RULE, "rule", WORD_MAX, true },
	{ KHV_E_HOOK, "hook", WORD_MAX, false },
	{ KHV_E_ERRNO, "errno", 0, false },
	{ KHV_E_PID, "pid", 0, false },
	{ KHV_E_TGID, "tgid", 0, false },
	{ KHV_E_UID, "uid", 0, false },
	{ KHV_E_COMM, "comm", WORD_MAX, false },
	{ KHV_E_EXE, "exe", EXE_MAX, true },
	{ KHV_E_ASKED, "asked", WORD_MAX, false },
	{ KHV_E_TAG, "tag", WORD_MAX, false },
	{ KHV_E_ABI, "abi", 0, false },
	{ KHV_E_RESULT, "result", 0, false },
	{ KHV_E_GENERATION, "gen", 0, false },
	{ KHV_E_CPU, "cpu", 0, false },
	{ KHV_E_SEQ, "seq", 0, false },
	{ KHV_E_LOST, "lost", 0, false },
};

/* Every column is a field of the table. */
static const struct khv_field *field_of(const struct column *c)
{
	const struct khv_field *f = khv_event_record.fields;

	while (f->attr != c->attr)
		f++;
	return f;
}

static void add_number(struct line *l, const struct column *c,
		       const struct khv_field *f, const struct khv_event *e)
{
	char buf[32];

	put_key(l, c->key);
	if (f->kind == KHV_KIND_U32 || f->kind == KHV_KIND_U64) {
		put_number(l, khv_field_number(f, e));
		return;
	}
	khv_field_text(f, e, buf, sizeof(buf));
	put(l, buf, strlen(buf));
}

static bool add_column(struct line *l, const struct khv_event *e,
		       const struct column *c)
{
	const struct khv_field *f = field_of(c);
	const void *at = (const char *)e + f->offset;
	const struct khv_bytes *bytes = at;

	switch (f->kind) {
	case KHV_KIND_STRING:
		if (!*(const char *const *)at)
			return false;
		return add_value(l, c->key, *(const char *const *)at,
				 strlen(*(const char *const *)at), c->max,
				 c->quote);
	case KHV_KIND_BYTES:
	case KHV_KIND_COMM:
		if (!bytes->data)
			return false;
		return add_value(l, c->key, bytes->data, bytes->len, c->max,
				 c->quote);
	default:
		if (!(e->has >> c->attr & 1))
			return false;
		/* The process is the thread nearly always. */
		if (c->attr != KHV_E_TGID || e->tgid != e->pid)
			add_number(l, c, f, e);
		return false;
	}
}

static size_t nr_args(const char *text)
{
	size_t n = *text != 0;

	for (; *text; text++)
		n += *text == ',';
	return n;
}

/* Behind everything that has its place; false: they fit. */
static bool add_args(struct line *l, const struct khv_event *e)
{
	char args[ARGS_MAX];
	struct khv_arg first;
	size_t n;

	if (!khv_event_arg(e, 0, &first))
		return false;
	n = khv_event_args_text(e, args, sizeof(args));
	add(l, " args=\"");
	for (size_t i = 0; i < n; i++) {
		if (args[i] == '"' || args[i] == '\\')
			put(l, "\\", 1);
		put(l, args + i, 1);
	}
	add(l, "\"");
	for (n = 0; khv_event_arg(e, n, &first); n++)
		;
	return nr_args(args) < n;
}

static const char *verdict_word(const struct khv_event *e)
{
	static const char *const words[] = { "ALLOW",	     "DENY",
					     "WOULD-DENY",   "SHADOW-DENY",
					     "SHADOW-ALLOW", "AUDIT" };

	return e->verdict < ARRAY_SIZE(words) ? words[e->verdict] : "EVENT";
}

size_t khv_event_line(const struct khv_event *e, char *buf, size_t size)
{
	struct line l = { .buf = buf, .size = size };
	bool cut = false;

	buf[0] = 0;
	if (!KHV_HAS(e, KHV_E_SEQ)) {
		add(&l, "LOST %llu events cpu=%u", (unsigned long long)e->lost,
		    e->cpu);
		return l.at;
	}
	add(&l, "%s", verdict_word(e));
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		cut |= add_column(&l, e, &columns[i]);
	cut |= add_args(&l, e);
	if (cut)
		add(&l, " trunc=1");
	return l.at;
}

size_t khv_event_text(const struct khv_event *e, char *buf, size_t size)
{
	time_t seconds = (time_t)(e->time / 1000000000);
	struct line l = { .buf = buf, .size = size };
	char word[16];
	struct tm tm;

	buf[0] = 0;
	if (e->lost)
		add(&l, "-- %llu events lost (cpu %u) --%s",
		    (unsigned long long)e->lost, e->cpu,
		    KHV_HAS(e, KHV_E_SEQ) ? "\n" : "");
	if (!KHV_HAS(e, KHV_E_SEQ))
		return l.at;
	localtime_r(&seconds, &tm);
	add(&l, "%02d:%02d:%02d.%03u %s %s", tm.tm_hour, tm.tm_min, tm.tm_sec,
	    (unsigned int)(e->time / 1000000 % 1000),
	    khv_verdict_name(e->verdict), e->client ? e->client : "-");
	if (e->policy)
		add(&l, " %s", e->policy);
	if (e->domain && strcmp(e->domain, "main"))
		add(&l, "//%s", e->domain);
	add(&l, " ");
	add_bytes(&l, e->comm.data, e->comm.len, WORD_MAX, false);
	add(&l, "[%u] %s %s ", e->tgid ? e->tgid : e->pid,
	    e->type ? e->type : "-", e->verb ? e->verb : "-");
	add_bytes(&l, e->object.data, e->object.len, OBJECT_MAX, false);
	if (e->error)
		add(&l, " %s", khv_errno_name(e->error, word));
	if (e->rule) {
		add(&l, "  ");
		add_bytes(&l, e->rule, strlen(e->rule), WORD_MAX, false);
	} else {
		add(&l, "  (no rule)");
	}
	return l.at;
}

// SPDX-License-Identifier: LGPL-2.1
/* Events as lines: key=value for logs, a short sentence for terminals. */
#include <ctype.h>
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

static bool plain(const unsigned char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isascii(s[i]) ||
		    (!isalnum(s[i]) && !strchr("._:+@-/,", s[i])))
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
		add(l, "%s", buf);
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

	add(l, " %s=%s", key, quote ? "\"" : "");
	cut = add_bytes(l, data, len, max, true);
	add(l, "%s", quote ? "\"" : "");
	return cut;
}

/* Order, and which values are quoted even when they need not be. */
static const struct column {
	const char *key;
	size_t max;
	bool quote;
} columns[] = {
	{ "policy", WORD_MAX, false }, { "domain", WORD_MAX, false },
	{ "client", WORD_MAX, false }, { "type", WORD_MAX, false },
	{ "verb", WORD_MAX, false },   { "object", OBJECT_MAX, true },
	{ "rule", WORD_MAX, true },    { "hook", WORD_MAX, false },
	{ "errno", 0, false },	       { "pid", 0, false },
	{ "tgid", 0, false },	       { "uid", 0, false },
	{ "comm", WORD_MAX, false },   { "exe", EXE_MAX, true },
	{ "asked", WORD_MAX, false },  { "tag", WORD_MAX, false },
	{ "abi", 0, false },	       { "result", 0, false },
	{ "generation", 0, false },    { "cpu", 0, false },
	{ "seq", 0, false },	       { "lost", 0, false },
};

static bool add_column(struct line *l, const struct khv_event *e,
		       const struct column *c)
{
	const struct khv_field *f = khv_record_field(&khv_event_record, c->key);
	const void *at = (const char *)e + f->offset;
	const struct khv_bytes *bytes = at;
	const char *key = strcmp(c->key, "generation") ? c->key : "gen";
	char buf[32];

	switch (f->kind) {
	case KHV_KIND_STRING:
		if (!*(const char *const *)at)
			return false;
		return add_value(l, key, *(const char *const *)at,
				 strlen(*(const char *const *)at), c->max,
				 c->quote);
	case KHV_KIND_BYTES:
	case KHV_KIND_COMM:
		if (!bytes->data)
			return false;
		return add_value(l, key, bytes->data, bytes->len, c->max,
				 c->quote);
	default:
		if (!(e->has >> f->attr & 1))
			return false;
		/* The process is the thread nearly always. */
		if (f->attr == KHV_E_TGID && e->tgid == e->pid)
			return false;
		khv_field_text(f, e, buf, sizeof(buf));
		add(l, " %s=%s", key, buf);
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
	for (size_t i = 0; i < n; i++)
		add(l, args[i] == '"' || args[i] == '\\' ? "\\%c" : "%c",
		    args[i]);
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

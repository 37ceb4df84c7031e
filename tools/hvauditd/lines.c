// SPDX-License-Identifier: GPL-2.0
/*
 * Lines of key=value, as khv-events(7) describes them. A name cannot leave its
 * quotes, and control characters, line breaks first of all, are \xNN.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "format.h"

/* All of them and the longest event fit into what syslog takes. */
#define FOUND_MAX    160
#define PARENTS_TEXT (PARENTS_MAX * (12 + 5 * 16))

/* One value of what was found out: always quoted. */
static void put_found(struct text *t, const char *key, const char *value)
{
	char buf[FOUND_MAX];

	if (!value)
		return;
	khv_escape(buf, sizeof(buf), value, strlen(value), true);
	text_char(t, ' ');
	text_string(t, key);
	text_string(t, "=\"");
	text_string(t, buf);
	text_char(t, '"');
}

static void put_extra(struct text *t, const struct extra *x)
{
	char list[PARENTS_TEXT];
	struct text l = { .buf = list, .size = sizeof(list) };

	put_found(t, "user", x->user);
	put_found(t, "group", x->group);
	put_found(t, "unit", x->unit);
	put_found(t, "container", x->container);
	put_found(t, "cgroup", x->cgroup);
	if (x->task) {
		text_string(t, " task=");
		text_string(t, x->task);
	}
	if (!x->nr_parents)
		return;
	parents_text(&l, x);
	text_string(t, " parents=\"");
	for (size_t i = 0; i < l.at; i++) {
		if (list[i] == '\\')
			text_char(t, '\\');
		text_char(t, list[i]);
	}
	text_char(t, '"');
}

/* Beside a header. */
#define LINE_ROOM (SYSLOG_MAX - 300)

/* What the kernel says is worth more than what was found out. */
static void put_extra_within(struct text *t, const struct extra *x, size_t end,
			     bool cut)
{
	size_t before = t->at;

	put_extra(t, x);
	if (t->at <= end)
		return;
	t->at = before;
	if (!cut)
		text_string(t, " trunc=1");
}

void message_line(const struct message *m, struct text *t)
{
	char buf[KHV_LINE_MAX];
	size_t n, start = t->at;

	if (m->event) {
		n = khv_event_line(m->event, buf, sizeof(buf));
		text_put(t, buf, n);
		if (m->extra)
			put_extra_within(t, m->extra, start + LINE_ROOM,
					 n > 8 && !strcmp(buf + n - 8,
							  " trunc=1"));
		return;
	}
	text_string(t, m->id);
	text_char(t, ' ');
	n = khv_escape(buf, sizeof(buf), m->text, strlen(m->text), false);
	text_put(t, buf, n < sizeof(buf) ? n : strlen(buf));
}

/* Escaped, and no more than @max characters of it. */
static void put_short(struct text *t, const void *data, size_t len, size_t max)
{
	char buf[512];

	khv_escape(buf, max < sizeof(buf) ? max : sizeof(buf), data, len,
		   false);
	text_string(t, *buf ? buf : "-");
	text_char(t, ' ');
}

static void put_word(struct text *t, const char *s)
{
	put_short(t, s ? s : "", s ? strlen(s) : 0, 64);
}

/* "wrap deny nginx[4711] file open /etc/shadow by nginx.hv:12" */
void message_sentence(const struct message *m, struct text *t)
{
	const struct khv_event *e = m->event;

	if (!e) {
		message_line(m, t);
		return;
	}
	put_word(t, e->client);
	put_word(t, khv_verdict_name(e->verdict));
	put_short(t, e->comm.data, e->comm.len, 80);
	t->at--;
	text_char(t, '[');
	text_number(t, e->tgid ? e->tgid : e->pid);
	text_string(t, "] ");
	put_word(t, e->type);
	put_word(t, e->verb);
	put_short(t, e->object.data, e->object.len, 512);
	if (e->rule) {
		text_string(t, "by ");
		put_short(t, e->rule, strlen(e->rule), 128);
		t->at--;
	} else {
		text_string(t, "(no rule)");
	}
}

void format_text(const struct message *m, struct text *t)
{
	text_time(t, m->time, 6);
	text_char(t, ' ');
	message_line(m, t);
	text_char(t, '\n');
}

/* As everything that listens on /dev/log expects: local time, no year. */
void format_rfc3164(const struct message *m, struct text *t)
{
	time_t seconds = (time_t)(m->time / 1000000000);
	char head[128], stamp[32];
	struct tm tm;
	int n;

	localtime_r(&seconds, &tm);
	strftime(stamp, sizeof(stamp), "%b %e %H:%M:%S", &tm);
	n = snprintf(head, sizeof(head),
		     "<%d>%s %s[%d]: ", m->from->facility | m->severity, stamp,
		     m->from->ident, m->from->pid);
	text_put(t, head, (size_t)n);
	message_line(m, t);
}

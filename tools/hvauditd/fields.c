// SPDX-License-Identifier: GPL-2.0
/*
 * Native fields of the journal. A value is sent with its length and may hold
 * any byte; names of fields are ours alone.
 */
#include <ctype.h>
#include <string.h>
#include "format.h"

/* Texts of them: systemd/khv.catalog. */
static const struct {
	const char *id, *number;
} ids[] = {
	{ "ALLOW", "0a974d0690424cbb8a5ce7e6b3048a64" },
	{ "DENY", "7a56baaee8bc47bea12012e8bb8678e2" },
	{ "WOULD-DENY", "b850daca2b3a492d915d4eaded8aa9bd" },
	{ "SHADOW-DENY", "319c542347b74f96a11b0258e7828ee5" },
	{ "SHADOW-ALLOW", "c117d14cf6214267acc679b2eae96689" },
	{ "AUDIT", "65ff063c4e894807aec28c6f73358c0a" },
	{ "LOST", "a122937440824527b528b876ffff06e7" },
	{ "START", "a592ff90e2244ccab9156c325af62aa1" },
	{ "STOP", "fb75c673d22349ffb04290393ea63e51" },
	{ "BACK", "6718bdaab0d6456c98dd70c0b2dd77cd" },
	{ "MISSED", "070317c9fc6e4df59f42cb4f89d2a19e" },
	{ "GONE", "c1194fe8a67d4a6d9e55f1a5bd207faa" },
	{ "CONFIG", "5c7fd471f8b64cd5b4ddae26457e7268" },
	{ "LIMIT", "9e21f8c36c4a4e67ad7e74a25c491fc2" },
};

struct fields {
	struct text *t;
	struct iovec *iov;
	int count;
	size_t start;
};

static void begin(struct fields *f, const char *name)
{
	f->start = f->t->at;
	text_string(f->t, name);
}

static void end(struct fields *f)
{
	if (f->count == JOURNAL_FIELDS) {
		f->t->full = true;
		return;
	}
	f->iov[f->count].iov_base = f->t->buf + f->start;
	f->iov[f->count++].iov_len = f->t->at - f->start;
}

static void put_string(struct fields *f, const char *name, const char *value)
{
	begin(f, name);
	text_string(f->t, value);
	end(f);
}

static void put_number(struct fields *f, const char *name, uint64_t n)
{
	begin(f, name);
	text_number(f->t, n);
	end(f);
}

static void put_value(void *arg, const char *key, const struct value *v)
{
	char args[16384];
	struct fields *f = arg;
	size_t n;

	if (v->kind == VALUE_NONE)
		return;
	begin(f, "KHV_");
	for (; *key; key++)
		text_char(f->t, (char)toupper((unsigned char)*key));
	text_char(f->t, '=');
	switch (v->kind) {
	case VALUE_NUMBER:
	case VALUE_BOOL:
		text_number(f->t, v->number);
		break;
	case VALUE_SIGNED:
		text_signed(f->t, (int64_t)v->number);
		break;
	case VALUE_ARGS:
		n = khv_event_args_text(v->event, args, sizeof(args));
		text_put(f->t, args, n);
		break;
	case VALUE_TIME:
		text_time(f->t, v->number, 9);
		break;
	case VALUE_PARENTS:
		parents_text(f->t, v->extra);
		break;
	default:
		text_put(f->t, v->data, v->len);
	}
	end(f);
}

int format_journal(const struct message *m, struct text *t,
		   struct iovec fields[JOURNAL_FIELDS])
{
	struct fields f = { .t = t, .iov = fields };

	begin(&f, "MESSAGE=");
	message_sentence(m, t);
	end(&f);
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (!strcmp(ids[i].id, m->id))
			put_string(&f, "MESSAGE_ID=", ids[i].number);
	put_number(&f, "PRIORITY=", (uint64_t)m->severity);
	put_number(&f, "SYSLOG_FACILITY=", (uint64_t)m->from->facility >> 3);
	put_string(&f, "SYSLOG_IDENTIFIER=", m->from->ident);
	put_number(&f, "KHV_SCHEMA=", KHV_EVENT_SCHEMA);
	message_values(m, put_value, &f);
	return t->full ? 0 : f.count;
}

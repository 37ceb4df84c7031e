// SPDX-License-Identifier: GPL-2.0
/* See message.h. */
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <linux/netlink.h>
#include "message.h"

struct bytes {
	const uint8_t *data;
	size_t left;
	char *room;
};

static uint64_t take_number(struct bytes *b)
{
	uint64_t n = 0;
	size_t len = b->left < 8 ? b->left : 8;

	memcpy(&n, b->data, len);
	b->data += len;
	b->left -= len;
	return n;
}

/* Length in two bytes, then so many, with a NUL behind them. */
static struct khv_bytes take_bytes(struct bytes *b, size_t max)
{
	struct khv_bytes v = { .data = (unsigned char *)b->room };

	if (b->left >= 2) {
		v.len = (size_t)(b->data[0] | b->data[1] << 8);
		b->data += 2;
		b->left -= 2;
	}
	if (v.len > b->left)
		v.len = b->left;
	if (v.len > max)
		v.len = max;
	memcpy(b->room, b->data, v.len);
	b->room[v.len] = 0;
	b->room += v.len + 1;
	b->data += v.len;
	b->left -= v.len;
	return v;
}

static const char *take_string(struct bytes *b, size_t max)
{
	return (const char *)take_bytes(b, max).data;
}

static void take_field(struct bytes *b, const struct khv_field *f,
		       struct khv_event *e)
{
	void *to = (char *)e + f->offset;

	switch (f->kind) {
	case KHV_KIND_STRING:
		*(const char **)to = take_string(b, 4096);
		break;
	case KHV_KIND_BYTES:
		*(struct khv_bytes *)to = take_bytes(b, 4096);
		break;
	case KHV_KIND_COMM: {
		struct khv_bytes *comm = to;

		*comm = take_bytes(b, 15);
		comm->len = strlen((const char *)comm->data);
		break;
	}
	case KHV_KIND_NAMES:
		return;
	case KHV_KIND_U8:
	case KHV_KIND_BOOL:
	case KHV_KIND_ENUM:
		*(uint8_t *)to = (uint8_t)(take_number(b) & 7);
		break;
	case KHV_KIND_U64:
	case KHV_KIND_TIME: {
		uint64_t n = take_number(b);

		memcpy(to, &n, sizeof(n));
		break;
	}
	default:
		*(uint32_t *)to = (uint32_t)take_number(b);
	}
	e->has |= 1ull << f->attr;
}

static size_t put_attr(char *raw, size_t at, int type, const void *data,
		       size_t len)
{
	struct nlattr a = { .nla_type = (uint16_t)type,
			    .nla_len = (uint16_t)(NLA_HDRLEN + len) };

	memcpy(raw + at, &a, sizeof(a));
	memcpy(raw + at + NLA_HDRLEN, data, len);
	return at + NLA_ALIGN(NLA_HDRLEN + len);
}

/* Each of another name, as the kernel's tables have them. */
static void take_args(struct bytes *b, struct made *made)
{
	static const char *const names[] = { "fd", "path", "flags", "addr" };
	size_t count = take_number(b) % 5, at = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t value = take_number(b), how = take_number(b);
		uint8_t kind = (uint8_t)(how % 36);
		struct khv_bytes text = take_bytes(b, 1500);
		size_t start = at;
		struct nlattr nest = { .nla_type = KHV_E_ARG };

		at += NLA_HDRLEN;
		at = put_attr(made->raw, at, KHV_ARG_A_NAME, names[i],
			      strlen(names[i]) + 1);
		at = put_attr(made->raw, at, KHV_ARG_A_KIND, &kind, 1);
		if (how & 0x100)
			at = put_attr(made->raw, at, KHV_ARG_A_VALUE, &value,
				      8);
		if (how & 0x200)
			at = put_attr(made->raw, at, KHV_ARG_A_TEXT, text.data,
				      text.len);
		if (how & 0x400)
			at = put_attr(made->raw, at, KHV_ARG_A_REDACTED, "", 0);
		nest.nla_len = (uint16_t)(at - start);
		memcpy(made->raw + start, &nest, sizeof(nest));
	}
	made->event.raw.data = (unsigned char *)made->raw;
	made->event.raw.len = at;
}

static void take_extra(struct bytes *b, struct extra *x)
{
	static const char *const tasks[] = { NULL, "seen", "gone", "changed" };

	x->user = take_string(b, 63);
	x->group = take_string(b, 63);
	x->unit = take_string(b, 79);
	x->container = take_string(b, 79);
	x->cgroup = take_string(b, 255);
	x->task = tasks[take_number(b) & 3];
	x->nr_parents = (unsigned int)(take_number(b) % (PARENTS_MAX + 1));
	for (unsigned int i = 0; i < x->nr_parents; i++) {
		x->parents[i].pid = (uint32_t)take_number(b);
		strcpy(x->parents[i].comm, take_string(b, 15));
	}
}

void make_message(struct made *made, const uint8_t *data, size_t size)
{
	struct bytes b = { .data = data, .left = size };
	struct message *m = &made->message;
	struct khv_event *e = &made->event;
	uint64_t has;

	memset(made, 0, sizeof(*made));
	/* A NUL behind each of at most 70. */
	made->strings = b.room = malloc(size + 256);
	strcpy(made->origin.ident, "khv");
	strcpy(made->origin.sd_id, "khv@32473");
	strcpy(made->origin.host, "host");
	strcpy(made->origin.boot, "boot");
	made->origin.facility = LOG_AUTHPRIV;
	made->origin.pid = 7;
	m->from = &made->origin;
	has = take_number(&b);
	if ((has & 7) == 7) {
		m->id = "CONFIG";
		m->text = take_string(&b, 4096);
		m->time = take_number(&b) >> 1;
		return;
	}
	for (size_t i = 0; i < khv_event_record.count; i++) {
		const struct khv_field *f = &khv_event_record.fields[i];

		if ((has >> 3 >> i & 1) || f->attr == KHV_E_CPU ||
		    f->attr == KHV_E_SEQ || f->attr == KHV_E_LOST)
			take_field(&b, f, e);
	}
	e->time >>= 1;
	if (e->error > 4095)
		e->error = 4095;
	m->time = e->time;
	m->event = e;
	m->severity = event_severity(e);
	m->id = event_id(e);
	if (has & 1)
		take_args(&b, made);
	if (has & 4) {
		take_extra(&b, &made->extra);
		m->extra = &made->extra;
	}
}

// SPDX-License-Identifier: LGPL-2.1
/* Events from JSON, as khv_event_json() and hvauditd have made it. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <json-c/json.h>
#include "internal.h"
#include "render.h"

#define ERRNO_LAST 133 /* EHWPOISON */

struct scratch {
	char *buf;
	size_t size, at;
};

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* Bytes in hexadecimal, with a NUL behind them. */
static int from_hex(struct scratch *s, const char *hex, struct khv_bytes *to)
{
	size_t len = strlen(hex);
	unsigned char *out = (unsigned char *)s->buf + s->at;

	if (len % 2 || len / 2 + 1 > s->size - s->at)
		return -EBADMSG;
	for (size_t i = 0; i < len / 2; i++) {
		int high = hex_digit(hex[2 * i]);
		int low = hex_digit(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EBADMSG;
		out[i] = (unsigned char)(high << 4 | low);
	}
	out[len / 2] = 0;
	*to = (struct khv_bytes){ .data = out, .len = len / 2 };
	s->at += len / 2 + 1;
	return 0;
}

/* The bytes themselves, if the text could not hold them. */
static int text_of(struct scratch *s, struct json_object *o, const char *key,
		   struct json_object *value, struct khv_bytes *to)
{
	struct json_object *hex;
	char name[64];

	if (!json_object_is_type(value, json_type_string))
		return -EBADMSG;
	snprintf(name, sizeof(name), "%s_hex", key);
	if (json_object_object_get_ex(o, name, &hex) &&
	    json_object_is_type(hex, json_type_string))
		return from_hex(s, json_object_get_string(hex), to);
	to->data = (const unsigned char *)json_object_get_string(value);
	to->len = (size_t)json_object_get_string_len(value);
	return 0;
}

/* 2026-08-23T10:15:42.113731000Z */
static int time_of(const char *s, uint64_t *ns)
{
	struct tm tm = { .tm_isdst = 0 };
	const char *rest = strptime(s, "%Y-%m-%dT%H:%M:%S", &tm);
	uint64_t part = 0, unit = 100000000;

	if (!rest)
		return -EBADMSG;
	if (*rest == '.')
		for (rest++; isdigit((unsigned char)*rest); rest++) {
			part += (uint64_t)(*rest - '0') * unit;
			unit /= 10;
		}
	if (strcmp(rest, "Z"))
		return -EBADMSG;
	*ns = (uint64_t)timegm(&tm) * 1000000000 + part;
	return 0;
}

static int word_of(const struct khv_field *f, const char *word, uint64_t *n)
{
	char buf[16];

	if (f->kind == KHV_KIND_TIME)
		return time_of(word, n);
	if (f->kind == KHV_KIND_ENUM) {
		for (*n = 0; *n < f->count; ++*n)
			if (!strcmp(f->names[*n], word))
				return 0;
		return -EBADMSG;
	}
	if (f->kind != KHV_KIND_ERRNO)
		return -EBADMSG;
	for (*n = 1; *n <= ERRNO_LAST; ++*n)
		if (!strcmp(khv_errno_name((unsigned int)*n, buf), word))
			return 0;
	*n = strtoull(word, NULL, 10);
	return *n ? 0 : -EBADMSG;
}

static int number_of(const struct khv_field *f, struct json_object *value,
		     uint64_t *n)
{
	switch (json_object_get_type(value)) {
	case json_type_string:
		return word_of(f, json_object_get_string(value), n);
	case json_type_int:
		*n = f->kind == KHV_KIND_S64 ?
			     (uint64_t)json_object_get_int64(value) :
			     json_object_get_uint64(value);
		return 0;
	case json_type_boolean:
		*n = (uint64_t)json_object_get_boolean(value);
		return 0;
	default:
		return -EBADMSG;
	}
}

static int take_field(const struct khv_field *f, struct khv_event *e,
		      struct json_object *o, struct json_object *value,
		      struct scratch *s)
{
	void *to = (char *)e + f->offset;
	struct khv_bytes bytes;
	uint64_t n;
	int err;

	switch (f->kind) {
	case KHV_KIND_STRING:
	case KHV_KIND_BYTES:
	case KHV_KIND_COMM:
		err = text_of(s, o, f->key, value, &bytes);
		if (err)
			return err;
		if (f->kind == KHV_KIND_STRING)
			*(const char **)to = (const char *)bytes.data;
		else
			*(struct khv_bytes *)to = bytes;
		return 0;
	case KHV_KIND_NAMES:
		return -EBADMSG;
	default:
		err = number_of(f, value, &n);
		if (!err)
			khv_field_set_number(f, e, n);
		return err;
	}
}

int khv_event_from_json(struct khv_event *e, struct json_object *o,
			char *scratch, size_t size)
{
	struct scratch s = { .buf = scratch, .size = size };
	struct json_object *value;

	memset(e, 0, sizeof(*e));
	if (!json_object_is_type(o, json_type_object))
		return -EBADMSG;
	for (size_t i = 0; i < khv_event_record.count; i++) {
		const struct khv_field *f = &khv_event_record.fields[i];
		int err;

		if (!json_object_object_get_ex(o, f->key, &value))
			continue;
		/* An error number of 0 is none; the attribute is there. */
		if (!value && f->kind != KHV_KIND_ERRNO)
			continue;
		err = value ? take_field(f, e, o, value, &s) : 0;
		if (err)
			return err;
		e->has |= 1ull << f->attr;
	}
	return KHV_HAS(e, KHV_E_CPU) ? 0 : -EBADMSG;
}

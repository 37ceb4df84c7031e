// SPDX-License-Identifier: LGPL-2.1
/* Records as JSON. Fields are only ever added within a schema number. */
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include "internal.h"
#include "render.h"

/* A NUL would end the text for most readers: as little wanted as bad UTF-8. */
struct json_object *khv_string_json(const void *data, size_t len, bool *exact)
{
	static const char replacement[] = "\xef\xbf\xbd";
	const unsigned char *s = data;
	struct json_object *o;
	char *buf = malloc(len * 3 + 1);
	size_t at = 0;

	*exact = true;
	if (!buf)
		return NULL;
	for (size_t i = 0; i < len;) {
		uint32_t code;
		size_t n = khv_utf8_length(s + i, len - i, &code);

		if (n && code) {
			memcpy(buf + at, s + i, n);
			at += n;
			i += n;
			continue;
		}
		*exact = false;
		memcpy(buf + at, replacement, 3);
		at += 3;
		i++;
	}
	o = json_object_new_string_len(buf, (int)at);
	free(buf);
	return o;
}

static void add_text(struct json_object *to, const char *key, const void *data,
		     size_t len)
{
	const unsigned char *s = data;
	bool exact;
	char name[64], *hex;

	json_object_object_add(to, key, khv_string_json(data, len, &exact));
	if (exact)
		return;
	hex = malloc(len * 2 + 1);
	if (!hex)
		return;
	for (size_t i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", s[i]);
	snprintf(name, sizeof(name), "%s_hex", key);
	json_object_object_add(to, name, json_object_new_string(hex));
	free(hex);
}

static struct json_object *names_json(const struct khv_names *names)
{
	struct json_object *array = json_object_new_array();
	bool exact;

	for (size_t i = 0; array && i < names->count; i++)
		json_object_array_add(
			array, khv_string_json(names->name[i],
					       strlen(names->name[i]), &exact));
	return array;
}

static struct json_object *scalar_json(const struct khv_field *f,
				       const void *record)
{
	uint64_t n = khv_field_number(f, record);
	char buf[KHV_TIME_MAX];

	switch (f->kind) {
	case KHV_KIND_BOOL:
		return json_object_new_boolean(n != 0);
	case KHV_KIND_S32:
		return json_object_new_int((int32_t)n);
	case KHV_KIND_S64:
		return json_object_new_int64((int64_t)n);
	case KHV_KIND_ENUM:
		return n < f->count ? json_object_new_string(f->names[n]) :
				      json_object_new_uint64(n);
	case KHV_KIND_ERRNO:
		return n ? json_object_new_string(
				   khv_errno_name((unsigned int)n, buf)) :
			   NULL;
	case KHV_KIND_TIME:
		khv_time_text(buf, n);
		return json_object_new_string(buf);
	default:
		return json_object_new_uint64(n);
	}
}

/* Every key is always there; what the record lacks is null. */
static void add_field(struct json_object *to, const struct khv_field *f,
		      const void *record)
{
	const void *at = (const char *)record + f->offset;
	const struct khv_bytes *bytes = at;
	const char *const *string = at;

	if (!(*(const uint64_t *)record >> f->attr & 1)) {
		if (!f->sparse)
			json_object_object_add(to, f->key, NULL);
		return;
	}
	switch (f->kind) {
	case KHV_KIND_STRING:
		add_text(to, f->key, *string, strlen(*string));
		break;
	case KHV_KIND_BYTES:
	case KHV_KIND_COMM:
		add_text(to, f->key, bytes->data, bytes->len);
		break;
	case KHV_KIND_NAMES:
		json_object_object_add(to, f->key, names_json(at));
		break;
	default:
		json_object_object_add(to, f->key, scalar_json(f, record));
	}
}

struct json_object *khv_record_json(const struct khv_record_type *type,
				    const void *record)
{
	struct json_object *o = json_object_new_object();

	for (size_t i = 0; o && i < type->count; i++)
		add_field(o, &type->fields[i], record);
	return o;
}

/* What they are called by what they were. */
static void add_args(struct json_object *to, const struct khv_event *event)
{
	struct json_object *args = NULL;
	struct khv_arg arg;
	char text[4 * 4096 + 64];

	for (size_t n = 0; khv_event_arg(event, n, &arg); n++) {
		if (!args)
			args = json_object_new_object();
		khv_arg_text(&arg, text, sizeof(text));
		json_object_object_add(args, arg.name,
				       json_object_new_string(text));
	}
	if (args)
		json_object_object_add(to, "args", args);
}

struct json_object *khv_event_json(const struct khv_event *event)
{
	struct json_object *o = json_object_new_object();

	if (!o)
		return NULL;
	json_object_object_add(o, "schema",
			       json_object_new_int(KHV_EVENT_SCHEMA));
	for (size_t i = 0; i < khv_event_record.count; i++)
		add_field(o, &khv_event_record.fields[i], event);
	add_args(o, event);
	return o;
}

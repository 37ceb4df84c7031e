// SPDX-License-Identifier: LGPL-2.1
/* Decode attributes into records; lists of records and their memory. */
#include <stdlib.h>
#include <string.h>
#include "internal.h"

/*
 * Memory that lives as long as the list: copies of messages and arrays of
 * names. Records point into it, so nothing is ever moved.
 */
struct chunk {
	struct chunk *next;
	uint64_t data[];
};

struct khv_list {
	const struct khv_record_type *type;
	struct chunk *chunks;
	void **items;
	size_t count;
	size_t room;
	bool torn;
};

static void *keep(struct khv_list *list, size_t size)
{
	struct chunk *c = malloc(sizeof(*c) + size);

	if (!c)
		return NULL;
	c->next = list->chunks;
	list->chunks = c;
	return c->data;
}

static int decode_names(struct khv_list *list, struct khv_names *names,
			struct nlattr *nest)
{
	const char **array;
	struct nlattr *a;
	size_t count = 0;
	int rem;

	nla_for_each_nested(a, nest, rem)
		if (nla_type(a) == KHV_CLIENT_A_CALL_NAME)
			count++;
	array = keep(list, (count + 1) * sizeof(*array));
	if (!array)
		return -ENOMEM;
	names->name = array;
	names->count = count;
	count = 0;
	nla_for_each_nested(a, nest, rem) {
		if (nla_type(a) != KHV_CLIENT_A_CALL_NAME)
			continue;
		if (!memchr(nla_data(a), 0, (size_t)nla_len(a)))
			return -EBADMSG;
		array[count++] = nla_get_string(a);
	}
	return 0;
}

static const size_t number_size[] = {
	[KHV_KIND_U8] = 1,  [KHV_KIND_BOOL] = 1, [KHV_KIND_ENUM] = 1,
	[KHV_KIND_U32] = 4, [KHV_KIND_S32] = 4,	 [KHV_KIND_ERRNO] = 4,
	[KHV_KIND_U64] = 8, [KHV_KIND_TIME] = 8, [KHV_KIND_S64] = 8,
};

static int decode_field(struct khv_list *list, const struct khv_field *f,
			void *record, struct nlattr *a)
{
	void *to = (char *)record + f->offset;
	size_t len = (size_t)nla_len(a);
	struct khv_bytes *bytes = to;
	const char *end;

	switch (f->kind) {
	case KHV_KIND_STRING:
		if (!memchr(nla_data(a), 0, len))
			return -EBADMSG;
		*(const char **)to = nla_data(a);
		return 0;
	case KHV_KIND_BYTES:
	case KHV_KIND_COMM:
		bytes->data = nla_data(a);
		end = f->kind == KHV_KIND_COMM ? memchr(nla_data(a), 0, len) :
						 NULL;
		bytes->len = end ? (size_t)(end - (char *)nla_data(a)) : len;
		return 0;
	case KHV_KIND_NAMES:
		return list ? decode_names(list, to, a) : -EBADMSG;
	default:
		if (len != number_size[f->kind])
			return -EBADMSG;
		memcpy(to, nla_data(a), len);
		return 0;
	}
}

/* Attributes that are not in the table come from a newer kernel: ignored. */
static int decode(struct khv_list *list, const struct khv_record_type *type,
		  void *record, const void *attrs, size_t len)
{
	struct nlattr *tb[64];
	uint64_t *has = record;

	_Static_assert(KHV_A_MAX < 64 && KHV_E_MAX < 64 &&
			       KHV_CLIENT_A_MAX < 64,
		       "struct.has has 64 bits");
	memset(record, 0, type->size);
	if (len > INT32_MAX ||
	    nla_parse(tb, type->max, (struct nlattr *)attrs, (int)len, NULL))
		return -EBADMSG;
	for (size_t i = 0; i < type->count; i++) {
		const struct khv_field *f = &type->fields[i];
		int err;

		if (!tb[f->attr])
			continue;
		err = decode_field(list, f, record, tb[f->attr]);
		if (err)
			return err;
		*has |= 1ull << f->attr;
	}
	return 0;
}

int khv_event_decode(struct khv_event *event, const void *nest, size_t len)
{
	int err = decode(NULL, &khv_event_record, event, nest, len);

	if (err)
		return err;
	event->raw.data = nest;
	event->raw.len = len;
	if (!KHV_HAS(event, KHV_E_CPU) ||
	    (!KHV_HAS(event, KHV_E_SEQ) && !KHV_HAS(event, KHV_E_LOST)))
		return -EBADMSG;
	/* Nothing lost is worth saying: readers look for it in every event. */
	event->has |= 1ull << KHV_E_LOST;
	return 0;
}

struct khv_list *khv_list_new(const struct khv_record_type *type)
{
	struct khv_list *list = calloc(1, sizeof(*list));

	if (list)
		list->type = type;
	return list;
}

void khv_list_clear(struct khv_list *list)
{
	while (list->chunks) {
		struct chunk *c = list->chunks;

		list->chunks = c->next;
		free(c);
	}
	list->count = 0;
}

void khv_list_free(struct khv_list *list)
{
	if (!list)
		return;
	khv_list_clear(list);
	free(list->items);
	free(list);
}

int khv_list_add(struct khv_list *list, const void *attrs, size_t len)
{
	void *copy, *record;
	int err;

	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : 16;
		void **items = reallocarray(list->items, room, sizeof(*items));

		if (!items)
			return -ENOMEM;
		list->items = items;
		list->room = room;
	}
	copy = keep(list, len);
	record = keep(list, list->type->size);
	if (!copy || !record)
		return -ENOMEM;
	memcpy(copy, attrs, len);
	err = decode(list, list->type, record, copy, len);
	if (!err)
		list->items[list->count++] = record;
	return err;
}

size_t khv_list_count(const struct khv_list *list)
{
	return list ? list->count : 0;
}

const void *khv_list_at(const struct khv_list *list, size_t i)
{
	return i < khv_list_count(list) ? list->items[i] : NULL;
}

bool khv_list_torn(const struct khv_list *list)
{
	return list && list->torn;
}

void khv_list_set_torn(struct khv_list *list)
{
	list->torn = true;
}

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

static const void *data_of(const struct nlattr *a)
{
	return (const char *)a + NLA_HDRLEN;
}

static size_t len_of(const struct nlattr *a)
{
	return a->nla_len - (size_t)NLA_HDRLEN;
}

/* The last one of each kind, as nla_parse() has it. */
static void find(const struct nlattr *tb[], unsigned int max, const char *at,
		 size_t len)
{
	const struct nlattr *a;

	memset(tb, 0, (max + 1) * sizeof(*tb));
	while ((a = khv_attr(&at, &len))) {
		unsigned int kind = a->nla_type & NLA_TYPE_MASK;

		if (kind && kind <= max)
			tb[kind] = a;
	}
}

static const size_t number_size[] = {
	[KHV_KIND_U8] = 1,  [KHV_KIND_BOOL] = 1, [KHV_KIND_ENUM] = 1,
	[KHV_KIND_U32] = 4, [KHV_KIND_S32] = 4,	 [KHV_KIND_ERRNO] = 4,
	[KHV_KIND_U64] = 8, [KHV_KIND_TIME] = 8, [KHV_KIND_S64] = 8,
};

static int decode_field(struct khv_list *list, const struct khv_field *f,
			void *record, const struct nlattr *a)
{
	void *to = (char *)record + f->offset;
	const void *data = data_of(a), *end;
	struct khv_bytes *bytes = to;
	size_t len = len_of(a);

	switch (f->kind) {
	case KHV_KIND_STRING:
		if (!memchr(data, 0, len))
			return -EBADMSG;
		*(const char **)to = data;
		return 0;
	case KHV_KIND_BYTES:
	case KHV_KIND_COMM:
		bytes->data = data;
		end = f->kind == KHV_KIND_COMM ? memchr(data, 0, len) : NULL;
		bytes->len =
			end ? (size_t)((const char *)end - (const char *)data) :
			      len;
		return 0;
	case KHV_KIND_NAMES:
		return list ? decode_names(list, to, (struct nlattr *)a) :
			      -EBADMSG;
	default:
		if (len != number_size[f->kind])
			return -EBADMSG;
		if (len == 4)
			memcpy(to, data, 4);
		else
			memcpy(to, data, len);
		return 0;
	}
}

/* Attributes that are not in the table come from a newer kernel: ignored. */
static int decode(struct khv_list *list, const struct khv_record_type *type,
		  void *record, const void *attrs, size_t len)
{
	const struct nlattr *tb[64];
	uint64_t *has = record;

	_Static_assert(KHV_A_MAX < 64 && KHV_E_MAX < 64 &&
			       KHV_CLIENT_A_MAX < 64,
		       "struct.has has 64 bits");
	memset(record, 0, type->size);
	find(tb, type->max, attrs, len);
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

/* The numbers of an event as the kernel writes them. */
struct numbers {
	struct nlattr cpu_is;
	uint32_t cpu;
	struct nlattr seq_is;
	uint64_t seq;
	struct nlattr lost_is;
	uint64_t lost;
	struct nlattr time_is;
	uint64_t time;
} __attribute__((packed));

static bool is_number(struct nlattr a, unsigned int kind, size_t size)
{
	return a.nla_type == kind && a.nla_len == NLA_HDRLEN + size;
}

int khv_event_numbers(struct khv_event *event, const void *nest, size_t len)
{
	const struct numbers *n = nest;

	/* A gap, or a kernel of tomorrow. */
	if (len < sizeof(*n) || !is_number(n->cpu_is, KHV_E_CPU, 4) ||
	    !is_number(n->seq_is, KHV_E_SEQ, 8) ||
	    !is_number(n->lost_is, KHV_E_LOST, 8) ||
	    !is_number(n->time_is, KHV_E_TIME, 8))
		return khv_event_decode(event, nest, len);
	*event = (struct khv_event){
		.has = 1ull << KHV_E_CPU | 1ull << KHV_E_SEQ |
		       1ull << KHV_E_LOST | 1ull << KHV_E_TIME,
		.cpu = n->cpu,
		.seq = n->seq,
		.lost = n->lost,
		.time = n->time,
		.raw = { .data = nest, .len = len },
	};
	return sizeof(*n);
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

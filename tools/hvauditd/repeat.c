// SPDX-License-Identifier: GPL-2.0
/* Events that say the same as one of the last few. */
#include <stdlib.h>
#include <string.h>
#include "repeat.h"

/* As many programs at once; each is compared with. */
#define REPEATS 8
#define RAW_MAX 1024

struct repeat {
	size_t len;  /* of @raw; 0: free */
	size_t head; /* the numbers in it */
	char raw[RAW_MAX] __attribute__((aligned(8)));
	struct khv_event event; /* points into @raw */
	struct kept json;
};

struct repeats {
	unsigned int last, next; /* that was found; that is given up */
	struct repeat all[REPEATS];
};

struct repeats *repeats_new(void)
{
	return calloc(1, sizeof(struct repeats));
}

void repeats_free(struct repeats *r)
{
	free(r);
}

void repeats_forget(struct repeats *r)
{
	if (r)
		memset(r, 0, sizeof(*r));
}

/* Most often the last one again. @data: what follows the numbers. */
static struct repeat *find(struct repeats *r, const char *data, size_t len)
{
	for (unsigned int i = 0; i < REPEATS; i++) {
		unsigned int at = (r->last + i) % REPEATS;
		struct repeat *x = &r->all[at];

		if (!x->len || x->len - x->head != len ||
		    memcmp(x->raw + x->head, data, len))
			continue;
		r->last = at;
		return x;
	}
	return NULL;
}

/* None of the numbers comes again behind the others, as from a kernel of tomorrow. */
static bool same_numbers(const struct khv_event *a, const struct khv_event *b)
{
	return a->seq == b->seq && a->time == b->time && a->cpu == b->cpu &&
	       a->lost == b->lost;
}

static struct repeat *keep(struct repeats *r, const struct khv_event *numbers,
			   size_t head)
{
	struct repeat *x = &r->all[r->next];
	size_t len = numbers->raw.len;

	x->len = 0;
	x->json.before = 0;
	memcpy(x->raw, numbers->raw.data, len);
	if (khv_event_decode(&x->event, x->raw, len) ||
	    !same_numbers(&x->event, numbers))
		return NULL;
	x->len = len;
	x->head = head;
	r->last = r->next;
	r->next = (r->next + 1) % REPEATS;
	return x;
}

int repeats_decode(struct repeats *r, struct khv_event *e, const void *nest,
		   size_t len, struct kept **json)
{
	struct khv_event numbers;
	int head = khv_event_numbers(&numbers, nest, len);
	struct repeat *x = NULL;

	*json = NULL;
	if (head < 0)
		return head;
	if (r && head && len <= RAW_MAX) {
		x = find(r, (const char *)nest + head, len - (size_t)head);
		if (!x)
			x = keep(r, &numbers, (size_t)head);
	}
	if (!x)
		return khv_event_decode(e, nest, len);
	*json = &x->json;
	*e = x->event;
	e->time = numbers.time;
	e->cpu = numbers.cpu;
	e->seq = numbers.seq;
	e->lost = numbers.lost;
	e->raw = numbers.raw;
	return 0;
}

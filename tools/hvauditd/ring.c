// SPDX-License-Identifier: GPL-2.0
/*
 * A ring of entries between one producer and one consumer, without a lock.
 * Positions only grow; their difference is what is in use. An entry is never
 * split: what does not fit before the end of the memory starts at its begin.
 */
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "ring.h"

#define SKIP UINT32_MAX /* kind of the filler before the end */

struct ring {
	size_t size;
	int wake;
	_Atomic uint64_t head; /* written by the producer */
	_Atomic uint64_t tail; /* written by the consumer */
	atomic_bool asleep;
	char data[] __attribute__((aligned(64)));
};

static size_t footprint(size_t len)
{
	return (sizeof(struct entry) + len + 7) & ~(size_t)7;
}

static struct entry *at(struct ring *r, uint64_t position)
{
	return (struct entry *)(void *)(r->data + (position & (r->size - 1)));
}

struct ring *ring_new(size_t size)
{
	struct ring *r = aligned_alloc(64, (sizeof(*r) + size + 63) & ~63ul);

	if (!r)
		return NULL;
	memset(r, 0, sizeof(*r));
	r->size = size;
	r->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (r->wake < 0) {
		free(r);
		return NULL;
	}
	return r;
}

void ring_free(struct ring *r)
{
	if (!r)
		return;
	close(r->wake);
	free(r);
}

bool ring_put(struct ring *r, enum entry_kind kind, const void *data,
	      size_t len)
{
	uint64_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	uint64_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);
	size_t need = footprint(len);
	size_t to_end = r->size - (head & (r->size - 1));
	size_t skip = to_end < need ? to_end : 0;
	struct entry *e;

	if (need > r->size / 2 || head - tail + skip + need > r->size)
		return false;
	if (skip) {
		e = at(r, head);
		e->kind = SKIP;
		e->len = (uint32_t)(skip - sizeof(*e));
		head += skip;
	}
	e = at(r, head);
	e->kind = kind;
	e->len = (uint32_t)len;
	memcpy(e->data, data, len);
	atomic_store_explicit(&r->head, head + need, memory_order_release);
	return true;
}

/* Half of it at most: an entry is never split, so as much may be skipped. */
size_t ring_room(const struct ring *r)
{
	return (r->size - (atomic_load(&r->head) - atomic_load(&r->tail))) / 2;
}

void ring_wake(struct ring *r)
{
	uint64_t one = 1;

	/*
	 * Either the consumer, which says first that it sleeps, sees the new head, or
	 * we see that it sleeps.
	 */
	atomic_thread_fence(memory_order_seq_cst);
	if (atomic_load(&r->asleep) && write(r->wake, &one, sizeof(one)) < 0)
		return; /* it is full of wake-ups already */
}

bool ring_empty(const struct ring *r)
{
	return atomic_load(&r->head) == atomic_load(&r->tail);
}

const struct entry *ring_peek(struct ring *r, int ms)
{
	struct pollfd p = { .fd = r->wake, .events = POLLIN };
	uint64_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
	struct entry *e;
	uint64_t n;

	if (atomic_load(&r->head) == tail && ms) {
		/* First announce, then look again: no wake-up is missed. */
		atomic_store(&r->asleep, true);
		if (atomic_load(&r->head) == tail)
			poll(&p, 1, ms);
		atomic_store(&r->asleep, false);
		if (read(r->wake, &n, sizeof(n)) < 0)
			n = 0;
	}
	if (atomic_load(&r->head) == tail)
		return NULL;
	e = at(r, tail);
	if (e->kind == SKIP) {
		tail += sizeof(*e) + e->len;
		atomic_store_explicit(&r->tail, tail, memory_order_release);
		e = at(r, tail);
	}
	return e;
}

void ring_take(struct ring *r)
{
	uint64_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);

	atomic_store_explicit(&r->tail, tail + footprint(at(r, tail)->len),
			      memory_order_release);
}

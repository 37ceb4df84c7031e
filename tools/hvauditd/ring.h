/* SPDX-License-Identifier: GPL-2.0 */
/* What goes from the main thread to the writer, and the ring it goes through. */
#ifndef _HVAUDITD_RING_H
#define _HVAUDITD_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum entry_kind {
	ENTRY_EVENT,	  /* nest of KHV_A_EVENT as it came */
	ENTRY_DROPPED,	  /* struct dropped */
	ENTRY_SUBSCRIBED, /* struct subscribed */
	ENTRY_NOTE,	  /* text for the logs; its first word is its kind */
	ENTRY_CONFIG,	  /* struct config */
	ENTRY_RESUME,	  /* outputs that are suspended */
	ENTRY_ROTATE,	  /* a new file */
	ENTRY_STOP,	  /* struct kernel_totals */
};

struct dropped {
	uint32_t cpu;
	uint64_t count;
};

/* The kernel's own counters, before we took the first event. */
#define MAX_CPUS 4096
struct subscribed {
	char boot_id[64];
	unsigned int epoch; /* which subscription of this daemon */
	uint32_t cpus;
	struct {
		uint32_t cpu;
		uint64_t produced, delivered, lost;
	} cpu[];
};

struct kernel_totals {
	bool known;
	uint64_t produced;
};

struct entry {
	uint32_t len; /* of data */
	uint32_t kind;
	char data[] __attribute__((aligned(8)));
};

struct ring;
struct ring *ring_new(size_t size);
void ring_free(struct ring *ring);
/* Producer. false: no room. */
bool ring_put(struct ring *ring, enum entry_kind kind, const void *data,
	      size_t len);
/* Bytes that surely fit. */
size_t ring_room(const struct ring *ring);
void ring_wake(struct ring *ring);
/* Consumer. Waits @ms at most; NULL: no entry. The entry stays until taken. */
const struct entry *ring_peek(struct ring *ring, int ms);
void ring_take(struct ring *ring);
bool ring_empty(const struct ring *ring);

#endif /* _HVAUDITD_RING_H */

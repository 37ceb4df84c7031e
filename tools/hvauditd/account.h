/* SPDX-License-Identifier: GPL-2.0 */
/* The books: what became of every event. */
#ifndef _HVAUDITD_ACCOUNT_H
#define _HVAUDITD_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <khv/khv.h>
#include "ring.h"

enum cause {
	LOST_KERNEL, /* its queue was full */
	LOST_QUEUE,  /* ours was full: the outputs are too slow */
	LOST_OUTPUT, /* no output has taken it */
	LOST_OTHER,  /* a hole nobody explains, unreadable events */
	NR_CAUSES
};

/*
 * Books by sequence number. For every processor everything below @next is
 * accounted for, therefore always:
 * sum of (next - 1) == before + logged + filtered + sum of lost[]
 */
struct account {
	char boot_id[64];
	struct {
		uint64_t next, kernel_lost;
	} * cpu;
	uint32_t cpus;
	uint64_t before; /* went to another daemon */
	uint64_t logged;
	uint64_t filtered; /* the settings do not want them */
	uint64_t received; /* handed to us by the kernel */
	uint64_t lost[NR_CAUSES];
};

/* A hole in the sequence, to be told. */
struct hole {
	uint64_t count, after, until;
	enum cause cause;
};

#define MAX_HOLES 2

const char *cause_name(enum cause cause);
uint64_t account_lost(const struct account *a);
uint64_t account_produced(const struct account *a);
/* Books of an event up to its sequence number; returns the number of holes. */
int account_event(struct account *a, const struct khv_event *e,
		  struct hole holes[MAX_HOLES]);
/* Is it in the books already? Then it was sent again. */
bool account_has(const struct account *a, const struct khv_event *e);
/* That event was logged, or is not wanted, or is lost after all. */
void account_logged(struct account *a, const struct khv_event *e);
void account_filtered(struct account *a, const struct khv_event *e);
void account_unlogged(struct account *a, const struct khv_event *e,
		      enum cause cause);
void account_undo(struct account *a, uint64_t count);
int account_dropped(struct account *a, const struct dropped *d,
		    enum cause cause, struct hole holes[MAX_HOLES]);
/* A new subscription; the hole is of processor s->cpu[i]. */
void account_subscribed(struct account *a, const struct subscribed *s);
int account_subscribed_cpu(struct account *a, const struct subscribed *s,
			   uint32_t i, struct hole holes[MAX_HOLES]);
int account_load(struct account *a, const char *path);
int account_save(const struct account *a, const char *path);
void account_free(struct account *a);

#endif /* _HVAUDITD_ACCOUNT_H */

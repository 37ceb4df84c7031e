/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hvauditd: from the kernel's decisions to the logs.
 *
 * The main thread drains the event socket into a ring and never waits for
 * anything else. The writer thread takes from the ring, keeps the books, finds
 * out more about the task (enrich.h), and hands the message to the outputs
 * (output.h). Nothing but the ring is shared, and it needs no lock.
 */
#ifndef _HVAUDITD_H
#define _HVAUDITD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <khv/khv.h>
#include "account.h"
#include "config.h"
#include "output.h"
#include "ring.h"

/* As auditd's: systemd must not restart what cannot work. */
enum {
	EXIT_USAGE = 2,
	EXIT_ABSENT = 3,
	EXIT_NOT_PERMITTED = 4,
	EXIT_CONFIG = 6,
	EXIT_STOPPED = 7, /* an action says so */
};

/* --- writer.c ------------------------------------------------------------------- */

struct writer {
	struct ring *ring;
	struct config config;
	bool copy;
	atomic_uint beats;  /* it lives */
	atomic_bool hurry;  /* the time to drain is over */
	atomic_bool failed; /* an action of an output ends the daemon */
	/*
	 * What is put away, by processor: all up to and with this number may be
	 * acknowledged. It is of the subscription @epoch; @acks wakes the reader.
	 */
	_Atomic uint64_t acked[MAX_CPUS];
	atomic_uint acked_cpus, epoch;
	int acks;
	/* For STATUS=. */
	atomic_ullong logged, lost;
	atomic_bool away;
};

/* Thread function; ends after ENTRY_STOP. */
void *writer_run(void *arg);

/* --- reader.c ------------------------------------------------------------------- */

struct reader {
	struct ring *ring;
	const struct config *config;
	struct khv_events *events; /* NULL: not subscribed */
	struct khv_conn *conn;
	struct khv_error error;
	uint64_t *dropped; /* by processor, not yet told */
	uint32_t cpus;
	bool any_dropped;
	unsigned int epoch;	  /* of this subscription */
	uint64_t acked[MAX_CPUS]; /* told the kernel */
	bool full;		  /* since it was last empty enough */
	bool stop;		  /* the action for a full queue says so */
	pid_t child;
};

/* 0, or negative errno with r->error. */
int reader_subscribe(struct reader *r);
void reader_unsubscribe(struct reader *r);
/* Until nothing is left; false: the subscription is broken. */
bool reader_drain(struct reader *r);
/* Must not take more: the queue is full, and its action is to wait. */
bool reader_waits(struct reader *r);
/* Is the module that we subscribed to still there? */
bool reader_check(struct reader *r);
void reader_totals(struct reader *r, struct kernel_totals *t);
void reader_flush_dropped(struct reader *r);
/* Tell the kernel what the writer has put away. */
void reader_ack(struct reader *r, struct writer *w);
bool reader_note(struct reader *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* --- privilege.c ------------------------------------------------------------------ */

/* Folders for @c's files; then another user, with few capabilities. 0, -errno. */
int become_user(const struct config *c);
/* This thread needs the capability @keep, -1: none. */
void keep_capability(int keep);

#endif /* _HVAUDITD_H */

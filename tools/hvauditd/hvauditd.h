/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hvauditd: from the kernel's decisions to syslog.
 *
 * The main thread drains the event socket into a ring and never waits for
 * anything else. The writer thread takes from the ring, keeps the books and
 * writes to syslog. Nothing but the ring is shared, and it needs no lock.
 */
#ifndef _HVAUDITD_H
#define _HVAUDITD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <khv/khv.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* As auditd's: systemd must not restart what cannot work. */
enum {
	EXIT_USAGE = 2,
	EXIT_ABSENT = 3,
	EXIT_NOT_PERMITTED = 4,
	EXIT_CONFIG = 6,
};

/* --- config.c ----------------------------------------------------------------- */

#define PATH_SIZE 256

struct config {
	int facility; /* LOG_* of syslog.h */
	char ident[32];
	char socket[108]; /* of syslog; as long as sun_path */
	char state[PATH_SIZE];
	size_t queue;	    /* bytes, power of two */
	unsigned int drain; /* seconds at the end */
	bool wait;	    /* for the module */
};

void config_defaults(struct config *c);
/**
 * config_read() - read a file over @c
 * @error: receives "file:line: text"
 * Return: 0; -ENOENT: no such file; -EINVAL. @c is changed only by success.
 */
int config_read(struct config *c, const char *path, char *error, size_t size);
/* In the form of the file. */
void config_print(const struct config *c, FILE *f);
/* One setting, as of a line of the file. */
int config_set(struct config *c, const char *key, const char *value,
	       char *error, size_t size);

/* --- ring.c -------------------------------------------------------------------- */

enum entry_kind {
	ENTRY_EVENT,	  /* nest of KHV_A_EVENT as it came */
	ENTRY_DROPPED,	  /* struct dropped */
	ENTRY_SUBSCRIBED, /* struct subscribed */
	ENTRY_NOTE,	  /* text for syslog */
	ENTRY_CONFIG,	  /* struct config */
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
	uint32_t cpus;
	struct {
		uint32_t cpu;
		uint64_t delivered, lost;
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
void ring_wake(struct ring *ring);
/* Consumer. Waits @ms at most; NULL: no entry. The entry stays until taken. */
const struct entry *ring_peek(struct ring *ring, int ms);
void ring_take(struct ring *ring);
bool ring_empty(const struct ring *ring);

/* --- sink.c --------------------------------------------------------------------- */

struct sink {
	int fd;
	bool stream;
	bool copy;	     /* to standard error as well */
	bool away;	     /* it did not work last time */
	uint64_t away_since; /* ns, monotonic */
	uint64_t next_try;   /* ns, monotonic */
	const struct config *config;
};

void sink_init(struct sink *s, const struct config *config, bool copy);
void sink_close(struct sink *s);
/* 0; -EAGAIN: not now, again later; -EMSGSIZE: never. */
int sink_write(struct sink *s, int severity, uint64_t time_ns,
	       const char *text);
uint64_t monotonic_ns(void);
uint64_t realtime_ns(void);

/* --- account.c ------------------------------------------------------------------ */

enum cause {
	LOST_KERNEL,  /* its queue was full */
	LOST_QUEUE,   /* ours was full: syslog is too slow */
	LOST_RESTART, /* handed to a daemon that ended abruptly */
	LOST_SYSLOG,  /* syslog did not take it until the end */
	LOST_OTHER,   /* a hole nobody explains, unreadable events */
	NR_CAUSES
};

/*
 * Books by sequence number. For every processor everything below @next is
 * accounted for, therefore always:
 * sum of (next - 1) == before + logged + sum of lost[]
 */
struct account {
	char boot_id[64];
	struct {
		uint64_t next, kernel_lost;
	} * cpu;
	uint32_t cpus;
	uint64_t before; /* went to another daemon */
	uint64_t logged;
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
/* That event was logged, or is lost after all. */
void account_logged(struct account *a, const struct khv_event *e);
void account_unlogged(struct account *a, const struct khv_event *e,
		      enum cause cause);
int account_dropped(struct account *a, const struct dropped *d,
		    enum cause cause, struct hole holes[MAX_HOLES]);
/* A new subscription; the hole is of processor s->cpu[i]. */
void account_subscribed(struct account *a, const struct subscribed *s);
int account_subscribed_cpu(struct account *a, const struct subscribed *s,
			   uint32_t i, struct hole holes[MAX_HOLES]);
int account_load(struct account *a, const char *path);
int account_save(const struct account *a, const char *path);
void account_free(struct account *a);

/* --- writer.c ------------------------------------------------------------------- */

struct writer {
	struct ring *ring;
	struct config config;
	bool copy;
	atomic_uint beats; /* it lives */
	atomic_bool hurry; /* the time to drain is over */
	/* For STATUS=. */
	atomic_ullong logged, lost;
	atomic_bool away;
};

/* Thread function; ends after ENTRY_STOP. */
void *writer_run(void *arg);

/* --- reader.c ------------------------------------------------------------------- */

struct reader {
	struct ring *ring;
	struct khv_events *events; /* NULL: not subscribed */
	struct khv_conn *conn;
	struct khv_error error;
	uint64_t *dropped; /* by processor, not yet told */
	uint32_t cpus;
	bool any_dropped;
};

/* 0, or negative errno with r->error. */
int reader_subscribe(struct reader *r);
void reader_unsubscribe(struct reader *r);
/* Until nothing is left; false: the subscription is broken. */
bool reader_drain(struct reader *r);
/* Is the module that we subscribed to still there? */
bool reader_check(struct reader *r);
void reader_totals(struct reader *r, struct kernel_totals *t);
void reader_flush_dropped(struct reader *r);
bool reader_note(struct reader *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* _HVAUDITD_H */

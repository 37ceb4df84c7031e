/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Outputs: where records go. Each can fail by itself; what is done then is in
 * the settings. A message is taken if one output has it.
 */
#ifndef _HVAUDITD_OUTPUT_H
#define _HVAUDITD_OUTPUT_H

#include <stdatomic.h>
#include <sys/types.h>
#include "config.h"
#include "format.h"

struct output;

/**
 * struct output_ops - one kind
 * @wanted: do the settings ask for it?
 * @write: 0; -EAGAIN: it is busy; -EMSGSIZE: never; else it is away, with
 *	   output->failure
 * @flush: what @write has kept to write it together; results as of @write
 * @discard: forget what @write has kept; messages that no other output has
 * @rotate: a new file, now
 */
struct output_ops {
	const char *name;
	bool (*wanted)(const struct config *c);
	int (*write)(struct output *o, const struct message *m);
	int (*flush)(struct output *o);
	uint64_t (*discard)(struct output *o);
	void (*rotate)(struct output *o);
	void (*close)(struct output *o);
};

extern const struct output_ops syslog_output, journal_output, file_output;

struct file;

struct output {
	const struct output_ops *ops;
	const struct config *config;
	const struct origin *origin;
	bool wanted;
	bool sole;	      /* no other output has what is written now */
	enum failure failure; /* of the last attempt */
	bool away;	      /* it did not work last time */
	bool suspended, ran;  /* since it is away */
	uint64_t away_since;  /* ns, monotonic */
	uint64_t next_try;    /* ns, monotonic */
	uint64_t written;
	uint64_t missed, missed_before; /* in all; before it was away */
	int fd;				/* socket or file, -1: not open */
	bool stream;
	struct text text; /* the record */
	struct file *file;
};

#define NR_OUTPUTS 3

struct outputs {
	struct output list[NR_OUTPUTS];
	const struct config *config;
	struct origin origin;
	bool copy;	 /* every line to standard error as well */
	uint64_t undone; /* taken, and lost after all: for the books */
	const atomic_bool *hurry;
	/* Called while an output is waited for: the daemon lives. */
	void (*alive)(void *arg);
	void *arg;
	bool stop;   /* an action says so */
	pid_t child; /* of an exec action */
};

/* 0, or -ENOMEM. */
int outputs_init(struct outputs *o, const struct config *c);
/* New settings: everything is opened again, and what was suspended goes on. */
void outputs_config(struct outputs *o);
/* True: one of them has it. */
bool outputs_write(struct outputs *o, const struct message *m);
void outputs_flush(struct outputs *o);
void outputs_resume(struct outputs *o);
void outputs_rotate(struct outputs *o);
bool outputs_away(const struct outputs *o);
void outputs_close(struct outputs *o);
/* About the daemon itself. */
bool outputs_say(struct outputs *o, const char *id, int severity,
		 const char *text);

/* --- exec.c ------------------------------------------------------------------------- */

/* Runs the program of an action; it is told what failed. */
void run_program(pid_t *child, const char *program, const char *output,
		 const char *failure);

/* --- clock.c ------------------------------------------------------------------------ */

uint64_t monotonic_ns(void);
uint64_t realtime_ns(void);

#endif /* _HVAUDITD_OUTPUT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Formats: from a message to the bytes of a record. They know no file and no
 * socket, and nothing but their arguments: selftests/audit/ fuzzes them so.
 *
 * A name comes from an attacker. In no format may it end a record, begin one or
 * pass for another field; each format says how it takes care of that.
 */
#ifndef _HVAUDITD_FORMAT_H
#define _HVAUDITD_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>
#include <khv/khv.h>

/* Who writes; the same in all records. */
struct origin {
	char host[256];
	char ident[32];
	char sd_id[64]; /* of the structured data of RFC 5424 */
	char boot[64];	/* number of the boot that the events are from */
	int facility;	/* LOG_* of syslog.h */
	int pid;
};

#define PARENTS_MAX 8

/*
 * What the daemon has found out about the task by itself. It may have been too
 * late for that, @task says so.
 */
struct extra {
	/*
	 * The same number means the same for the same task, 0 never. It changes with
	 * everything that is looked up.
	 */
	uint64_t version;
	const char *user, *group; /* NULL: not known */
	const char *unit, *container, *cgroup;
	const char *task; /* "seen", "gone", "changed"; NULL: did not look */
	struct parent {
		uint32_t pid;
		char comm[16];
	} parents[PARENTS_MAX];
	unsigned int nr_parents;
};

/* A number or a word about the daemon's own messages. */
struct detail {
	const char *key;
	const char *word; /* NULL: @number */
	uint64_t number;
};

#define DETAILS_MAX 6

/*
 * Text of an event that a format has made, but for its numbers: for the next event that
 * says the same (repeat.h). A longer one is not kept.
 */
struct kept {
	size_t before, behind; /* the numbers; 0: nothing is kept */
	uint64_t version;      /* of what was found out about the task */
	char text[2048];
};

struct message {
	const struct origin *from;
	uint64_t time; /* ns since the epoch */
	int severity;
	const char *id;		       /* "DENY", "LOST", ... */
	const struct khv_event *event; /* NULL: it is about the daemon */
	const struct extra *extra;     /* or NULL */
	const char *text;	       /* about the daemon, without @id */
	struct detail details[DETAILS_MAX];
	unsigned int nr_details;
	struct kept *json; /* of what @event repeats, or NULL */
};

/* --- text.c: room for a record ---------------------------------------------------- */

struct text {
	char *buf;
	size_t size, at;
	bool full; /* something did not fit */
};

/* In the header: nearly all that is put is a few constant bytes. */
static inline void text_put(struct text *t, const void *data, size_t len)
{
	if (len > t->size - t->at) {
		t->full = true;
		return;
	}
	memcpy(t->buf + t->at, data, len);
	t->at += len;
}

static inline void text_string(struct text *t, const char *s)
{
	text_put(t, s, strlen(s));
}

static inline void text_char(struct text *t, char c)
{
	text_put(t, &c, 1);
}

void text_number(struct text *t, uint64_t n);
void text_signed(struct text *t, int64_t n);
/* 2026-08-23T10:15:42.113731Z, with 6 or 9 digits after the point */
void text_time(struct text *t, uint64_t ns, int digits);

/* --- values.c: what a message consists of ----------------------------------------- */

enum value_kind {
	VALUE_NONE,    /* not known */
	VALUE_NUMBER,  /* number */
	VALUE_BOOL,    /* number */
	VALUE_WORD,    /* data: our own words, nothing to escape */
	VALUE_TIME,    /* number */
	VALUE_BYTES,   /* data: from somebody else, anything */
	VALUE_SIGNED,  /* number */
	VALUE_PARENTS, /* extra */
	VALUE_ARGS,    /* event */
};

struct value {
	enum value_kind kind;
	uint64_t number;
	const void *data;
	size_t len;
	const struct extra *extra;
	const struct khv_event *event;
};

typedef void value_fn(void *arg, const char *key, const struct value *v);
/* Every field of the message, in a fixed order. */
void message_values(const struct message *m, value_fn *fn, void *arg);
/* The same for an event, in four parts; the second differs in each. */
void message_origin(const struct message *m, value_fn *fn, void *arg);
void message_numbers(const struct message *m, value_fn *fn, void *arg);
void message_content(const struct message *m, value_fn *fn, void *arg);
void message_extra(const struct message *m, value_fn *fn, void *arg);
/* "12:bash,3:sshd": names are escaped so far that they hold no , and : */
void parents_text(struct text *t, const struct extra *x);
/* Word and severity of an event. */
const char *event_id(const struct khv_event *e);
int event_severity(const struct khv_event *e);
/* The line of khv-events(7): id, event or text, what was found out. */
void message_line(const struct message *m, struct text *t);
/* A short sentence for people. */
void message_sentence(const struct message *m, struct text *t);

/* --- the formats ------------------------------------------------------------------- */

/* Longest record: the longest event with every byte escaped. */
#define RECORD_MAX (768 << 10)
/* rsyslog takes 8 KiB, with a header of its own; longer values lose their middle. */
#define SYSLOG_MAX 8000

/* With time and line break, for a file. */
void format_text(const struct message *m, struct text *t);
/* One object and a line break. */
void format_json(const struct message *m, struct text *t);
/* For /dev/log; no line break. */
void format_rfc3164(const struct message *m, struct text *t);
/* No line break, no framing. */
void format_rfc5424(const struct message *m, struct text *t);

/*
 * Fields for sd_journal_sendv(), built in @t. Returns their number, 0 if there
 * was not enough room.
 */
#define JOURNAL_FIELDS 64
int format_journal(const struct message *m, struct text *t,
		   struct iovec fields[JOURNAL_FIELDS]);

#endif /* _HVAUDITD_FORMAT_H */

/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * libkhv: talk to the kernel modules of khv over netlink, read decisions.
 *
 * A connection belongs to one thread at a time; different connections are
 * independent. Functions return 0 or a negative errno, exactly the one the
 * kernel gave; khv_error() then has the kernel's own words.
 *
 * Everything that is read from the kernel is a record: a plain structure and a
 * table (struct khv_record_type) which says where each attribute goes and how
 * it is called. Decoding, JSON and tables on the screen follow that table.
 */
#ifndef _KHV_KHV_H
#define _KHV_KHV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <linux/khv.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KHV_VERSION "0.1.0"

/* --- records ------------------------------------------------------------- */

/* Bytes of a message; not NUL-terminated, any content. */
struct khv_bytes {
	const unsigned char *data;
	size_t len;
};

struct khv_names {
	const char *const *name;
	size_t count;
};

/* Is attribute ATTR in the record? A missing number is 0, a string NULL. */
#define KHV_HAS(record, attr) (((record)->has >> (attr)) & 1)

struct khv_info {
	uint64_t has;
	uint32_t abi;
	uint32_t event_schema;
	uint64_t generation;
	const char *boot_id;
	const char *kernel;
	const char *version;
};

struct khv_client_info {
	uint64_t has;
	uint32_t id;
	const char *name;
	const char *module;
	int32_t priority;
	uint8_t state;	   /* enum khv_client_state */
	uint8_t log_level; /* enum khv_log_level */
	uint32_t tasks;
	struct khv_names calls;
	struct khv_names objects;
	uint64_t allowed;
	uint64_t denied;
	uint8_t full; /* enum khv_full */
};

struct khv_hook_info {
	uint64_t has;
	const char *symbol;
	const char *name;
	uint8_t gate; /* enum khv_gate */
	uint8_t abi;  /* enum khv_abi */
	struct khv_names clients;
	uint64_t entered;
	uint64_t left;
	uint8_t live;
};

struct khv_task_info {
	uint64_t has;
	uint32_t pid;
	uint32_t tgid;
	const char *comm;
	const char *client;
	const char *policy;
	const char *domain;
	const char *inside;
};

struct khv_policy_info {
	uint64_t has;
	const char *name;
	uint64_t generation;
	uint32_t rules;
	uint32_t tasks;
	uint32_t size;
	uint64_t time; /* ns since the epoch */
	uint32_t uid;
	uint8_t mode;	  /* enum khv_mode */
	uint8_t state;	  /* enum khv_policy_state; not of shadows */
	uint32_t confirm; /* seconds until it goes back, if it is on trial */
	uint64_t would_deny;
	uint64_t would_allow; /* shadows only, and the next */
	uint64_t judged;
};

/* What a policy in mode complain, or a shadow, has counted about one verb. */
struct khv_count_info {
	uint64_t has;
	const char *policy;
	uint8_t shadow;
	uint64_t generation; /* of the text that counts */
	const char *type;
	const char *verb;
	uint64_t would_deny;
	uint64_t would_allow;
};

/* What a process had when it was attached, see khv_list_found(). */
struct khv_found_info {
	uint64_t has;
	uint32_t pid;
	uint32_t tid;
	const char *comm;
	uint8_t kind;  /* enum khv_found_kind */
	uint8_t state; /* enum khv_found_state */
	uint32_t fd;
	uint64_t start;
	uint64_t end;
	uint32_t other;
	const char *verb; /* what is not granted */
	struct khv_bytes object;
};

/* A lock that is set; without @uid it was the module parameter. */
struct khv_lock_info {
	uint64_t has;
	const char *name;
	uint32_t uid;
	uint64_t time; /* ns since the epoch */
};

/* The watchdog of the kernel modules. */
struct khv_integrity_info {
	uint64_t has;
	uint32_t period; /* seconds; 0: off */
	uint8_t action;	 /* enum khv_tamper */
	uint64_t rounds;
	uint32_t violations;
	struct khv_names objects; /* the first ones */
};

/* A verb of the rule language, and what stands behind it on this kernel. */
struct khv_coverage_info {
	uint64_t has;
	const char *type;
	const char *verb;
	uint8_t state; /* enum khv_coverage_state */
	struct khv_names checks;
	struct khv_names symbols;
	struct khv_names live;
	struct khv_names absent;
	const char *text;
};

/* Who may do what without CAP_MAC_ADMIN: on a policy, else on a client. */
struct khv_admin_info {
	uint64_t has;
	const char *client;
	const char *policy;
	uint32_t uid; /* one of these two */
	uint32_t gid;
	uint32_t rights; /* enum khv_admin_rights */
};

/* See EVENT_STATS_GET in <linux/khv.h>. */
struct khv_cpu_stats {
	uint64_t has;
	uint32_t cpu;
	uint64_t produced;
	uint64_t delivered;
	uint64_t lost; /* of these, by enum khv_lost: */
	uint64_t late, slow, absent, full, memory, refused;
	uint64_t next; /* sequence number */
	uint32_t bytes, used, spilled;
	uint64_t waits, waited, gave_up;
};

/**
 * struct khv_event - one decision, or a gap record
 * @lost: events of @cpu that this reader missed directly before this one
 *
 * A gap record has KHV_E_LOST and lacks KHV_E_SEQ. Pointers lead into the
 * message and are valid as long as it is.
 */
struct khv_event {
	uint64_t has;
	uint32_t cpu;
	uint64_t seq;
	uint64_t lost;
	uint64_t time; /* ns since the epoch */
	const char *client;
	const char *policy;
	const char *domain;
	uint64_t generation;
	const char *rule;
	const char *type;
	const char *verb;
	struct khv_bytes object;
	const char *hook;
	uint8_t verdict; /* enum khv_verdict */
	uint32_t error;	 /* positive errno, 0 if allowed */
	uint32_t pid;
	uint32_t tgid;
	uint32_t uid;
	struct khv_bytes comm; /* a task chooses its own name */
	struct khv_bytes exe;
	const char *asked;    /* in the rules, where it is not the object */
	struct khv_bytes raw; /* the whole nest */
	/* Of a gap record: the first that is missing, and @lost by enum khv_lost. */
	uint64_t first;
	uint64_t late, slow, absent, full, memory, refused;
	/* Of what khv_audit reports; the arguments: khv_event_arg(). */
	const char *tag;
	int64_t result;
	uint32_t nr;
	uint8_t abi; /* enum khv_abi */
};

/**
 * struct khv_arg - an argument of a call, or of what a check was about
 * @name: as in the manual
 * @kind: enum khv_arg_kind
 * @has_value: @value is there
 * @redacted: a rule holds back what it was
 * @text: what @value stands for, or all there is; @data is NULL if there is none
 */
struct khv_arg {
	const char *name;
	uint8_t kind;
	bool has_value;
	bool redacted;
	uint64_t value;
	struct khv_bytes text;
};

enum khv_kind {
	KHV_KIND_U8,
	KHV_KIND_U32,
	KHV_KIND_S32,
	KHV_KIND_U64,
	KHV_KIND_S64,
	KHV_KIND_BOOL,	 /* u8 */
	KHV_KIND_ENUM,	 /* u8 with names */
	KHV_KIND_ERRNO,	 /* u32, positive */
	KHV_KIND_TIME,	 /* u64, ns since the epoch */
	KHV_KIND_STRING, /* const char *, UTF-8 not promised */
	KHV_KIND_BYTES,	 /* struct khv_bytes, without NUL */
	KHV_KIND_COMM,	 /* struct khv_bytes, sent as a string */
	KHV_KIND_NAMES,	 /* struct khv_names */
};

/**
 * struct khv_field - one attribute of a record
 * @attr: number in the message
 * @kind: enum khv_kind
 * @offset: where it is in the structure
 * @key: name in JSON and in every other place where it needs one
 * @names: KHV_KIND_ENUM: words of the values
 * @count: of @names
 * @sparse: few records have it: where others say that it is not there, it is absent
 */
struct khv_field {
	uint16_t attr;
	uint8_t kind;
	uint16_t offset;
	const char *key;
	const char *const *names;
	size_t count;
	bool sparse;
};

/**
 * struct khv_record_type - what a message part consists of
 * @nest: top level attribute that holds it; 0: it is the top level
 * @max: highest attribute number
 * @size: of the structure
 */
struct khv_record_type {
	uint16_t nest;
	uint16_t max;
	size_t size;
	const struct khv_field *fields;
	size_t count;
};

extern const struct khv_record_type khv_info_record;
extern const struct khv_record_type khv_client_record;
extern const struct khv_record_type khv_hook_record;
extern const struct khv_record_type khv_task_record;
extern const struct khv_record_type khv_policy_record;
extern const struct khv_record_type khv_shadow_record;
extern const struct khv_record_type khv_count_record;
extern const struct khv_record_type khv_stats_record;
extern const struct khv_record_type khv_lock_record;
extern const struct khv_record_type khv_coverage_record;
extern const struct khv_record_type khv_integrity_record;
extern const struct khv_record_type khv_admin_record;
extern const struct khv_record_type khv_found_record;
extern const struct khv_record_type khv_event_record;

/* The field of this key, NULL if there is none. */
const struct khv_field *khv_record_field(const struct khv_record_type *type,
					 const char *key);

/**
 * khv_field_text() - a value as text for people
 * @buf: receives it, escaped by khv_escape(), always NUL-terminated
 * Return: length of the text; "-" if the record lacks the attribute
 */
size_t khv_field_text(const struct khv_field *f, const void *record, char *buf,
		      size_t size);

/* Words of the enumerations, "?" outside their range. */
const char *khv_state_name(unsigned int state);
const char *khv_level_name(unsigned int level);
const char *khv_mode_name(unsigned int mode);
const char *khv_policy_state_name(unsigned int state);
const char *khv_verdict_name(unsigned int verdict);
const char *khv_coverage_name(unsigned int state);
const char *khv_found_kind_name(unsigned int kind);
const char *khv_found_state_name(unsigned int state);
/* The value of a word, -EINVAL. */
int khv_level_value(const char *word);
int khv_verdict_value(const char *word);
/* Words of all levels, "off, deny, ...": for messages. */
const char *khv_level_words(void);

/*
 * Records of one dump, and the memory they point into; it does not change any more.
 * NULL has no records.
 */
struct khv_list;
size_t khv_list_count(const struct khv_list *list);
const void *khv_list_at(const struct khv_list *list, size_t i);
/* The kernel changed something during each of five attempts to read it. */
bool khv_list_torn(const struct khv_list *list);
void khv_list_free(struct khv_list *list);

/* --- connection ---------------------------------------------------------- */

struct khv_conn;

#define KHV_TEXT_MAX 512

/**
 * struct khv_error - why the last call on a connection failed
 * @code: positive errno, 0 if it did not
 * @absent: the kernel has no family "khv": no module is loaded
 * @from_kernel: @text is an extended acknowledgement of the kernel
 * @offset: byte of the request the kernel complains about, 0 if unknown
 * @text: never empty if @code is set, one line
 */
struct khv_error {
	int code;
	bool absent;
	bool from_kernel;
	uint32_t offset;
	char text[KHV_TEXT_MAX];
};

/**
 * khv_open() - connect
 * @conn: receives the connection, also on failure so that khv_error() can be
 *	asked; NULL only without memory. Always ends in khv_close().
 *
 * Return: 0; -ENODEV: the family does not exist (modules not loaded, or not in
 * the initial network namespace); other negative errno.
 */
int khv_open(struct khv_conn **conn);
void khv_close(struct khv_conn *conn);
const struct khv_error *khv_error(const struct khv_conn *conn);
/* Was the request refused because of a lock? */
bool khv_is_locked(const struct khv_error *error);
/* Changes when the module has been loaded again. */
int khv_family(const struct khv_conn *conn);

/* --- requests ------------------------------------------------------------ */

/* @info is valid until the next call of khv_get_info() or khv_close(). */
int khv_get_info(struct khv_conn *conn, const struct khv_info **info);

int khv_list_clients(struct khv_conn *conn, struct khv_list **list);
int khv_list_hooks(struct khv_conn *conn, struct khv_list **list);
int khv_list_tasks(struct khv_conn *conn, struct khv_list **list);
int khv_list_policies(struct khv_conn *conn, struct khv_list **list);
/* Records of struct khv_policy_info, described by khv_shadow_record. */
int khv_list_shadows(struct khv_conn *conn, struct khv_list **list);
int khv_list_counts(struct khv_conn *conn, struct khv_list **list);
int khv_list_stats(struct khv_conn *conn, struct khv_list **list);
/* One record per verb; -EOPNOTSUPP if no module keeps policies. */
int khv_list_coverage(struct khv_conn *conn, struct khv_list **list);
/* Without CAP_MAC_ADMIN: the lines that name the caller. */
int khv_list_admins(struct khv_conn *conn, struct khv_list **list);
/* One record; none for a task without CAP_MAC_ADMIN. */
int khv_list_integrity(struct khv_conn *conn, struct khv_list **list);
/* Locks that are set; none for a task without CAP_MAC_ADMIN. */
int khv_list_locks(struct khv_conn *conn, struct khv_list **list);

/**
 * khv_set_lock() - refuse changes until reboot
 * @flags: enum khv_lock_flags
 *
 * What is locked answers -EPERM from then on; khv_is_locked() tells that from lack
 * of a capability. There is no unlock.
 */
int khv_set_lock(struct khv_conn *conn, uint32_t flags);

/**
 * khv_set_admin() - the rights of a user or group on a client, from now on
 * @client: by name; it need not be loaded
 * @group: @id is a gid, else a uid; both of the initial user namespace
 * @rights: KHV_ADMIN_LOG, KHV_ADMIN_STATE; 0 takes them all away
 *
 * Return: 0; -ENOENT: there were none to take away; -ENOSPC; -EPERM.
 */
int khv_set_admin(struct khv_conn *conn, const char *client, bool group,
		  uint32_t id, uint32_t rights);

#define KHV_KEEP (-1)

/**
 * khv_set_client() - change state and log level of a client
 * @name: of the client
 * @state: enum khv_client_state or KHV_KEEP
 * @level: enum khv_log_level or KHV_KEEP
 *
 * Return: 0; -EBUSY: tasks are inside its calls and khv_error() names one.
 */
int khv_set_client(struct khv_conn *conn, const char *name, int state,
		   int level);

/**
 * khv_set_full() - choose what happens when events of a client find no room
 * @name: of the client
 * @full: enum khv_full
 */
int khv_set_full(struct khv_conn *conn, const char *name, int full);

/**
 * khv_set_priority() - move a client among the others
 * @name: of the client
 * @priority: lower is asked first; it comes behind those that have the same
 */
int khv_set_priority(struct khv_conn *conn, const char *name, int32_t priority);
/* "drop-count", "block", "deny"; and the way back, -EINVAL. */
const char *khv_full_name(unsigned int value);
int khv_full_value(const char *word);

/**
 * struct khv_attach - which task to put where
 * @pid: 0: the calling task
 * @client: by name
 * @policy: NULL if the client has none
 * @domain: NULL: the first
 * @flags: enum khv_task_flags
 * @dry_run: only look what it has
 * @force: take away also what it may not survive, and attach who shares with it
 */
struct khv_attach {
	uint32_t pid;
	const char *client;
	const char *policy;
	const char *domain;
	uint32_t flags;
	bool dry_run;
	bool force;
};

/**
 * khv_attach() - put a running task under a client
 * @count: receives the number of tasks that were attached, or would be; may be NULL
 * @pending: receives the number of findings that are not dealt with (yet); may be NULL
 *
 * Return: 0; -EACCES: it has what cannot be taken away from it without force, and
 * nothing was changed. khv_list_found() says what it has in either case.
 */
int khv_attach(struct khv_conn *conn, const struct khv_attach *attach,
	       uint32_t *count, uint32_t *pending);
/* What the last khv_attach() of the connection found; -ENODATA: there was none. */
int khv_list_found(struct khv_conn *conn, struct khv_list **list);

/**
 * khv_fetch_policy() - read a compiled policy back from the kernel
 * @blob: receives malloc()ed memory
 * @size: receives its size
 */
int khv_fetch_policy(struct khv_conn *conn, const char *name, void **blob,
		     size_t *size);
/**
 * khv_fetch_text() - the same, also for shadows
 * @shadow: the candidate beside the policy
 * @generation: receives the one under which it was loaded; may be NULL
 */
int khv_fetch_text(struct khv_conn *conn, const char *name, bool shadow,
		   void **blob, size_t *size, uint64_t *generation);

/* @force: also while tasks are in it; everything is refused to them then. */
int khv_clear_policy(struct khv_conn *conn, const char *name, bool force);

/**
 * khv_txn_begin() - open a transaction
 * @generation: refuse with -ESTALE unless this is in force; 0: whatever is
 *
 * The transaction belongs to the connection. It ends with khv_txn_commit(),
 * khv_txn_abort(), khv_close() or after 30 s in which nothing was said.
 */
int khv_txn_begin(struct khv_conn *conn, uint64_t generation);
/* Any number of policies; each compiled, and whole. */
int khv_txn_stage(struct khv_conn *conn, const char *name, const void *blob,
		  size_t size);
/* @generation receives the one in which they are in force; may be NULL. */
int khv_txn_commit(struct khv_conn *conn, bool dry_run, uint64_t *generation);
/**
 * struct khv_commit - how the change is meant
 * @dry_run: check everything, change nothing
 * @shadow: beside the policies of the same names, not in their place
 * @confirm: the kernel goes back after so many seconds unless it is confirmed, 0:
 *	it does not
 */
struct khv_commit {
	bool dry_run;
	bool shadow;
	uint32_t confirm;
};

int khv_txn_commit_as(struct khv_conn *conn, const struct khv_commit *commit,
		      uint64_t *generation);
int khv_txn_abort(struct khv_conn *conn);

/**
 * khv_settle() - end a trial
 * @keep: true: confirm it; false: go back now
 * @trial: -ESTALE unless it is of this generation; 0: any
 * @generation: receives the one in force then; may be NULL
 */
int khv_settle(struct khv_conn *conn, bool keep, uint64_t trial,
	       uint64_t *generation);
/* Put a shadow in force, on trial if @confirm is not 0. */
int khv_promote_shadow(struct khv_conn *conn, const char *name,
		       uint32_t confirm, uint64_t *generation);
int khv_drop_shadow(struct khv_conn *conn, const char *name);

/* --- events -------------------------------------------------------------- */

struct khv_events;

/**
 * khv_events_open() - subscribe to decisions on a socket of its own
 * @events: receives the subscription
 * @flags: enum khv_sub_flags
 * @error: may be NULL; receives the reason of a failure
 *
 * Return: 0; -ENODEV as khv_open(); -EBUSY: another primary subscriber;
 * -EPERM; other negative errno.
 */
int khv_events_open(struct khv_events **events, uint32_t flags,
		    struct khv_error *error);
void khv_events_close(struct khv_events *events);
int khv_events_fd(const struct khv_events *events);
int khv_events_family(const struct khv_events *events);
/* What the kernel said about itself when we subscribed. */
const char *khv_events_boot_id(const struct khv_events *events);
uint32_t khv_events_schema(const struct khv_events *events);

typedef void khv_event_fn(const struct khv_event *event, void *arg);

/**
 * struct khv_events_count - what the reader met besides events
 * @overrun: times the socket was full; the kernel counts what it dropped
 * @foreign: messages that the kernel did not send; ignored
 * @malformed: events that could not be decoded; seen as a hole in the sequence
 */
struct khv_events_count {
	uint64_t overrun;
	uint64_t foreign;
	uint64_t malformed;
};

const struct khv_events_count *
khv_events_count(const struct khv_events *events);

/**
 * khv_events_read() - decode one datagram, without waiting
 * @fn: called for every event in it
 *
 * Wait with poll() on khv_events_fd(), but ask here until the answer is
 * -EAGAIN: events that came with the answer to the subscription are kept inside.
 *
 * Return: number of events (0 is possible), -EAGAIN: nothing there, -ENOBUFS:
 * the socket was full (go on reading), other negative errno.
 */
int khv_events_read(struct khv_events *events, khv_event_fn *fn, void *arg);

/**
 * khv_events_brief() - let khv_events_read() decode numbers only
 *
 * As khv_event_numbers() has them, for a reader that passes events on:
 * khv_event_decode() gets the rest out of struct khv_event.raw.
 */
void khv_events_brief(struct khv_events *events);

/**
 * khv_events_ack() - say what has been put away
 * @cpu: of the events
 * @seq: all of this CPU up to and with this one; of a gap record the last that is
 *	missing: first + lost - 1
 * @more: others follow at once; they go out together
 *
 * For a subscription with KHV_SUB_ACK. What is not acknowledged when it ends is sent
 * again to the next one. There is no answer.
 *
 * Return: 0; -EAGAIN: try again; other negative errno.
 */
int khv_events_ack(struct khv_events *events, uint32_t cpu, uint64_t seq,
		   bool more);

/**
 * khv_event_arg() - an argument of an event
 * @n: which, from 0 on
 * @arg: is filled in; pointers lead into the message
 *
 * Return: false if there is none of this number
 */
bool khv_event_arg(const struct khv_event *event, size_t n,
		   struct khv_arg *arg);

/**
 * khv_event_args_text() - all arguments: "fd=3</etc/passwd>,flags=O_RDONLY"
 *
 * As of khv_arg_text(), and a comma inside of one is \x2c. One that does not fit
 * and those behind it are left out.
 *
 * Return: its length, 0 if there are none
 */
size_t khv_event_args_text(const struct khv_event *event, char *buf,
			   size_t size);

/**
 * khv_arg_text() - an argument for people: "O_RDONLY|O_CLOEXEC", "3</etc/passwd>"
 *
 * Escaped as by khv_escape(), cut if it does not fit.
 *
 * Return: its length
 */
size_t khv_arg_text(const struct khv_arg *arg, char *buf, size_t size);

/* Decode what struct khv_event.raw points to, or a copy of it. -EBADMSG. */
int khv_event_decode(struct khv_event *event, const void *nest, size_t len);

/**
 * khv_event_numbers() - decode what no two events have in common
 * @event: receives time, cpu, seq, lost and raw; and the rest if these do not come
 *	first, all of them, as in a gap record
 * @nest: an event as in struct khv_event.raw
 *
 * These come first in a message, and what follows is often the same again: a
 * program that is refused something tries once more.
 *
 * Return: how many bytes of @nest they take, 0: everything was decoded, -EBADMSG
 */
int khv_event_numbers(struct khv_event *event, const void *nest, size_t len);

/* --- rendering ----------------------------------------------------------- */

/**
 * khv_escape() - make bytes safe for terminals and logs
 * @buf: receives text, always NUL-terminated; cut at a whole character
 * @size: of @buf
 * @data: any bytes
 * @quote: also escape double quotes
 *
 * Control characters, text direction marks, and what is not UTF-8 become \xNN,
 * a backslash becomes two. Names of objects come from attackers.
 *
 * Return: length of the whole text, as snprintf() counts.
 */
size_t khv_escape(char *buf, size_t size, const void *data, size_t len,
		  bool quote);

/**
 * khv_character() - the UTF-8 character at @s
 * @code: receives its number
 * @shown: receives whether it may be shown as it is: no control character, no
 *         mark that hides text or turns its direction
 * Return: its length in bytes; 0: this is no UTF-8
 */
size_t khv_character(const void *s, size_t len, uint32_t *code, bool *shown);

/* 2026-08-23T10:15:42.113731000Z */
#define KHV_TIME_MAX 40
void khv_time_text(char buf[KHV_TIME_MAX], uint64_t ns);

/* Name of a positive errno: "EACCES"; "0", or the number if it has none. */
const char *khv_errno_name(unsigned int error, char buf[16]);

#define KHV_LINE_MAX 8192

/**
 * khv_event_line() - key=value form, as in syslog
 * Return: length, always less than @size
 *
 * Objects longer than 2 KiB are cut in the middle and marked trunc=1.
 */
size_t khv_event_line(const struct khv_event *event, char *buf, size_t size);
/* For people in front of a terminal: one short line. */
size_t khv_event_text(const struct khv_event *event, char *buf, size_t size);

/* --- conditions ------------------------------------------------------------ */

/**
 * struct khv_match - a condition on one field of an event
 * @field: of khv_event_record
 * @negated: the pattern must not fit
 * @pattern: of fnmatch(3), for the text of khv_field_text()
 */
struct khv_match {
	unsigned int field;
	bool negated;
	char pattern[104];
};

/**
 * khv_match_parse() - from text: "object=/etc/ssh?", "verdict!=allow"
 * @error: receives what is wrong with it
 * Return: 0, -EINVAL
 */
int khv_match_parse(struct khv_match *match, const char *text, char *error,
		    size_t size);
bool khv_match(const struct khv_match *match, const struct khv_event *event);
/* The parts of a condition; for fields that are not the kernel's. 0, -EINVAL. */
int khv_match_split(const char *text, char *key, size_t size, bool *negated,
		    const char **pattern);

/* json-c; the caller owns the object. */
struct json_object;
struct json_object *khv_record_json(const struct khv_record_type *type,
				    const void *record);
/* Fields of the record and "schema". */
struct json_object *khv_event_json(const struct khv_event *event);
/**
 * khv_event_from_json() - the way back
 * @scratch: for text that JSON cannot hold; as long as the object's text is enough
 *
 * Pointers of @event lead into @object and @scratch.
 *
 * Return: 0; -EBADMSG: it is no event
 */
int khv_event_from_json(struct khv_event *event, struct json_object *object,
			char *scratch, size_t size);
/* A string of JSON; @data that is not UTF-8 gets replacement characters. */
struct json_object *khv_string_json(const void *data, size_t len, bool *exact);

#ifdef __cplusplus
}
#endif

#endif /* _KHV_KHV_H */

/* SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1) */
/*
 * The rule engine: answers "may this domain do these verbs to this object, and
 * which line says so" from a compiled policy (a blob).
 *
 * The same .c files (kmod/policy/engine*.c) are compiled into khv_policy.ko and
 * into libkhv, so that `hvctl test`, the fuzzers and the editor give the
 * kernel's own answer. Therefore nothing here allocates, sleeps, locks, prints,
 * uses floating point or calls anything but memcmp/memchr/strlen.
 *
 * A blob is built by libkhv (lib/), checked once by khv_engine_open() so that
 * every later lookup may trust all offsets, and never written again.
 */
#ifndef _KHV_ENGINE_H
#define _KHV_ENGINE_H

#ifdef __KERNEL__
#include <linux/types.h>
#include <linux/string.h>
#include <linux/errno.h>
#include <linux/limits.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <errno.h>
#include <limits.h>
#include <linux/types.h>
typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
#endif

/* Rule types; index into per-type tables. */
enum khv_type {
	KHV_TYPE_FILE,
	KHV_TYPE_SOCKET,
	KHV_TYPE_PROCESS,
	KHV_TYPE_KERNEL,	/* parts of the kernel: khv/facilities.h */
	KHV_NR_TYPES
};

/* Verbs, one bit each within their type. Names: khv_verb_name(). */
enum khv_file_verb {
	KHV_F_OPEN	= 1 << 0,	/* open for reading */
	KHV_F_LIST	= 1 << 1,	/* open a directory */
	KHV_F_STAT	= 1 << 2,
	KHV_F_READLINK	= 1 << 3,
	KHV_F_OPEN_WRITE = 1 << 4,	/* "open-write" */
	KHV_F_APPEND	= 1 << 5,	/* open for writing with O_APPEND */
	KHV_F_TRUNCATE	= 1 << 6,
	KHV_F_CREATE	= 1 << 7,	/* also mkdir, and the new name of rename */
	KHV_F_DELETE	= 1 << 8,	/* also rmdir */
	KHV_F_RENAME	= 1 << 9,	/* the old name of rename */
	KHV_F_LINK	= 1 << 10,	/* the new name of a hard link */
	KHV_F_SYMLINK	= 1 << 11,
	KHV_F_MKNOD	= 1 << 12,
	KHV_F_ATTR	= 1 << 13,	/* chmod, chown, utime, xattr */
	KHV_F_LOCK	= 1 << 14,
	KHV_F_EXEC	= 1 << 15,
	KHV_F_MMAP	= 1 << 16,	/* executable mapping */
	KHV_F_IOCTL	= 1 << 17,
	KHV_F_MOUNT	= 1 << 18,	/* on it: mount, umount, move, pivot_root */
	KHV_F_NR_VERBS	= 19
};

enum khv_socket_verb {
	KHV_S_BIND	= 1 << 0,
	KHV_S_LISTEN	= 1 << 1,
	KHV_S_ACCEPT	= 1 << 2,
	KHV_S_RECV	= 1 << 3,
	KHV_S_CONNECT	= 1 << 4,
	KHV_S_SEND	= 1 << 5,
	KHV_S_CREATE	= 1 << 6,	/* with family: */
	KHV_S_OPTION	= 1 << 7,
	KHV_S_NR_VERBS	= 8
};

enum khv_process_verb {
	KHV_P_INFO	= 1 << 0,	/* look at it in /proc */
	KHV_P_PEEK	= 1 << 1,	/* read its memory or descriptors */
	KHV_P_SIGNAL	= 1 << 2,
	KHV_P_PTRACE	= 1 << 3,
	KHV_P_SCHED	= 1 << 4,
	KHV_P_MEMORY	= 1 << 5,	/* write its memory */
	KHV_P_NR_VERBS	= 6
};

enum khv_kernel_verb {
	KHV_K_USE	= 1 << 0,
	KHV_K_NR_VERBS	= 1
};

/* Sums of anchors-policy 5.3; exec and mmap join read while ungoverned. */
#define KHV_F_READ	(KHV_F_OPEN | KHV_F_LIST | KHV_F_STAT | KHV_F_READLINK)
#define KHV_F_WRITE	(KHV_F_OPEN_WRITE | KHV_F_APPEND | KHV_F_TRUNCATE | \
			 KHV_F_CREATE | KHV_F_DELETE | KHV_F_RENAME | \
			 KHV_F_LINK | KHV_F_SYMLINK | KHV_F_MKNOD | \
			 KHV_F_ATTR | KHV_F_LOCK)
#define KHV_S_READ	(KHV_S_BIND | KHV_S_LISTEN | KHV_S_ACCEPT | KHV_S_RECV)
#define KHV_S_WRITE	(KHV_S_CONNECT | KHV_S_SEND)
#define KHV_P_READ	(KHV_P_INFO | KHV_P_PEEK)
#define KHV_P_WRITE	(KHV_P_SIGNAL | KHV_P_PTRACE | KHV_P_SCHED | KHV_P_MEMORY)

/* What the rule that decided wants done about it. */
enum khv_rule_effect {
	KHV_RULE_AUDIT	= 1 << 0,	/* report also when allowed */
	KHV_RULE_QUIET	= 1 << 1,	/* do not report when denied */
	KHV_RULE_KILL	= 1 << 2,	/* end the process tree when denied */
	KHV_RULE_REDACT	= 1 << 3,	/* mode audit: report it without its object */
	KHV_RULE_LOG	= 7 << 4,	/* log=: enum khv_log_level + 1, 0: as the client */
	KHV_RULE_RESULT	= 1 << 7,	/* mode audit: only what ended with its error */
};

#define KHV_RULE_LOG_SHIFT	4

#define KHV_NO_RULE	0xffffffffu

/**
 * struct khv_decision - the answer of the engine
 * @allowed: every verb asked for is granted
 * @denied: the verbs that were asked for and are not granted; 0 if allowed
 * @rule: index of the deciding rule for khv_engine_rule_*(), or KHV_NO_RULE
 *	when no rule covers the object
 * @over: the rule that would have decided without @rule, or KHV_NO_RULE
 * @error: positive errno to answer with if not allowed, or if the budget @limit is
 *	used up: khv_type_error(), or the rule's own errno=
 * @effects: enum khv_rule_effect bits of the deciding rule
 * @limit: 0, or 1 + number of the budget that an allowed request is taken from;
 *	see khv_engine_limit()
 */
struct khv_decision {
	bool allowed;
	u8 limit;
	u32 denied;
	u32 rule;
	u32 over;
	int error;
	u32 effects;
};

/**
 * struct khv_subject - who asks, for rules with conditions
 * @uid: real uid in the initial user namespace
 * @gid: real gid in the initial user namespace
 * @groups: supplementary groups in the initial user namespace, rising; needed if
 *	khv_engine_needs() has KHV_NEEDS_GROUPS
 * @nr_groups: number of @groups
 * @now: seconds since the epoch; needed with KHV_NEEDS_CLOCK
 */
struct khv_subject {
	u32 uid;
	u32 gid;
	const u32 *groups;
	u32 nr_groups;
	u64 now;
};

/* What decisions of a policy depend on, beyond the numbers of user and group. */
enum khv_needs {
	KHV_NEEDS_GROUPS = 1 << 0,	/* group= or role=: supplementary groups */
	KHV_NEEDS_CLOCK	= 1 << 1,	/* until= */
	KHV_NEEDS_EXE	= 1 << 2,	/* exe: of other processes */
	KHV_NEEDS_PEER	= 1 << 3,	/* from= */
	KHV_NEEDS_LIMIT	= 1 << 4,	/* limit=: decisions are counted */
};

/* The number that ioctl() or kill() was called with is not known, or is any. */
#define KHV_ANY_NUMBER		0xffffffffu

/* Address of a socket; IPv4-mapped IPv6 is AF_INET here. Host byte order port. */
struct khv_sockaddr {
	u16 family;		/* AF_INET, AF_INET6, AF_UNIX, others */
	u16 port;		/* AF_INET, AF_INET6 */
	u8 proto;		/* IPPROTO_*, 0 unknown */
	u8 addr[16];		/* network byte order; AF_INET uses 4 */
	const char *path;	/* AF_UNIX: absolute path, or name after '@' */
	size_t path_len;
	bool abstract;		/* AF_UNIX: abstract name */
	/* Where a connection comes from; NULL: not known, or there is none. */
	const struct khv_sockaddr *peer;
};

/* Relation of the target process to the asking task. */
struct khv_process {
	u32 pid;		/* tgid, initial pid namespace */
	u32 uid;
	bool self;		/* same thread group */
	bool descendant;
	bool same_policy;	/* target is in the same policy */
	u16 domain;		/* its domain in that policy, if same_policy */
	/* Absolute path; NULL: unknown; not NULL, but no length: it has none. */
	const char *exe;
	size_t exe_len;
	u32 number;		/* KHV_P_SIGNAL: the signal, or KHV_ANY_NUMBER */
};

struct khv_blob_header;
struct khv_blob_domain;
struct khv_blob_node;
struct khv_blob_entry;

/**
 * struct khv_engine - an opened (validated) blob
 * @blob: owned by the caller, must outlive the engine
 * @size: of @blob in bytes
 *
 * The other members are where lookups start in @blob. Plain data, may be copied;
 * any number of lookups may run at once.
 */
struct khv_engine {
	const struct khv_blob_header *blob;
	size_t size;
	const struct khv_blob_node *nodes;
	const struct khv_blob_entry *entries;
	const __le32 *slots;
	const char *strings;
	const struct khv_blob_domain *domains;
	u32 nr_domains;
	u32 homes;
	u32 probes;
};

/* Reason of a refusal by khv_engine_open(), static text for extack. */
const char *khv_engine_error(int reason);

/**
 * khv_engine_open() - validate a blob
 * @e: to be filled
 * @blob: 8-byte aligned
 * @size: bytes
 * @reason: if not NULL receives a code for khv_engine_error()
 *
 * Cost is linear in @size. Every offset, index, count and string in the blob is
 * checked, all cycles are excluded, so that no lookup can leave the blob or loop.
 *
 * Return: 0, -EINVAL (not a valid blob), -EPROTONOSUPPORT (other blob version).
 */
int khv_engine_open(struct khv_engine *e, const void *blob, size_t size,
		    int *reason);

/* --- lookups: any context, no locks, no allocation -------------------------- */

/**
 * khv_engine_file() - judge a path
 * @e: engine
 * @domain: index of the subject's domain
 * @s: subject
 * @path: absolute, no ".", "..", no doubled or trailing "/" (except "/" itself);
 *	not NUL-terminated; any bytes but NUL and "/" in a component. Objects
 *	without a path are "@memfd:name", "@anon:name", "@unreachable".
 * @len: bytes of @path
 * @verbs: KHV_F_* wanted, at least one
 * @d: the answer
 *
 * The nearest governed ancestor decides. Cost depends on the number of
 * components of @path, not on the number of rules.
 */
void khv_engine_file(const struct khv_engine *e, u16 domain,
		     const struct khv_subject *s, const char *path, size_t len,
		     u32 verbs, struct khv_decision *d);

/**
 * khv_engine_file_number() - the same for ioctl, with its command
 * @e: engine
 * @domain: index of the subject's domain
 * @s: subject
 * @path: as for khv_engine_file()
 * @len: bytes of @path
 * @verbs: KHV_F_* wanted, at least one
 * @number: what rules with ioctl(...) are about; KHV_ANY_NUMBER: all of them
 * @d: the answer
 */
void khv_engine_file_number(const struct khv_engine *e, u16 domain,
			    const struct khv_subject *s, const char *path,
			    size_t len, u32 verbs, u32 number,
			    struct khv_decision *d);

/**
 * khv_settle_address() - give the destination "here" its name
 * @addr: where something is sent, or connected to
 *
 * 0.0.0.0 and :: are no address of anybody; to rules, as a destination, they are that of
 * loopback.
 *
 * Return: whether @addr was one of them, and is loopback now.
 */
bool khv_settle_address(struct khv_sockaddr *addr);

void khv_engine_socket(const struct khv_engine *e, u16 domain,
		       const struct khv_subject *s,
		       const struct khv_sockaddr *addr, u32 verbs,
		       struct khv_decision *d);

void khv_engine_process(const struct khv_engine *e, u16 domain,
			const struct khv_subject *s,
			const struct khv_process *p, u32 verbs,
			struct khv_decision *d);

/**
 * khv_engine_kernel() - judge the use of a part of the kernel
 * @e: engine
 * @domain: index of the subject's domain
 * @s: subject
 * @name: "group" or "group:member" of khv/facilities.h; what follows the first
 *	":" is one name, whatever is in it
 * @len: bytes of @name
 * @d: the answer
 *
 * This type is governed in every policy. Where no rule and no default of the
 * policy says anything, what is marked KHV_FAC_COMMON is granted and the rest,
 * also a name that is not in the list, is refused.
 */
void khv_engine_kernel(const struct khv_engine *e, u16 domain,
		       const struct khv_subject *s, const char *name, size_t len,
		       struct khv_decision *d);

/* Does the policy govern this type (else every request of it is allowed)? */
bool khv_engine_governs(const struct khv_engine *e, enum khv_type type);
/* Verbs of @type that are judged at all; others are always allowed. */
u32 khv_engine_governed_verbs(const struct khv_engine *e, enum khv_type type);
/*
 * Verbs of @type that the policy names by their own word, in a rule, a default or
 * with "govern"; read, write, all and none name nothing.
 */
u32 khv_engine_named_verbs(const struct khv_engine *e, enum khv_type type);
/* Verbs of @type that the policy accepts to be without effect: "allow-gap". */
u32 khv_engine_gap_verbs(const struct khv_engine *e, enum khv_type type);

/* --- attach and refuse ------------------------------------------------------- */

/**
 * khv_engine_attach() - does the policy want a program that is being executed?
 * @e: engine
 * @path: of the executable, as for khv_engine_file()
 * @len: bytes
 * @domain: receives the domain to enter
 * @rule: receives the index of the attach line for khv_engine_rule_line()
 */
bool khv_engine_attach(const struct khv_engine *e, const char *path, size_t len,
		       u16 *domain, u32 *rule);

/**
 * khv_engine_transition() - does exec of a file change the domain?
 * @e: engine
 * @domain: index of the domain of the task that calls exec
 * @s: subject
 * @path: of the executable, as for khv_engine_file()
 * @len: bytes
 * @new_domain: receives the domain of the "-> NAME" of the deciding rule
 * @rule: receives that rule; may be NULL
 *
 * Says nothing about whether exec is allowed: ask khv_engine_file() first.
 *
 * Return: true if the task must enter @new_domain, or leave the policy if that is
 * KHV_DOMAIN_DETACH; false if it stays.
 */
#define KHV_DOMAIN_DETACH	0xfffe
bool khv_engine_transition(const struct khv_engine *e, u16 domain,
			   const struct khv_subject *s, const char *path,
			   size_t len, u16 *new_domain, u32 *rule);

/**
 * khv_engine_has_below() - is there a rule for something below a directory?
 * @e: engine
 * @domain: index of the subject's domain
 * @path: of the directory, as for khv_engine_file()
 * @len: bytes
 *
 * May say yes where patterns could match. Then the directory must not be renamed
 * by the subject.
 */
bool khv_engine_has_below(const struct khv_engine *e, u16 domain,
			  const char *path, size_t len);

/* Is there a `refuse` line that holds for this subject? @rule gets its index. */
bool khv_engine_refuse(const struct khv_engine *e, const struct khv_subject *s,
		       u32 *rule);

/* enum khv_needs of the policy. */
u32 khv_engine_needs(const struct khv_engine *e);

/* --- administrators ----------------------------------------------------------- */

/**
 * khv_engine_has_admins() - does the policy name who may change it?
 * @e: engine
 *
 * Without an `admin` line, whoever may administer the client.
 */
bool khv_engine_has_admins(const struct khv_engine *e);

/**
 * khv_engine_is_admin() - do the `admin` lines name this subject?
 * @e: engine
 * @s: subject: by its uid, its gid or one of its groups
 *
 * Return: false also for a policy without such lines.
 */
bool khv_engine_is_admin(const struct khv_engine *e,
			 const struct khv_subject *s);

/**
 * khv_engine_admin() - read the `admin` lines, one user or group after the other
 * @e: engine
 * @i: from 0 on
 * @group: receives whether it is a group
 * @id: receives uid or gid
 *
 * Return: false after the last.
 */
bool khv_engine_admin(const struct khv_engine *e, u32 i, bool *group, u32 *id);

/* --- limits ------------------------------------------------------------------- */

/**
 * khv_engine_limit() - a budget of the policy
 * @e: engine
 * @i: number of it, from 0 on
 * @count: receives how many requests it allows
 * @period: receives in how many seconds
 *
 * Return: false if there is none of this number.
 */
bool khv_engine_limit(const struct khv_engine *e, u32 i, u32 *count,
		      u32 *period);

/* --- reading a blob ----------------------------------------------------------- */

const char *khv_engine_name(const struct khv_engine *e);	/* policy NAME */
u8 khv_engine_mode(const struct khv_engine *e);		/* enum khv_mode */
u32 khv_engine_nr_rules(const struct khv_engine *e);
u32 khv_engine_nr_domains(const struct khv_engine *e);	/* at least 1: main */
const char *khv_engine_domain_name(const struct khv_engine *e, u16 domain);
/* Index of a domain by name, -ENOENT. */
int khv_engine_domain(const struct khv_engine *e, const char *name);
/* Source of a rule: base name of the file and line. Valid for rule < nr_rules. */
const char *khv_engine_rule_file(const struct khv_engine *e, u32 rule);
u32 khv_engine_rule_line(const struct khv_engine *e, u32 rule);
/* The rule as the three columns and options, as written; NUL-terminated. */
const char *khv_engine_rule_text(const struct khv_engine *e, u32 rule);

/* The domain in which a rule was written. */
u16 khv_engine_rule_domain(const struct khv_engine *e, u32 rule);
/* enum khv_type, KHV_NR_TYPES for attach, KHV_NR_TYPES + 1 for refuse */
u8 khv_engine_rule_kind(const struct khv_engine *e, u32 rule);
/* Positive errno of errno= or, with KHV_RULE_RESULT, of result=; 0: none, or success. */
int khv_engine_rule_error(const struct khv_engine *e, u32 rule);
/* Text of why= and word of tag=, NULL if the rule has none. */
const char *khv_engine_rule_why(const struct khv_engine *e, u32 rule);
const char *khv_engine_rule_tag(const struct khv_engine *e, u32 rule);

const char *khv_type_name(enum khv_type type);
/* Number of verbs of a type; they are bits from 0 on. */
u32 khv_type_verbs(enum khv_type type);
/* What is answered to a denial: EACCES for files and sockets, else EPERM. */
int khv_type_error(enum khv_type type);
/* Name of the lowest set verb, e.g. "open-write"; never NULL. */
const char *khv_verb_name(enum khv_type type, u32 verbs);

#endif /* _KHV_ENGINE_H */

/* SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1) */
/*
 * Inside of the rule engine: reading an opened blob, hashing, and the fold that
 * all lookups have in common.
 */
#ifndef _KHV_ENGINE_INTERNAL_H
#define _KHV_ENGINE_INTERNAL_H

#include "blob.h"

#ifdef __KERNEL__
#include <asm/byteorder.h>
#define khv_le16(x)	le16_to_cpu(x)
#define khv_le32(x)	le32_to_cpu(x)
#define khv_le64(x)	le64_to_cpu(x)
#define khv_cpu_le32(x)	cpu_to_le32(x)
#include <linux/sched.h>
#elif __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define khv_le16(x)	((u16)(x))
#define khv_le32(x)	((u32)(x))
#define khv_le64(x)	((u64)(x))
#define khv_cpu_le32(x)	((u32)(x))
#else
#define khv_le16(x)	__builtin_bswap16(x)
#define khv_le32(x)	__builtin_bswap32(x)
#define khv_le64(x)	__builtin_bswap64(x)
#define khv_cpu_le32(x)	__builtin_bswap32(x)
#endif

#ifndef __KERNEL__
#define noinline_for_stack
#endif

#define KHV_ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

/* Lookups are the hot path of every confined system call. */
#define khv_likely(x)	__builtin_expect(!!(x), 1)
#define khv_unlikely(x)	__builtin_expect(!!(x), 0)

/* Tests count what a lookup does; the kernel is built without. */
#ifdef KHV_ENGINE_COUNT
extern unsigned long khv_engine_count;
#define khv_count()	(khv_engine_count++)
#else
#define khv_count()	do { } while (0)
#endif

/*
 * In loops over a whole blob, which may have millions of elements: now and then let
 * others run. Checking a blob may sleep, a lookup may not.
 */
static inline void khv_relax(u32 i)
{
#ifdef __KERNEL__
	if (!(i & 0xfff))
		cond_resched();
#endif
	(void)i;
}

static inline u32 khv_count_of(const struct khv_engine *e,
			       enum khv_section_id id)
{
	return khv_le32(e->blob->section[id].count);
}

static inline const void *khv_section(const struct khv_engine *e,
				      enum khv_section_id id)
{
	return (const char *)e->blob + khv_le32(e->blob->section[id].offset);
}

static inline const struct khv_blob_domain *
khv_domain_at(const struct khv_engine *e, u32 domain)
{
	return e->domains + domain;
}

static inline const struct khv_blob_rule *
khv_rule_at(const struct khv_engine *e, u32 rule)
{
	const struct khv_blob_rule *r = khv_section(e, KHV_SEC_RULES);

	return r + rule;
}

static inline const char *khv_string(const struct khv_engine *e, u32 offset)
{
	return e->strings + offset;
}

/* --- hashing ----------------------------------------------------------------- */

#define KHV_HASH_FACTOR	0x9e3779b97f4a7c15ull

/* The upper half ends up depending on every bit of both. */
static inline u64 khv_hash_word(u64 hash, u64 word)
{
	hash = (hash ^ word) * KHV_HASH_FACTOR;
	return hash ^ (hash >> 32);
}

static inline u64 khv_load_word(const char *p)
{
	__le64 word;

	__builtin_memcpy(&word, p, sizeof(word));
	return khv_le64(word);
}

/* @n < 8 bytes, as the low bytes of a word. */
static inline u64 khv_load_bytes(const char *p, size_t n)
{
	u64 word = 0;

	while (n--)
		word = word << 8 | (u8)p[n];
	return word;
}

static inline u64 khv_low_bytes(u64 word, size_t n)
{
	return word & ((1ull << (8 * n)) - 1);
}

/* Of a name alone: a lookup tries the same name below several parents. */
static inline u64 khv_hash_name(const char *name, size_t len)
{
	u64 hash = 0;

	for (; len >= 8; len -= 8, name += 8)
		hash = khv_hash_word(hash, khv_load_word(name));
	return khv_hash_word(hash, khv_load_bytes(name, len));
}

static inline u64 khv_hash_child(u32 parent, u64 name)
{
	return (name ^ parent * KHV_HASH_FACTOR) * KHV_HASH_FACTOR;
}

static inline u64 khv_hash(u32 parent, const char *name, size_t len)
{
	return khv_hash_child(parent, khv_hash_name(name, len));
}

/* Slots hold the number of a node and eight bits of its hash. */
static inline u32 khv_slot_tag(u64 hash)
{
	return (u32)hash >> 24;
}

static inline u32 khv_slot_home(u64 hash, u32 homes)
{
	return (u32)(((hash >> 32) * homes) >> 32);
}

/* --- the fold ---------------------------------------------------------------- */

/*
 * All rules that match an object are applied from the least to the most
 * specific; plain rules replace the grant, deltas change it.
 */
struct khv_fold {
	const struct khv_engine *e;
	const struct khv_subject *s;
	u32 want;		/* decides which rule is "the deciding one" */
	u32 grant;
	u32 rule;
	u32 over;		/* "the deciding one" before it */
	u16 target;
	bool broken;		/* no room: cannot happen in a checked blob */
	u32 number;		/* of ioctl or signal; KHV_ANY_NUMBER */
	const struct khv_sockaddr *peer;	/* for from=; NULL: unknown */
};

/* Everything of a decision that a lookup does not fill in. */
#define KHV_FOLD(engine, subject, verbs) {				\
	.e = (engine), .s = (subject), .want = (verbs),			\
	.rule = KHV_NO_RULE, .over = KHV_NO_RULE,			\
	.target = KHV_NO_TARGET,					\
	.number = KHV_ANY_NUMBER,					\
}

/* A grant that says nothing. */
#define KHV_GRANT_NOTHING	KHV_GRANT_ADD

/*
 * What is left of a grant whose rule has the condition @cond: KHV_GRANT_NOTHING
 * if it does not hold.
 */
u32 khv_cond_grant(const struct khv_fold *f, u32 cond, u32 grant);
/* Does the condition hold, of a rule that grants nothing by itself? */
bool khv_cond_holds(const struct khv_fold *f, u32 cond);
/* What is left of it if nobody knows whether the rule applies. */
u32 khv_grant_unsure(u32 grant);

static inline void khv_fold_grant(struct khv_fold *f,
				  const struct khv_blob_entry *entry, u32 grant)
{
	u32 verbs = grant & KHV_GRANT_VERBS;

	switch (grant & KHV_GRANT_OP) {
	case KHV_GRANT_SET:
		f->grant = verbs;
		break;
	case KHV_GRANT_ADD:
		f->grant |= verbs;
		if (!(verbs & f->want))
			return;
		break;
	default:
		f->grant &= ~verbs;
		if (!(verbs & f->want))
			return;
		break;
	}
	f->over = f->rule;
	f->rule = khv_le32(entry->rule);
	f->target = khv_le16(entry->target);
}

static inline void khv_fold_entry(struct khv_fold *f,
				  const struct khv_blob_entry *entry)
{
	u32 grant = khv_le32(entry->grant);
	u32 cond = khv_le16(entry->cond);

	if (khv_unlikely(cond))
		grant = khv_cond_grant(f, cond, grant);
	khv_fold_grant(f, entry, grant);
}

/* How the rest of a path is cut into components. */
enum khv_cut {
	KHV_CUT_SLASH,
	KHV_CUT_WHOLE,		/* it is one component, whatever is in it */
};

/* Apply the rules of the tree at @root to an absolute path. */
void khv_fold_path(struct khv_fold *f, u32 root, const char *path, size_t len);
/* The same for "@memfd:name", "capability:chown" and their like. */
void khv_fold_pair(struct khv_fold *f, u32 root, const char *name, size_t len);
/* The same where @name is a single component below @root. */
void khv_fold_name(struct khv_fold *f, u32 root, const char *name, size_t len);
/* Number of the literal child, or 0. */
u32 khv_find_child(const struct khv_engine *e, u32 parent, const char *name,
		   size_t len);

void khv_decide(const struct khv_fold *f, enum khv_type type,
		struct khv_decision *d);
void khv_decide_allowed(struct khv_decision *d);

/* Which of @verbs are judged? */
static inline u32 khv_judged(const struct khv_engine *e, enum khv_type type,
			     u32 verbs)
{
	if (!(e->blob->governed & (1 << type)))
		return 0;
	return verbs & khv_le32(e->blob->judged[type]);
}

/* --- parts of the kernel ------------------------------------------------------- */

/* Groups stand in a row with their members; "" is the group itself. */
struct khv_facility {
	const char *group, *member;
	u8 group_len, member_len;
	u8 flags;		/* KHV_FAC_* */
};

/* Number @i of all names of khv/facilities.h, NULL after the last. */
const struct khv_facility *khv_facility_at(u32 i);

/* --- patterns ---------------------------------------------------------------- */

/* Is @pattern well-formed? Also counts its literal bytes. */
bool khv_glob_valid(const char *pattern, size_t len, u32 *literals);
bool khv_glob_match(const char *pattern, size_t pattern_len, const char *name,
		    size_t name_len);

/* Bit of the first byte of a name in the filter of a "**" node. */
static inline u64 khv_filter_bit(u8 first)
{
	return 1ull << (first & 63);
}

/* The byte every match starts with, or 0 if there is more than one. */
static inline u8 khv_glob_first(const char *pattern, size_t len)
{
	if (!len || pattern[0] == '*' || pattern[0] == '?' || pattern[0] == '[')
		return 0;
	if (pattern[0] == '\\')
		return len > 1 ? (u8)pattern[1] : 0;
	return (u8)pattern[0];
}

/* The byte every match ends with, or 0 if there is more than one. */
static inline u8 khv_glob_last(const char *pattern, size_t len)
{
	u8 last = len ? (u8)pattern[len - 1] : 0;

	return last == '*' || last == '?' || last == ']' ? 0 : last;
}

/* What the conditions @what, KHV_COND_*, ask for: written and checked by the same. */
static inline u32 khv_cond_needs(u32 what)
{
	u32 needs = 0;

	if (what & (KHV_COND_GROUP | KHV_COND_ROLE))
		needs |= KHV_NEEDS_GROUPS;
	if (what & KHV_COND_UNTIL)
		needs |= KHV_NEEDS_CLOCK;
	if (what & KHV_COND_FROM)
		needs |= KHV_NEEDS_PEER;
	return needs;
}

#endif /* _KHV_ENGINE_INTERNAL_H */

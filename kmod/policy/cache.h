/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_POLICY_CACHE_H
#define _KHV_POLICY_CACHE_H

#include <linux/percpu.h>
#include "engine_internal.h"
#include "mediate.h"

#define KHV_CACHE_BITS	7
/* Longer names are not remembered. */
#define KHV_CACHE_NAME	120

/* What the question is, but for the name. */
struct khv_cache_key {
	const struct khv_loaded *policy;
	u64 generation;
	u64 who;	/* user and group */
	u64 what;	/* verbs, type and domain; 0: nothing is here */
};

/* An internet address and its protocol. */
#define KHV_ADDR_WORDS	3

/**
 * struct khv_cached - one question and its answer
 * @key: the question
 * @plain: verbs that were asked for where the answer was yes and that was all: nobody
 *	was told, and no rule of another kind was asked; 0: none
 * @len: of @name
 * @mark: of @name, if @plain
 * @dec: the answer
 * @name: of a file; no NUL behind it; khv_path_is() touches what is in front of it
 * @addr: of a socket
 */
struct khv_cached {
	struct khv_cache_key key;
	u32 plain;
	u32 len;
	struct khv_path_mark mark;
	struct khv_decision dec;
	union {
		char name[KHV_CACHE_NAME];
		u64 addr[KHV_ADDR_WORDS];
	};
};

struct khv_cache {
	u8 hint[1 << KHV_CACHE_BITS];	/* by last name and verbs: which entry */
	struct khv_cached entry[1 << KHV_CACHE_BITS];
};

extern struct khv_cache __percpu *khv_cache;

/*
 * By the hash of the last component, which the address of its folder is part of: so it
 * is the same when the file is made again, or gets its name back. It may be another by
 * now: that is a hint that leads nowhere.
 */
static __always_inline u8 *khv_cache_hint(struct khv_cache *cache,
					  const struct dentry *dentry, u32 verbs)
{
	u64 hash = (READ_ONCE(dentry->d_name.hash_len) ^ (u64)verbs << 16) *
		   KHV_HASH_FACTOR;

	return cache->hint + (hash >> (64 - KHV_CACHE_BITS));
}

static __always_inline u64 khv_cache_who(const struct khv_judge *j)
{
	return (u64)j->s.uid << 32 | j->s.gid;
}

static __always_inline u64 khv_cache_what(const struct khv_judge *j,
					  enum khv_type type, u32 verbs)
{
	return (u64)verbs << 32 | (u32)type << 16 | j->domain;
}

static __always_inline bool khv_cache_has(const struct khv_cached *c,
					  const struct khv_judge *j,
					  enum khv_type type, u32 verbs)
{
	return c->key.what == khv_cache_what(j, type, verbs) &&
	       c->key.who == khv_cache_who(j) && c->key.policy == j->l &&
	       c->key.generation == j->l->generation;
}

/*
 * Is the answer to a check of @dentry on @mnt known to be yes, and nothing else to be
 * done? @judged: those of @verbs that are judged. Asked before the name is built.
 */
static __always_inline bool khv_cache_allows(const struct khv_judge *j,
					     const struct vfsmount *mnt,
					     const struct dentry *dentry,
					     u32 judged, u32 verbs)
{
	const struct khv_cached *c;
	struct khv_cache *cache;
	bool yes = false;

	/* Who is asked beside the policy in force, or hears of everything? */
	if (unlikely(!j->l || j->beside || j->number != KHV_ANY_NUMBER ||
		     khv_client_level(j->m->client) >= KHV_LOG_ALLOW))
		return false;
	preempt_disable_notrace();
	cache = this_cpu_ptr(khv_cache);
	c = cache->entry + *khv_cache_hint(cache, dentry, judged);
	if (c->plain == verbs && khv_cache_has(c, j, KHV_TYPE_FILE, judged))
		yes = khv_path_is(&c->mark, mnt, dentry, c->name, c->len);
	preempt_enable_notrace();
	return yes;
}

int khv_cache_init(void);
void khv_cache_exit(void);
void khv_cache_file(const struct khv_judge *j, const struct khv_pathname *p,
		    const struct dentry *dentry, u32 verbs,
		    struct khv_decision *dec);
void khv_cache_plain(const struct khv_judge *j, const struct khv_pathname *p,
		     const struct vfsmount *mnt, u32 judged, u32 verbs);

void khv_cache_socket(const struct khv_judge *j, const struct khv_sockaddr *a,
		      u32 verbs, struct khv_decision *dec);

#endif /* _KHV_POLICY_CACHE_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * Decisions on names, remembered for each CPU.
 *
 * An entry is everything the engine's answer depends on (which policy in which
 * generation, domain, user and group, verbs, the whole name) and the answer. It is
 * compared in full, so it cannot be wrong: there is nothing to invalidate when a file
 * is renamed or a policy replaced, the name or the generation is another one then.
 * Policies whose answers depend on more (time, supplementary groups, budgets) are not
 * cached, nor are refusals, which are rare and want to be reported.
 *
 * Entries are this CPU's, and used between khv_path_get() and khv_path_put() only:
 * no lock, and no cache line that another CPU writes.
 */
#include <linux/percpu.h>
#include <linux/slab.h>
#include "cache.h"
#include "engine_internal.h"

#define KHV_CACHE_BITS	6
/* Longer names are not remembered. */
#define KHV_CACHE_NAME	80

/* Everything but the name, to be compared in four steps. */
struct khv_cache_key {
	const struct khv_loaded *policy;
	u64 generation;
	u64 who;	/* user and group */
	u64 what;	/* verbs, domain, length of the name; 0: nothing is here */
};

struct khv_cached {
	struct khv_cache_key key;
	u32 rule;
	u32 effects;
	char name[KHV_CACHE_NAME];	/* zeros behind the name */
};

static struct khv_cached __percpu *khv_cached;

int khv_cache_init(void)
{
	khv_cached = __alloc_percpu(sizeof(*khv_cached) << KHV_CACHE_BITS,
				    SMP_CACHE_BYTES);
	return khv_cached ? 0 : -ENOMEM;
}

void khv_cache_exit(void)
{
	free_percpu(khv_cached);
}

/*
 * The ends of names differ most. A name is built at the end of a buffer that has
 * room before it, so its last 16 bytes may be read whatever its length is.
 */
static __always_inline struct khv_cached *
khv_cache_place(const struct khv_pathname *p, u64 what)
{
	const char *end = p->name + p->len;
	u64 hash = khv_load_word(end - 8) ^ what;

	if (p->len >= 16)
		hash += khv_load_word(end - 16) * 31;
	return this_cpu_ptr(khv_cached) +
	       (hash * KHV_HASH_FACTOR >> (64 - KHV_CACHE_BITS));
}

/* Word by word: what is behind the end of both does not count. */
static __always_inline bool khv_same_name(const struct khv_cached *c,
					  const struct khv_pathname *p)
{
	const char *a = c->name, *b = p->name;
	size_t left;

	for (left = p->len; left >= 8; left -= 8, a += 8, b += 8)
		if (khv_load_word(a) != khv_load_word(b))
			return false;
	return !left || khv_load_word(a) ==
			khv_low_bytes(khv_load_word(b + left - 8) >>
				      (64 - 8 * left), left);
}

/* What the engine says about @verbs on a name that is in the buffer of this CPU. */
void khv_cache_file(const struct khv_judge *j, const struct khv_pathname *p,
		    u32 verbs, struct khv_decision *dec)
{
	struct khv_cache_key key __khv_uninitialized;
	struct khv_cached *c;

	/* Names of files without a place may be at the start of the buffer. */
	if (unlikely(p->len > KHV_CACHE_NAME || *p->name != '/' ||
		     (j->l->engine.blob->needs &
		      (KHV_NEEDS_GROUPS | KHV_NEEDS_CLOCK | KHV_NEEDS_LIMIT)))) {
		khv_engine_file(&j->l->engine, j->domain, &j->s, p->name, p->len,
				verbs, dec);
		return;
	}
	key.policy = j->l;
	key.generation = j->l->generation;
	key.who = (u64)j->s.uid << 32 | j->s.gid;
	key.what = (u64)verbs << 32 | (u32)j->domain << 16 | (u16)p->len;
	c = khv_cache_place(p, key.what);
	if (likely(c->key.what == key.what && c->key.who == key.who &&
		   c->key.generation == key.generation &&
		   c->key.policy == key.policy && khv_same_name(c, p))) {
		dec->allowed = true;
		dec->limit = 0;
		dec->denied = 0;
		dec->rule = c->rule;
		dec->over = KHV_NO_RULE;
		dec->error = 0;
		dec->effects = c->effects;
		return;
	}
	khv_engine_file(&j->l->engine, j->domain, &j->s, p->name, p->len, verbs,
			dec);
	if (!dec->allowed || dec->limit)
		return;
	c->key = key;
	c->rule = dec->rule;
	c->effects = dec->effects;
	memset(c->name + (p->len & ~7ul), 0, min(8ul, KHV_CACHE_NAME -
						 (p->len & ~7ul)));
	memcpy(c->name, p->name, p->len);
}

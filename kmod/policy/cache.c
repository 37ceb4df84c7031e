// SPDX-License-Identifier: GPL-2.0
/*
 * Decisions on names and addresses, remembered for each CPU.
 *
 * An entry is everything the engine's answer depends on (which policy in which
 * generation, domain, user and group, verbs, the whole name) and the answer. It is
 * compared in full, so it cannot be wrong: there is nothing to invalidate when a file
 * is renamed or a policy replaced, the name or the generation is another one then.
 * Policies whose answers depend on more (time, supplementary groups, budgets) are not
 * cached.
 *
 * That of a file is found by its name, or by a hint: where the last answer about a file
 * of this name in this folder is. A hint may be about another file whose hash is the
 * same, or whose folder was in the same memory; so the name is always compared, where the
 * whole answer to a check was yes and nobody was to be told, with the dentries themselves
 * (khv_path_is()), without building it first.
 *
 * Entries are this CPU's, and used with preemption off only: no lock, no line that
 * another CPU writes.
 */
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include "cache.h"
#include "engine_internal.h"

struct khv_cache __percpu *khv_cache;

int khv_cache_init(void)
{
	BUILD_BUG_ON(offsetof(struct khv_cached, name) < KHV_PATH_ROOM);
	BUILD_BUG_ON(1 << KHV_CACHE_BITS > 1 << BITS_PER_BYTE);
	khv_cache = __alloc_percpu(sizeof(*khv_cache), SMP_CACHE_BYTES);
	return khv_cache ? 0 : -ENOMEM;
}

void khv_cache_exit(void)
{
	free_percpu(khv_cache);
}

/*
 * The ends of names differ most. A name is built at the end of a buffer that has
 * room before it, so its last 16 bytes may be read whatever its length is.
 */
static __always_inline u8 khv_cache_place(const struct khv_pathname *p, u32 verbs)
{
	const char *end = p->name + p->len;
	u64 hash = khv_load_word(end - 8) ^ (u64)verbs << 32;

	if (p->len >= 16)
		hash += khv_load_word(end - 16) * 31;
	return hash * KHV_HASH_FACTOR >> (64 - KHV_CACHE_BITS);
}

static void khv_cache_set(struct khv_cached *c, const struct khv_judge *j,
			  enum khv_type type, u32 verbs,
			  const struct khv_decision *dec)
{
	c->key.policy = j->l;
	c->key.generation = j->l->generation;
	c->key.who = khv_cache_who(j);
	c->key.what = khv_cache_what(j, type, verbs);
	c->plain = 0;
	c->dec = *dec;
}

/* Can the policy's answers be told from the key and the name? */
static __always_inline bool khv_cache_suits(const struct khv_judge *j)
{
	return !(j->l->engine.blob->needs &
		 (KHV_NEEDS_GROUPS | KHV_NEEDS_CLOCK | KHV_NEEDS_LIMIT));
}

/*
 * What the engine says about @verbs on a name that is in the buffer of this CPU.
 * @dentry: what it is the name of.
 */
void khv_cache_file(const struct khv_judge *j, const struct khv_pathname *p,
		    const struct dentry *dentry, u32 verbs,
		    struct khv_decision *dec)
{
	struct khv_cache *cache = this_cpu_ptr(khv_cache);
	/* Names of files without a place may be at the start of the buffer. */
	bool suits = p->len <= KHV_CACHE_NAME && *p->name == '/' &&
		     khv_cache_suits(j);
	struct khv_cached *c;
	u8 place;

	if (suits) {
		place = khv_cache_place(p, verbs);
		*khv_cache_hint(cache, dentry, verbs) = place;
		c = cache->entry + place;
		if (khv_cache_has(c, j, KHV_TYPE_FILE, verbs) && c->len == p->len &&
		    !memcmp(c->name, p->name, p->len)) {
			*dec = c->dec;
			return;
		}
	}
	khv_engine_file(&j->l->engine, j->domain, &j->s, p->name, p->len, verbs,
			dec);
	if (!suits || dec->limit)
		return;
	khv_cache_set(c, j, KHV_TYPE_FILE, verbs, dec);
	c->len = p->len;
	memcpy(c->name, p->name, p->len);
}

/*
 * The whole answer to a check for @verbs was yes, and nothing but the rules for files
 * had to do with it. For khv_cache_allows(), if it was remembered at all.
 */
void khv_cache_plain(const struct khv_judge *j, const struct khv_pathname *p,
		     const struct vfsmount *mnt, u32 judged, u32 verbs)
{
	struct khv_cached *c = this_cpu_ptr(khv_cache)->entry +
			       khv_cache_place(p, judged);

	if (khv_cache_has(c, j, KHV_TYPE_FILE, judged) && c->len == p->len &&
	    !memcmp(c->name, p->name, p->len) && c->dec.allowed &&
	    !(c->dec.effects & (KHV_RULE_AUDIT | KHV_RULE_LOG)) &&
	    /* Who audits wants to see all of them. */
	    !j->m->audits &&
	    khv_path_mark(&c->mark, mnt, c->name, c->len))
		c->plain = verbs;
}

/*
 * What the engine says about @verbs on an address. Where a connection comes from, and
 * the names of Unix sockets, are not remembered.
 */
void khv_cache_socket(const struct khv_judge *j, const struct khv_sockaddr *a,
		      u32 verbs, struct khv_decision *dec)
{
	u64 addr[KHV_ADDR_WORDS] = {
		a->family | (u32)a->proto << 16 | (u64)a->port << 32,
	};
	struct khv_cached *c;
	u64 hash;

	if (a->peer || (a->family != AF_INET && a->family != AF_INET6) ||
	    !khv_cache_suits(j)) {
		khv_engine_socket(&j->l->engine, j->domain, &j->s, a, verbs, dec);
		return;
	}
	memcpy(addr + 1, a->addr, a->family == AF_INET ? 4 : 16);
	hash = (addr[0] ^ addr[1] ^ addr[2] ^ verbs) * KHV_HASH_FACTOR;
	preempt_disable_notrace();
	c = this_cpu_ptr(khv_cache)->entry + (hash >> (64 - KHV_CACHE_BITS));
	if (khv_cache_has(c, j, KHV_TYPE_SOCKET, verbs) &&
	    c->addr[0] == addr[0] && c->addr[1] == addr[1] &&
	    c->addr[2] == addr[2]) {
		*dec = c->dec;
	} else {
		khv_engine_socket(&j->l->engine, j->domain, &j->s, a, verbs, dec);
		if (!dec->limit) {
			khv_cache_set(c, j, KHV_TYPE_SOCKET, verbs, dec);
			memcpy(c->addr, addr, sizeof(addr));
		}
	}
	preempt_enable_notrace();
}

// SPDX-License-Identifier: GPL-2.0
/* Reading the policies in force: lists, their blobs, and whether they are intact. */
#include <linux/crc32.h>
#include <khv/provider.h>
#include "store.h"

#define KHV_SUM_SEED	0xffffffffu
#define KHV_SUM_STEP	(1 << 20)

/* Of a blob, which may be large: others run in between. */
u32 khv_store_sum(const void *blob, size_t size)
{
	u32 sum = KHV_SUM_SEED;
	size_t at, n;

	for (at = 0; at < size; at += n) {
		n = min_t(size_t, size - at, KHV_SUM_STEP);
		sum = crc32_le(sum, blob + at, n);
		cond_resched();
	}
	return sum;
}

static u8 khv_policy_state(struct khv_policy *p, u32 left)
{
	if (!khv_policy_now(p))
		return KHV_POLICY_CLEARED;
	if (p->withdrawn)
		return KHV_POLICY_WITHDRAWN;
	return left ? KHV_POLICY_TRIAL : KHV_POLICY_IN_FORCE;
}

static void khv_policy_describe(struct khv_policy *p, bool shadow,
				struct khv_policy_info *info)
{
	struct khv_loaded *l = shadow ? khv_policy_shadow(p) : khv_policy_now(p);

	memset(info, 0, sizeof(*info));
	info->id = p->id;
	strscpy(info->name, p->name, sizeof(info->name));
	info->tasks = atomic_read(&p->tasks);
	info->confirm = khv_trial_left(p);
	info->state = khv_policy_state(p, info->confirm);
	if (!l)
		return;
	info->generation = l->generation;
	info->rules = khv_engine_nr_rules(&l->engine);
	info->size = l->engine.size;
	info->time = l->time;
	info->uid = l->uid;
	info->mode = khv_engine_mode(&l->engine);
	if (l->counts)
		khv_counts_put(info, l->counts);
}

bool khv_store_next(u32 id, bool shadow, struct khv_policy_info *info)
{
	struct khv_policy *p;
	bool found = false;

	mutex_lock(&khv_store_mutex);
	khv_policy_reap();
	list_for_each_entry(p, &khv_policies, list) {
		if (p->id <= id || (shadow && !khv_policy_shadow(p)))
			continue;
		khv_policy_describe(p, shadow, info);
		found = true;
		break;
	}
	mutex_unlock(&khv_store_mutex);
	return found;
}

void *khv_store_open(const char *name, bool shadow, const void **blob,
		     size_t *size, u64 *generation)
{
	struct khv_loaded *l = NULL;
	struct khv_policy *p;

	mutex_lock(&khv_store_mutex);
	p = khv_policy_find(name);
	if (p)
		l = shadow ? khv_policy_shadow(p) : khv_policy_now(p);
	if (l) {
		kref_get(&l->ref);
		*blob = l->blob;
		*size = l->engine.size;
		*generation = l->generation;
	}
	mutex_unlock(&khv_store_mutex);
	return l;
}

void khv_store_close(void *ref)
{
	khv_loaded_put(ref);
}

/* The policy with the lowest id from @id on that has something in force. */
static struct khv_policy *khv_policy_from(u32 id)
{
	struct khv_policy *p;

	list_for_each_entry(p, &khv_policies, list)
		if (p->id >= id && khv_policy_now(p))
			return p;
	return NULL;
}

/*
 * One policy after the other, @bytes at a time, and from the first one again. One
 * that is replaced meanwhile is begun again.
 */
bool khv_store_verify(size_t bytes, char *name)
{
	static struct {
		u32 id;
		u64 generation;
		size_t at;
		u32 sum;
	} c;
	struct khv_policy *p;
	struct khv_loaded *l;
	bool broken = false;
	size_t n;

	mutex_lock(&khv_store_mutex);
	while (bytes && !broken) {
		p = khv_policy_from(c.id);
		if (!p) {
			c.id = 0;
			break;
		}
		l = khv_policy_now(p);
		if (c.id != p->id || c.generation != l->generation) {
			c.id = p->id;
			c.generation = l->generation;
			c.at = 0;
			c.sum = KHV_SUM_SEED;
		}
		n = min(bytes, l->engine.size - c.at);
		c.sum = crc32_le(c.sum, l->blob + c.at, n);
		c.at += n;
		bytes -= n;
		if (c.at < l->engine.size)
			break;
		broken = c.sum != l->sum && !l->broken;
		if (broken) {
			l->broken = true;
			strscpy(name, p->name, KHV_NAME_MAX);
		}
		c.id++;
		c.generation = 0;
	}
	mutex_unlock(&khv_store_mutex);
	return broken;
}

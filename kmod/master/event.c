// SPDX-License-Identifier: GPL-2.0
/*
 * Decisions as events: one ring of variable-sized records per CPU.
 *
 * The producer never waits and never fails: the oldest record makes room. Every
 * record has a sequence number of its CPU, so each reader sees exactly how many it
 * has missed, and the ring keeps events while the audit daemon restarts.
 */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/export.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/log2.h>
#include <linux/moduleparam.h>
#include <linux/mm_types.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>
#include "../compat/file.h"
#include "client.h"
#include "event.h"
#include "limits.h"
#include "subscribe.h"
#include "symbols.h"

static unsigned int event_ring = 1 << 17;
module_param(event_ring, uint, 0444);
MODULE_PARM_DESC(event_ring, "bytes kept for events per CPU (16384 to 16777216, default 131072)");

/**
 * struct khv_ring - events of one CPU
 * @lock: taken by the producers of this CPU and by readers
 * @head: offset behind the newest record
 * @tail: offset of the oldest record
 * @head_seq: sequence number of the next record to be written
 * @tail_seq: sequence number of the oldest record
 * @buf: event_ring bytes; a record may wrap around the end
 */
struct khv_ring {
	spinlock_t lock;	/* all below */
	u64 head;
	u64 tail;
	u64 head_seq;
	u64 tail_seq;
	char *buf;
};

static struct khv_ring __percpu *khv_rings;

static void khv_ring_put(struct khv_ring *r, u64 off, const void *data,
			 size_t len)
{
	size_t at = off & (event_ring - 1);
	size_t first = min_t(size_t, len, event_ring - at);

	memcpy(r->buf + at, data, first);
	memcpy(r->buf, data + first, len - first);
}

static void khv_ring_get(const struct khv_ring *r, u64 off, void *data,
			 size_t len)
{
	size_t at = off & (event_ring - 1);
	size_t first = min_t(size_t, len, event_ring - at);

	memcpy(data, r->buf + at, first);
	memcpy(data + first, r->buf, len - first);
}

static u32 khv_ring_len_at(const struct khv_ring *r, u64 off)
{
	u32 len;

	khv_ring_get(r, off, &len, sizeof(len));
	return len;
}

static void khv_ring_write(struct khv_rec *rec, const char **str)
{
	struct khv_ring *r;
	unsigned long flags;
	unsigned int i;
	u64 off;

	local_irq_save(flags);
	r = this_cpu_ptr(khv_rings);
	spin_lock(&r->lock);
	while (r->head + rec->len - r->tail > event_ring) {
		r->tail += khv_ring_len_at(r, r->tail);
		r->tail_seq++;
	}
	rec->seq = r->head_seq++;
	khv_ring_put(r, r->head, rec, sizeof(*rec));
	off = r->head + sizeof(*rec);
	for (i = 0; i < KHV_REC_NR_STRINGS; i++) {
		khv_ring_put(r, off, str[i], rec->str_len[i]);
		off += rec->str_len[i];
	}
	r->head += rec->len;
	spin_unlock(&r->lock);
	local_irq_restore(flags);
}

/* Name of the executable of current in *@buf, which the caller frees. */
static const char *khv_exe_name(char **buf)
{
	const char *name = NULL;
	struct file *exe;

	if (!in_task() || !current->mm)
		return NULL;
	*buf = kmalloc(PATH_MAX, GFP_ATOMIC | __GFP_NOWARN);
	exe = *buf ? khv_mm_exe_file(current->mm) : NULL;
	if (exe) {
		name = khv_path_absolute(khv_file_path(exe), *buf, PATH_MAX);
		fput(exe);
	}
	return IS_ERR(name) ? NULL : name;
}

void khv_event_post(const struct khv_client *client, const struct khv_event *ev)
{
	const char *str[KHV_REC_NR_STRINGS] = {
		[KHV_REC_CLIENT] = client ? client->name : KHV_EVENT_OWN,
		[KHV_REC_POLICY] = ev->policy,
		[KHV_REC_DOMAIN] = ev->domain,
		[KHV_REC_RULE_FILE] = ev->rule_file,
		[KHV_REC_TYPE] = ev->type,
		[KHV_REC_VERB] = ev->verb,
		[KHV_REC_OBJECT] = ev->object,
		[KHV_REC_HOOK] = ev->hook,
		[KHV_REC_ASKED] = ev->asked,
	};
	struct khv_rec rec = {
		.rule_line = ev->rule_line,
		.time = ktime_get_real_ns(),
		.generation = ev->generation,
		.pid = task_pid_nr(current),
		.tgid = task_tgid_nr(current),
		.uid = from_kuid(&init_user_ns, task_uid(current)),
		.error = ev->error,
		.verdict = ev->verdict,
	};
	char *exe = NULL;
	unsigned int i;
	size_t len;

	str[KHV_REC_EXE] = khv_exe_name(&exe);
	memcpy(rec.comm, current->comm, sizeof(rec.comm));
	rec.len = sizeof(rec);
	for (i = 0; i < KHV_REC_NR_STRINGS; i++) {
		if (!str[i])
			continue;
		len = i == KHV_REC_OBJECT ? ev->object_len : strlen(str[i]);
		if (i == KHV_REC_OBJECT || i == KHV_REC_EXE)
			len = min_t(size_t, len, KHV_EVENT_OBJECT_MAX);
		else
			len = min_t(size_t, len, KHV_NAME_MAX - 1);
		rec.str_len[i] = len;
		rec.len += len;
	}
	rec.len = ALIGN(rec.len, 8);
	khv_ring_write(&rec, str);
	kfree(exe);
	khv_subscribe_kick();
}
EXPORT_SYMBOL_GPL(khv_event_post);

/*
 * Copy the next record of @cpu behind @pos into @rec (KHV_REC_MAX bytes) and move
 * @pos behind it. @lost: how many were overwritten in between.
 * Returns 1, or 0 if there is none.
 */
int khv_event_read(unsigned int cpu, struct khv_pos *pos, struct khv_rec *rec,
		   u64 *lost)
{
	struct khv_ring *r = per_cpu_ptr(khv_rings, cpu);
	int ret = 0;

	*lost = 0;
	spin_lock_irq(&r->lock);
	if (pos->seq < r->tail_seq) {
		*lost = r->tail_seq - pos->seq;
		pos->lost += *lost;
		pos->seq = r->tail_seq;
		pos->off = r->tail;
	}
	if (pos->seq < r->head_seq) {
		khv_ring_get(r, pos->off, rec, khv_ring_len_at(r, pos->off));
		pos->off += rec->len;
		pos->seq++;
		pos->delivered++;
		ret = 1;
	}
	spin_unlock_irq(&r->lock);
	return ret;
}

/* Only what comes from now on. */
void khv_event_seek_end(unsigned int cpu, struct khv_pos *pos)
{
	struct khv_ring *r = per_cpu_ptr(khv_rings, cpu);

	spin_lock_irq(&r->lock);
	pos->off = r->head;
	pos->seq = r->head_seq;
	spin_unlock_irq(&r->lock);
}

u64 khv_event_produced(unsigned int cpu)
{
	return READ_ONCE(per_cpu_ptr(khv_rings, cpu)->head_seq) - 1;
}

/* Overwritten behind @pos and not yet noticed by its reader. */
u64 khv_event_overwritten(unsigned int cpu, const struct khv_pos *pos)
{
	u64 tail_seq = READ_ONCE(per_cpu_ptr(khv_rings, cpu)->tail_seq);

	return tail_seq > pos->seq ? tail_seq - pos->seq : 0;
}

int khv_event_init(void)
{
	struct khv_ring *r;
	int cpu;

	event_ring = roundup_pow_of_two(clamp_t(unsigned int, event_ring,
						KHV_EVENT_RING_MIN,
						KHV_EVENT_RING_MAX));
	khv_rings = alloc_percpu(struct khv_ring);
	if (!khv_rings)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		r = per_cpu_ptr(khv_rings, cpu);
		spin_lock_init(&r->lock);
		r->head_seq = 1;
		r->tail_seq = 1;
		r->buf = kvmalloc_node(event_ring, GFP_KERNEL,
				       cpu_to_node(cpu));
		if (!r->buf) {
			khv_event_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

void khv_event_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kvfree(per_cpu_ptr(khv_rings, cpu)->buf);
	free_percpu(khv_rings);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The queues of events: one ring of variable-sized records per CPU.
 *
 *	      tail          acked          sent            head
 *	 ------+--------------+--------------+---------------+------
 *	       |  read, may   | put into the |  not read yet |  spilled -> missing
 *	       |  be replaced | daemon's     |               |
 *	                      | socket: stay |  those to keep stay
 *
 * Every event gets a sequence number of its CPU, also one that is lost: so made =
 * delivered + lost + what lies here, at every moment. A new record takes the place of
 * the oldest ones, but neither of one that is in the socket of an audit daemon, which
 * may die before it has written it down, nor, before it is acknowledged, of one whose
 * client wants nothing to be lost (khv_full). What finds no room then
 *
 *  - is spilled to a list, if its client would rather wait (KHV_FULL_BLOCK); it goes
 *    into the ring as soon as there is room. The list is bounded by KHV_EVENT_SPILL,
 *    and by each task waiting for its own before it goes on (wait.c);
 *  - else it is missing: counted by kind, and told by a gap record, in its place in
 *    the order, which is written when there is room.
 *
 * Everything is under the lock of the ring, with interrupts off, and takes a bounded
 * number of steps, but for acknowledging, which looks at each record that it frees.
 */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/list.h>
#include <linux/log2.h>
#include <linux/moduleparam.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>
#include <khv/limits.h>
#include "queue.h"

static unsigned int event_ring = 1 << 19;
module_param(event_ring, uint, 0444);
MODULE_PARM_DESC(event_ring, "bytes kept for events per CPU (16384 to 16777216, default 524288)");

/* A record that waits for room. */
struct khv_spilled {
	struct list_head list;
	struct khv_rec_head rec;
};

/**
 * struct khv_ring - events of one CPU
 * @lock: all below
 * @head: offset behind the newest record
 * @tail: the oldest record
 * @next_seq: of the next event
 * @head_seq: of what comes at @head: @next_seq, unless something is spilled or missing
 * @acked: first record that the audit daemon has not acknowledged; may be behind @tail
 * @sent: first record that is not in its socket; never before @acked
 * @delivered: events before @acked that it got
 * @lost: those that it did not get, by kind
 * @missed: kind of those between @acked and @tail
 * @missing: events that are neither in the ring nor spilled, by kind; the last ones
 * @nr_missing: their sum
 * @spill: records that wait for room, all newer than those in the ring
 * @spilled: bytes of them
 * @buf: event_ring bytes; a record may wrap around the end
 * @room: waits for records to get from @spill into the ring
 * @waits: see KHV_STATS_A_WAITS, as the next two
 * @waited: nanoseconds
 * @gave_up: waits without success
 */
struct khv_ring {
	spinlock_t lock;	/* see above */
	u64 head;
	struct khv_pos tail;
	u64 next_seq;
	u64 head_seq;
	struct khv_pos acked;
	struct khv_pos sent;
	u64 delivered;
	u64 lost[KHV_NR_LOST];
	enum khv_lost missed;
	u64 missing[KHV_NR_LOST];
	u64 nr_missing;
	struct list_head spill;
	size_t spilled;
	char *buf;
	struct wait_queue_head room;
	u64 waits;
	u64 waited;
	u64 gave_up;
};

static struct khv_ring __percpu *khv_rings;

static void khv_ring_put(struct khv_ring *r, u64 off, const void *data,
			 size_t len)
{
	size_t at = off & (event_ring - 1);
	size_t first = min_t(size_t, len, event_ring - at);

	memcpy(r->buf + at, data, first);
	if (unlikely(first < len))
		memcpy(r->buf, data + first, len - first);
}

static void khv_ring_get(const struct khv_ring *r, u64 off, void *data,
			 size_t len)
{
	size_t at = off & (event_ring - 1);
	size_t first = min_t(size_t, len, event_ring - at);

	memcpy(data, r->buf + at, first);
	if (unlikely(first < len))
		memcpy(data + first, r->buf, len - first);
}

static u64 khv_rec_end(const struct khv_rec_head *h)
{
	return h->seq + (h->gap ?: 1);
}

/* Make room for @len bytes. False if what lies there must stay. */
static bool khv_ring_make_room(struct khv_ring *r, size_t len)
{
	struct khv_rec_head h;

	while (r->head + len - r->tail.off > event_ring) {
		khv_ring_get(r, r->tail.off, &h, sizeof(h));
		if (khv_rec_end(&h) > r->acked.seq &&
		    (h.keep || h.seq < r->sent.seq))
			return false;
		r->tail.off += h.len;
		r->tail.seq = khv_rec_end(&h);
	}
	return true;
}

/* @rec is whole, with its strings. */
static bool khv_ring_move_in(struct khv_ring *r, const struct khv_rec_head *rec)
{
	if (!khv_ring_make_room(r, rec->len))
		return false;
	khv_ring_put(r, r->head, rec, rec->len);
	r->head += rec->len;
	r->head_seq = khv_rec_end(rec);
	return true;
}

/* Add a record to the list: room for @len bytes, or NULL. */
static void *khv_ring_spill(struct khv_ring *r, size_t len)
{
	struct khv_spilled *s;

	if (r->spilled + len > KHV_EVENT_SPILL)
		return NULL;
	s = kmalloc(offsetof(struct khv_spilled, rec) + len,
		    GFP_ATOMIC | __GFP_NOWARN);
	if (!s)
		return NULL;
	list_add_tail(&s->list, &r->spill);
	r->spilled += len;
	return &s->rec;
}

static void khv_ring_miss(struct khv_ring *r, enum khv_lost kind)
{
	r->missing[kind]++;
	r->nr_missing++;
}

/*
 * Tell of what is missing: everything that comes now comes behind it. If @spill, into
 * the list, where what comes now will be.
 */
static bool khv_ring_tell_missing(struct khv_ring *r, bool spill)
{
	struct khv_rec_gap gap = {
		.h.len = sizeof(gap),
		.h.gap = min_t(u64, r->nr_missing, U32_MAX),
		.h.seq = r->next_seq - r->nr_missing,
		.time = ktime_get_real_ns(),
	};
	void *to;

	if (gap.h.gap != r->nr_missing)
		return false;
	memcpy(gap.lost, r->missing, sizeof(gap.lost));
	if (!list_empty(&r->spill) || !khv_ring_move_in(r, &gap.h)) {
		to = spill ? khv_ring_spill(r, sizeof(gap)) : NULL;
		if (!to)
			return false;
		memcpy(to, &gap, sizeof(gap));
	}
	memset(r->missing, 0, sizeof(r->missing));
	r->nr_missing = 0;
	return true;
}

/* Into the ring with what waits for it, as far as there is room. */
static void khv_ring_refill(struct khv_ring *r)
{
	struct khv_spilled *s, *next;
	bool moved = false;

	list_for_each_entry_safe(s, next, &r->spill, list) {
		if (!khv_ring_move_in(r, &s->rec))
			break;
		list_del(&s->list);
		r->spilled -= s->rec.len;
		kfree(s);
		moved = true;
	}
	if (r->nr_missing && list_empty(&r->spill))
		khv_ring_tell_missing(r, false);
	if (moved)
		wake_up_all(&r->room);
}

static void khv_rec_assemble(void *to, const struct khv_rec *rec,
			     const char **str)
{
	unsigned int i;

	memcpy(to, rec, sizeof(*rec));
	to += sizeof(*rec);
	for (i = 0; i < KHV_REC_NR_STRINGS; i++) {
		memcpy(to, str[i], rec->str_len[i]);
		to += rec->str_len[i];
	}
}

static void khv_ring_write(struct khv_ring *r, const struct khv_rec *rec,
			   const char **str)
{
	u64 off = r->head + sizeof(*rec);
	unsigned int i;

	khv_ring_put(r, r->head, rec, sizeof(*rec));
	for (i = 0; i < KHV_REC_NR_STRINGS; i++) {
		if (!rec->str_len[i])
			continue;
		khv_ring_put(r, off, str[i], rec->str_len[i]);
		off += rec->str_len[i];
	}
	r->head += rec->h.len;
	r->head_seq = rec->h.seq + 1;
}

/*
 * One event. @rec gets its sequence number; @full: what to do without room; @cpu gets
 * the queue it is in. Any context but NMI.
 */
enum khv_put khv_queue_put(struct khv_rec *rec, const char **str,
			   enum khv_full full, unsigned int *cpu)
{
	bool block = full == KHV_FULL_BLOCK;
	enum khv_put ret = KHV_PUT_DONE;
	struct khv_ring *r;
	unsigned long flags;
	void *to;

	local_irq_save(flags);
	*cpu = smp_processor_id();
	r = this_cpu_ptr(khv_rings);
	spin_lock(&r->lock);
	rec->h.keep = full != KHV_FULL_DROP;
	if (unlikely(!list_empty(&r->spill)))
		khv_ring_refill(r);
	if (unlikely(r->nr_missing) && !khv_ring_tell_missing(r, block)) {
		ret = KHV_PUT_LOST;
	} else if (likely(list_empty(&r->spill)) &&
		   khv_ring_make_room(r, rec->h.len)) {
		rec->h.seq = r->next_seq++;
		khv_ring_write(r, rec, str);
		if (r->head - max(r->sent.off, r->tail.off) > event_ring / 4)
			ret = KHV_PUT_HURRY;
	} else {
		to = block ? khv_ring_spill(r, rec->h.len) : NULL;
		ret = to ? KHV_PUT_SPILLED : KHV_PUT_LOST;
		if (to) {
			rec->h.seq = r->next_seq++;
			khv_rec_assemble(to, rec, str);
		}
	}
	if (unlikely(ret == KHV_PUT_LOST)) {
		rec->h.seq = r->next_seq++;
		khv_ring_miss(r, block && r->spilled < KHV_EVENT_SPILL / 2 ?
				 KHV_LOST_MEMORY : full == KHV_FULL_DENY ?
				 KHV_LOST_REFUSED : KHV_LOST_FULL);
	}
	spin_unlock(&r->lock);
	local_irq_restore(flags);
	return ret;
}

/*
 * Copy the next record behind @pos into @rec (KHV_REC_MAX bytes) and move @pos behind
 * it; or, if some were replaced in between, only move @pos behind these @missed.
 * @primary: the audit daemon reads, which misses them for the reason @kind; what it
 * has read stays until it is acknowledged, or given back with khv_queue_unread().
 * Returns 1, or 0 if there is nothing.
 */
int khv_queue_read(unsigned int cpu, struct khv_pos *pos, bool primary,
		   enum khv_lost kind, struct khv_rec_head *rec, u64 *missed)
{
	struct khv_ring *r = per_cpu_ptr(khv_rings, cpu);
	int ret = 0;

	*missed = 0;
	spin_lock_irq(&r->lock);
	khv_ring_refill(r);
	if (pos->seq < r->tail.seq) {
		*missed = r->tail.seq - pos->seq;
		*pos = r->tail;
		if (primary)
			r->missed = kind;
	} else if (pos->off < r->head) {
		khv_ring_get(r, pos->off, rec, sizeof(*rec));
		khv_ring_get(r, pos->off, rec, rec->len);
		pos->off += rec->len;
		pos->seq = khv_rec_end(rec);
		ret = 1;
	}
	if (primary)
		r->sent = *pos;
	spin_unlock_irq(&r->lock);
	return ret;
}

/* What the audit daemon has read behind @pos did not get into its socket. */
void khv_queue_unread(unsigned int cpu, const struct khv_pos *pos)
{
	struct khv_ring *r = per_cpu_ptr(khv_rings, cpu);

	spin_lock_irq(&r->lock);
	r->sent = pos->seq > r->acked.seq ? *pos : r->acked;
	spin_unlock_irq(&r->lock);
}

/* Only what comes from now on. */
void khv_queue_end(unsigned int cpu, struct khv_pos *pos)
{
	struct khv_ring *r = per_cpu_ptr(khv_rings, cpu);

	spin_lock_irq(&r->lock);
	pos->off = r->head;
	pos->seq = r->head_seq;
	spin_unlock_irq(&r->lock);
}

/* A new audit daemon begins with what the last one has not acknowledged. */
void khv_queue_resume(unsigned int cpu, struct khv_pos *pos)
{
	struct khv_ring *r = per_cpu_ptr(khv_rings, cpu);

	spin_lock_irq(&r->lock);
	r->sent = r->acked;
	*pos = r->acked;
	spin_unlock_irq(&r->lock);
}

/* Has the audit daemon been sent all up to and with @seq? */
bool khv_queue_sent(unsigned int cpu, u64 seq)
{
	struct khv_ring *r = per_cpu_ptr(khv_rings, cpu);
	bool sent;

	spin_lock_irq(&r->lock);
	sent = seq < r->sent.seq;
	spin_unlock_irq(&r->lock);
	return sent;
}

/*
 * The audit daemon has put away all up to and with @seq, or as far as it was sent.
 * Returns whether there is something for it to read.
 */
bool khv_queue_ack(unsigned int cpu, u64 seq)
{
	struct khv_ring *r = per_cpu_ptr(khv_rings, cpu);
	struct khv_rec_gap gap;
	unsigned int i;
	bool more;
	u64 end;

	spin_lock_irq(&r->lock);
	seq = min(seq + 1, r->sent.seq);
	/* What was replaced before it was sent has been told before this. */
	end = min(seq, r->tail.seq);
	if (r->acked.seq < end) {
		r->lost[r->missed] += end - r->acked.seq;
		r->acked.seq = end;
		r->acked.off = r->tail.off;
	}
	while (r->acked.seq >= r->tail.seq && r->acked.seq < seq) {
		khv_ring_get(r, r->acked.off, &gap, sizeof(gap.h));
		if (khv_rec_end(&gap.h) > seq)
			break;
		if (gap.h.gap) {
			khv_ring_get(r, r->acked.off, &gap, sizeof(gap));
			for (i = 0; i < KHV_NR_LOST; i++)
				r->lost[i] += gap.lost[i];
		} else {
			r->delivered++;
		}
		r->acked.off += gap.h.len;
		r->acked.seq = khv_rec_end(&gap.h);
	}
	khv_ring_refill(r);
	more = r->sent.seq < r->head_seq;
	spin_unlock_irq(&r->lock);
	return more;
}

/* @kind: of what has been replaced and has not been told to the audit daemon. */
void khv_queue_stats(unsigned int cpu, enum khv_lost kind,
		     struct khv_queue_stats *s)
{
	struct khv_ring *r = per_cpu_ptr(khv_rings, cpu);
	unsigned int i;

	spin_lock_irq(&r->lock);
	s->produced = r->next_seq - 1;
	s->delivered = r->delivered;
	for (i = 0; i < KHV_NR_LOST; i++)
		s->lost[i] = r->lost[i] + r->missing[i];
	if (r->acked.seq < r->tail.seq)
		s->lost[r->sent.seq > r->acked.seq ? r->missed : kind] +=
			r->tail.seq - r->acked.seq;
	s->next = r->acked.seq;
	s->bytes = event_ring;
	s->used = r->head - max(r->tail.off, r->acked.off);
	s->spilled = r->spilled;
	s->waits = r->waits;
	s->waited = r->waited;
	s->gave_up = r->gave_up;
	spin_unlock_irq(&r->lock);
}

/* Is the event in the ring, or has been? */
bool khv_queue_has(unsigned int cpu, u64 seq)
{
	return READ_ONCE(per_cpu_ptr(khv_rings, cpu)->head_seq) > seq;
}

struct wait_queue_head *khv_queue_room(unsigned int cpu)
{
	return &per_cpu_ptr(khv_rings, cpu)->room;
}

void khv_queue_waited(unsigned int cpu, u64 ns, bool gave_up)
{
	struct khv_ring *r = per_cpu_ptr(khv_rings, cpu);

	spin_lock_irq(&r->lock);
	r->waits++;
	r->waited += ns;
	r->gave_up += gave_up;
	spin_unlock_irq(&r->lock);
}

int khv_queue_init(void)
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
		INIT_LIST_HEAD(&r->spill);
		init_waitqueue_head(&r->room);
		r->next_seq = 1;
		r->head_seq = 1;
		r->tail.seq = 1;
		r->acked.seq = 1;
		r->sent.seq = 1;
	}
	for_each_possible_cpu(cpu) {
		r = per_cpu_ptr(khv_rings, cpu);
		r->buf = kvmalloc_node(event_ring, GFP_KERNEL,
				       cpu_to_node(cpu));
		if (!r->buf) {
			khv_queue_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

void khv_queue_exit(void)
{
	struct khv_spilled *s, *next;
	struct khv_ring *r;
	int cpu;

	for_each_possible_cpu(cpu) {
		r = per_cpu_ptr(khv_rings, cpu);
		list_for_each_entry_safe(s, next, &r->spill, list)
			kfree(s);
		kvfree(r->buf);
	}
	free_percpu(khv_rings);
}

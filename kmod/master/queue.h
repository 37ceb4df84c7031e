/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_QUEUE_H
#define _KHV_QUEUE_H

#include <linux/types.h>
#include "event.h"

/**
 * struct khv_pos - how far a reader has read the queue of one CPU
 * @off: byte offset, ever growing
 * @seq: sequence number of what comes next
 */
struct khv_pos {
	u64 off;
	u64 seq;
};

/* See KHV_STATS_A_* in the uapi header. */
struct khv_queue_stats {
	u64 produced;
	u64 delivered;
	u64 lost[KHV_NR_LOST];
	u64 next;
	u32 bytes;
	u32 used;
	u32 spilled;
	u64 waits;
	u64 waited;
	u64 gave_up;
};

/* What has become of an event. */
enum khv_put {
	KHV_PUT_DONE,
	KHV_PUT_HURRY,		/* the queue fills up */
	KHV_PUT_SPILLED,	/* it waits for room */
	KHV_PUT_LOST,
};

enum khv_put khv_queue_put(struct khv_rec *rec, const char **str,
			   enum khv_full full, unsigned int *cpu);
int khv_queue_read(unsigned int cpu, struct khv_pos *pos, bool primary,
		   enum khv_lost kind, struct khv_rec_head *rec, u64 *missed);
void khv_queue_unread(unsigned int cpu, const struct khv_pos *pos);
void khv_queue_end(unsigned int cpu, struct khv_pos *pos);
void khv_queue_resume(unsigned int cpu, struct khv_pos *pos);
bool khv_queue_sent(unsigned int cpu, u64 seq);
bool khv_queue_ack(unsigned int cpu, u64 seq);
void khv_queue_stats(unsigned int cpu, enum khv_lost kind,
		     struct khv_queue_stats *s);

bool khv_queue_has(unsigned int cpu, u64 seq);
struct wait_queue_head *khv_queue_room(unsigned int cpu);
void khv_queue_waited(unsigned int cpu, u64 ns, bool gave_up);

int khv_queue_init(void);
void khv_queue_exit(void);

#endif /* _KHV_QUEUE_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_EVENT_PUT_H
#define _KHV_EVENT_PUT_H

#include "queue.h"

struct sk_buff;

/* 0, or -EMSGSIZE, and then nothing has been added. */
int khv_put_event(struct sk_buff *skb, unsigned int cpu,
		  const struct khv_rec *rec);
int khv_put_gap(struct sk_buff *skb, unsigned int cpu, u64 first, u64 time,
		const u64 *lost);
int khv_put_stats(struct sk_buff *skb, unsigned int cpu, u64 next,
		  const struct khv_queue_stats *s);

#endif /* _KHV_EVENT_PUT_H */

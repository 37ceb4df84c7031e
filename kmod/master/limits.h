/* SPDX-License-Identifier: GPL-2.0 */
/* Every limit of the master, in one place. */
#ifndef _KHV_LIMITS_H
#define _KHV_LIMITS_H

#define KHV_MAX_CLIENTS		64	/* a bit of a mask each, and of each task a pointer */
#define KHV_CALL_SLOTS		1280	/* entry points hooked at once */
#define KHV_OBJECT_SLOTS	128	/* kernel functions hooked at once */
#define KHV_TASK_HASH_BITS	12	/* heads tested by every hooked call */
#define KHV_HOOK_HASH_BITS	11
#define KHV_ENTRY_BATCH		32	/* descriptors taken away at once, then closed */
#define KHV_ENTRY_SPAN		1024	/* descriptors looked at under one lock */
#define KHV_ENTRY_MS		5000	/* wait of an attach for the threads */
#define KHV_ENTRY_ROUNDS	3	/* looks after them, if they shuffle things */
#define KHV_FOUND_BYTES		262144	/* list of what an attach has found */

/* How long disabling a client waits for calls in flight before "busy". */
#define KHV_DRAIN_MS		500

#define KHV_EVENT_OBJECT_MAX	4096	/* longer names are cut */
#define KHV_EVENT_ARGS_MAX	4096	/* arguments of a call; longer ones are cut */
#define KHV_EVENT_SPILL		1048576	/* bytes per CPU that wait for room */
#define KHV_EVENT_WAIT_MAX	600000	/* ms that a task may be made to wait for it */
#define KHV_EVENT_RING_MIN	16384
#define KHV_EVENT_RING_MAX	16777216
#define KHV_EVENT_BATCH		32000	/* bytes of one message to a reader: eight pages in all */
#define KHV_MAX_SUBSCRIBERS	8

#define KHV_WATCHDOG_MAX	3600	/* seconds between checks of integrity */
#define KHV_VERIFY_BYTES	(4u << 20)	/* of a policy in one step */
#define KHV_VIOLATIONS_KEPT	16	/* names in hvctl status */

#define KHV_TXN_IDLE_S		30	/* a silent transaction is forgotten */
#define KHV_TXN_POLICIES	64	/* policies in one transaction */
#define KHV_TXN_LIMITED_S	60	/* longest one without CAP_MAC_ADMIN */
#define KHV_TXN_LIMITED_BYTES	(16u << 20)	/* of a policy in such a one */

#define KHV_ADMIN_GRANTS	64	/* rights given with ADMIN_SET */
#define KHV_REFUSALS_PER_S	50	/* refused requests that become events */

#endif /* _KHV_LIMITS_H */

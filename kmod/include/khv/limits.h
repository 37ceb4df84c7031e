/* SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1) */
/*
 * Every limit of khv, in one place. Who reaches one is told its name and its value.
 */
#ifndef _KHV_LIMITS_H
#define _KHV_LIMITS_H

/* --- the master ---------------------------------------------------------------- */

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

/* --- policies ------------------------------------------------------------------
 *
 * What bounds the cost of one lookup and the size of a blob. The compiler refuses
 * policies beyond these limits; khv_engine_open() refuses blobs.
 */

#define KHV_BLOB_MAX		(256u << 20)	/* bytes; larger policies are refused */
/* Bytes of a path component, literal or pattern; that of the file systems. */
#define KHV_MAX_COMPONENT	255
/* Patterns among the children of one directory. */
#define KHV_MAX_PATTERNS	255
/*
 * Nodes that can match one object at one depth, whatever its name is. Only
 * patterns that overlap count together. Two arrays of so many u32 are on the
 * stack of a lookup that meets a pattern.
 */
#define KHV_MAX_WIDTH		64
/* How far before a node the one may be whose table of ports it has, too. */
#define KHV_MAX_PORT_SHARE	4
/* Rules that name the same identifier, after expansion. */
#define KHV_MAX_ENTRIES		255
/* Process rules, and family: rules, of one domain. */
#define KHV_MAX_ITEMS		256
/* Refuse lines. */
#define KHV_MAX_REFUSE		256
/* Users and groups of one role, and of all admin lines. */
#define KHV_MAX_MEMBERS		256
/* Ranges of numbers in one pair of ( ). */
#define KHV_MAX_RANGES		256
/* Different limit= lines: every task that enters the policy gets memory for them. */
#define KHV_MAX_LIMITS		32
/* Slots of the hash table that are looked at before "not there". */
#define KHV_MAX_PROBES		64
#define KHV_MAX_NODES		16777216
#define KHV_MAX_DOMAINS		256
#define KHV_MAX_SOURCES		1024
/* How deep domains may inherit from each other. */
#define KHV_MAX_INHERIT		3

#endif /* _KHV_LIMITS_H */

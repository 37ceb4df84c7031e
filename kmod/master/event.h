/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_EVENT_H
#define _KHV_EVENT_H

#include <linux/types.h>
#include <linux/sched.h>
#include <uapi/linux/khv.h>

/* What takes the place of a client's name in events of the master itself. */
#define KHV_EVENT_OWN	"khv"

#define KHV_NR_LOST	(KHV_LOST_REFUSED + 1)

/* Strings of a record, in this order behind the fixed part. */
enum khv_rec_string {
	KHV_REC_CLIENT,
	KHV_REC_POLICY,
	KHV_REC_DOMAIN,
	KHV_REC_RULE_FILE,
	KHV_REC_TYPE,
	KHV_REC_VERB,
	KHV_REC_OBJECT,
	KHV_REC_HOOK,
	KHV_REC_EXE,
	KHV_REC_ASKED,
	KHV_REC_TAG,
	KHV_REC_ARGS,
	KHV_REC_NR_STRINGS
};

/**
 * struct khv_rec_head - what a queue knows about a record
 * @len: of the whole record, a multiple of 8
 * @gap: 0 for an event; else so many events are missing, from @seq on, and the record
 *	is a struct khv_rec_gap
 * @keep: it must not be overwritten before it is acknowledged
 * @seq: sequence number
 */
struct khv_rec_head {
	u32 len;
	u32 gap;
	u64 keep;
	u64 seq;
};

/* Events that were lost before they were in the queue. */
struct khv_rec_gap {
	struct khv_rec_head h;
	u64 time;
	u64 lost[KHV_NR_LOST];
};

/**
 * struct khv_rec - one event in a queue
 * @h: for the queue
 * @has: which of @result, @nr and @abi are there: KHV_REC_HAS_*
 * @str_len: lengths of the strings, which follow the struct without NULs
 *
 * The other fields are those of struct khv_event and of the task that caused it.
 */
struct khv_rec {
	struct khv_rec_head h;
	u64 time;
	u64 generation;
	s64 result;
	u32 rule_line;
	u32 pid;
	u32 tgid;
	u32 uid;
	u32 nr;
	u16 error;
	u8 verdict;
	u8 abi;
	u8 has;
	char comm[TASK_COMM_LEN];
	u16 str_len[KHV_REC_NR_STRINGS];
};

#define KHV_REC_HAS_CALL	1

/* Longest record: two names, the arguments, and some short strings. */
#define KHV_REC_MAX	(2 * KHV_EVENT_OBJECT_MAX + KHV_EVENT_ARGS_MAX + 1024)

int khv_event_init(void);
void khv_event_exit(void);

#endif /* _KHV_EVENT_H */

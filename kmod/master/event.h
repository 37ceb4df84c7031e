/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_EVENT_H
#define _KHV_EVENT_H

#include <linux/types.h>
#include <linux/sched.h>

/* What takes the place of a client's name in events of the master itself. */
#define KHV_EVENT_OWN	"khv"

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
	KHV_REC_NR_STRINGS
};

/**
 * struct khv_rec - one event in a ring
 * @len: of the whole record, a multiple of 8
 * @str_len: lengths of the strings, which follow the struct without NULs
 *
 * The other fields are those of struct khv_event and of the task that caused it.
 */
struct khv_rec {
	u32 len;
	u32 rule_line;
	u64 seq;
	u64 time;
	u64 generation;
	u32 pid;
	u32 tgid;
	u32 uid;
	u16 error;
	u8 verdict;
	char comm[TASK_COMM_LEN];
	u16 str_len[KHV_REC_NR_STRINGS];
};

/**
 * struct khv_pos - how far a reader has read the ring of one CPU
 * @off: byte offset, ever growing
 * @seq: sequence number of the next record
 * @delivered: records given to the reader
 * @lost: records that were overwritten before
 */
struct khv_pos {
	u64 off;
	u64 seq;
	u64 delivered;
	u64 lost;
};

/* Longest record: two names of KHV_EVENT_OBJECT_MAX and some short strings. */
#define KHV_REC_MAX	(2 * KHV_EVENT_OBJECT_MAX + 1024)

int khv_event_init(void);
void khv_event_exit(void);
int khv_event_read(unsigned int cpu, struct khv_pos *pos, struct khv_rec *rec,
		   u64 *lost);
void khv_event_seek_end(unsigned int cpu, struct khv_pos *pos);
u64 khv_event_produced(unsigned int cpu);
u64 khv_event_overwritten(unsigned int cpu, const struct khv_pos *pos);

#endif /* _KHV_EVENT_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_FOUND_H
#define _KHV_FOUND_H

#include <linux/sched.h>
#include <linux/types.h>
#include <uapi/linux/khv.h>

struct file;
struct khv_findings;

#define KHV_FOUND_VERB		24	/* a verb's name, with its NUL */
#define KHV_FOUND_OBJECT	256	/* longer names are cut */

/**
 * struct khv_finding - something a process had when it was attached
 * @size: of this one in its list, with the object; filled in by khv_found_add()
 * @object_len: the same
 * @kind: enum khv_found_kind
 * @state: enum khv_found_state
 * @pid: process
 * @tid: thread
 * @fd: of a descriptor
 * @other: another process
 * @start: of a mapping
 * @end: of a mapping
 * @comm: of the thread
 * @verb: what is not granted; empty: nothing is missing
 * @object: without NUL
 */
struct khv_finding {
	u16 size;
	u16 object_len;
	u8 kind;
	u8 state;
	u32 pid;
	u32 tid;
	u32 fd;
	u32 other;
	u64 start;
	u64 end;
	char comm[TASK_COMM_LEN];
	char verb[KHV_FOUND_VERB];
	char object[];
};

struct khv_findings *khv_found_new(void);
void khv_found_get(struct khv_findings *l);
void khv_found_put(struct khv_findings *l);
void khv_found_init(struct khv_finding *f, struct task_struct *task,
		    enum khv_found_kind kind, enum khv_found_state state);
void khv_found_add(struct khv_findings *l, const struct khv_finding *f,
		   const char *object, struct file *file);
unsigned int khv_found_count(struct khv_findings *l, enum khv_found_state state);
void khv_found_forget(struct khv_findings *l, enum khv_found_state state);
const struct khv_finding *khv_found_at(struct khv_findings *l, size_t *offset);
unsigned int khv_found_unlisted(struct khv_findings *l);

#endif /* _KHV_FOUND_H */

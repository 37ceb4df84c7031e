/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_LOOK_H
#define _KHV_LOOK_H

#include <linux/types.h>
#include <uapi/linux/khv.h>
#include <khv/limits.h>
#include "found.h"

struct file;
struct khv_client_reg;
struct task_struct;
struct vm_area_struct;

/* Clients that are asked, in order, pinned by their inflight or by their mutex. */
struct khv_judges {
	unsigned int n;
	struct {
		struct khv_client_reg *cs;
		void *data;
	} of[KHV_MAX_CLIENTS];
};

/**
 * struct khv_look - looking at what a task has
 * @judges: who is asked
 * @task: whose it is: current, or another task if @dry
 * @dry: only to know; no events, nothing is taken away
 * @log: where to list it; NULL: nowhere
 * @list_kept: also what may stay
 * @revoked: state of what is refused, enum khv_found_state
 * @blocked: the same, if it cannot be taken away without breaking the process
 * @refused: counts both
 */
struct khv_look {
	const struct khv_judges *judges;
	struct task_struct *task;
	bool dry;
	struct khv_findings *log;
	bool list_kept;
	u8 revoked;
	u8 blocked;
	unsigned int refused;
};

/* What may become of a mapping. */
enum khv_fate {
	KHV_FATE_KEEP,
	KHV_FATE_EMPTY,		/* empty memory takes its place */
	KHV_FATE_UNMAP,
};

bool khv_look_file(struct khv_look *l, struct file *file, unsigned int fd);
enum khv_fate khv_look_mapping(struct khv_look *l,
			       struct vm_area_struct *vma);
bool khv_look_ring(struct khv_look *l);

#endif /* _KHV_LOOK_H */

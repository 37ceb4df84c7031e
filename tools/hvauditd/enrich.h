/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel's event does not say: names of user and group, the control
 * group with unit and container, the parents. It is looked up after the fact,
 * in /proc and in the databases of names:
 *
 * - The event has program, name, user and number of the task itself, as the
 *   kernel saw them. They are never replaced by what is found here.
 * - A process that has ended before it was looked at has "task": "gone", and
 *   nothing else is known. One that started after the event is another one with
 *   the same number, and counts as gone.
 * - One that is called otherwise by now has "task": "changed": control group and
 *   parents are of now, not of then.
 * - What was found is kept for a second, names for a minute; parents are those
 *   at that moment, so a child whose parent has ended shows who adopted it.
 */
#ifndef _HVAUDITD_ENRICH_H
#define _HVAUDITD_ENRICH_H

#include <stdint.h>
#include "format.h"

struct enricher;

/* NULL without memory. */
struct enricher *enricher_new(void);
void enricher_free(struct enricher *en);
/*
 * About the task of @e; @what: enum enrich. Valid until the next call. @now: ns,
 * monotonic.
 */
const struct extra *enrich(struct enricher *en, const struct khv_event *e,
			   unsigned int what, uint64_t now);

/* --- proc.c ------------------------------------------------------------------------- */

struct proc {
	uint32_t pid, parent, gid;
	uint64_t start;	 /* ns since the boot; */
	uint64_t looked; /* ns, monotonic; 0: never */
	char comm[16];
	char cgroup[256], unit[80], container[80];
};

/* 0, or -ESRCH: there is no such process. */
int proc_read(struct proc *p, uint32_t pid);
/* Unit and container from the path of a control group. */
void cgroup_names(const char *path, char *unit, size_t unit_size,
		  char *container, size_t container_size);

#endif /* _HVAUDITD_ENRICH_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* What the writer keeps for each filter. */
#ifndef _HVAUDITD_FILTER_H
#define _HVAUDITD_FILTER_H

#include "config.h"

struct khv_event;

struct filters {
	const struct config *config;
	struct bucket {
		uint64_t since;	     /* ns; of this second */
		unsigned int passed; /* in it */
		uint64_t held;	     /* events not written */
		uint64_t untold;     /* of these by a limit, not yet told */
	} bucket[FILTERS_MAX];
};

void filters_config(struct filters *s, const struct config *c);
/* Is this event to be written? @now: ns of any clock that only grows. */
bool filters_keep(struct filters *s, const struct khv_event *e, uint64_t now);

#endif /* _HVAUDITD_FILTER_H */

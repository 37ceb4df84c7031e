/* SPDX-License-Identifier: LGPL-2.1 */
/* Comparing two policies: what its files share. */
#ifndef _HVP_DIFF_H
#define _HVP_DIFF_H

#include "compiler.h"

#define MOST_SUBJECTS 16
/* A thing to ask about. */
struct hvp_place_asked {
	const char *domain;
	u32 type; /* enum khv_type */
	const char *text;
	const char *sample; /* an object that it covers */
	bool tree;	    /* it covers what is below as well */
	struct khv_sockaddr addr;
	u16 last; /* port of a range that begins at addr.port */
	struct khv_process process;
};

struct hvp_side {
	const struct khv_engine *e;
	int domain; /* -ENOENT: it has no such domain */
};

struct hvp_diff {
	struct hvp_mem mem;
	struct hvp_side side[2];
	HVP_LIST(struct hvp_place_asked) places;
	struct khv_subject subjects[MOST_SUBJECTS];
	const char *labels[MOST_SUBJECTS];
	u32 nr_subjects;
	khv_difference_fn *fn;
	void *arg;
	size_t found;
};

/* Everything that a policy has a rule for, and what every one is asked about. */
void hvp_diff_places(struct hvp_diff *d, const struct khv_engine *e);

#endif /* _HVP_DIFF_H */

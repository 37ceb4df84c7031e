/* SPDX-License-Identifier: GPL-2.0 */
/* The live view: what is counted, apart from how it is shown. */
#ifndef _HVCTL_TOP_H
#define _HVCTL_TOP_H

#include "event.h"

#define SECONDS_MAX 512 /* of the chart */
#define ROWS_MAX    1024
#define RECENT_MAX  128
#define VERDICTS    6

/* By what events are counted. */
enum by {
	BY_PROGRAM,
	BY_OBJECT,
	BY_RULE,
	BY_POLICY,
	BY_VERB,
	BY_PROCESS,
	NR_BY
};

struct row {
	char key[160]; /* safe to show */
	uint64_t count, denied;
};

struct ranking {
	struct row row[ROWS_MAX];
	unsigned int used;
	uint64_t others; /* beyond ROWS_MAX */
};

struct recent {
	uint64_t time;
	unsigned int verdict;
	char who[96], what[320], rule[96];
};

struct top {
	struct ranking by[NR_BY];
	struct {
		uint32_t all, denied;
	} second[SECONDS_MAX];
	uint64_t newest; /* second since the epoch of the last in there */
	struct recent recent[RECENT_MAX];
	uint64_t events, lost, verdict[VERDICTS];
	bool denials_only, held;
};

/* What the rankings are called. */
const char *by_name(enum by by);
void top_clear(struct top *t);
/* Rows with the highest counts first; returns how many of @max there are. */
unsigned int top_rank(const struct top *t, enum by by, const struct row **rows,
		      unsigned int max);
/* Time goes on without events, too. */
void top_second(struct top *t, uint64_t second);

#endif /* _HVCTL_TOP_H */

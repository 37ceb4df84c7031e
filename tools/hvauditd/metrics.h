/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers for Prometheus, as a file that its node exporter reads. */
#ifndef _HVAUDITD_METRICS_H
#define _HVAUDITD_METRICS_H

#include <stdint.h>
#include "account.h"
#include "output.h"

#define VERDICTS_MAX 8

struct metrics {
	const struct account *books;
	const struct outputs *outputs;
	uint64_t verdicts[VERDICTS_MAX]; /* events written, by enum khv_verdict */
	uint64_t queue_room, queue_size; /* bytes */
};

/* Beside it, and renamed: nobody reads half of it. 0, -errno. */
int metrics_write(const struct metrics *m, const char *path);

#endif /* _HVAUDITD_METRICS_H */

// SPDX-License-Identifier: GPL-2.0
#include <time.h>
#include "output.h"

static uint64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* Some milliseconds do not matter, a system call for each event does. */
uint64_t monotonic_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC_COARSE);
}

uint64_t realtime_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

// SPDX-License-Identifier: GPL-2.0
/* Looking at a file by its name. */
#include "bench.h"
#include <sys/stat.h>

static void stat_once(void)
{
	struct stat st;

	if (syscall(SYS_newfstatat, AT_FDCWD, SHALLOW, &st, 0))
		die("stat");
}

const struct bench_case bench_stat[] = {
	{ "stat", "stat, 3 deep", 5, NULL, stat_once },
	{},
};

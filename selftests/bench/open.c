// SPDX-License-Identifier: GPL-2.0
/*
 * Opening a file to read it, and closing it: three and ten directories deep. The
 * same file every time is what a decision cache would be good at; "many" opens
 * each of a thousand files in turn, which it would not.
 */
#include "bench.h"
#include <stdio.h>

#define MANY 1000

static void open_close(const char *path)
{
	int fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);

	if (fd < 0 || syscall(SYS_close, fd))
		die(path);
}

static void shallow_once(void)
{
	open_close(SHALLOW);
}

static void deep_once(void)
{
	open_close(DEEP);
}

static char many[MANY][64];
static unsigned int next;

static int many_setup(void)
{
	unsigned int i;

	for (i = 0; i < MANY; i++) {
		int fd;

		snprintf(many[i], sizeof(many[i]), SCRATCH "/m%u", i);
		fd = open(many[i], O_WRONLY | O_CREAT, 0600);
		if (fd < 0 || close(fd))
			return -1;
	}
	return 0;
}

static void many_once(void)
{
	open_close(many[next++ % MANY]);
}

const struct bench_case bench_open[] = {
	{ "open3", "open+close, 3 deep", 10, NULL, shallow_once },
	{ "open10", "open+close, 10 deep", 10, NULL, deep_once },
	{ "open-many", "open+close, 1,000 files", 10, many_setup, many_once },
	{},
};

// SPDX-License-Identifier: GPL-2.0
/* A file that gets another name and its own again: two calls a round. */
#include "bench.h"

#define HERE  SCRATCH "/here"
#define THERE SCRATCH "/there"

static int rename_setup(void)
{
	int fd = open(HERE, O_WRONLY | O_CREAT, 0600);

	return fd < 0 ? -1 : close(fd);
}

static void rename_once(void)
{
	if (syscall(SYS_rename, HERE, THERE) ||
	    syscall(SYS_rename, THERE, HERE))
		die("rename");
}

const struct bench_case bench_rename[] = {
	{ "rename", "rename, there and back", 30, rename_setup, rename_once },
	{},
};

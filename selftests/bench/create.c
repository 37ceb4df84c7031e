// SPDX-License-Identifier: GPL-2.0
/* A file that comes and goes. */
#include "bench.h"

#define NAME SCRATCH "/new"

static void create_once(void)
{
	int fd = syscall(SYS_openat, AT_FDCWD, NAME,
			 O_WRONLY | O_CREAT | O_EXCL, 0600);

	if (fd < 0 || syscall(SYS_close, fd) || syscall(SYS_unlink, NAME))
		die("create");
}

const struct bench_case bench_create[] = {
	{ "create", "create+close+unlink", 30, NULL, create_once },
	{},
};

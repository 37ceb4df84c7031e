// SPDX-License-Identifier: GPL-2.0
/* Writing to an open file. */
#include "bench.h"

static char page[4096];
static int fd;

static int write_setup(void)
{
	fd = open(SCRATCH "/write", O_WRONLY | O_CREAT, 0600);
	return fd < 0 ? -1 : 0;
}

static void write_once(void)
{
	if (syscall(SYS_pwrite64, fd, page, sizeof(page), 0) != sizeof(page))
		die("write");
}

const struct bench_case bench_write[] = {
	{ "write", "write 4 KiB", 5, write_setup, write_once },
	{},
};

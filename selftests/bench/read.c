// SPDX-License-Identifier: GPL-2.0
/* Reading from an open file. */
#include "bench.h"

static int fd;

static int read_setup(void)
{
	fd = open(SHALLOW, O_RDONLY);
	return fd < 0 ? -1 : 0;
}

static void read_once(void)
{
	char byte;

	if (syscall(SYS_pread64, fd, &byte, 1, 0) != 1)
		die("read");
}

const struct bench_case bench_read[] = {
	{ "read", "read 1 byte", 2, read_setup, read_once },
	{},
};

// SPDX-License-Identifier: GPL-2.0
/* The cheapest system call: what is added to it is added to every call. */
#include "bench.h"

static void getppid_once(void)
{
	if (syscall(SYS_getppid) < 0)
		die("getppid");
}

const struct bench_case bench_call[] = {
	{ "getppid", "getppid", 1, NULL, getppid_once },
	{},
};

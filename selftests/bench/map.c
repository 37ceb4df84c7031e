// SPDX-License-Identifier: GPL-2.0
/* Mapping a page of a file, and taking the mapping away. */
#include "bench.h"
#include <sys/mman.h>

static int fd;

static int map_setup(void)
{
	fd = open(SHALLOW, O_RDONLY);
	return fd < 0 ? -1 : 0;
}

static void map_once(void)
{
	void *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);

	if (p == MAP_FAILED || munmap(p, 4096))
		die("mmap");
}

const struct bench_case bench_map[] = {
	{ "mmap", "mmap+munmap of a file", 15, map_setup, map_once },
	{},
};

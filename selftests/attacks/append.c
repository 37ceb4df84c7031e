// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: class APP, a log that may only grow. A/f may be read and
 * appended to; every technique tries to change what is in it already.
 */
#include "common.h"
#include <linux/falloc.h>
#include <sys/mman.h>
#include <sys/uio.h>

#ifndef RWF_NOAPPEND
#define RWF_NOAPPEND 0x00000020
#endif

static int log_open(int flags)
{
	int fd = open(A "/f", flags | O_APPEND);

	return fd < 0 ? -errno : fd;
}

static int append(void)
{
	int fd = log_open(O_WRONLY);

	if (fd < 0)
		return fd;
	return write(fd, "more", 4) == 4 ? drop(fd) : -errno;
}

static int plain_open(void)
{
	return drop(open(A "/f", O_WRONLY));
}

static int truncating_open(void)
{
	return drop(open(A "/f", O_WRONLY | O_APPEND | O_TRUNC));
}

static int truncate_open(void)
{
	int fd = log_open(O_WRONLY);

	return fd < 0 ? fd : ret(ftruncate(fd, 0));
}

static int clear_flag(void)
{
	int fd = log_open(O_WRONLY);

	return fd < 0 ? fd : ret(fcntl(fd, F_SETFL, O_NONBLOCK));
}

/* Setting another flag leaves it as it is. */
static int keep_flag(void)
{
	int fd = log_open(O_WRONLY);

	return fd < 0 ? fd : ret(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK));
}

/* Since 6.9; kernels before know no such flag, and the write cannot be tried. */
static int no_append(void)
{
	struct iovec iov = { "over", 4 };
	int fd = log_open(O_WRONLY);

	if (fd < 0)
		return fd;
	if (pwritev2(fd, &iov, 1, 0, RWF_NOAPPEND) == 4)
		return 0;
	return errno == EOPNOTSUPP ? SKIPPED : -errno;
}

static int map_shared(void)
{
	int fd = log_open(O_RDWR);
	char *map;

	if (fd < 0)
		return fd;
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	*map = '!';
	return 0;
}

static int map_then_write(void)
{
	int fd = log_open(O_RDWR);
	char *map;

	if (fd < 0)
		return fd;
	map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED || mprotect(map, 4096, PROT_READ | PROT_WRITE))
		return -errno;
	*map = '!';
	return 0;
}

static int punch_hole(void)
{
	int fd = log_open(O_WRONLY);

	if (fd < 0)
		return fd;
	return ret(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
			     4096));
}

static int grow(void)
{
	int fd = log_open(O_WRONLY);

	return fd < 0 ? fd : ret(fallocate(fd, 0, 0, 8192));
}

const struct attack append_attacks[] = {
	{ "APP-00a", "append to it", append, ALLOWED },
	{ "APP-00b", "F_SETFL that keeps O_APPEND", keep_flag, ALLOWED },
	{ "APP-00c", "reserve room at the end", grow, ALLOWED },
	{ "APP-01", "open for writing anywhere", plain_open },
	{ "APP-02", "O_TRUNC", truncating_open },
	{ "APP-03", "ftruncate", truncate_open },
	{ "APP-04", "F_SETFL without O_APPEND", clear_flag },
	{ "APP-05", "pwritev2 with RWF_NOAPPEND", no_append, .error = EPERM },
	{ "APP-06", "shared writable mapping", map_shared },
	{ "APP-07", "shared mapping made writable", map_then_write },
	{ "APP-08", "fallocate punches a hole", punch_hole },
	{}
};

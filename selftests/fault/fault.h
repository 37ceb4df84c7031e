/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Failing the N-th allocation of a task, by the kernel's own fault injection
 * (Documentation/fault-injection/fault-injection.rst). Which allocations count is
 * set in debugfs, by fault.sh.
 */
#ifndef FAULT_H
#define FAULT_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

/* Of this thread, kept open: opening it would be counted. -1: no such kernel. */
static inline int nth_open(void)
{
	int fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);

	if (fd < 0 && errno != ENOENT) {
		perror("fail-nth");
		exit(2);
	}
	return fd;
}

static inline void nth_set(int fd, unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (fd < 0 && !n)
		return;
	if (pwrite(fd, text, len, 0) != len) {
		perror("fail-nth");
		_exit(2);
	}
}

/* How many allocations were missing to the N-th: 0 if it has failed. */
static inline unsigned int nth_left(int fd)
{
	char text[16] = "";
	int error = errno;

	if (fd < 0)
		return 0;
	if (pread(fd, text, sizeof(text) - 1, 0) <= 0) {
		perror("fail-nth");
		_exit(2);
	}
	errno = error;
	return (unsigned int)strtoul(text, NULL, 10);
}

static inline unsigned int nth_left_of(pid_t pid)
{
	char name[64];
	unsigned int left;
	int fd;

	snprintf(name, sizeof(name), "/proc/%d/fail-nth", pid);
	fd = open(name, O_RDONLY);
	if (fd < 0)
		return 0;
	left = nth_left(fd);
	close(fd);
	return left;
}

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * io_uring by hand: one request at a time. A ring that another process has set
 * up can be mapped as well, which liburing is not made for.
 */
#ifndef ATTACKS_RING_H
#define ATTACKS_RING_H

#include <linux/io_uring.h>
#include <stdbool.h>

#define RING_ENTRIES 4

struct ring {
	int fd;
	bool poll; /* a kernel thread takes requests */
	struct io_uring_params params;
	char *rings;
	struct io_uring_sqe *sqes;
};

int ring_create(struct ring *ring, unsigned int flags);
int ring_inherit(struct ring *ring, int fd, bool poll);
void ring_name(const struct ring *ring, int fd);
int ring_submit(struct ring *ring, const struct io_uring_sqe *sqes, int count);
int ring_chain(struct ring *ring, const struct io_uring_sqe *sqes, int *results,
	       int count);
int ring_do(struct ring *ring, const struct io_uring_sqe *sqe);

#endif

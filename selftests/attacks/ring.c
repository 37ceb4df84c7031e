// SPDX-License-Identifier: GPL-2.0
/* Attack programs: a small io_uring, see ring.h. */
#include "common.h"
#include "ring.h"
#include <sys/mman.h>

static int ring_map(struct ring *ring)
{
	const struct io_uring_params *p = &ring->params;
	size_t size = p->sq_off.array + p->sq_entries * sizeof(unsigned int);
	size_t completions =
		p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe);

	/* IORING_FEAT_SINGLE_MMAP: both rings in one mapping (5.4). */
	if (completions > size)
		size = completions;
	ring->rings = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
			   ring->fd, IORING_OFF_SQ_RING);
	if (ring->rings == MAP_FAILED)
		return -errno;
	ring->sqes = mmap(NULL, p->sq_entries * sizeof(*ring->sqes),
			  PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd,
			  IORING_OFF_SQES);
	return ring->sqes == MAP_FAILED ? -errno : 0;
}

int ring_create(struct ring *ring, unsigned int flags)
{
	*ring = (struct ring){ .poll = flags & IORING_SETUP_SQPOLL };
	ring->params.flags = flags;
	ring->params.sq_thread_idle = 1;
	ring->fd = syscall(SYS_io_uring_setup, RING_ENTRIES, &ring->params);
	if (ring->fd < 0)
		return -errno;
	return ring_map(ring);
}

/* The offsets do not travel with the descriptor: a variable carries them. */
void ring_name(const struct ring *ring, int fd)
{
	const unsigned char *bytes = (const void *)&ring->params;
	char name[32], text[2 * sizeof(ring->params) + 1];
	size_t i;

	for (i = 0; i < sizeof(ring->params); i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	snprintf(name, sizeof(name), "ATTACK_RING_%d", fd);
	setenv(name, text, 1);
	dup2(ring->fd, fd);
}

int ring_inherit(struct ring *ring, int fd, bool poll)
{
	unsigned char *bytes = (void *)&ring->params;
	char name[32];
	const char *text;
	size_t i;

	*ring = (struct ring){ .fd = fd, .poll = poll };
	snprintf(name, sizeof(name), "ATTACK_RING_%d", fd);
	text = getenv(name);
	if (!text)
		return SKIPPED;
	for (i = 0; i < sizeof(ring->params); i++)
		sscanf(text + 2 * i, "%2hhx", &bytes[i]);
	return ring_map(ring);
}

#define FIELD(ring, which, name) \
	((unsigned int *)((ring)->rings + (ring)->params.which##_off.name))

static int ring_kick(struct ring *ring, unsigned int count)
{
	unsigned int *flags = FIELD(ring, sq, flags);

	if (ring->poll) {
		if (!(__atomic_load_n(flags, __ATOMIC_SEQ_CST) &
		      IORING_SQ_NEED_WAKEUP))
			return 0;
		return ret(syscall(SYS_io_uring_enter, ring->fd, 0, 0,
				   IORING_ENTER_SQ_WAKEUP, NULL, 0));
	}
	return ret(syscall(SYS_io_uring_enter, ring->fd, count, 0, 0, NULL, 0));
}

/* Hand in requests and do not wait for what comes of them. */
int ring_submit(struct ring *ring, const struct io_uring_sqe *sqes, int count)
{
	unsigned int *tail = FIELD(ring, sq, tail);
	unsigned int at = *tail;
	int i;

	for (i = 0; i < count; i++) {
		unsigned int slot = at++ & *FIELD(ring, sq, ring_mask);

		ring->sqes[slot] = sqes[i];
		ring->sqes[slot].user_data = i;
		FIELD(ring, sq, array)[slot] = slot;
	}
	__atomic_store_n(tail, at, __ATOMIC_SEQ_CST);
	return ring_kick(ring, count);
}

/* The results of requests that belong together, in their order. */
int ring_chain(struct ring *ring, const struct io_uring_sqe *sqes, int *results,
	       int count)
{
	unsigned int *done = FIELD(ring, cq, tail);
	unsigned int *head = FIELD(ring, cq, head);
	const struct io_uring_cqe *cqe;
	int i, result = ring_submit(ring, sqes, count);

	if (result)
		return result;
	while (count--) {
		for (i = 0; __atomic_load_n(done, __ATOMIC_ACQUIRE) == *head;
		     i++) {
			if (i == 500)
				return -ETIMEDOUT;
			if (ring->poll)
				ring_kick(ring, 0);
			else
				syscall(SYS_io_uring_enter, ring->fd, 0, 0,
					IORING_ENTER_GETEVENTS, NULL, 0);
			usleep(i < 10 ? 500 : 10000);
		}
		cqe = (void *)(ring->rings + ring->params.cq_off.cqes);
		cqe += *head & *FIELD(ring, cq, ring_mask);
		results[cqe->user_data] = cqe->res;
		__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	}
	return 0;
}

/* Submit one request and return its result: a negative error number, or >= 0 */
int ring_do(struct ring *ring, const struct io_uring_sqe *sqe)
{
	int value, result = ring_chain(ring, sqe, &value, 1);

	return result ? result : value;
}

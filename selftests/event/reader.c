// SPDX-License-Identifier: GPL-2.0
/*
 * reader [-p] [-a] [-s USEC] [-t TYPE] [-o FILE]: subscribe to events and keep books of
 * them, until SIGTERM and then until nothing comes any more.
 *
 *   -p  as the audit daemon      -s  sleep so long after each message
 *   -a  acknowledge              -t  count those of this type
 *   -S  the kernel's books    -x FILE  those that another reader has left
 *   -o  the books: written after every message, so that they survive kill -9; only
 *       then is the message acknowledged
 *
 * Every event must have the sequence number that follows on its CPU; what is missing
 * must be announced by a gap record, and its kinds must sum up. Else "broken" counts.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <khv/khv.h>

#define CPUS  64
#define LIMIT 600 /* ms of silence after SIGTERM */

static struct books {
	unsigned long long events, counted, lost, gaps, broken, foreign;
	unsigned long long kind[6];
	unsigned long long first[CPUS], next[CPUS];
} * books, scratch;

static const char *type;
static volatile sig_atomic_t ending;
static bool touched[CPUS];

static void stop(int sig)
{
	(void)sig;
	ending = 1;
}

static void on_event(const struct khv_event *e, void *arg)
{
	unsigned long long first = e->seq, count = 1, sum = 0;
	const uint64_t kind[6] = { e->late, e->slow,   e->absent,
				   e->full, e->memory, e->refused };

	(void)arg;
	if (e->cpu >= CPUS) {
		scratch.broken++;
		return;
	}
	if (!KHV_HAS(e, KHV_E_SEQ)) {
		first = e->first;
		count = e->lost;
		scratch.lost += count;
		scratch.gaps++;
		for (int i = 0; i < 6; i++) {
			scratch.kind[i] += kind[i];
			sum += kind[i];
		}
		scratch.broken += sum != count || !KHV_HAS(e, KHV_E_FIRST);
	} else {
		scratch.events++;
		scratch.counted += !type || (e->type && !strcmp(e->type, type));
		scratch.broken += e->lost != 0;
	}
	if (!scratch.next[e->cpu])
		scratch.first[e->cpu] = first;
	else if (first != scratch.next[e->cpu])
		scratch.broken++;
	scratch.next[e->cpu] = first + count;
	touched[e->cpu] = true;
}

static void acknowledge(struct khv_events *ev)
{
	int last = -1;

	for (int i = 0; i < CPUS; i++)
		if (touched[i])
			last = i;
	for (int i = 0; i <= last; i++) {
		if (!touched[i])
			continue;
		touched[i] = false;
		if (khv_events_ack(ev, (uint32_t)i, scratch.next[i] - 1,
				   i < last))
			scratch.broken++;
	}
}

static void print(void)
{
	static const char *const kinds[] = { "late", "slow",   "absent",
					     "full", "memory", "refused" };

	printf("events=%llu\ncounted=%llu\nlost=%llu\ngaps=%llu\nbroken=%llu\n"
	       "foreign=%llu\n",
	       scratch.events, scratch.counted, scratch.lost, scratch.gaps,
	       scratch.broken, scratch.foreign);
	for (int i = 0; i < 6; i++)
		printf("%s=%llu\n", kinds[i], scratch.kind[i]);
	for (int i = 0; i < CPUS; i++)
		if (scratch.next[i])
			printf("cpu%d=%llu-%llu\n", i, scratch.first[i],
			       scratch.next[i]);
}

static void map_books(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || ftruncate(fd, sizeof(*books)))
		exit(2);
	books = mmap(NULL, sizeof(*books), PROT_READ | PROT_WRITE, MAP_SHARED,
		     fd, 0);
	if (books == MAP_FAILED)
		exit(2);
}

/* The kernel's books, summed up. */
static int stats(void)
{
	struct khv_cpu_stats t = { .has = 0 };
	struct khv_conn *conn;
	struct khv_list *l;

	if (khv_open(&conn) || khv_list_stats(conn, &l))
		return 1;
	for (size_t i = 0; i < khv_list_count(l); i++) {
		const struct khv_cpu_stats *s = khv_list_at(l, i);

		t.produced += s->produced;
		t.delivered += s->delivered;
		t.lost += s->lost;
		t.full += s->full;
		t.refused += s->refused;
		t.memory += s->memory;
		t.used += s->used;
		t.bytes = s->bytes;
		t.spilled += s->spilled;
		t.waits += s->waits;
		t.gave_up += s->gave_up;
	}
	printf("produced=%llu\ndelivered=%llu\nlost=%llu\nfull=%llu\n"
	       "refused=%llu\nmemory=%llu\nused=%u\nbytes=%u\nspilled=%u\n"
	       "waits=%llu\ngave_up=%llu\n",
	       (unsigned long long)t.produced, (unsigned long long)t.delivered,
	       (unsigned long long)t.lost, (unsigned long long)t.full,
	       (unsigned long long)t.refused, (unsigned long long)t.memory,
	       t.used, t.bytes, t.spilled, (unsigned long long)t.waits,
	       (unsigned long long)t.gave_up);
	khv_list_free(l);
	khv_close(conn);
	return 0;
}

/* What a reader that was killed has left. */
static int show(const char *path)
{
	FILE *f = fopen(path, "r");

	if (!f || fread(&scratch, sizeof(scratch), 1, f) != 1)
		return 2;
	print();
	return 0;
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = stop };
	struct khv_events *ev;
	struct khv_error error;
	struct sockaddr_nl me = { 0 };
	socklen_t size = sizeof(me);
	uint32_t flags = 0;
	int opt, usec = 0, n;

	while ((opt = getopt(argc, argv, "pas:t:o:x:S")) != -1) {
		switch (opt) {
		case 'p':
			flags |= KHV_SUB_PRIMARY;
			break;
		case 'a':
			flags |= KHV_SUB_ACK;
			break;
		case 's':
			usec = atoi(optarg);
			break;
		case 't':
			type = optarg;
			break;
		case 'o':
			map_books(optarg);
			break;
		case 'x':
			return show(optarg);
		case 'S':
			return stats();
		default:
			return 2;
		}
	}
	if (khv_events_open(&ev, flags, &error)) {
		printf("error=%s\ntext=%s\n",
		       error.code ? strerrorname_np(error.code) : "?",
		       error.text);
		return 1;
	}
	sigaction(SIGTERM, &sa, NULL);
	getsockname(khv_events_fd(ev), (struct sockaddr *)&me, &size);
	printf("ready\nport=%u\n", me.nl_pid);
	fflush(stdout);
	for (;;) {
		struct pollfd p = { .fd = khv_events_fd(ev), .events = POLLIN };

		n = khv_events_read(ev, on_event, NULL);
		if (n == -EAGAIN) {
			n = poll(&p, 1, ending ? LIMIT : 1000);
			if (ending && !n)
				break;
			continue;
		}
		if (n < 0 && n != -ENOBUFS)
			break;
		scratch.foreign = khv_events_count(ev)->foreign;
		if (books)
			*books = scratch;
		if (flags & KHV_SUB_ACK)
			acknowledge(ev);
		if (usec)
			usleep((useconds_t)usec);
	}
	print();
	khv_events_close(ev);
	return 0;
}

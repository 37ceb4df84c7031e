// SPDX-License-Identifier: GPL-2.0
/* The kernel's side: subscribe, drain into the ring, notice a reload. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "hvauditd.h"

/*
 * To ask for a family that is not there makes the kernel start modprobe each
 * time. Who waits for it looks here first.
 */
static bool module_absent(struct khv_error *e)
{
	if (!access("/sys/module/khv", F_OK) || errno != ENOENT)
		return false;
	*e = (struct khv_error){ .code = ENODEV, .absent = true };
	snprintf(e->text, sizeof(e->text), "kernel module khv is not loaded");
	return true;
}

static int read_stats(struct reader *r, struct khv_list **list)
{
	int err;

	if (!r->conn) {
		if (module_absent(&r->error))
			return -ENODEV;
		err = khv_open(&r->conn);
		if (!r->conn)
			return -ENOMEM;
		if (err)
			goto failed;
	}
	err = khv_list_stats(r->conn, list);
	if (!err)
		return 0;
failed:
	r->error = *khv_error(r->conn);
	khv_close(r->conn);
	r->conn = NULL;
	return err;
}

/* In the ring before the first event: the writer's books start from it. */
static int announce(struct reader *r, const struct khv_list *list,
		    const char *boot_id)
{
	size_t n = khv_list_count(list), size;
	struct subscribed *s;
	bool put;

	if (n > MAX_CPUS)
		n = MAX_CPUS;
	size = sizeof(*s) + n * sizeof(s->cpu[0]);
	s = calloc(1, size);
	if (!s)
		return -ENOMEM;
	snprintf(s->boot_id, sizeof(s->boot_id), "%s", boot_id);
	s->cpus = (uint32_t)n;
	s->epoch = ++r->epoch;
	memset(r->acked, 0, sizeof(r->acked));
	for (size_t i = 0; i < n; i++) {
		const struct khv_cpu_stats *c = khv_list_at(list, i);

		s->cpu[i].cpu = c->cpu;
		s->cpu[i].produced = c->produced;
		s->cpu[i].delivered = c->delivered;
		s->cpu[i].lost = c->lost;
	}
	put = ring_put(r->ring, ENTRY_SUBSCRIBED, s, size);
	free(s);
	ring_wake(r->ring);
	return put ? 0 : -EAGAIN;
}

/*
 * The counters are read first: from the subscription on the kernel delivers,
 * and what it delivered could not be told from what was delivered before.
 */
int reader_subscribe(struct reader *r)
{
	struct khv_list *list;
	int err;

	err = read_stats(r, &list);
	if (err)
		return err;
	err = khv_events_open(&r->events, KHV_SUB_PRIMARY | KHV_SUB_ACK,
			      &r->error);
	if (!err) {
		khv_events_brief(r->events);
		err = announce(r, list, khv_events_boot_id(r->events));
		if (err) {
			reader_unsubscribe(r);
			r->error.code = -err;
			snprintf(r->error.text, sizeof(r->error.text),
				 "the queue is full");
		}
	}
	khv_list_free(list);
	return err;
}

void reader_unsubscribe(struct reader *r)
{
	khv_events_close(r->events);
	r->events = NULL;
}

static bool grow(struct reader *r, uint32_t cpu)
{
	uint64_t *p;

	if (cpu < r->cpus)
		return true;
	if (cpu >= MAX_CPUS)
		return false;
	p = reallocarray(r->dropped, cpu + 1, sizeof(*p));
	if (!p)
		return false;
	memset(p + r->cpus, 0, (cpu + 1 - r->cpus) * sizeof(*p));
	r->dropped = p;
	r->cpus = cpu + 1;
	return true;
}

/* What did not fit comes before what fits again. */
static bool tell_dropped(struct reader *r, uint32_t cpu)
{
	struct dropped d = { .cpu = cpu, .count = r->dropped[cpu] };

	if (!d.count)
		return true;
	if (!ring_put(r->ring, ENTRY_DROPPED, &d, sizeof(d)))
		return false;
	r->dropped[cpu] = 0;
	return true;
}

void reader_flush_dropped(struct reader *r)
{
	bool all = true;

	if (!r->any_dropped)
		return;
	for (uint32_t cpu = 0; cpu < r->cpus; cpu++)
		all &= tell_dropped(r, cpu);
	r->any_dropped = !all;
	ring_wake(r->ring);
}

/* The queue is full, and what does not fit is lost: once a time. */
static void ran_over(struct reader *r)
{
	const struct reaction *a = &r->config->reaction[FAIL_QUEUE_FULL];

	if (r->full)
		return;
	r->full = true;
	fprintf(stderr, "hvauditd: the queue is full\n");
	if (a->action == ACTION_STOP)
		r->stop = true;
	if (a->action == ACTION_EXEC)
		run_program(&r->child, a->program, "queue",
			    failure_names[FAIL_QUEUE_FULL]);
}

static void on_event(const struct khv_event *e, void *arg)
{
	struct reader *r = arg;

	if (!grow(r, e->cpu))
		return;
	if (tell_dropped(r, e->cpu) &&
	    ring_put(r->ring, ENTRY_EVENT, e->raw.data, e->raw.len))
		return;
	ran_over(r);
	/*
	 * A gap record that does not fit is told by its number alone; what the
	 * kernel lost before this event is seen by its sequence number.
	 */
	r->dropped[e->cpu] += KHV_HAS(e, KHV_E_SEQ) ? 1 + e->lost : e->lost;
	r->any_dropped = true;
}

/* A datagram with all its events becomes no longer in the ring. */
#define DATAGRAM (2 * 65536)

/* What is left in the socket waits in the kernel, which says who waits there. */
bool reader_waits(struct reader *r)
{
	int action = r->config->reaction[FAIL_QUEUE_FULL].action;

	if (ring_room(r->ring) >= DATAGRAM / 2) {
		r->full = false;
		return false;
	}
	if (action == ACTION_EXEC)
		ran_over(r);
	return action == ACTION_WAIT || action == ACTION_EXEC;
}

/* Signals have their turn even if the kernel is faster than we are. */
#define BATCH 256

bool reader_drain(struct reader *r)
{
	int n;

	for (int i = 0; i < BATCH; i++) {
		if (reader_waits(r))
			break;
		n = khv_events_read(r->events, on_event, r);
		if (n == -EAGAIN)
			break;
		/* The kernel counts what a full socket has cost. */
		if (n < 0 && n != -ENOBUFS) {
			ring_wake(r->ring);
			return false;
		}
	}
	/* Once: a writer that is woken by each message takes our place for it. */
	ring_wake(r->ring);
	reader_flush_dropped(r);
	return true;
}

/*
 * Not before the writer has seen this subscription: numbers of the one before may
 * be of a module that is gone.
 */
void reader_ack(struct reader *r, struct writer *w)
{
	uint32_t cpus = atomic_load(&w->acked_cpus), last = MAX_CPUS;

	if (!r->events || atomic_load(&w->epoch) != r->epoch)
		return;
	for (uint32_t cpu = 0; cpu < cpus; cpu++) {
		uint64_t seq = atomic_load(&w->acked[cpu]);

		if (seq <= r->acked[cpu])
			continue;
		if (last < MAX_CPUS)
			khv_events_ack(r->events, last, r->acked[last], true);
		r->acked[cpu] = seq;
		last = cpu;
	}
	if (last < MAX_CPUS)
		khv_events_ack(r->events, last, r->acked[last], false);
}

bool reader_check(struct reader *r)
{
	const struct khv_info *info;

	if (module_absent(&r->error))
		goto gone;
	if (!r->conn && khv_open(&r->conn))
		goto gone;
	if (!khv_get_info(r->conn, &info))
		return khv_family(r->conn) == khv_events_family(r->events);
gone:
	khv_close(r->conn);
	r->conn = NULL;
	return false;
}

void reader_totals(struct reader *r, struct kernel_totals *t)
{
	struct khv_list *list;

	*t = (struct kernel_totals){ .known = false };
	if (read_stats(r, &list))
		return;
	t->known = true;
	for (size_t i = 0; i < khv_list_count(list); i++) {
		const struct khv_cpu_stats *c = khv_list_at(list, i);

		t->produced += c->produced;
	}
	khv_list_free(list);
}

bool reader_note(struct reader *r, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	bool put;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	put = ring_put(r->ring, ENTRY_NOTE, text, strlen(text) + 1);
	ring_wake(r->ring);
	return put;
}

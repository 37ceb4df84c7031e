// SPDX-License-Identifier: GPL-2.0
/* hvctl event: decisions as they are made. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include "event.h"

/* As often it is checked whether the module is still there. */
#define CHECK_MS 2000

static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	(void)sig;
	interrupted = 1;
}

struct tail {
	struct hvctl *h;
	struct query query;
	bool done;
	char chain[1024]; /* of processes, last shown */
	struct top *top;  /* or NULL */
};

static void on_event(const struct khv_event *event, void *arg)
{
	struct item e = { .event = event, .time = event->time };
	struct tail *t = arg;

	if (t->done || !query_wants(&t->query, &e))
		return;
	if (t->top) {
		top_add(t->top, &e);
		return;
	}
	if (t->h->opt[OPT_PROCESSES] && KHV_HAS(event, KHV_E_SEQ))
		show_ancestors(t->h, &e, t->chain, sizeof(t->chain));
	show_item(t->h, &e,
		  t->h->opt[OPT_PROCESSES] && !t->h->json ? "  " : "");
	if (t->query.counted && KHV_HAS(event, KHV_E_SEQ) && !--t->query.left)
		t->done = true;
}

static bool still_there(struct hvctl *h, const struct khv_events *ev)
{
	const struct khv_info *info;

	if (connect_kernel(h) || khv_get_info(h->conn, &info))
		return false;
	return khv_family(h->conn) == khv_events_family(ev);
}

static int follow(struct tail *t, struct khv_events *ev)
{
	struct pollfd p = { .fd = khv_events_fd(ev), .events = POLLIN };
	int err = 0;

	while (!t->done && !interrupted) {
		err = khv_events_read(ev, on_event, t);
		if (err >= 0)
			continue;
		/* A full socket is no end: the kernel says what was lost. */
		if (err == -ENOBUFS)
			continue;
		if (err != -EAGAIN)
			return fail(t->h, HV_FAILED, NULL, "event tail: %s",
				    strerror(-err));
		fflush(stdout);
		if (ferror(stdout))
			return HV_FAILED;
		if (poll(&p, 1, CHECK_MS) == 0 && !still_there(t->h, ev))
			return fail(t->h, HV_ABSENT, NULL,
				    "event tail: the module was unloaded");
	}
	fflush(stdout);
	return interrupted ? HV_INTERRUPTED : HV_OK;
}

int cmd_event_tail(struct hvctl *h)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct tail t = { .h = h };
	struct khv_events *ev;
	struct khv_error error;
	int code;

	code = query_parse(h, &t.query, 0);
	if (code)
		return code;
	if (khv_events_open(&ev, 0, &error))
		return fail_error(h, "event tail", &error);
	h->streaming = true;
	/* Whoever waits for us to listen knows it from this line. */
	if (!h->quiet && !h->json)
		fprintf(stderr, "hvctl: listening\n");
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	code = follow(&t, ev);
	khv_events_close(ev);
	return code;
}

/* --- the live view -------------------------------------------------------------------- */

struct live {
	struct tail tail;
	struct khv_events *events;
};

/* A frame must be drawn also if the kernel is faster than we are. */
#define MESSAGES_MAX 64

static bool read_live(struct top *top, void *arg)
{
	struct live *l = arg;
	int n = 0;

	l->tail.top = top;
	for (int i = 0; i < MESSAGES_MAX && (n >= 0 || n == -ENOBUFS); i++)
		n = khv_events_read(l->events, on_event, &l->tail);
	return n >= 0 || n == -EAGAIN || n == -ENOBUFS;
}

int cmd_event_top(struct hvctl *h)
{
	struct live l = { .tail.h = h };
	struct top_source source = { .read = read_live,
				     .arg = &l,
				     .title = "live" };
	struct khv_error error;
	int code = query_parse(h, &l.tail.query, 0);

	if (code)
		return code;
	if (khv_events_open(&l.events, 0, &error))
		return fail_error(h, "event top", &error);
	source.fd = khv_events_fd(l.events);
	code = run_top(h, &source);
	khv_events_close(l.events);
	return code;
}

/* --- counters --------------------------------------------------------------------------- */

static const struct column columns[] = {
	{ "CPU", "cpu", true },
	{ "PRODUCED", "produced", true },
	{ "DELIVERED", "delivered", true },
	{ "LOST", "lost", true },
};

int kernel_stats(struct hvctl *h)
{
	struct khv_cpu_stats sum = { .has = 0 };
	struct khv_list *l;

	if (connect_kernel(h))
		return exit_code(khv_error(h->conn));
	if (khv_list_stats(h->conn, &l))
		return fail_kernel(h, "event stats");
	print_list(h, &khv_stats_record, l, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < khv_list_count(l); i++) {
		const struct khv_cpu_stats *s = khv_list_at(l, i);

		sum.produced += s->produced;
		sum.delivered += s->delivered;
		sum.lost += s->lost;
	}
	note(h, "sum: %llu produced, %llu delivered, %llu lost",
	     (unsigned long long)sum.produced,
	     (unsigned long long)sum.delivered, (unsigned long long)sum.lost);
	khv_list_free(l);
	return HV_OK;
}

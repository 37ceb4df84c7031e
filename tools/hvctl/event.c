// SPDX-License-Identifier: GPL-2.0
/* hvctl event: decisions as they are made. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include "hvctl.h"

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
	int verdict;   /* -1: any */
	uint64_t left; /* 0: no end */
	bool counted, done;
};

static bool wanted(const struct tail *t, const struct khv_event *e)
{
	const char *client = t->h->opt[OPT_CLIENT];
	const char *policy = t->h->opt[OPT_POLICY];

	/* What was lost might have been wanted. */
	if (!KHV_HAS(e, KHV_E_SEQ))
		return true;
	return (t->verdict < 0 || e->verdict == t->verdict) &&
	       (!client || (e->client && !strcmp(client, e->client))) &&
	       (!policy || (e->policy && !strcmp(policy, e->policy)));
}

static const char *const colors[] = { "\033[32m", "\033[31m", "\033[33m",
				      "\033[33m", "\033[33m" };

static void print_event(struct tail *t, const struct khv_event *e)
{
	char line[KHV_LINE_MAX];
	bool color = t->h->color && KHV_HAS(e, KHV_E_SEQ) &&
		     e->verdict < ARRAY_SIZE(colors);

	if (t->h->json) {
		struct json_object *o = khv_event_json(e);

		json_line(t->h, o);
		json_object_put(o);
		return;
	}
	khv_event_text(e, line, sizeof(line));
	printf("%s%s%s\n", color ? colors[e->verdict] : "", line,
	       color ? "\033[0m" : "");
}

static void on_event(const struct khv_event *e, void *arg)
{
	struct tail *t = arg;

	if (t->done || !wanted(t, e))
		return;
	print_event(t, e);
	if (t->counted && KHV_HAS(e, KHV_E_SEQ) && !--t->left)
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

static int parse_options(struct hvctl *h, struct tail *t)
{
	const char *count = h->opt[OPT_COUNT];
	char *end;

	t->verdict = -1;
	if (h->opt[OPT_VERDICT]) {
		t->verdict = khv_verdict_value(h->opt[OPT_VERDICT]);
		if (t->verdict < 0)
			return fail(
				h, HV_USAGE, NULL,
				"--verdict: \"%s\" is not allow, deny, would-deny, shadow-deny or shadow-allow",
				h->opt[OPT_VERDICT]);
	}
	if (count) {
		t->counted = true;
		t->left = strtoull(count, &end, 10);
		if (*end || !t->left || count[0] == '-')
			return fail(h, HV_USAGE, NULL,
				    "-n: \"%s\" is not a number of events",
				    count);
	}
	return HV_OK;
}

int cmd_event_tail(struct hvctl *h)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct tail t = { .h = h };
	struct khv_events *ev;
	struct khv_error error;
	int code;

	code = parse_options(h, &t);
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

static const struct column columns[] = {
	{ "CPU", "cpu", true },
	{ "PRODUCED", "produced", true },
	{ "DELIVERED", "delivered", true },
	{ "LOST", "lost", true },
};

int cmd_event_stats(struct hvctl *h)
{
	struct khv_cpu_stats sum = { .has = 0 };
	struct khv_list *l;

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

// SPDX-License-Identifier: GPL-2.0
/*
 * Events of the client "audit", a line each, until SIGTERM and then until nothing comes
 * any more: VERDICT TYPE VERB OBJECT RESULT ERRNO TAG NAME=TEXT...
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <khv/khv.h>

static volatile sig_atomic_t ending;

static void stop(int sig)
{
	(void)sig;
	ending = 1;
}

static void on_event(const struct khv_event *e, void *unused)
{
	char text[4096], word[16];
	struct khv_arg arg;

	(void)unused;
	if (!KHV_HAS(e, KHV_E_SEQ) || !e->client || strcmp(e->client, "audit"))
		return;
	printf("%s %s %s %.*s %lld %s %s", khv_verdict_name(e->verdict),
	       e->type, e->verb, e->object.data ? (int)e->object.len : 1,
	       e->object.data ? (const char *)e->object.data : "-",
	       KHV_HAS(e, KHV_E_RESULT) ? (long long)e->result : 0,
	       e->error ? khv_errno_name(e->error, word) : "0",
	       e->tag ? e->tag : "-");
	for (size_t i = 0; khv_event_arg(e, i, &arg); i++) {
		khv_arg_text(&arg, text, sizeof(text));
		printf(" %s=%s", arg.name, text);
	}
	puts("");
	fflush(stdout);
}

int main(void)
{
	struct sigaction sa = { .sa_handler = stop };
	struct khv_events *ev;
	struct khv_error error;

	if (khv_events_open(&ev, 0, &error)) {
		puts(error.text);
		return 1;
	}
	sigaction(SIGTERM, &sa, NULL);
	puts("ready");
	fflush(stdout);
	for (;;) {
		struct pollfd p = { .fd = khv_events_fd(ev), .events = POLLIN };

		if (khv_events_read(ev, on_event, NULL) != -EAGAIN)
			continue;
		if (!poll(&p, 1, ending ? 400 : 1000) && ending)
			return 0;
	}
}

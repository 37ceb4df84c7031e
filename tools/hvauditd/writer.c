// SPDX-License-Identifier: GPL-2.0
/* The writer thread: out of the ring, into the books and into syslog. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>
#include "hvauditd.h"

#define IDLE_MS 500
/* What a kill -9 leaves uncertain. */
#define SAVE_NS 100000000ull

struct work {
	struct writer *w;
	struct config config;
	struct sink sink;
	struct account books;
	uint64_t saved;	   /* when, monotonic */
	uint64_t unlogged; /* not taken by syslog */
	bool open;	   /* the books are read */
	bool dirty, told_save;
};

static void publish(struct work *k)
{
	atomic_store(&k->w->logged, k->books.logged);
	atomic_store(&k->w->lost, account_lost(&k->books));
	atomic_store(&k->w->away, k->sink.away);
	atomic_fetch_add(&k->w->beats, 1);
}

static void save(struct work *k)
{
	int err = account_save(&k->books, k->config.state);

	k->saved = monotonic_ns();
	k->dirty = false;
	if (err && !k->told_save)
		fprintf(stderr,
			"hvauditd: %s: %s; a restart will not know what was logged\n",
			k->config.state, strerror(-err));
	k->told_save = err != 0;
}

static void came_back(struct work *k, uint64_t since)
{
	char text[128];

	snprintf(text, sizeof(text), "BACK syslog was away for %llu ms",
		 (unsigned long long)((monotonic_ns() - since) / 1000000));
	sink_write(&k->sink, LOG_NOTICE, realtime_ns(), text);
}

/*
 * Until it is written, or the time to drain is over: meanwhile the ring fills,
 * and what does not fit is counted by the reader.
 */
static bool deliver(struct work *k, int severity, uint64_t time,
		    const char *text)
{
	bool was_away = k->sink.away;
	uint64_t since = k->sink.away_since;
	int err;

	while ((err = sink_write(&k->sink, severity, time, text)) == -EAGAIN) {
		was_away = k->sink.away;
		since = k->sink.away_since;
		publish(k);
		if (atomic_load(&k->w->hurry))
			return false;
		usleep(50000);
	}
	if (!err && was_away)
		came_back(k, since);
	return !err;
}

/* Time is over: what is in the ring goes to the books and not to syslog. */
static bool hurry(const struct work *k)
{
	return atomic_load(&k->w->hurry);
}

static void tell_holes(struct work *k, uint32_t cpu, const struct hole *holes,
		       int count)
{
	char text[256];

	for (int i = 0; i < count && !hurry(k); i++) {
		snprintf(
			text, sizeof(text),
			"LOST %llu events cpu=%u between seq %llu and %llu cause=%s",
			(unsigned long long)holes[i].count, cpu,
			(unsigned long long)holes[i].after,
			(unsigned long long)holes[i].until,
			cause_name(holes[i].cause));
		deliver(k, LOG_ERR, realtime_ns(), text);
	}
	k->dirty |= count > 0;
}

static const int severities[] = {
	[KHV_ALLOWED] = LOG_INFO,	 [KHV_DENIED] = LOG_WARNING,
	[KHV_WOULD_DENY] = LOG_NOTICE,	 [KHV_SHADOW_DENY] = LOG_NOTICE,
	[KHV_SHADOW_ALLOW] = LOG_NOTICE,
};

static void on_event(struct work *k, const struct entry *entry)
{
	struct hole holes[MAX_HOLES];
	char line[KHV_LINE_MAX];
	struct khv_event e;
	int severity = LOG_WARNING;

	if (khv_event_decode(&e, entry->data, entry->len))
		return;
	tell_holes(k, e.cpu, holes, account_event(&k->books, &e, holes));
	k->dirty = true;
	if (!KHV_HAS(&e, KHV_E_SEQ))
		return;
	if (e.verdict < ARRAY_SIZE(severities))
		severity = severities[e.verdict];
	khv_event_line(&e, line, sizeof(line));
	if (!hurry(k) && deliver(k, severity, e.time, line)) {
		account_logged(&k->books, &e);
		return;
	}
	account_unlogged(&k->books, &e, LOST_SYSLOG);
	k->unlogged++;
}

static void on_dropped(struct work *k, const struct entry *entry)
{
	const struct dropped *d = (const void *)entry->data;
	struct hole holes[MAX_HOLES];

	tell_holes(k, d->cpu, holes,
		   account_dropped(&k->books, d, LOST_QUEUE, holes));
}

static void open_books(struct work *k)
{
	int err = account_load(&k->books, k->config.state);

	if (err && err != -ENOENT)
		fprintf(stderr, "hvauditd: %s: %s; starting new books\n",
			k->config.state, strerror(-err));
	k->open = true;
}

static void on_subscribed(struct work *k, const struct entry *entry)
{
	const struct subscribed *s = (const void *)entry->data;
	struct hole holes[MAX_HOLES];
	char text[256];

	/* Not earlier: the daemon before us may just have ended. */
	if (!k->open)
		open_books(k);
	account_subscribed(&k->books, s);
	snprintf(text, sizeof(text),
		 "START hvauditd %s boot=%s before=%llu logged=%llu lost=%llu",
		 KHV_VERSION, s->boot_id, (unsigned long long)k->books.before,
		 (unsigned long long)k->books.logged,
		 (unsigned long long)account_lost(&k->books));
	deliver(k, LOG_NOTICE, realtime_ns(), text);
	for (uint32_t i = 0; i < s->cpus; i++)
		tell_holes(k, s->cpu[i].cpu, holes,
			   account_subscribed_cpu(&k->books, s, i, holes));
	k->dirty = true;
}

static void on_note(struct work *k, const struct entry *entry)
{
	deliver(k, LOG_NOTICE, realtime_ns(), entry->data);
}

static void on_config(struct work *k, const struct entry *entry)
{
	memcpy(&k->config, entry->data, sizeof(k->config));
	sink_close(&k->sink);
	k->dirty = true;
}

/* produced == before + logged + lost + pending, always. */
static void on_stop(struct work *k, const struct entry *entry)
{
	const struct kernel_totals *t = (const void *)entry->data;
	const struct account *a = &k->books;
	uint64_t accounted = account_produced(a), produced = accounted;
	char text[512];
	int n;

	/* Never subscribed: they are the books of somebody else. */
	if (!k->open)
		return;
	if (k->unlogged) {
		snprintf(text, sizeof(text), "LOST %llu events cause=%s",
			 (unsigned long long)k->unlogged,
			 cause_name(LOST_SYSLOG));
		deliver(k, LOG_ERR, realtime_ns(), text);
	}
	if (t->known && t->produced > accounted)
		produced = t->produced;
	n = snprintf(text, sizeof(text),
		     "STOP produced=%llu logged=%llu lost=%llu (",
		     (unsigned long long)produced,
		     (unsigned long long)a->logged,
		     (unsigned long long)account_lost(a));
	for (int i = 0; i < NR_CAUSES; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s%s=%llu",
			      i ? " " : "", cause_name((enum cause)i),
			      (unsigned long long)a->lost[i]);
	snprintf(text + n, sizeof(text) - (size_t)n,
		 ") before=%llu pending=%llu%s", (unsigned long long)a->before,
		 (unsigned long long)(produced - accounted),
		 t->known ? "" : " (kernel not asked)");
	if (!deliver(k, LOG_NOTICE, realtime_ns(), text))
		fprintf(stderr, "hvauditd: %s\n", text);
	save(k);
}

static void (*const handlers[])(struct work *k, const struct entry *entry) = {
	[ENTRY_EVENT] = on_event,	    [ENTRY_DROPPED] = on_dropped,
	[ENTRY_SUBSCRIBED] = on_subscribed, [ENTRY_NOTE] = on_note,
	[ENTRY_CONFIG] = on_config,	    [ENTRY_STOP] = on_stop,
};

void *writer_run(void *arg)
{
	struct work k = { .w = arg };
	bool stop = false;

	k.config = k.w->config;
	sink_init(&k.sink, &k.config, k.w->copy);
	while (!stop) {
		const struct entry *e = ring_peek(k.w->ring, 0);

		/* Whenever there is nothing to do the file is up to date. */
		if (k.dirty && (!e || monotonic_ns() - k.saved > SAVE_NS))
			save(&k);
		if (!e)
			e = ring_peek(k.w->ring, IDLE_MS);
		if (e) {
			stop = e->kind == ENTRY_STOP;
			handlers[e->kind](&k, e);
			ring_take(k.w->ring);
		}
		publish(&k);
	}
	sink_close(&k.sink);
	account_free(&k.books);
	return NULL;
}

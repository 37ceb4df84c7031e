// SPDX-License-Identifier: GPL-2.0
/* The writer thread: out of the ring, into the books and to the outputs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>
#include "enrich.h"
#include "filter.h"
#include "hvauditd.h"
#include "metrics.h"
#include "repeat.h"

#define IDLE_MS 500
/* What a kill -9 leaves uncertain. */
#define SAVE_NS 100000000ull
#define TELL_NS 1000000000ull
/* So many events are put away together; the kernel keeps them so long. */
#define TOGETHER 512
/* And so many, before anybody looks at the clock. */
#define TURN 64
/* Events come in messages: whoever is through with one waits for the next so long. */
#define NEXT_MS 5

struct work {
	struct writer *w;
	struct config config;
	struct outputs outputs;
	struct filters filters;
	struct enricher *enricher;
	struct repeats *repeats;
	struct metrics metrics;
	struct account books;
	uint64_t saved, counted, told; /* when, monotonic */
	uint64_t now;		       /* at the begin of this turn */
	uint64_t unlogged;	       /* no output has taken them */
	unsigned int uncommitted;      /* events */
	bool abandoned;		       /* the books end here */
	bool open;		       /* the books are read */
	bool dirty, told_save, told_metrics;
};

/* --- what lies around ------------------------------------------------------------- */

static void publish(struct work *k)
{
	atomic_store(&k->w->logged, k->books.logged);
	atomic_store(&k->w->lost, account_lost(&k->books));
	atomic_store(&k->w->away, outputs_away(&k->outputs));
	if (k->outputs.stop)
		atomic_store(&k->w->failed, true);
	atomic_fetch_add(&k->w->beats, 1);
}

static void alive(void *arg)
{
	publish(arg);
}

/* Time is over: what is in the ring stays with the kernel. */
static bool hurry(const struct work *k)
{
	return atomic_load(&k->w->hurry);
}

/* What outputs have kept, and could not write, is not logged. */
static void settle(struct work *k)
{
	outputs_flush(&k->outputs);
	/*
	 * The end, with records that no output has: neither acknowledged nor in
	 * the books, they come again at the next start.
	 */
	k->abandoned |= k->outputs.undone && (k->outputs.stop || hurry(k));
	account_undo(&k->books, k->outputs.undone);
	k->unlogged += k->outputs.undone;
	k->outputs.undone = 0;
}

/* Written, or lost for good: the kernel need not keep it any longer. */
static void commit(struct work *k)
{
	struct writer *w = k->w;
	uint64_t one = 1;
	bool any = false;

	settle(k);
	k->uncommitted = 0;
	if (k->abandoned)
		return;
	for (uint32_t cpu = 0; cpu < k->books.cpus; cpu++) {
		uint64_t seq = k->books.cpu[cpu].next - 1;

		any |= atomic_exchange(&w->acked[cpu], seq) != seq;
	}
	atomic_store(&w->acked_cpus, k->books.cpus);
	if (any && write(w->acks, &one, sizeof(one)) < 0)
		return; /* it is full of wake-ups already */
}

/* The books never say of a record that it is logged while it is not written. */
static void save(struct work *k)
{
	int err;

	commit(k);
	k->dirty = false;
	if (k->abandoned)
		return;
	err = account_save(&k->books, k->config.state);
	k->saved = monotonic_ns();
	k->dirty = false;
	if (err && !k->told_save)
		fprintf(stderr,
			"hvauditd: %s: %s; a restart will not know what was logged\n",
			k->config.state, strerror(-err));
	k->told_save = err != 0;
}

static void count(struct work *k)
{
	int err;

	if (!k->config.metrics[0])
		return;
	k->metrics.books = &k->books;
	k->metrics.outputs = &k->outputs;
	k->metrics.queue_size = k->w->config.queue;
	k->metrics.queue_room = ring_room(k->w->ring);
	err = metrics_write(&k->metrics, k->config.metrics);
	k->counted = monotonic_ns();
	if (err && !k->told_metrics)
		fprintf(stderr, "hvauditd: %s: %s\n", k->config.metrics,
			strerror(-err));
	k->told_metrics = err != 0;
}

/* --- messages ----------------------------------------------------------------------- */

static void tell_holes(struct work *k, uint32_t cpu, const struct hole *holes,
		       int n)
{
	char text[256];

	for (int i = 0; i < n && !hurry(k); i++) {
		const struct hole *h = &holes[i];
		struct message m = {
			.from = &k->outputs.origin,
			.time = realtime_ns(),
			.severity = LOG_ERR,
			.id = "LOST",
			.text = text,
			.details = { { "count", NULL, h->count },
				     { "cpu", NULL, cpu },
				     { "after", NULL, h->after },
				     { "until", NULL, h->until },
				     { "cause", cause_name(h->cause), 0 } },
			.nr_details = 5,
		};

		snprintf(
			text, sizeof(text),
			"%llu events cpu=%u between seq %llu and %llu cause=%s",
			(unsigned long long)h->count, cpu,
			(unsigned long long)h->after,
			(unsigned long long)h->until, cause_name(h->cause));
		outputs_write(&k->outputs, &m);
	}
	k->dirty |= n > 0;
}

/* What limits have held back, once a second. */
static void tell_limits(struct work *k)
{
	char text[512];

	k->told = monotonic_ns();
	for (unsigned int i = 0; i < k->config.nr_filters; i++) {
		uint64_t n = k->filters.bucket[i].untold;
		int at;
		FILE *f;

		if (!n)
			continue;
		k->filters.bucket[i].untold = 0;
		at = snprintf(text, sizeof(text), "%llu events held back by ",
			      (unsigned long long)n);
		f = fmemopen(text + at, sizeof(text) - (size_t)at, "w");
		if (f) {
			filter_print(&k->config.filter[i], f);
			fclose(f);
		}
		outputs_say(&k->outputs, "LIMIT", LOG_NOTICE, text);
		k->dirty = true;
	}
}

static void on_event(struct work *k, const struct entry *entry)
{
	struct message m = { .from = &k->outputs.origin };
	struct hole holes[MAX_HOLES];
	struct khv_event e;

	if (repeats_decode(k->repeats, &e, entry->data, entry->len, &m.json))
		return;
	/* What is not put away when time is over comes again at the next start. */
	if (account_has(&k->books, &e) || hurry(k) || k->abandoned)
		return;
	tell_holes(k, e.cpu, holes, account_event(&k->books, &e, holes));
	k->dirty = true;
	k->uncommitted++;
	if (!KHV_HAS(&e, KHV_E_SEQ))
		return;
	if (e.verdict < VERDICTS_MAX)
		k->metrics.verdicts[e.verdict]++;
	if (!filters_keep(&k->filters, &e, k->now)) {
		account_filtered(&k->books, &e);
		return;
	}
	m.time = e.time;
	m.severity = event_severity(&e);
	m.id = event_id(&e);
	m.event = &e;
	if (k->config.enrich && k->enricher)
		m.extra = enrich(k->enricher, &e, k->config.enrich, k->now);
	if (outputs_write(&k->outputs, &m)) {
		account_logged(&k->books, &e);
		return;
	}
	if (hurry(k) || k->outputs.stop)
		return;
	account_unlogged(&k->books, &e, LOST_OUTPUT);
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
	repeats_forget(k->repeats);
	snprintf(k->outputs.origin.boot, sizeof(k->outputs.origin.boot), "%s",
		 s->boot_id);
	snprintf(text, sizeof(text),
		 "hvauditd %s boot=%s before=%llu logged=%llu lost=%llu",
		 KHV_VERSION, s->boot_id, (unsigned long long)k->books.before,
		 (unsigned long long)k->books.logged,
		 (unsigned long long)account_lost(&k->books));
	outputs_say(&k->outputs, "START", LOG_NOTICE, text);
	for (uint32_t i = 0; i < s->cpus; i++)
		tell_holes(k, s->cpu[i].cpu, holes,
			   account_subscribed_cpu(&k->books, s, i, holes));
	commit(k);
	atomic_store(&k->w->epoch, s->epoch);
	k->dirty = true;
}

static void on_note(struct work *k, const struct entry *entry)
{
	const char *text = strchr(entry->data, ' ');
	char id[16];

	if (!text)
		return;
	snprintf(id, sizeof(id), "%.*s", (int)(text - entry->data),
		 entry->data);
	outputs_say(&k->outputs, id, LOG_NOTICE, text + 1);
	k->dirty = true;
}

static void use_config(struct work *k)
{
	const struct config *c = &k->config;
	struct origin *from = &k->outputs.origin;

	repeats_forget(k->repeats);
	from->facility = c->facility;
	from->pid = (int)getpid();
	snprintf(from->ident, sizeof(from->ident), "%s", c->ident);
	snprintf(from->sd_id, sizeof(from->sd_id), "%s", c->sd_id);
	if (gethostname(from->host, sizeof(from->host)))
		snprintf(from->host, sizeof(from->host), "localhost");
	from->host[sizeof(from->host) - 1] = 0;
	filters_config(&k->filters, c);
}

static void on_config(struct work *k, const struct entry *entry)
{
	settle(k);
	tell_limits(k);
	memcpy(&k->config, entry->data, sizeof(k->config));
	use_config(k);
	outputs_config(&k->outputs);
	k->dirty = true;
}

static void on_resume(struct work *k, const struct entry *entry)
{
	(void)entry;
	outputs_resume(&k->outputs);
}

static void on_rotate(struct work *k, const struct entry *entry)
{
	(void)entry;
	settle(k);
	outputs_rotate(&k->outputs);
}

/* produced == before + logged + filtered + lost + pending, always. */
static void on_stop(struct work *k, const struct entry *entry)
{
	const struct kernel_totals *t = (const void *)entry->data;
	const struct account *a = &k->books;
	uint64_t accounted, produced;
	char text[512];
	int n;

	/* Never subscribed: they are the books of somebody else. */
	if (!k->open)
		return;
	tell_limits(k);
	settle(k);
	if (k->unlogged) {
		snprintf(text, sizeof(text), "%llu events cause=%s",
			 (unsigned long long)k->unlogged,
			 cause_name(LOST_OUTPUT));
		outputs_say(&k->outputs, "LOST", LOG_ERR, text);
	}
	accounted = account_produced(a);
	produced = t->known && t->produced > accounted ? t->produced :
							 accounted;
	n = snprintf(text, sizeof(text),
		     "produced=%llu logged=%llu lost=%llu (",
		     (unsigned long long)produced,
		     (unsigned long long)a->logged,
		     (unsigned long long)account_lost(a));
	for (int i = 0; i < NR_CAUSES; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s%s=%llu",
			      i ? " " : "", cause_name((enum cause)i),
			      (unsigned long long)a->lost[i]);
	snprintf(text + n, sizeof(text) - (size_t)n,
		 ") filtered=%llu before=%llu pending=%llu%s",
		 (unsigned long long)a->filtered, (unsigned long long)a->before,
		 (unsigned long long)(produced - accounted),
		 t->known ? "" : " (kernel not asked)");
	if (!outputs_say(&k->outputs, "STOP", LOG_NOTICE, text))
		fprintf(stderr, "hvauditd: STOP %s\n", text);
	save(k);
	count(k);
}

static void (*const handlers[])(struct work *k, const struct entry *entry) = {
	[ENTRY_EVENT] = on_event,	    [ENTRY_DROPPED] = on_dropped,
	[ENTRY_SUBSCRIBED] = on_subscribed, [ENTRY_NOTE] = on_note,
	[ENTRY_CONFIG] = on_config,	    [ENTRY_RESUME] = on_resume,
	[ENTRY_ROTATE] = on_rotate,	    [ENTRY_STOP] = on_stop,
};

static bool set_up(struct work *k)
{
	k->config = k->w->config;
	k->outputs.copy = k->w->copy;
	k->outputs.hurry = &k->w->hurry;
	k->outputs.alive = alive;
	k->outputs.arg = k;
	k->enricher = enricher_new();
	k->repeats = repeats_new();
	use_config(k);
	return k->enricher && !outputs_init(&k->outputs, &k->config);
}

static void now_and_then(struct work *k, bool idle)
{
	k->now = monotonic_ns();
	/* Whenever there is nothing to do the files are up to date. */
	if (idle && k->uncommitted)
		commit(k);
	if (k->dirty && (idle || k->now - k->saved > SAVE_NS))
		save(k);
	if (k->now - k->told > TELL_NS)
		tell_limits(k);
	if (k->now - k->counted > k->config.metrics_interval * 1000000000ull)
		count(k);
	publish(k);
}

/* The next entry, NULL after a while without one. */
static const struct entry *next_entry(struct work *k, unsigned int *turn)
{
	const struct entry *e = ring_peek(k->w->ring, 0);

	if (k->uncommitted >= TOGETHER)
		commit(k);
	if (e && *turn) {
		--*turn;
		return e;
	}
	*turn = TURN;
	if (!e && (k->uncommitted || k->dirty))
		e = ring_peek(k->w->ring, NEXT_MS);
	now_and_then(k, !e);
	if (!e)
		e = ring_peek(k->w->ring, IDLE_MS);
	k->now = monotonic_ns();
	return e;
}

void *writer_run(void *arg)
{
	struct work k = { .w = arg };
	enum entry_kind kind = ENTRY_EVENT;
	unsigned int turn = 0;

	keep_capability(-1);
	if (!set_up(&k)) {
		fprintf(stderr, "hvauditd: no memory\n");
		_exit(EXIT_FAILURE);
	}
	while (kind != ENTRY_STOP) {
		const struct entry *e = next_entry(&k, &turn);

		if (!e)
			continue;
		kind = e->kind;
		handlers[kind](&k, e);
		ring_take(k.w->ring);
		if (kind != ENTRY_EVENT || k.outputs.stop)
			publish(&k);
	}
	outputs_close(&k.outputs);
	enricher_free(k.enricher);
	repeats_free(k.repeats);
	account_free(&k.books);
	return NULL;
}

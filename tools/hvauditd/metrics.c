// SPDX-License-Identifier: GPL-2.0
/* The text format of Prometheus; all names and labels are our own words. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "metrics.h"
#include "replace.h"

static void family(FILE *f, const char *name, const char *type,
		   const char *help)
{
	fprintf(f, "# HELP khv_audit_%s %s\n# TYPE khv_audit_%s %s\n", name,
		help, name, type);
}

static void sample(FILE *f, const char *name, const char *label,
		   const char *value, uint64_t n)
{
	fprintf(f, "khv_audit_%s", name);
	if (label)
		fprintf(f, "{%s=\"%s\"}", label, value);
	fprintf(f, " %llu\n", (unsigned long long)n);
}

static void single(FILE *f, const char *name, const char *type,
		   const char *help, uint64_t n)
{
	family(f, name, type, help);
	sample(f, name, NULL, NULL, n);
}

static void print_outputs(FILE *f, const struct outputs *o)
{
	static const struct {
		const char *name, *type, *help;
		size_t offset;
	} columns[] = {
		{ "output_written_total", "counter",
		  "records that an output has taken",
		  offsetof(struct output, written) },
		{ "output_missed_total", "counter",
		  "records that an output has not taken",
		  offsetof(struct output, missed) },
	};

	for (size_t c = 0; c < ARRAY_SIZE(columns); c++) {
		family(f, columns[c].name, columns[c].type, columns[c].help);
		for (int i = 0; i < NR_OUTPUTS; i++) {
			const struct output *out = &o->list[i];
			const char *at = (const char *)out + columns[c].offset;
			uint64_t n;

			memcpy(&n, at, sizeof(n));
			if (out->wanted)
				sample(f, columns[c].name, "output",
				       out->ops->name, n);
		}
	}
	family(f, "output_up", "gauge", "whether an output works");
	for (int i = 0; i < NR_OUTPUTS; i++)
		if (o->list[i].wanted)
			sample(f, "output_up", "output", o->list[i].ops->name,
			       !o->list[i].away);
}

static void print(const struct metrics *m, FILE *f)
{
	const struct account *a = m->books;

	single(f, "events_produced_total", "counter",
	       "events the kernel has made, as far as they are accounted for",
	       account_produced(a));
	single(f, "events_logged_total", "counter",
	       "events that an output has taken", a->logged);
	single(f, "events_filtered_total", "counter",
	       "events that a filter of the settings has held back",
	       a->filtered);
	single(f, "events_before_total", "counter",
	       "events that went to another daemon", a->before);
	family(f, "events_lost_total", "counter",
	       "events that are in no log, by cause");
	for (int i = 0; i < NR_CAUSES; i++)
		sample(f, "events_lost_total", "cause",
		       cause_name((enum cause)i), a->lost[i]);
	family(f, "decisions_total", "counter",
	       "events taken since the daemon has started, by verdict");
	for (unsigned int i = 0; i < VERDICTS_MAX; i++)
		if (strcmp(khv_verdict_name(i), "?"))
			sample(f, "decisions_total", "verdict",
			       khv_verdict_name(i), m->verdicts[i]);
	print_outputs(f, m->outputs);
	single(f, "queue_bytes", "gauge", "size of the queue", m->queue_size);
	single(f, "queue_free_bytes", "gauge", "what surely fits into it",
	       m->queue_room);
	single(f, "last_write_seconds", "gauge",
	       "when this file was written, since the epoch",
	       realtime_ns() / 1000000000);
}

int metrics_write(const struct metrics *m, const char *path)
{
	struct replacement r;
	/* The exporter reads *.prom: what lies beside it meanwhile is none. */
	int err = replace_begin(&r, path);

	if (err)
		return err;
	fchmod(fileno(r.file), 0644);
	print(m, r.file);
	return replace_end(&r);
}

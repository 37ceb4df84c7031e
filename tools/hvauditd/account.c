// SPDX-License-Identifier: GPL-2.0
/*
 * The books: which sequence numbers were logged, which are lost and why. They
 * are kept in a file so that a restart continues them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "account.h"
#include "config.h"
#include "replace.h"

static const char *const causes[NR_CAUSES] = {
	[LOST_KERNEL] = "kernel",
	[LOST_QUEUE] = "queue",
	[LOST_OUTPUT] = "output",
	[LOST_OTHER] = "other",
};

const char *cause_name(enum cause cause)
{
	return causes[cause];
}

uint64_t account_lost(const struct account *a)
{
	uint64_t sum = 0;

	for (int i = 0; i < NR_CAUSES; i++)
		sum += a->lost[i];
	return sum;
}

uint64_t account_produced(const struct account *a)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < a->cpus; i++)
		sum += a->cpu[i].next - 1;
	return sum;
}

static int grow(struct account *a, uint32_t cpu)
{
	void *p;

	if (cpu < a->cpus)
		return 0;
	if (cpu >= MAX_CPUS)
		return -EINVAL;
	p = reallocarray(a->cpu, cpu + 1, sizeof(*a->cpu));
	if (!p)
		return -ENOMEM;
	a->cpu = p;
	for (; a->cpus <= cpu; a->cpus++) {
		a->cpu[a->cpus].next = 1;
		a->cpu[a->cpus].kernel_lost = 0;
	}
	return 0;
}

/* Everything up to @count more of this processor is lost. */
static void lose(struct account *a, uint32_t cpu, uint64_t count,
		 enum cause cause, struct hole *hole)
{
	hole->count = count;
	hole->cause = cause;
	hole->after = a->cpu[cpu].next - 1;
	hole->until = a->cpu[cpu].next + count;
	a->cpu[cpu].next += count;
	a->lost[cause] += count;
	if (cause == LOST_KERNEL)
		a->cpu[cpu].kernel_lost += count;
}

/* A hole of @count, of which the kernel has announced @known. */
static int lose_split(struct account *a, uint32_t cpu, uint64_t count,
		      uint64_t known, enum cause other,
		      struct hole holes[MAX_HOLES])
{
	int n = 0;

	if (known > count)
		known = count;
	if (known)
		lose(a, cpu, known, LOST_KERNEL, &holes[n++]);
	if (count > known)
		lose(a, cpu, count - known, other, &holes[n++]);
	return n;
}

int account_event(struct account *a, const struct khv_event *e,
		  struct hole holes[MAX_HOLES])
{
	uint64_t next;

	if (grow(a, e->cpu))
		return 0;
	next = a->cpu[e->cpu].next;
	/* Of a gap, what the statistics have not told at the start. */
	if (!KHV_HAS(e, KHV_E_SEQ)) {
		uint64_t first = KHV_HAS(e, KHV_E_FIRST) ? e->first : next;

		if (first + e->lost <= next)
			return 0;
		return lose_split(a, e->cpu, first + e->lost - next, e->lost,
				  LOST_OTHER, holes);
	}
	if (e->seq < next)
		return 0;
	return lose_split(a, e->cpu, e->seq - next, e->lost, LOST_OTHER, holes);
}

bool account_has(const struct account *a, const struct khv_event *e)
{
	return KHV_HAS(e, KHV_E_SEQ) && e->cpu < a->cpus &&
	       e->seq < a->cpu[e->cpu].next;
}

/* False for one that came before: it is in the books already. */
static bool step(struct account *a, const struct khv_event *e)
{
	if (e->cpu >= a->cpus || a->cpu[e->cpu].next != e->seq)
		return false;
	a->cpu[e->cpu].next++;
	a->received++;
	return true;
}

void account_logged(struct account *a, const struct khv_event *e)
{
	if (step(a, e))
		a->logged++;
}

void account_unlogged(struct account *a, const struct khv_event *e,
		      enum cause cause)
{
	if (step(a, e))
		a->lost[cause]++;
}

/* It was taken, and is not needed. */
void account_filtered(struct account *a, const struct khv_event *e)
{
	if (step(a, e))
		a->filtered++;
}

/* So many that are in the books as logged did not get into any log after all. */
void account_undo(struct account *a, uint64_t count)
{
	if (count > a->logged)
		count = a->logged;
	a->logged -= count;
	a->lost[LOST_OUTPUT] += count;
}

int account_dropped(struct account *a, const struct dropped *d,
		    enum cause cause, struct hole holes[MAX_HOLES])
{
	if (grow(a, d->cpu))
		return 0;
	lose(a, d->cpu, d->count, cause, &holes[0]);
	a->received += d->count;
	return 1;
}

static void forget(struct account *a)
{
	free(a->cpu);
	*a = (struct account){ .cpu = NULL };
}

void account_free(struct account *a)
{
	forget(a);
}

/*
 * The books go on if it is still the same module: after a reload it has made less
 * than we have taken.
 */
void account_subscribed(struct account *a, const struct subscribed *s)
{
	bool other = strcmp(a->boot_id, s->boot_id);

	for (uint32_t i = 0; i < s->cpus; i++)
		if (s->cpu[i].cpu < a->cpus &&
		    s->cpu[i].produced + 1 < a->cpu[s->cpu[i].cpu].next)
			other = true;
	if (other)
		forget(a);
	snprintf(a->boot_id, sizeof(a->boot_id), "%s", s->boot_id);
}

/*
 * What the kernel is through with and we have not seen: lost in the kernel, or
 * acknowledged, which is done for what is in the log. Without any books somebody
 * else has had it.
 */
int account_subscribed_cpu(struct account *a, const struct subscribed *s,
			   uint32_t i, struct hole holes[MAX_HOLES])
{
	uint32_t cpu = s->cpu[i].cpu;
	uint64_t through = s->cpu[i].delivered + s->cpu[i].lost;
	bool fresh = cpu >= a->cpus;
	uint64_t hole, known;

	if (grow(a, cpu))
		return 0;
	if (fresh && !a->received) {
		a->before += s->cpu[i].delivered;
		a->cpu[cpu].next += s->cpu[i].delivered;
		return lose_split(a, cpu, s->cpu[i].lost, s->cpu[i].lost,
				  LOST_OTHER, holes);
	}
	if (through < a->cpu[cpu].next)
		return 0;
	hole = through + 1 - a->cpu[cpu].next;
	known = s->cpu[i].lost > a->cpu[cpu].kernel_lost ?
			s->cpu[i].lost - a->cpu[cpu].kernel_lost :
			0;
	if (known > hole)
		known = hole;
	/* Acknowledged by a daemon that did not live to save its books. */
	a->cpu[cpu].next += hole - known;
	a->logged += hole - known;
	return lose_split(a, cpu, known, known, LOST_OTHER, holes);
}

/* --- the file ------------------------------------------------------------------ */

static struct {
	const char *key;
	size_t offset;
} numbers[] = {
	{ "before", offsetof(struct account, before) },
	{ "logged", offsetof(struct account, logged) },
	{ "filtered", offsetof(struct account, filtered) },
	{ "received", offsetof(struct account, received) },
	{ "lost_kernel", offsetof(struct account, lost[LOST_KERNEL]) },
	{ "lost_queue", offsetof(struct account, lost[LOST_QUEUE]) },
	{ "lost_output", offsetof(struct account, lost[LOST_OUTPUT]) },
	{ "lost_other", offsetof(struct account, lost[LOST_OTHER]) },
};

static uint64_t *number(const struct account *a, size_t i)
{
	return (uint64_t *)(void *)((char *)a + numbers[i].offset);
}

static void load_line(struct account *a, const char *line)
{
	unsigned long long value, kernel;
	unsigned int cpu;

	if (sscanf(line, "boot_id=%63[^\n]", a->boot_id) == 1)
		return;
	if (sscanf(line, "cpu.%u=%llu,%llu", &cpu, &value, &kernel) == 3) {
		if (!value || grow(a, cpu))
			return;
		a->cpu[cpu].next = value;
		a->cpu[cpu].kernel_lost = kernel;
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		size_t n = strlen(numbers[i].key);

		if (!strncmp(line, numbers[i].key, n) && line[n] == '=')
			*number(a, i) = strtoull(line + n + 1, NULL, 10);
	}
}

/* Books that do not add up are none: -EBADMSG. */
int account_load(struct account *a, const char *path)
{
	FILE *f = fopen(path, "re");
	char line[256];

	*a = (struct account){ .cpu = NULL };
	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f))
		load_line(a, line);
	fclose(f);
	if (account_produced(a) ==
	    a->before + a->logged + a->filtered + account_lost(a))
		return 0;
	forget(a);
	return -EBADMSG;
}

int account_save(const struct account *a, const char *path)
{
	struct replacement r;
	int err = replace_begin(&r, path);
	FILE *f = r.file;

	if (err)
		return err;
	fprintf(f, "schema=1\nboot_id=%s\n", a->boot_id);
	fprintf(f, "produced=%llu\nlost=%llu\n",
		(unsigned long long)account_produced(a),
		(unsigned long long)account_lost(a));
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		fprintf(f, "%s=%llu\n", numbers[i].key,
			(unsigned long long)*number(a, i));
	for (uint32_t i = 0; i < a->cpus; i++)
		fprintf(f, "cpu.%u=%llu,%llu\n", i,
			(unsigned long long)a->cpu[i].next,
			(unsigned long long)a->cpu[i].kernel_lost);
	return replace_end(&r);
}

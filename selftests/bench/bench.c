// SPDX-License-Identifier: GPL-2.0
/*
 * Measure small programs.
 *
 *	bench list
 *	bench [--rounds PERCENT] CASE...	or "all"
 *	bench crowd N		N children that do nothing, until its input ends
 *
 * One line per case: name, median, mean and number of the rounds, in ticks of the
 * time stamp counter. Under QEMU with -icount shift=0 a tick is an instruction of
 * the guest. The median is what a round takes when nothing interrupts it and no
 * batch of deferred work falls due; it repeats from boot to boot. The mean has its
 * share of both. Reading the counter is subtracted.
 *
 * Static, and run from where hold/attack.hv and the peers know it, so that every
 * system confines it in the same place.
 */
#include "bench.h"
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <x86intrin.h>

/* Rounds of a case of weight 1; the warm-up is a tenth. */
#define ROUNDS	   8000
#define ROUNDS_MIN 40

static uint64_t ticks[ROUNDS];
const char *self;

static const struct bench_case *const all[] = {
	bench_call,    bench_open,     bench_stat,   bench_read,   bench_write,
	bench_connect, bench_datagram, bench_create, bench_rename, bench_map,
	bench_signal,  bench_fork,     bench_exec,
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void nothing(void)
{
}

/* Median and mean of @n rounds. */
static uint64_t rounds(void (*once)(void), unsigned int n, uint64_t *mean)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		uint64_t start = __rdtsc();

		once();
		ticks[i] = __rdtsc() - start;
		sum += ticks[i];
	}
	qsort(ticks, n, sizeof(*ticks), by_size);
	*mean = sum / n;
	return ticks[n / 2];
}

static void measure(const struct bench_case *c, unsigned int percent)
{
	unsigned int n = ROUNDS / c->weight * percent / 100;
	uint64_t empty, mean_empty, median, mean;

	if (n < ROUNDS_MIN)
		n = ROUNDS_MIN;
	if (c->setup && c->setup())
		die(c->name);
	/* The pages of the array are there before it counts. */
	memset(ticks, 1, sizeof(ticks));
	empty = rounds(nothing, 100, &mean_empty);
	rounds(c->once, n / 10, &mean);
	median = rounds(c->once, n, &mean);
	printf("%s\t%" PRIu64 "\t%" PRIu64 "\t%u\n", c->name, median - empty,
	       mean - empty, n);
	fflush(stdout);
}

static const struct bench_case *find(const char *name)
{
	const struct bench_case *c;
	size_t i;

	for (i = 0; i < COUNT(all); i++)
		for (c = all[i]; c->name; c++)
			if (!strcmp(c->name, name))
				return c;
	return NULL;
}

/* What a task costs is seen when there are many. They end with this one. */
static int crowd(unsigned int n)
{
	char byte;

	if (signal(SIGCHLD, SIG_IGN) == SIG_ERR || setpgid(0, 0))
		die("crowd");
	while (n--) {
		switch (fork()) {
		case -1:
			die("fork");
		case 0:
			pause();
			_exit(0);
		}
	}
	printf("there\n");
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	return kill(0, SIGKILL);
}

static int usage(void)
{
	fprintf(stderr,
		"usage: bench list | crowd N | [--rounds PERCENT] CASE...\n");
	return 2;
}

int main(int argc, char **argv)
{
	const struct bench_case *c;
	unsigned int percent = 100;
	int list, arg = 1;
	size_t i;

	self = argv[0];
	/* What "exec" executes. */
	if (argc == 2 && !strcmp(argv[1], "-"))
		_exit(0);
	if (argc == 3 && !strcmp(argv[1], "crowd"))
		return crowd(strtoul(argv[2], NULL, 10));
	if (argc > 2 && !strcmp(argv[1], "--rounds")) {
		percent = strtoul(argv[2], NULL, 10);
		arg = 3;
	}
	if (arg == argc || !percent || percent > 100)
		return usage();
	list = !strcmp(argv[arg], "list");
	if (!list && strcmp(argv[arg], "all")) {
		for (; arg < argc; arg++) {
			c = find(argv[arg]);
			if (!c)
				return usage();
			measure(c, percent);
		}
		return 0;
	}
	for (i = 0; i < COUNT(all); i++)
		for (c = all[i]; c->name; c++)
			if (list)
				printf("%s\t%s\n", c->name, c->what);
			else
				measure(c, percent);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * stack N TRIES: makes directories under a stack of N clients (khv_stack) whose
 * members refuse at random, and compares result and order of handlers with a
 * model of three lines: ask in order up to the first refusal, tell those that were
 * asked in reverse order, refuse if anyone does. Exit 0: all as the model says.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARAMETERS "/sys/module/khv_stack/parameters/"

static void set(const char *name, unsigned int value)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), PARAMETERS "%s", name);
	f = fopen(path, "w");
	if (!f || fprintf(f, "%u\n", value) < 0 || fclose(f)) {
		perror(path);
		exit(2);
	}
}

static void get_trace(char *buf, int size)
{
	FILE *f = fopen(PARAMETERS "trace", "r");

	if (!f || !fgets(buf, size, f)) {
		perror("trace");
		exit(2);
	}
	fclose(f);
	buf[strcspn(buf, "\n")] = '\0';
}

/* The model: one walk down the stack. Returns whether it was refused. */
static int walk(char **at, char *told, unsigned int n, unsigned int mask)
{
	unsigned int i, asked = 0;
	int refused = 0;

	for (i = 0; i < n && !refused; i++) {
		*(*at)++ = (char)('A' + i);
		told[asked++] = (char)('a' + i);
		refused = mask >> i & 1;
	}
	told[asked] = '\0';
	return refused;
}

static void put_back(char **at, const char *told)
{
	size_t i = strlen(told);

	while (i)
		*(*at)++ = told[--i];
}

/* A mkdir passes the call gate, and inside of it the check. */
static int model(unsigned int n, unsigned int calls, unsigned int checks,
		 char *trace)
{
	char outer[32], inner[32];
	int ret = 0;

	if (walk(&trace, outer, n, calls)) {
		ret = -EACCES;
	} else {
		if (walk(&trace, inner, n, checks))
			ret = -EPERM;
		put_back(&trace, inner);
	}
	put_back(&trace, outer);
	*trace = '\0';
	return ret;
}

static int try(unsigned int n, unsigned int calls, unsigned int checks)
{
	char wanted[128], trace[300];
	int want = model(n, calls, checks, wanted), got;

	set("deny_calls", 0);
	set("deny_checks", 0);
	rmdir("stack.d");
	set("deny_calls", calls);
	set("deny_checks", checks);
	set("trace", 0);
	got = mkdir("stack.d", 0755) ? -errno : 0;
	get_trace(trace, sizeof(trace));
	if (got == want && !strcmp(trace, wanted))
		return 0;
	printf("# %u clients, calls %#x, checks %#x: %d and %s, wanted %d and %s\n",
	       n, calls, checks, got, trace, want, wanted);
	return 1;
}

int main(int argc, char **argv)
{
	unsigned int n = argc > 2 ? atoi(argv[1]) : 0, all = (1u << n) - 1;
	int tries = argc > 2 ? atoi(argv[2]) : 0, bad = 0;

	if (!n || n > 16 || !tries) {
		fprintf(stderr, "usage: stack N TRIES\n");
		return 2;
	}
	srandom(4711 + n);
	bad += try(n, 0, 0) + try(n, 1, 0) + try(n, 0, 1) + try(n, all, all);
	bad += try(n, 1u << (n - 1), 0) + try(n, 0, 1u << (n - 1));
	/* Sparse masks, so that refusals come at every depth. */
	while (tries--)
		bad += try(n, random() & random() & random() & all,
			   random() & random() & all);
	rmdir("stack.d");
	return bad != 0;
}

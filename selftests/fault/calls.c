// SPDX-License-Identifier: GPL-2.0
/*
 * An allocation failure in a decision is a denial. A confined program tries a call
 * again and again; at the first try the first allocation that is made for it fails,
 * at the second the second, until a try meets no failure any more. What the policy
 * denies must not succeed at any of them, what it grants may fail; at the end, with
 * nothing failing, both come out as the policy says.
 *
 *   calls outside          who is talked to; a witness that must not be touched
 *   calls free             each once, without failures: all must succeed
 *   calls plain            each once, without failures, in the domain
 *   calls every            each with every allocation failing
 *                          (these three may be given the name of one action)
 *   calls probe FILE       77 if FILE can be read
 */
#include "calls.h"
#include <sys/stat.h>
#include <sys/mman.h>
#include <sys/resource.h>

/* More allocations than this are no decision. */
#define MANY 3000

unsigned int nth, child_left;

static unsigned int count, wrong;
static int own;

pid_t outsider(void)
{
	const char *text = getenv("FAULT_WITNESS");

	return text ? atoi(text) : -1;
}

static void say(bool good, const char *mode, const struct action *a,
		const char *how)
{
	wrong += !good;
	printf("%s %u - %s: %s that is %s%s\n", good ? "ok" : "not ok", ++count,
	       mode, a->name, a->allowed ? "granted" : "denied", how);
	fflush(stdout);
}

static bool happened(const struct action *a, int ret)
{
	return !ret || (a->done && a->done());
}

/* One try with the nth allocation failing; whether there was one. */
static bool try(const struct action *a, int *ret)
{
	unsigned int left;

	child_left = 0;
	if (!a->child)
		nth_set(own, nth);
	*ret = a->run();
	left = nth_left(own);
	nth_set(own, 0);
	return nth && !(a->child ? child_left : left);
}

static void once(const struct action *a, const char *mode, bool succeeds)
{
	char how[64] = "";
	int ret;

	nth = 0;
	try(a, &ret);
	if (a->done)
		usleep(100000);
	if (succeeds != happened(a, ret))
		snprintf(how, sizeof(how), ", but: %s", strerror(-ret));
	say(succeeds == happened(a, ret), mode, a, how);
	if (a->undo)
		a->undo();
}

static void every(const struct action *a)
{
	unsigned int breaches = 0, first = 0, failed = 0;
	char how[128];
	bool hit;
	int ret;

	for (nth = 1, hit = true; hit && nth < MANY; nth++) {
		hit = try(a, &ret);
		failed += hit && ret;
		if (!a->allowed && happened(a, ret)) {
			first = breaches++ ? first : nth;
			/* The rest is tried as well. */
			wrong++;
		}
		if (a->undo)
			a->undo();
	}
	/* What arrives late, such as a datagram. */
	if (!a->allowed && a->done) {
		usleep(200000);
		breaches += a->done();
		a->undo();
	}
	snprintf(how, sizeof(how), ", %u allocations, %u failures", nth - 2,
		 failed);
	if (breaches)
		sprintf(how + strlen(how), ", SUCCEEDED %u times, first at %u",
			breaches, first);
	else if (hit || (a->allowed && ret))
		sprintf(how + strlen(how), ", and at the end: %s",
			hit ? "no end" : strerror(-ret));
	say(!breaches && !hit && (!a->allowed || !ret), "every", a, how);
}

static void all(const struct action *a, const char *mode, const char *only)
{
	for (; a->name; a++) {
		if (only && strcmp(only, a->name))
			continue;
		if (!strcmp(mode, "every"))
			every(a);
		else
			once(a, mode, a->allowed || !strcmp(mode, "free"));
	}
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	int fd;

	if (!strcmp(mode, "outside"))
		return outside();
	if (!strcmp(mode, "probe") && argc > 2) {
		fd = open(argv[2], O_RDONLY);
		/* "any": that it runs at all is too much. */
		return fd >= 0 || !strcmp(argv[2], "any") ? REACHED : EACCES;
	}
	if (strcmp(mode, "free") && strcmp(mode, "plain") &&
	    strcmp(mode, "every")) {
		fprintf(stderr,
			"usage: calls outside|free|plain|every|probe FILE\n");
		return 2;
	}
	umask(0);
	/* A page fault is no call: its allocations are not to be counted. */
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		perror("mlockall");
	own = nth_open();
	make_ring();
	all(file_actions, mode, argv[2]);
	all(socket_actions, mode, argv[2]);
	all(task_actions, mode, argv[2]);
	printf("1..%u\n", count);
	return wrong != 0;
}

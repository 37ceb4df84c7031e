// SPDX-License-Identifier: GPL-2.0
/*
 * scan WAY FIRST LAST: makes every call of a range with all arguments -1, except
 * some that do not return, each in a process of its own and as nobody. Prints "WAY
 * NUMBER RESULT": -errno, "ok", or "gone" if the call did not return in time.
 *
 * scan fuzz WAY TRIES: numbers that lead nowhere, by whatever bits; all must answer
 * -ENOSYS. Prints those that do not.
 *
 * scan high: a number with rubbish in the upper half of rax is that number.
 *
 * WAY: 64 (syscall), 32 (int 0x80), x32 (syscall, with bit 30).
 */
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "raw.h"

#define NOBODY	   65534
#define NO_NUMBER  1024	      /* far behind the last call of any kernel */
#define GONE	   (1L << 62) /* what no call returns */
#define PATIENCE_S 20	      /* of a guest that has to wait for its host */

static pid_t child;
/* Shared with the child. */
static long *result;

static inline __attribute__((always_inline)) long by(const char *way, long nr)
{
	struct raw r = { .arg = { -1, -1, -1, -1, -1, -1 } };

	if (!strcmp(way, "32"))
		return raw32(&r, nr);
	return raw64(&r, strcmp(way, "x32") ? nr : nr | RAW_X32);
}

static void impatient(int sig)
{
	(void)sig;
	kill(child, SIGKILL);
}

static int not_tried(const char *way, long nr)
{
	static const struct {
		const char *way;
		long nr;
	} those[] = {
		/* rt_sigreturn, sigreturn: any registers, from the stack */
		{ "64", 15 },
		{ "32", 119 },
		{ "32", 173 },
		{ "x32", 513 },
		/* pause, sigsuspend: sleep */
		{ "64", 34 },
		{ "32", 29 },
		{ "32", 72 },
		{ "x32", 34 },
	};
	size_t i;

	for (i = 0; i < sizeof(those) / sizeof(*those); i++)
		if (!strcmp(those[i].way, way) && those[i].nr == nr)
			return 1;
	return 0;
}

static void in_child(const char *way, long nr)
{
	pid_t self = getpid();
	long ret;

	if (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
		_exit(2);
	/* A vfork() returns here twice, on one stack; by() must have no frame. */
	ret = by(way, nr);
	/* What a fork() made comes here as well, maybe during the next call. */
	if (getpid() == self)
		*result = ret;
	_exit(0);
}

static void try(const char *way, long nr)
{
	struct itimerval timer = { .it_value.tv_sec = PATIENCE_S };

	*result = GONE;
	fflush(stdout);
	child = fork();
	if (!child)
		in_child(way, nr);
	setitimer(ITIMER_REAL, &timer, NULL);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	timer.it_value.tv_sec = 0;
	setitimer(ITIMER_REAL, &timer, NULL);
	if (*result == GONE)
		printf("%s %ld gone\n", way, nr);
	else if (*result < 0 && *result > -4096)
		printf("%s %ld %ld\n", way, nr, *result);
	else
		printf("%s %ld ok\n", way, nr);
}

static unsigned long random64(void)
{
	return (unsigned long)random() << 42 ^ (unsigned long)random() << 21 ^
	       (unsigned long)random();
}

/* Does the kernel take these bits for a number that may have a call? */
static int leads_somewhere(unsigned long nr)
{
	unsigned int low = (unsigned int)nr;

	return low < NO_NUMBER || low - RAW_X32 < NO_NUMBER;
}

static int fuzz(const char *way, long tries)
{
	static const unsigned long edges[] = {
		-1UL,
		-2UL,
		0xffffffffUL,
		0x7fffffffUL,
		0x80000000UL,
		1UL << 63,
		-1UL - 4095,
		0x3fffffffUL,
		0x40000000UL + NO_NUMBER,
		0xffffffff80000000UL,
		0x7fffffffffffffffUL,
		NO_NUMBER,
	};
	unsigned long nr;
	long i, ret;
	int bad = 0;

	srandom(4711);
	for (i = 0; i < tries; i++) {
		nr = i < (long)(sizeof(edges) / sizeof(*edges)) ? edges[i] :
								  random64();
		if (leads_somewhere(nr))
			continue;
		ret = by(way, (long)nr);
		if (ret == -ENOSYS)
			continue;
		printf("%s %#lx %ld\n", way, nr, ret);
		bad = 1;
	}
	return bad;
}

static int high(void)
{
	struct raw r = { 0 };
	int i, bad = 0;
	long ret;

	for (i = 32; i < 64; i++) {
		ret = raw64(&r, SYS_getpid | 1L << i);
		if (ret == getpid())
			continue;
		printf("bit %d: %ld\n", i, ret);
		bad = 1;
	}
	return bad;
}

int main(int argc, char **argv)
{
	long nr;

	if (argc == 2 && !strcmp(argv[1], "high"))
		return high();
	if (argc != 4) {
		fprintf(stderr,
			"usage: scan WAY FIRST LAST | fuzz WAY TRIES | high\n");
		return 2;
	}
	if (!strcmp(argv[1], "fuzz"))
		return fuzz(argv[2], atol(argv[3]));
	result = mmap(NULL, sizeof(*result), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (result == MAP_FAILED || chdir("/"))
		return 2;
	/* The call with all arguments -1 makes this queue, once. */
	msgget(-1, IPC_CREAT | 0600);
	signal(SIGALRM, impatient);
	for (nr = atol(argv[2]); nr <= atol(argv[3]); nr++)
		if (!not_tried(argv[1], nr))
			try(argv[1], nr);
	return 0;
}

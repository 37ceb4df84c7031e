// SPDX-License-Identifier: GPL-2.0
/*
 * sleeper CALL [COUNT]: COUNT tasks asleep inside a system call. Says "asleep"
 * once all of them are; wakes them when its standard input ends, and says how
 * they came out of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST 256

static char fifo[64];
static int ends[2];

static void awake(int sig)
{
	(void)sig;
}

/* Returns if the call came back as it should. */
static bool sleep_in(const char *call)
{
	struct timespec day = { 86400, 0 };
	struct pollfd p = { ends[0], POLLIN, 0 };
	char byte;

	if (!strcmp(call, "openat"))
		return open(fifo, O_RDONLY) >= 0;
	if (!strcmp(call, "read"))
		return read(ends[0], &byte, 1) == 1;
	if (!strcmp(call, "poll"))
		return poll(&p, 1, -1) == 1;
	if (!strcmp(call, "clock_nanosleep"))
		return clock_nanosleep(CLOCK_MONOTONIC, 0, &day, NULL) == EINTR;
	return false;
}

static bool is_asleep(pid_t pid)
{
	char name[32], text[512] = "", *state;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/stat", pid);
	f = fopen(name, "r");
	if (!f)
		return false;
	if (!fgets(text, sizeof(text), f))
		text[0] = 0;
	fclose(f);
	state = strrchr(text, ')');
	return state && state[2] == 'S';
}

static void wake(const char *call, const pid_t *pids, int count)
{
	int i, fd = -1;

	if (!strcmp(call, "openat"))
		fd = open(fifo, O_WRONLY);
	for (i = 0; i < count; i++)
		if (!strcmp(call, "clock_nanosleep"))
			kill(pids[i], SIGUSR1);
		else if (write(ends[1], "x", 1) != 1)
			perror("sleeper");
	for (i = 0; i < count; i++) {
		int status;

		waitpid(pids[i], &status, 0);
		if (status)
			printf("task %d came back wrong\n", pids[i]);
	}
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	int i, count = argc > 2 ? atoi(argv[2]) : 1;
	pid_t pids[MOST];
	char byte;

	if (argc < 2 || count < 1 || count > MOST)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGUSR1, awake);
	snprintf(fifo, sizeof(fifo), "/tmp/sleeper.%d", getpid());
	if (mkfifo(fifo, 0600) || pipe(ends))
		return 1;
	for (i = 0; i < count; i++) {
		pids[i] = fork();
		if (!pids[i])
			_exit(!sleep_in(argv[1]));
	}
	/* Twice in a row: a task also sleeps on its way to the call. */
	for (i = 0; i < 2 * count; i++)
		while (!is_asleep(pids[i / 2]))
			usleep(10000);
	usleep(100000);
	printf("asleep %d\n", pids[0]);
	while (read(0, &byte, 1) > 0)
		;
	wake(argv[1], pids, count);
	unlink(fifo);
	puts("awake");
	return 0;
}

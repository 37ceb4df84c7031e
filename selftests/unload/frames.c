// SPDX-License-Identifier: GPL-2.0
/*
 * frames NAME: leave system calls in every way but the ordinary one. Each call
 * that was entered must be counted as left, or the hook can never be removed.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *self;
static int ends[2];
static volatile sig_atomic_t signals;

static void count_signal(int sig)
{
	(void)sig;
	signals++;
}

static void *blocked(void *arg)
{
	char byte;

	if (read(ends[0], &byte, 1) < 0)
		perror("frames");
	return arg;
}

static void start_threads(int n)
{
	pthread_t t;

	while (n--)
		if (pthread_create(&t, NULL, blocked, NULL))
			exit(1);
	usleep(100000);
}

static int reap(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid ? status : -1;
}

/* Threads asleep in read when the group exits. */
static int exit_group(void)
{
	pid_t pid = fork();

	if (!pid) {
		start_threads(8);
		_exit(0);
	}
	return reap(pid);
}

/* Threads asleep in read when one of them executes a program. */
static int exec_group(void)
{
	pid_t pid = fork();

	if (!pid) {
		start_threads(8);
		execl(self, self, "nothing", NULL);
		_exit(1);
	}
	return reap(pid);
}

static int exec_fails(void)
{
	char *const argv[] = { (char *)"x", NULL };
	int i;

	for (i = 0; i < 100; i++)
		if (execve("/nonexistent", argv, NULL) != -1 || errno != ENOENT)
			return 1;
	return 0;
}

static int exec_succeeds(void)
{
	int i, failed = 0;

	for (i = 0; i < 20; i++) {
		pid_t pid = fork();

		if (!pid) {
			execl(self, self, "nothing", NULL);
			_exit(1);
		}
		failed += reap(pid) != 0;
	}
	return failed;
}

static int one_vfork(int executes)
{
	pid_t pid = vfork();

	if (!pid) {
		if (executes)
			execl(self, self, "nothing", NULL);
		_exit(0);
	}
	return reap(pid);
}

static int vforks(void)
{
	int i, failed = 0;

	for (i = 0; i < 50; i++)
		failed += one_vfork(i % 2) != 0;
	return failed;
}

static int killed(void)
{
	int i, failed = 0;

	for (i = 0; i < 20; i++) {
		pid_t pid = fork();

		if (!pid) {
			blocked(NULL);
			_exit(1);
		}
		usleep(5000);
		kill(pid, SIGKILL);
		failed += !WIFSIGNALED(reap(pid));
	}
	return failed;
}

/* The kernel restarts the call; it is entered more than once. */
static int restarted(int flags)
{
	struct sigaction act = { .sa_handler = count_signal,
				 .sa_flags = flags };
	struct itimerval often = { { 0, 5000 }, { 0, 5000 } };
	struct itimerval never = { { 0, 0 }, { 0, 0 } };
	pid_t pid;
	char byte;
	ssize_t n;

	pid = fork();
	if (!pid) {
		usleep(200000);
		_exit(write(ends[1], "x", 1) != 1);
	}
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	do {
		n = read(ends[0], &byte, 1);
	} while (n < 0 && errno == EINTR);
	setitimer(ITIMER_REAL, &never, NULL);
	return reap(pid) || n != 1 || signals < 3;
}

static int restart(void)
{
	return restarted(SA_RESTART);
}

static int interrupt(void)
{
	return restarted(0);
}

/* Stopped and continued: resumed through restart_syscall. */
static int stopped(void)
{
	struct timespec nap = { 0, 300000000 };
	pid_t pid = fork();
	int i;

	if (!pid)
		_exit(clock_nanosleep(CLOCK_MONOTONIC, 0, &nap, NULL));
	for (i = 0; i < 5; i++) {
		usleep(20000);
		kill(pid, SIGSTOP);
		usleep(20000);
		kill(pid, SIGCONT);
	}
	return reap(pid);
}

static int pid_of_child(void)
{
	int i, failed = 0;

	for (i = 0; i < 200; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		failed += reap(pid) != 0;
	}
	return failed;
}

static int nothing(void)
{
	return 0;
}

static const struct way {
	const char *name;
	int (*go)(void);
} ways[] = {
	{ "exit_group", exit_group }, { "exec_group", exec_group },
	{ "exec_fails", exec_fails }, { "exec_succeeds", exec_succeeds },
	{ "vfork", vforks },	      { "fork", pid_of_child },
	{ "killed", killed },	      { "restart", restart },
	{ "interrupt", interrupt },   { "stopped", stopped },
	{ "nothing", nothing },	      { NULL, NULL },
};

int main(int argc, char **argv)
{
	const struct way *way;

	self = "/proc/self/exe";
	if (argc != 2 || pipe(ends))
		return 2;
	for (way = ways; way->name; way++)
		if (!strcmp(way->name, argv[1]))
			return way->go() != 0;
	return 2;
}

// SPDX-License-Identifier: GPL-2.0
/* A signal to itself, with its handler. */
#include "bench.h"
#include <signal.h>

static volatile sig_atomic_t seen;

static void handler(int sig)
{
	(void)sig;
	seen++;
}

static int signal_setup(void)
{
	struct sigaction sa = { .sa_handler = handler };

	return sigaction(SIGUSR1, &sa, NULL);
}

static void signal_once(void)
{
	int before = seen;

	if (syscall(SYS_kill, getpid(), SIGUSR1) || seen == before)
		die("signal");
}

const struct bench_case bench_signal[] = {
	{ "signal", "kill self, handler", 10, signal_setup, signal_once },
	{},
};

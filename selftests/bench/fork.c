// SPDX-License-Identifier: GPL-2.0
/* A child that ends at once. */
#include "bench.h"
#include <sys/wait.h>

static void fork_once(void)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(0);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		die("fork");
}

const struct bench_case bench_fork[] = {
	{ "fork", "fork+exit+wait", 200, NULL, fork_once },
	{},
};

// SPDX-License-Identifier: GPL-2.0
/* A child that executes the same program, which ends at once ("bench -"). */
#include "bench.h"
#include <sys/wait.h>

static void exec_once(void)
{
	static char *const argv[] = { "bench", "-", NULL };
	static char *const envp[] = { NULL };
	pid_t pid = vfork();
	int status;

	if (!pid) {
		execve(self, argv, envp);
		_exit(1);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		die("exec");
}

const struct bench_case bench_exec[] = {
	{ "exec", "vfork+exec+exit+wait", 500, NULL, exec_once },
	{},
};

// SPDX-License-Identifier: GPL-2.0
/* The program of an exec action. */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include "output.h"

/* One at a time: who fails twice a second must not fill the machine. */
static bool still_runs(pid_t *child)
{
	if (*child > 0 && waitpid(*child, NULL, WNOHANG) == 0)
		return true;
	*child = 0;
	return false;
}

void run_program(pid_t *child, const char *program, const char *output,
		 const char *failure)
{
	char *argv[] = { (char *)program, (char *)output, (char *)failure,
			 NULL };
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *env[] = { path, NULL };
	posix_spawnattr_t attr;
	sigset_t none;
	int err;

	if (still_runs(child))
		return;
	/* We have blocked what ends and reloads us; it has not. */
	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	err = posix_spawn(child, program, NULL, &attr, argv, env);
	posix_spawnattr_destroy(&attr);
	if (!err)
		return;
	*child = 0;
	fprintf(stderr, "hvauditd: %s: %s\n", program, strerror(err));
}

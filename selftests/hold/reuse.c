// SPDX-License-Identifier: GPL-2.0
/*
 * Many short processes, for reuse.t.
 *
 *   reuse N FILE   N children one after the other, each opens FILE. Prints how many
 *                  could, and how often their numbers began again.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int i, n, status, opened = 0, wraps = 0;
	pid_t pid, last = 0;

	if (argc != 3) {
		fprintf(stderr, "usage: reuse N FILE\n");
		return 2;
	}
	n = atoi(argv[1]);
	for (i = 0; i < n; i++) {
		pid = fork();
		if (pid < 0) {
			perror("fork");
			return 1;
		}
		if (!pid)
			_exit(open(argv[2], O_RDONLY) >= 0);
		if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
			return 1;
		opened += WEXITSTATUS(status);
		wraps += pid < last;
		last = pid;
	}
	printf("%d %d\n", opened, wraps);
	return 0;
}

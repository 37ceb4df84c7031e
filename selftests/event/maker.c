// SPDX-License-Identifier: GPL-2.0
/*
 * maker FILE COUNT [WORKERS]: open FILE so often, in so many processes, and say how
 * often that worked, was refused, and was refused because the queue of events was full;
 * and how long it took.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct sum {
	long opened, denied, busy, other;
};

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void work(const char *file, long count, struct sum *s)
{
	for (long i = 0; i < count; i++) {
		int fd = open(file, O_RDONLY);

		if (fd >= 0) {
			s->opened++;
			close(fd);
		} else if (errno == EACCES) {
			s->denied++;
		} else if (errno == EBUSY) {
			s->busy++;
		} else {
			s->other++;
		}
	}
}

int main(int argc, char **argv)
{
	long count = argc > 2 ? atol(argv[2]) : 1;
	int workers = argc > 3 ? atoi(argv[3]) : 1;
	struct sum *s, all = { 0 };
	long long begin = now();

	s = mmap(NULL, (size_t)workers * sizeof(*s), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (argc < 3 || s == MAP_FAILED)
		return 2;
	for (int i = 0; i < workers; i++) {
		if (fork())
			continue;
		work(argv[1], count, &s[i]);
		_exit(0);
	}
	while (wait(NULL) > 0)
		;
	for (int i = 0; i < workers; i++) {
		all.opened += s[i].opened;
		all.denied += s[i].denied;
		all.busy += s[i].busy;
		all.other += s[i].other;
	}
	printf("opened=%ld\ndenied=%ld\nbusy=%ld\nother=%ld\nns=%lld\n",
	       all.opened, all.denied, all.busy, all.other, now() - begin);
	return 0;
}

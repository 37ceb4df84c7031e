// SPDX-License-Identifier: GPL-2.0
/*
 * call [-3] NUMBER [ARGUMENT...]: one raw system call, by syscall or by int 0x80.
 * Prints its result. Exits with 3 if the call changed a register that holds an
 * argument, which the kernel promises not to do. An argument that is not a number
 * is passed as a string.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "raw.h"

int main(int argc, char **argv)
{
	int i, first = 1, compat = 0;
	struct raw r = { 0 };
	char *low;
	long ret;

	if (argc > 1 && !strcmp(argv[1], "-3")) {
		compat = 1;
		first = 2;
	}
	if (argc <= first || argc > first + 7) {
		fprintf(stderr, "usage: call [-3] NUMBER [ARGUMENT...]\n");
		return 2;
	}
	/* Strings for 32-bit calls must be where 32 bits can reach. */
	low = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	for (i = first + 1; i < argc; i++) {
		long *a = &r.arg[i - first - 1];

		if (isdigit(argv[i][0]) || argv[i][0] == '-') {
			*a = strtol(argv[i], NULL, 0);
		} else {
			*a = (long)strcpy(low, argv[i]);
			low += strlen(low) + 1;
		}
	}
	ret = compat ? raw32(&r, atol(argv[first])) :
		       raw64(&r, atol(argv[first]));
	printf("%ld\n", ret);
	return memcmp(r.arg, r.seen, sizeof(r.arg)) ? 3 : 0;
}

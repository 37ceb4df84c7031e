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

static long arg[6], seen[6];

static long call64(long nr)
{
	register long r10 asm("r10") = arg[3];
	register long r8 asm("r8") = arg[4];
	register long r9 asm("r9") = arg[5];
	long ret = nr, di = arg[0], si = arg[1], dx = arg[2];

	asm volatile("syscall"
		     : "+a"(ret), "+D"(di), "+S"(si), "+d"(dx), "+r"(r10),
		       "+r"(r8), "+r"(r9)
		     :
		     : "rcx", "r11", "memory");
	seen[0] = di;
	seen[1] = si;
	seen[2] = dx;
	seen[3] = r10;
	seen[4] = r8;
	seen[5] = r9;
	return ret;
}

/* Four arguments are enough; rbp would need care. */
static long call32(long nr)
{
	long ret = nr, bx = arg[0], cx = arg[1], dx = arg[2], si = arg[3];

	asm volatile("int $0x80"
		     : "+a"(ret), "+b"(bx), "+c"(cx), "+d"(dx), "+S"(si)
		     :
		     : "memory", "r8", "r9", "r10", "r11");
	seen[0] = bx;
	seen[1] = cx;
	seen[2] = dx;
	seen[3] = si;
	seen[4] = arg[4];
	seen[5] = arg[5];
	return (int)ret;
}

int main(int argc, char **argv)
{
	int i, first = 1, compat = 0;
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
		long *a = &arg[i - first - 1];

		if (isdigit(argv[i][0]) || argv[i][0] == '-') {
			*a = strtol(argv[i], NULL, 0);
		} else {
			*a = (long)strcpy(low, argv[i]);
			low += strlen(low) + 1;
		}
	}
	ret = compat ? call32(atol(argv[first])) : call64(atol(argv[first]));
	printf("%ld\n", ret);
	return memcmp(arg, seen, sizeof(arg)) ? 3 : 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * delete_module() as bare as it is: usage: remove 64|32 MODULE [force]
 * Says "removed" or the name of the error. "32" is int $0x80, which any program
 * may use.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NR_32_DELETE_MODULE 129

static long call_32(const char *name, unsigned int flags)
{
	/* The kernel takes 32 bits of the address. */
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long ret;

	if (low == MAP_FAILED)
		return -ENOMEM;
	snprintf(low, 4096, "%s", name);
	asm volatile("int $0x80"
		     : "=a"(ret)
		     : "a"(NR_32_DELETE_MODULE), "b"(low), "c"(flags)
		     : "memory", "r8", "r9", "r10", "r11");
	return (int)ret;
}

int main(int argc, char **argv)
{
	unsigned int flags = O_NONBLOCK;
	long ret;

	if (argc < 3)
		return 2;
	if (argc > 3)
		flags |= O_TRUNC;
	if (!strcmp(argv[1], "32"))
		ret = call_32(argv[2], flags);
	else
		ret = syscall(SYS_delete_module, argv[2], flags) ? -errno : 0;
	puts(ret ? strerrorname_np((int)-ret) : "removed");
	return ret != 0;
}

// SPDX-License-Identifier: GPL-2.0
/* Attack programs: executable memory, under a policy without exec-memory. */
#include "common.h"
#include "root.h"
#include <linux/userfaultfd.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/wait.h>

#define SIZE 65536
#define RW   (PROT_READ | PROT_WRITE)
#define RX   (PROT_READ | PROT_EXEC)

static int mapped(int prot, int flags, int fd, int later)
{
	char *p = mmap(NULL, SIZE, prot, flags, fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	if (!later)
		return 0;
	if (prot & PROT_WRITE)
		p[1] = 1;
	return ret(mprotect(p, SIZE, later));
}

static int granted(void)
{
	return mapped(RX, MAP_PRIVATE, open(self, O_RDONLY), 0);
}

static int at_once(void)
{
	return mapped(RW | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int shared(void)
{
	return mapped(RX, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static int upgraded(void)
{
	return mapped(RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, RX);
}

static int upgraded_shared(void)
{
	return mapped(RW, MAP_SHARED | MAP_ANONYMOUS, -1, RX);
}

static int upgraded_key(void)
{
	void *p = mmap(NULL, SIZE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return ret(syscall(SYS_pkey_mprotect, p, SIZE, RX, -1));
}

static int heap(void)
{
	char *p = (char *)(((unsigned long)sbrk(2 * SIZE) + 4095) & ~4095ul);

	*p = 1;
	return ret(mprotect(p, SIZE, RX));
}

static int stack(void)
{
	char here;
	char *p = (char *)((unsigned long)&here & ~4095ul);

	return ret(mprotect(p, 4096, RW | PROT_EXEC));
}

static int zero(void)
{
	int fd = open("/dev/zero", O_RDWR);

	return fd < 0 ? -errno : mapped(RX, MAP_PRIVATE, fd, 0);
}

static int memory_file(int later)
{
	int fd = syscall(SYS_memfd_create, "m", 0);

	if (fd < 0 || ftruncate(fd, SIZE))
		return -errno;
	return mapped(later ? RW : RX, MAP_SHARED, fd, later);
}

static int memfd(void)
{
	return memory_file(0);
}

static int memfd_upgraded(void)
{
	return memory_file(RX);
}

/* Pages of a file that are not the file's any more. */
static int private_at_once(void)
{
	return mapped(RW | PROT_EXEC, MAP_PRIVATE, open(self, O_RDONLY), 0);
}

static int private_written(void)
{
	return mapped(RW, MAP_PRIVATE, open(self, O_RDONLY), RX);
}

static int private_writable(void)
{
	return mapped(RX, MAP_PRIVATE, open(self, O_RDONLY), RW | PROT_EXEC);
}

static int segment(void)
{
	int id = shmget(IPC_PRIVATE, SIZE, 0700);
	void *p = shmat(id, NULL, SHM_EXEC);
	int result = p == (void *)-1 ? -errno : 0;

	shmctl(id, IPC_RMID, NULL);
	return result;
}

static int by_personality(void)
{
	/* Not by the library, which does not set errno in 32-bit programs. */
	if (syscall(SYS_personality, READ_IMPLIES_EXEC) < 0)
		return -errno;
	return mapped(RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* No check is made of memory that the heap grows by. */
static int heap_by_personality(void)
{
	if (syscall(SYS_personality, READ_IMPLIES_EXEC) < 0)
		return -errno;
	return sbrk(SIZE) == (void *)-1 ? -errno : 0;
}

static const char code[4096] __attribute__((aligned(4096))) = "code";

static int through_proc(void)
{
	int fd = open("/proc/self/mem", O_RDWR);

	if (fd < 0)
		return -errno;
	return pwrite(fd, "x", 1, (unsigned long)code) == 1 ? 0 : -errno;
}

/* A tracer writes where the traced may not. */
static int by_tracing(void)
{
	pid_t pid = fork();
	int result = 0;

	if (!pid) {
		pause();
		_exit(0);
	}
	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL)) {
		result = -errno;
	} else {
		waitpid(pid, NULL, __WALL);
		result = ret(ptrace(PTRACE_POKEDATA, pid, code, 1));
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, __WALL);
	return result;
}

/* The program is on a tmpfs, whose pages may be filled in so. */
static int by_faults(void)
{
	int fd = syscall(SYS_userfaultfd, UFFD_USER_MODE_ONLY);
	char page[4096] __attribute__((aligned(4096)));
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	struct uffdio_copy copy = { .len = 4096 };
	char *p;

	if (fd < 0)
		return -errno;
	p = mmap(NULL, 4096, RX, MAP_PRIVATE, open(self, O_RDONLY), 0);
	if (p == MAP_FAILED)
		return -errno;
	memset(page, 0xc3, sizeof(page));
	range.range.start = copy.dst = (unsigned long)p;
	range.range.len = 4096;
	copy.src = (unsigned long)page;
	if (ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &range) ||
	    ioctl(fd, UFFDIO_COPY, &copy))
		return -errno;
	return (unsigned char)*p == 0xc3 ? 0 : -ENODATA;
}

const struct attack memory_attacks[] = {
	{ "EXEC-09", "mapping of a program, not writable", granted, ALLOWED },
	PART("EXEC-09d", "mmap, writable and executable", at_once),
	PART("EXEC-09e", "mmap, shared and executable", shared),
	PART("EXEC-09f", "mprotect after writing", upgraded),
	PART("EXEC-09g", "mprotect of a shared mapping", upgraded_shared),
	PART("EXEC-09h", "pkey_mprotect", upgraded_key),
	PART("EXEC-09i", "heap", heap),
	PART("EXEC-09j", "stack", stack),
	PART("EXEC-09k", "/dev/zero", zero),
	PART("EXEC-09l", "memory file", memfd),
	PART("EXEC-09m", "memory file, mprotect", memfd_upgraded),
	PART("EXEC-09n", "private mapping of a file, writable",
	     private_at_once),
	PART("EXEC-09o", "private mapping of a file, written to",
	     private_written),
	PART("EXEC-09p", "private mapping of a program, made writable",
	     private_writable),
	PART("EXEC-09q", "shmat, SHM_EXEC", segment),
	PART("EXEC-09r", "READ_IMPLIES_EXEC", by_personality),
	PART("EXEC-09s", "READ_IMPLIES_EXEC, heap", heap_by_personality),
	PART("EXEC-09t", "/proc/self/mem", through_proc),
	PART("EXEC-09u", "a child traced", by_tracing),
	PART("EXEC-09v", "userfaultfd fills pages of a program", by_faults),
	{}
};

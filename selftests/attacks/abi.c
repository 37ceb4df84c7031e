// SPDX-License-Identifier: GPL-2.0
/* Attack programs: class ABI, the other entries of the kernel. */
#include "common.h"
#include <arpa/inet.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define X32 0x40000000

/* Numbers of the 32-bit table; a 64-bit program has no header for them. */
enum {
	I386_OPEN = 5,
	I386_CREAT = 8,
	I386_UNLINK = 10,
	I386_EXECVE = 11,
	I386_RENAME = 38,
	I386_TRUNCATE = 92,
	I386_SOCKETCALL = 102,
	I386_OPENAT = 295,
	I386_EXECVEAT = 358,
	I386_OPENAT2 = 437,
};

/* 32-bit calls reach the first 4 GB: strings and structures go there. */
static void *low(const void *data, size_t size)
{
	static char *page;
	static size_t used;
	char *p;

	if (!page)
		page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS
#ifdef __x86_64__
				    | MAP_32BIT
#endif
			    ,
			    -1, 0);
	p = page + used;
	used += (size + 15) & ~15;
	return memcpy(p, data, size);
}

static void *text(const char *s)
{
	return low(s, strlen(s) + 1);
}

static long result_of(long value)
{
	if (value < 0 && value > -4096) {
		errno = -value;
		return -1;
	}
	return value;
}

#define ARG(x) ((long)(x))

static long int80(long nr, long a, long b, long c, long d)
{
	int value;

#ifdef __x86_64__
	register long r8 asm("r8");
	register long r9 asm("r9");

	asm volatile("int $0x80"
		     : "=a"(value), "=r"(r8), "=r"(r9)
		     : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(0)
		     : "memory", "r10", "r11");
#else
	asm volatile("int $0x80"
		     : "=a"(value)
		     : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(0)
		     : "memory");
#endif
	return result_of(value);
}

static int int80_open(void)
{
	return marked(int80(I386_OPEN, ARG(text(D "/f")), O_RDONLY, 0, 0));
}

static int int80_openat(void)
{
	return marked(
		int80(I386_OPENAT, AT_FDCWD, ARG(text(D "/f")), O_RDONLY, 0));
}

static int int80_openat2(void)
{
	struct open_how how = { .flags = O_RDONLY };

	return marked(int80(I386_OPENAT2, AT_FDCWD, ARG(text(D "/f")),
			    ARG(low(&how, sizeof(how))), sizeof(how)));
}

static int int80_creat(void)
{
	return drop(int80(I386_CREAT, ARG(text(D "/f")), 0600, 0, 0));
}

static int int80_unlink(void)
{
	return ret(int80(I386_UNLINK, ARG(text(D "/f")), 0, 0, 0));
}

static int int80_rename(void)
{
	return ret(
		int80(I386_RENAME, ARG(text(D "/f")), ARG(text(A "/x")), 0, 0));
}

static int int80_truncate(void)
{
	return ret(int80(I386_TRUNCATE, ARG(text(D "/f")), 0, 0, 0));
}

static int int80_execve(void)
{
	unsigned int argv[3];
	pid_t pid;

	argv[0] = ARG(text("prog"));
	argv[1] = ARG(text("mark"));
	argv[2] = 0;
	pid = fork();
	if (!pid) {
		int80(I386_EXECVE, ARG(text(D "/prog")),
		      ARG(low(argv, sizeof(argv))), 0, 0);
		_exit(errno);
	}
	return ran(pid);
}

static int int80_connect(void)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT_SHUT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	unsigned int args[3] = { socket(AF_INET, SOCK_STREAM, 0), 0,
				 sizeof(sin) };

	if ((int)args[0] < 0)
		return -errno;
	args[1] = ARG(low(&sin, sizeof(sin)));
	return ret(
		int80(I386_SOCKETCALL, 3, ARG(low(args, sizeof(args))), 0, 0));
}

/*
 * Calls that come back as SIGSYS before any gate has seen them, and are made by the
 * handler instead; many, for something might be left of those that did not happen.
 */
static volatile char selector;
static volatile int dispatched_to;

static void dispatched(int signal)
{
	int fd;

	(void)signal;
	selector = 0; /* SYSCALL_DISPATCH_FILTER_ALLOW */
	fd = open(D "/f", O_RDONLY);
	dispatched_to = fd < 0 ? -errno : fd;
}

static int by_dispatch(void)
{
	struct sigaction action = { .sa_handler = dispatched };
	int i;

	sigaction(SIGSYS, &action, NULL);
	/* PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON */
	if (prctl(59, 1, 0, 0, &selector))
		return -errno;
	for (i = 0; i < 1000 && dispatched_to <= 0; i++) {
		selector = 1; /* SYSCALL_DISPATCH_FILTER_BLOCK */
		syscall(SYS_getppid);
	}
	selector = 0;
	prctl(59, 0, 0, 0, 0);
	return dispatched_to < 0 ? dispatched_to : marked(dispatched_to);
}

/*
 * Stopped and continued in the middle: the kernel takes the call up again by
 * restart_syscall(), with what it had put by.
 */
static int by_restart(void)
{
	pid_t pid = fork();

	if (!pid) {
		if (poll(NULL, 0, 300))
			_exit(EINTR);
		_exit(-read_secret(D "/f"));
	}
	usleep(50000);
	kill(pid, SIGSTOP);
	usleep(50000);
	kill(pid, SIGCONT);
	return wait_child(pid);
}

#ifdef __x86_64__

/* The old page of the kernel's in every program: three calls by a page fault. */
static int by_page(void)
{
	static const unsigned long calls[] = { 0xffffffffff600000,
					       0xffffffffff600400,
					       0xffffffffff600800 };
	long (*call)(void *, void *), result[2];
	int status;
	size_t i;
	pid_t pid = fork();

	if (!pid) {
		for (i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
			call = (void *)calls[i];
			if (call(result, NULL) < 0)
				_exit(EIO);
		}
		_exit(0);
	}
	waitpid(pid, &status, 0);
	/* Kernels without it: nothing is there. */
	return WIFSIGNALED(status) ? SKIPPED : -WEXITSTATUS(status);
}

/*
 * x32 has the numbers of the 64-bit table with a bit set, and its own from
 * 512 on. Debian's kernels know it, but only with syscall.x32=y.
 */
static int x32_open(void)
{
	long fd = syscall(X32 | SYS_open, text(D "/f"), O_RDONLY);

	return fd < 0 ? newer(fd) : marked(fd);
}

static int x32_openat(void)
{
	long fd = syscall(X32 | SYS_openat, AT_FDCWD, text(D "/f"), O_RDONLY);

	return fd < 0 ? newer(fd) : marked(fd);
}

static int x32_unlink(void)
{
	return newer(syscall(X32 | SYS_unlink, text(D "/f")));
}

static int x32_rename(void)
{
	return newer(syscall(X32 | SYS_rename, text(D "/f"), text(A "/x")));
}

/* 520: execve with its own, compat, table of arguments. */
static int x32_execve(void)
{
	unsigned int argv[3];
	pid_t pid;
	int result;

	argv[0] = ARG(text("prog"));
	argv[1] = ARG(text("mark"));
	argv[2] = 0;
	pid = fork();
	if (!pid) {
		syscall(X32 | 520, text(D "/prog"), low(argv, sizeof(argv)),
			NULL);
		_exit(errno);
	}
	result = ran(pid);
	return result == -ENOSYS ? SKIPPED : result;
}

const struct attack x32_attacks[] = { { "ABI-03a", "x32 open", x32_open },
				      { "ABI-03b", "x32 openat", x32_openat },
				      { "ABI-03c", "x32 unlink", x32_unlink },
				      { "ABI-03d", "x32 rename", x32_rename },
				      { "ABI-03e", "x32 execve", x32_execve },
				      {} };

#define ENTRY "int 0x80 of a 64-bit program: "

#else

/*
 * The kernel leaves a SYSENTER for the vDSO's landing pad, which pops three
 * registers and returns: the stack is made to look as if we came from there.
 */
static long sysenter(long nr, long a, long b, long c)
{
	int value;

	asm volatile("push %%ebp\n\tcall 1f\n\tjmp 2f\n"
		     "1:\tpush %%ecx\n\tpush %%edx\n\tpush %%ebp\n\t"
		     "mov %%esp, %%ebp\n\tsysenter\n"
		     "2:\tpop %%ebp"
		     : "=a"(value)
		     : "a"(nr), "b"(a), "c"(b), "d"(c)
		     : "memory");
	return result_of(value);
}

static int sysenter_open(void)
{
	return marked(sysenter(I386_OPEN, ARG(D "/f"), O_RDONLY, 0));
}

static int sysenter_unlink(void)
{
	return ret(sysenter(I386_UNLINK, ARG(D "/f"), 0, 0));
}

const struct attack x32_attacks[] = {
	{ "ABI-02a", "SYSENTER: open", sysenter_open },
	{ "ABI-02b", "SYSENTER: unlink", sysenter_unlink },
	{}
};

#define ENTRY "int 0x80 of a 32-bit program: "

#endif

const struct attack abi_attacks[] = {
	{ "ABI-01a", ENTRY "open", int80_open },
	{ "ABI-01b", ENTRY "openat", int80_openat },
	{ "ABI-01c", ENTRY "openat2", int80_openat2 },
	{ "ABI-01d", ENTRY "creat", int80_creat },
	{ "ABI-01e", ENTRY "unlink", int80_unlink },
	{ "ABI-01f", ENTRY "rename", int80_rename },
	{ "ABI-01g", ENTRY "truncate", int80_truncate },
	{ "ABI-01h", ENTRY "execve", int80_execve },
	{ "ABI-01i", ENTRY "socketcall connect", int80_connect },
#ifdef __x86_64__
	{ "ABI-08", "calls of the vsyscall page", by_page, ALLOWED },
#endif
	{ "ABI-10", "after a call that was stopped and restarted", by_restart },
	{ "ABI-12", "call dispatched to user space", by_dispatch },
	{}
};

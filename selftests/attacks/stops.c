// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: class RACE, calls that are stopped in the middle: by a page that
 * is not there yet, and by a tracer who changes number and arguments. hold/stops.hv
 * lets the domain do both.
 */
#include "common.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

#define PAGE 4096

/* A path whose second half is on a page that is not there. */
static struct {
	int fd;
	char *page;
	const char *rest;
} fault;

static void *serve_fault(void *arg)
{
	static char page[PAGE] __attribute__((aligned(PAGE)));
	struct uffdio_copy copy = { .len = PAGE };
	struct pollfd p = { fault.fd, POLLIN, 0 };
	struct uffd_msg msg;

	while (poll(&p, 1, 5000) == 1) {
		if (read(fault.fd, &msg, sizeof(msg)) != sizeof(msg))
			break;
		/* Time for anyone who would look without waiting. */
		usleep(20000);
		strcpy(page, fault.rest);
		copy.src = (unsigned long)page;
		copy.dst = (unsigned long)fault.page;
		ioctl(fault.fd, UFFDIO_COPY, &copy);
	}
	return arg;
}

static char *split_path(const char *head, const char *rest)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	char *map = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t t;

	if (map == MAP_FAILED)
		return NULL;
	fault.fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (fault.fd < 0)
		return NULL;
	fault.page = map + PAGE;
	fault.rest = rest;
	reg.range.start = (unsigned long)fault.page;
	reg.range.len = PAGE;
	if (ioctl(fault.fd, UFFDIO_API, &api) ||
	    ioctl(fault.fd, UFFDIO_REGISTER, &reg))
		return NULL;
	if (pthread_create(&t, NULL, serve_fault, NULL))
		return NULL;
	map = fault.page - strlen(head);
	memcpy(map, head, strlen(head));
	return map;
}

static int late_open(void)
{
	const char *path = split_path(ROOT "/", "D/f");

	return path ? read_secret(path) : -errno;
}

static int late_unlink(void)
{
	const char *path = split_path(ROOT "/", "D/f");

	return path ? ret(unlink(path)) : -errno;
}

static int late_rename(void)
{
	const char *path = split_path(ROOT "/", "D/f");

	return path ? ret(rename(A "/f", path)) : -errno;
}

/* Both pages there, then gone again between one open and the next. */
static int dropped_page(void)
{
	char *path = split_path(ROOT "/", "R/f");

	if (!path)
		return -errno;
	if (drop(open(path, O_RDONLY)))
		return -errno;
	madvise(fault.page, PAGE, MADV_DONTNEED);
	fault.rest = "D/f";
	return read_secret(path);
}

static const char denied[] = D "/f";

#ifdef __x86_64__
static void make_open(struct user_regs_struct *r)
{
	r->orig_rax = SYS_openat;
	r->rdi = AT_FDCWD;
	r->rsi = (unsigned long)denied;
	r->rdx = O_RDONLY;
}

static long number(const struct user_regs_struct *r)
{
	return r->orig_rax;
}
#else
static long number(const struct user_regs_struct *r)
{
	return r->orig_eax;
}

static void make_open(struct user_regs_struct *r)
{
	r->orig_eax = SYS_openat;
	r->ebx = AT_FDCWD;
	r->ecx = (unsigned long)denied;
	r->edx = O_RDONLY;
}
#endif

static void filter(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { 4, code };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
		_exit(errno);
}

/* The child asks for its parent's number, and the tracer makes it an open. */
static int ask(int start, int by_seccomp)
{
	char byte;

	if (read(start, &byte, 1) != 1)
		return -EIO;
	if (by_seccomp)
		filter();
	return marked(syscall(SYS_getppid));
}

static int stopped(pid_t pid, struct user_regs_struct *regs)
{
	int status;

	waitpid(pid, &status, 0);
	if (!WIFSTOPPED(status))
		return WIFEXITED(status) ? -WEXITSTATUS(status) : -ESRCH;
	return ret(ptrace(PTRACE_GETREGS, pid, NULL, regs));
}

static int traced(int by_seccomp)
{
	long how = by_seccomp ? PTRACE_O_TRACESECCOMP : PTRACE_O_TRACESYSGOOD;
	struct user_regs_struct regs;
	int start[2], result, i;
	pid_t pid;

	if (pipe(start))
		return -errno;
	pid = fork();
	if (!pid)
		_exit(-ask(start[0], by_seccomp));
	if (ptrace(PTRACE_SEIZE, pid, NULL, (void *)how) ||
	    ptrace(PTRACE_INTERRUPT, pid, NULL, NULL))
		return -errno;
	result = stopped(pid, &regs);
	if (result)
		return result;
	write(start[1], "x", 1);
	/* Reading ends, and perhaps begins anew, before it asks. */
	for (i = 0; i < 20; i++) {
		ptrace(by_seccomp ? PTRACE_CONT : PTRACE_SYSCALL, pid, NULL,
		       NULL);
		result = stopped(pid, &regs);
		if (result)
			return result;
		if (number(&regs) == SYS_getppid)
			break;
	}
	make_open(&regs);
	if (ptrace(PTRACE_SETREGS, pid, NULL, &regs) ||
	    ptrace(PTRACE_DETACH, pid, NULL, NULL))
		return -errno;
	return wait_child(pid);
}

static int by_tracer(void)
{
	return traced(0);
}

static int by_seccomp(void)
{
	return traced(1);
}

const struct attack stops_attacks[] = {
	{ "RACE-03a", "path that comes by a page fault, open", late_open },
	{ "RACE-03b", "the same, unlink", late_unlink },
	{ "RACE-03c", "the same, second path of rename", late_rename },
	{ "RACE-03d", "page dropped and filled anew", dropped_page },
	{ "RACE-13a", "call made into another by a tracer", by_tracer },
	{ "RACE-13b", "the same by way of seccomp", by_seccomp },
	{}
};

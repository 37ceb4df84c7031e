// SPDX-License-Identifier: GPL-2.0
/* Attack programs: class X, reaching into a process outside the domain. */
#include "common.h"
#include <sched.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>

/* SIGWINCH: ignored by the witness, and permission is checked all the same. */
static int do_kill(void)
{
	return ret(kill(witness(), SIGWINCH));
}

static int probe(void)
{
	return ret(kill(witness(), 0));
}

static int do_tgkill(void)
{
	return ret(tgkill(witness(), witness(), SIGWINCH));
}

static int queue_signal(void)
{
	return ret(sigqueue(witness(), SIGWINCH, (union sigval){ 0 }));
}

static int open_pidfd(void)
{
	return syscall(SYS_pidfd_open, witness(), 0);
}

static int pidfd_signal(void)
{
	return ret(syscall(SYS_pidfd_send_signal, open_pidfd(), SIGWINCH, NULL,
			   0));
}

static int stop_tracing(pid_t pid)
{
	int result = 0;

	while (waitpid(pid, NULL, __WALL) < 0)
		if (errno != EINTR)
			return -errno;
	if (ptrace(PTRACE_DETACH, pid, NULL, NULL))
		result = -errno;
	return result;
}

static int attach(void)
{
	if (ptrace(PTRACE_ATTACH, witness(), NULL, NULL))
		return -errno;
	return stop_tracing(witness());
}

static int seize(void)
{
	if (ptrace(PTRACE_SEIZE, witness(), NULL, NULL))
		return -errno;
	ptrace(PTRACE_INTERRUPT, witness(), NULL, NULL);
	return stop_tracing(witness());
}

/* Static and not position independent: the address holds there as well. */
static int read_memory(void)
{
	char byte;
	struct iovec here = { &byte, 1 };
	struct iovec there = { (void *)self, 1 };

	there.iov_base = (void *)&open_attacks;
	return ret(process_vm_readv(witness(), &here, 1, &there, 1, 0));
}

static int memory_file(void)
{
	char name[32];

	snprintf(name, sizeof(name), "/proc/%d/mem", witness());
	return drop(open(name, O_RDWR));
}

static int steal_descriptor(void)
{
	return marked(syscall(SYS_pidfd_getfd, open_pidfd(), FD_SECRET, 0));
}

static int limits(void)
{
	struct rlimit old;
	int result;

	if (prlimit(witness(), RLIMIT_NOFILE, NULL, &old))
		return -errno;
	result = ret(prlimit(witness(), RLIMIT_NOFILE, &old, NULL));
	return result;
}

static int nice_value(void)
{
	return ret(setpriority(PRIO_PROCESS, witness(), 1));
}

static int scheduler(void)
{
	struct sched_param param = {};

	return ret(sched_setscheduler(witness(), SCHED_OTHER, &param));
}

static int affinity(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	return ret(sched_setaffinity(witness(), sizeof(set), &set));
}

static int enter_namespace(void)
{
	return ret(setns(open_pidfd(), CLONE_NEWUTS));
}

static int own_child(void)
{
	pid_t pid = fork();

	if (!pid) {
		pause();
		_exit(0);
	}
	if (kill(pid, SIGTERM))
		return -errno;
	return wait_child(pid) == -EINTR ? 0 : -ECHILD;
}

const struct attack other_attacks[] = {
	{ "X-00", "signal to a child of its own", own_child, ALLOWED },
	{ "X-01a", "ptrace attach", attach, .error = EPERM },
	{ "X-01b", "ptrace seize", seize, .error = EPERM },
	{ "X-03", "process_vm_readv", read_memory, .error = EPERM },
	{ "X-04", "/proc/PID/mem", memory_file, .error = EPERM,
	  .also = EACCES },
	{ "X-05a", "kill", do_kill, .error = EPERM },
	{ "X-05b", "kill with signal 0", probe, .error = EPERM },
	{ "X-05c", "tgkill", do_tgkill, .error = EPERM },
	{ "X-05d", "rt_sigqueueinfo", queue_signal, .error = EPERM },
	{ "X-05e", "pidfd_send_signal", pidfd_signal, .error = EPERM },
	{ "X-08", "prlimit of another", limits, .error = EPERM },
	{ "X-09a", "setpriority of another", nice_value, .error = EPERM,
	  .also = EACCES },
	{ "X-09b", "sched_setscheduler of another", scheduler, .error = EPERM },
	{ "X-09c", "sched_setaffinity of another", affinity, .error = EPERM },
	{ "X-12", "setns into another", enter_namespace, .error = EPERM },
	{ "FD-08", "pidfd_getfd", steal_descriptor, .error = EPERM },
	{}
};

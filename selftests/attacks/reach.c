// SPDX-License-Identifier: GPL-2.0
/* Attack programs: class X once more, other ways into a process outside. */
#include "common.h"
#include <linux/kcmp.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>

#ifndef PIDFD_SIGNAL_PROCESS_GROUP
#define PIDFD_SIGNAL_PROCESS_GROUP 4
#endif

static int traced_by_parent(void)
{
	return ret(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int write_memory(void)
{
	char byte = 0;
	struct iovec here = { &byte, 1 };
	struct iovec there = { (void *)&me, 1 };

	return ret(process_vm_writev(witness(), &here, 1, &there, 1, 0));
}

static int everybody(void)
{
	int i;

	if (kill(-1, SIGWINCH))
		return -errno;
	/* The call says nothing about those that were spared. */
	for (i = 0; i < 50 && access(STRUCK, F_OK); i++)
		usleep(10000);
	return access(STRUCK, F_OK) ? -EPERM : 0;
}

static int its_group(void)
{
	return ret(kill(-getpgid(witness()), SIGWINCH));
}

/* Within a session the kernel allows it to anyone. */
static int go_on(void)
{
	return ret(kill(witness(), SIGCONT));
}

static int do_tkill(void)
{
	return ret(syscall(SYS_tkill, witness(), SIGWINCH));
}

static int queue_thread_signal(void)
{
	siginfo_t info = { .si_code = SI_QUEUE };

	info.si_signo = SIGWINCH;
	return ret(syscall(SYS_rt_tgsigqueueinfo, witness(), witness(),
			   SIGWINCH, &info));
}

static int open_pidfd(void)
{
	return syscall(SYS_pidfd_open, witness(), 0);
}

static int group_by_pidfd(void)
{
	long result = syscall(SYS_pidfd_send_signal, open_pidfd(), SIGWINCH,
			      NULL, PIDFD_SIGNAL_PROCESS_GROUP);

	return result < 0 && errno == EINVAL ? SKIPPED : ret(result);
}

/* A process that is not its child, found below /proc. */
static int pidfd_of_proc(void)
{
	char name[32];
	int fd;

	snprintf(name, sizeof(name), "/proc/%d", witness());
	fd = open(name, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return -errno;
	return ret(syscall(SYS_pidfd_send_signal, fd, SIGWINCH, NULL, 0));
}

static int io_priority(void)
{
	return ret(syscall(SYS_ioprio_set, 1, witness(), 2 << 13 | 4));
}

static int its_group_nice(void)
{
	return ret(setpriority(PRIO_PGRP, getpgid(witness()), 1));
}

static int its_user_nice(void)
{
	return ret(setpriority(PRIO_USER, 0, 1));
}

static int scheduler_attributes(void)
{
	struct {
		__u32 size, policy;
		__u64 flags;
		__s32 nice;
		__u32 priority;
		__u64 runtime, deadline, period;
	} attr = { .size = sizeof(attr), .nice = 1 };

	return ret(syscall(SYS_sched_setattr, witness(), &attr, 0));
}

static int scheduler_parameters(void)
{
	struct sched_param param = {};

	return ret(sched_setparam(witness(), &param));
}

static int move_memory(void)
{
	void *page = (void *)((unsigned long)&me & -4096);
	int node = 0, status;

	return newer(syscall(SYS_move_pages, witness(), 1UL, &page, &node,
			     &status, 0));
}

static int migrate_memory(void)
{
	unsigned long from = 1, to = 1;

	return newer(syscall(SYS_migrate_pages, witness(), 2UL, &from, &to));
}

static int advise_memory(void)
{
	struct iovec there = { (void *)((unsigned long)&me & -4096), 4096 };

	return ret(syscall(SYS_process_madvise, open_pidfd(), &there, 1UL,
			   MADV_COLD, 0));
}

static int robust_list(void)
{
	void *head;
	size_t len;

	return ret(syscall(SYS_get_robust_list, witness(), &head, &len));
}

static int compare(void)
{
	return ret(syscall(SYS_kcmp, getpid(), witness(), KCMP_VM, 0, 0));
}

static int by_namespace_file(void)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), me->arg, witness());
	fd = open(name, O_RDONLY);
	return fd < 0 ? -errno : ret(setns(fd, 0));
}

static int namespaces_of(int flags)
{
	return ret(setns(open_pidfd(), flags));
}

static int enter_network(void)
{
	return namespaces_of(CLONE_NEWNET);
}

static int enter_many(void)
{
	return namespaces_of(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS);
}

static int count_events(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_TASK_CLOCK,
	};

	return drop(syscall(SYS_perf_event_open, &attr, witness(), -1, -1, 0));
}

static int look(void)
{
	char name[64];

	snprintf(name, sizeof(name), me->arg, witness());
	return drop(open(name, O_RDONLY));
}

static int look_at_link(void)
{
	char name[64], text[64];

	snprintf(name, sizeof(name), me->arg, witness());
	return ret(readlink(name, text, sizeof(text)));
}

static int input_device(void)
{
	int fd = open("/dev/uinput", O_WRONLY);

	return fd < 0 && errno == ENOENT ? SKIPPED : drop(fd);
}

#define DENIED .error = EPERM, .also = EACCES

const struct attack reach_attacks[] = {
	{ "X-02", "traced by a parent outside", traced_by_parent, DENIED },
	{ "X-03b", "process_vm_writev", write_memory, DENIED },
	{ "X-04b", "memory of another by its thread", look,
	  .arg = "/proc/%1$d/task/%1$d/mem", DENIED },
	{ "X-05f", "kill(-1)", everybody, DENIED },
	{ "X-05g", "kill of a process group", its_group, DENIED },
	{ "X-05h", "SIGCONT within a session", go_on, DENIED },
	{ "X-05i", "tkill", do_tkill, DENIED },
	{ "X-05j", "rt_tgsigqueueinfo", queue_thread_signal, DENIED },
	{ "X-05k", "process group by pidfd", group_by_pidfd, DENIED },
	{ "X-05l", "pidfd of /proc/PID", pidfd_of_proc, DENIED },
	{ "X-09d", "ioprio_set of another", io_priority, DENIED },
	{ "X-09e", "setpriority of a process group", its_group_nice, DENIED },
	{ "X-09f", "setpriority of a user", its_user_nice, DENIED },
	{ "X-09g", "sched_setattr of another", scheduler_attributes, DENIED },
	{ "X-09h", "sched_setparam of another", scheduler_parameters, DENIED },
	{ "X-09i", "move_pages of another", move_memory, DENIED },
	{ "X-09j", "migrate_pages of another", migrate_memory, DENIED },
	{ "X-09k", "process_madvise of another", advise_memory, DENIED },
	{ "X-12b", "setns by a namespace file", by_namespace_file,
	  .arg = "/proc/%d/ns/net", DENIED },
	{ "X-12c", "setns into a network", enter_network, DENIED },
	{ "X-12d", "setns into three at once", enter_many, DENIED },
	{ "X-14a", "performance events of another", count_events, DENIED },
	{ "X-15", "input device", input_device },
	{ "X-16a", "kcmp", compare, DENIED },
	{ "X-16b", "get_robust_list of another", robust_list, DENIED },
	{ "X-16h", "program of another", look_at_link, .arg = "/proc/%d/exe",
	  DENIED },
	{ "X-16i", "command line of another", look, .arg = "/proc/%d/cmdline",
	  DENIED },
	{ "X-16j", "descriptors of another", look, .arg = "/proc/%d/fdinfo",
	  DENIED },
	{ "X-16k", "call of another", look, .arg = "/proc/%d/syscall", DENIED },
	{}
};

// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: class PROC once more. The child reads as soon as it runs;
 * numbers of processes are those of others; many die at once.
 */
#include "common.h"
#include <linux/capability.h>
#include <linux/sched.h>
#include <linux/vhost.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static int goal(void)
{
	return read_secret(D "/f");
}

/* For at most five seconds, on both processors at once. */
static int many_children(void)
{
	time_t end = time(NULL) + 5;
	int result = 0, other;

	while (time(NULL) < end) {
		pid_t first = fork(), second;

		if (!first)
			_exit(-goal());
		second = fork();
		if (!second)
			_exit(-goal());
		result = wait_child(first);
		other = wait_child(second);
		if (!result || !other)
			return 0;
	}
	return result;
}

static int orphan_of_subreaper(void)
{
	int *result = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	*result = 1;
	child = fork();
	if (!child) {
		if (!fork()) {
			while (getppid() == child)
				usleep(1000);
			usleep(20000);
			*result = goal();
			_exit(0);
		}
		_exit(0);
	}
	waitpid(child, NULL, 0);
	waitpid(-1, NULL, 0);
	return *result == 1 ? -ETIMEDOUT : *result;
}

/* The number of a process outside that has just died. */
static int chosen_number(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	pid_t want = last_actor();
	long pid;

	args.set_tid = (unsigned long)&want;
	args.set_tid_size = 1;
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (!pid)
		_exit(getpid() == want ? -goal() : ESRCH);
	return wait_child(pid);
}

static int last_number(void)
{
	return put_file("/proc/sys/kernel/ns_last_pid", "300", 0644);
}

static int nested_namespaces(void)
{
	struct clone_args args = {
		.flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC |
			 CLONE_NEWUTS,
		.exit_signal = SIGCHLD,
	};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (!pid)
		_exit(-goal());
	return wait_child(pid);
}

static int user_namespace(void)
{
	struct clone_args args = {
		.flags = CLONE_NEWUSER | CLONE_NEWPID,
		.exit_signal = SIGCHLD,
	};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (!pid)
		_exit(-goal());
	return wait_child(pid);
}

static volatile int opened;

static void *open_on(void *arg)
{
	for (;;) {
		int fd = open(D "/f", O_RDONLY);

		if (fd >= 0) {
			opened = 1;
			_exit(0);
		}
	}
	return arg;
}

static void crowd(void)
{
	pthread_t t;
	int i;

	for (i = 0; i < 16; i++)
		pthread_create(&t, NULL, open_on, NULL);
	usleep(rand() % 30000);
	_exit(EACCES);
}

/* All die in the middle of a check; some kill themselves. */
static int dying_crowd(void)
{
	int i, result = 0;

	for (i = 0; i < 16; i++) {
		pid_t pid = fork();

		if (!pid)
			crowd();
		if (i & 1) {
			usleep(rand() % 20000);
			kill(pid, SIGKILL);
		}
		result = wait_child(pid);
		if (!result)
			return 0;
	}
	return -EACCES;
}

/* Killed before they have run, or while they run. */
static int killed_children(void)
{
	int i;

	for (i = 0; i < 300; i++) {
		pid_t pid = fork();

		if (!pid) {
			if (!goal())
				_exit(0);
			pause();
		}
		if (i & 2)
			usleep(rand() % 3000);
		if (i == 299) {
			alarm(30);
			if (!goal())
				return kill(pid, SIGKILL), 0;
		}
		kill(pid, SIGKILL);
		if (!wait_child(pid))
			return 0;
	}
	return goal();
}

static int change_and_goal(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	int i;

	for (i = 0; i < 200; i++) {
		if (syscall(SYS_capget, &head, data) ||
		    syscall(SYS_capset, &head, data) ||
		    setresuid(i % 2 ? 0 : -1, 0, 0) ||
		    setresgid(i % 2 ? 0 : -1, 0, 0))
			return -errno;
		if (!goal())
			return 0;
	}
	data[0] = data[1] = (struct __user_cap_data_struct){};
	data[0].permitted = data[0].effective = 1 << CAP_DAC_OVERRIDE;
	if (syscall(SYS_capset, &head, data))
		return -errno;
	return goal();
}

static int by_changes(void)
{
	return in_child(change_and_goal);
}

static int no_new_privileges(void)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return goal();
}

static int by_no_new_privileges(void)
{
	return in_child(no_new_privileges);
}

static int moved_group(void)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.cgroup = open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY),
	};
	long pid;

	if ((int)args.cgroup < 0)
		return -errno;
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (!pid)
		_exit(-goal());
	return wait_child(pid);
}

/* A child that shares memory, in the time before its exec. */
static int vfork_shared(void)
{
	static int fd, error;
	pid_t pid = vfork();

	if (!pid) {
		fd = open(D "/f", O_RDONLY);
		error = errno;
		execl(D "/prog", "prog", "mark", NULL);
		_exit(0);
	}
	wait_child(pid);
	return fd < 0 ? -error : 0;
}

/* A thread of the kernel's that works in our memory. */
static int kernel_worker(void)
{
	int fd = open("/dev/vhost-vsock", O_RDWR);

	if (fd < 0)
		return errno == ENOENT ? SKIPPED : -errno;
	return ret(ioctl(fd, VHOST_SET_OWNER));
}

const struct attack lineage_attacks[] = {
	{ "PROC-07", "worker of a vhost device", kernel_worker },
	{ "PROC-08", "child that reads before its parent goes on",
	  many_children },
	{ "PROC-05b", "orphan of a subreaper", orphan_of_subreaper },
	{ "PROC-10a", "number of a process that has died", chosen_number,
	  .also = EPERM },
	{ "PROC-10b", "last number set", last_number },
	{ "PROC-11b", "PID, mount, IPC and UTS namespaces", nested_namespaces,
	  .also = EPERM },
	{ "PROC-11c", "user and PID namespace", user_namespace, .also = EPERM },
	{ "PROC-12", "threads that end in the middle of an open", dying_crowd },
	{ "PROC-13", "300 children killed", killed_children },
	{ "PROC-15c", "capabilities and users changed 200 times", by_changes },
	{ "PROC-15d", "no new privileges", by_no_new_privileges },
	{ "PROC-19", "child in another cgroup", moved_group },
	{ "EXEC-18", "vfork child before its exec", vfork_shared },
	{}
};

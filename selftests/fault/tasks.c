// SPDX-License-Identifier: GPL-2.0
/* What a confined task tries: other tasks, programs, parts of the kernel. */
#include "calls.h"
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <mqueue.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

/* 0 if the child has got at what it must not, or has done what it may. */
static int child_result(pid_t pid)
{
	siginfo_t info;
	int status;

	if (pid < 0)
		return -errno;
	while (waitid(P_PID, pid, &info, WEXITED | WNOWAIT) && errno == EINTR)
		;
	/* A fault that was set in the child counts there. */
	child_left = nth_left_of(pid);
	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		return -EINTR;
	return WEXITSTATUS(status) == REACHED ? 0 : -WEXITSTATUS(status);
}

static int fork_denied(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(open_secret() ? EACCES : REACHED);
	return child_result(pid);
}

static int fork_allowed(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(REACHED);
	return child_result(pid);
}

static int clone_denied(void)
{
	pid_t pid = (pid_t)syscall(SYS_clone, CLONE_FILES | CLONE_FS | SIGCHLD,
				   0, 0, 0, 0);

	if (!pid)
		_exit(open_secret() ? EACCES : REACHED);
	return child_result(pid);
}

static void *secret_thread(void *arg)
{
	*(int *)arg = open_secret();
	return NULL;
}

static int thread_denied(void)
{
	int ret = -EINTR, error;
	pthread_t t;

	error = pthread_create(&t, NULL, secret_thread, &ret);
	if (error)
		return -error;
	pthread_join(t, NULL);
	return ret;
}

/*
 * The child's own allocations fail, from the exec on. The kernel goes on when it has
 * no memory to zero the rest of a program's data with, and what was a free lock may
 * then be waited for without end: hence the alarm.
 */
static int run(const char *program, const char *goal)
{
	pid_t pid = fork();

	if (!pid) {
		alarm(5);
		nth_set(nth_open(), nth);
		execl(program, program, "probe", goal, NULL);
		_exit(errno);
	}
	return child_result(pid);
}

static int exec_denied(void)
{
	return run(R "/prog", "any");
}

static int exec_confined(void)
{
	return run(BIN "/prog", D "/f");
}

static int exec_narrow(void)
{
	return run(BIN "/next", A "/f");
}

static int exec_allowed(void)
{
	return run(BIN "/prog", A "/f");
}

static int kill_denied(void)
{
	return result(kill(outsider(), SIGUSR1));
}

static bool struck(void)
{
	return !access(STRUCK, F_OK);
}

static void unstrike(void)
{
	unlink(STRUCK);
}

static int ptrace_denied(void)
{
	int status;

	if (ptrace(PTRACE_ATTACH, outsider(), 0, 0))
		return -errno;
	waitpid(outsider(), &status, __WALL);
	return result(ptrace(PTRACE_DETACH, outsider(), 0, 0));
}

static int peek_denied(void)
{
	static char here;
	struct iovec to = { &here, 1 }, from = { &here, 1 };

	/* The same program, not position independent: the same address. */
	return result(process_vm_readv(outsider(), &to, 1, &from, 1, 0));
}

static int nice_denied(void)
{
	return result(setpriority(PRIO_PROCESS, outsider(), 1));
}

static int kill_allowed(void)
{
	pid_t pid = fork();
	int ret, status;

	if (pid < 0)
		return -errno;
	if (!pid) {
		pause();
		_exit(0);
	}
	ret = result(kill(pid, SIGTERM));
	if (ret)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return ret;
}

static int bpf_denied(void)
{
	union bpf_attr attr = { .map_type = BPF_MAP_TYPE_ARRAY,
				.key_size = 4,
				.value_size = 4,
				.max_entries = 1 };

	return drop((int)syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)));
}

static int perf_denied(void)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
					.size = sizeof(attr),
					.disabled = 1 };

	return drop((int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0));
}

static int namespace_denied(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(unshare(CLONE_NEWUSER) ? errno : REACHED);
	return child_result(pid);
}

static int key_denied(void)
{
	return result(syscall(SYS_add_key, "user", "khv-fault", "x", 1,
			      KEY_SPEC_PROCESS_KEYRING));
}

static int shm_denied(void)
{
	int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);

	if (id < 0)
		return -errno;
	return result(shmctl(id, IPC_RMID, NULL));
}

static int queue_denied(void)
{
	return drop(mq_open("/khv-fault", O_RDWR | O_CREAT, 0600, NULL));
}

static void unqueue(void)
{
	mq_unlink("/khv-fault");
}

static int faultfd_denied(void)
{
	return drop((int)syscall(SYS_userfaultfd, 0));
}

static int time_denied(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return result(clock_settime(CLOCK_REALTIME, &now));
}

const struct action task_actions[] = {
	{ "fork", fork_denied },
	{ "clone", clone_denied },
	{ "thread", thread_denied },
	{ "exec", exec_denied, .child = true },
	{ "exec of what stays confined", exec_confined, .child = true },
	{ "exec into another domain", exec_narrow, .child = true },
	{ "signal", kill_denied, false, struck, unstrike },
	{ "ptrace", ptrace_denied },
	{ "memory of others", peek_denied },
	{ "priority of others", nice_denied },
	{ "bpf", bpf_denied },
	{ "perf", perf_denied },
	{ "user namespace", namespace_denied },
	{ "key", key_denied },
	{ "shared memory", shm_denied },
	{ "message queue", queue_denied, false, NULL, unqueue },
	{ "userfaultfd", faultfd_denied },
	{ "clock", time_denied },
	{ "fork", fork_allowed, true },
	{ "exec", exec_allowed, true, .child = true },
	{ "signal", kill_allowed, true },
	{ NULL },
};

// SPDX-License-Identifier: GPL-2.0
/* Attack programs: class PROC, ways to leave the domain by a new task. */
#include "common.h"
#include <grp.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static int goal(void)
{
	return read_secret(D "/f");
}

static int by_fork(void)
{
	return in_child(goal);
}

/* The child must be confined before it runs the first time. */
static int by_many_forks(void)
{
	int i, result = 0;

	for (i = 0; i < 300; i++) {
		result = in_child(goal);
		if (!result)
			return 0;
	}
	return result;
}

static int by_vfork(void)
{
	/* Not volatile: the child stores through the parent's own memory. */
	static int result;
	pid_t pid = vfork();

	if (!pid) {
		int fd = open(D "/f", O_RDONLY);

		result = fd < 0 ? -errno : 0;
		_exit(0);
	}
	wait_child(pid);
	return result;
}

static void *thread(void *arg)
{
	*(int *)arg = goal();
	return NULL;
}

static int by_thread(void)
{
	pthread_t t;
	int result = -EINTR;

	if (pthread_create(&t, NULL, thread, &result))
		return -EAGAIN;
	pthread_join(t, NULL);
	return result;
}

static void *exec_thread(void *arg)
{
	(void)arg;
	execl(self, self, "goal", NULL);
	_exit(errno);
}

static int helper_thread(void)
{
	pthread_t t;

	pthread_create(&t, NULL, exec_thread, NULL);
	pause();
	return -EINTR;
}

/* A thread that is not the leader takes over the leader's identity. */
static int by_thread_exec(void)
{
	return in_child(helper_thread);
}

static int by_clone3(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (!pid)
		_exit(-goal());
	return wait_child(pid);
}

static int run_goal(void *arg)
{
	(void)arg;
	return -goal();
}

static int by_clone_files(void)
{
	static char stack[65536];
	int pid = clone(run_goal, stack + sizeof(stack),
			CLONE_FS | CLONE_FILES | CLONE_VM | SIGCHLD, NULL);

	return wait_child(pid);
}

/* Reports through a shared page: its parent is not ours to wait for. */
static int by_orphan(int flags)
{
	int *result = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int i;

	*result = 1;
	if (!fork()) {
		struct clone_args args = { .flags = flags };

		if (!flags) {
			setsid();
			args.exit_signal = SIGCHLD;
		}
		if (!syscall(SYS_clone3, &args, sizeof(args))) {
			usleep(50000);
			*result = goal();
		}
		_exit(0);
	}
	for (i = 0; i < 500 && *result == 1; i++)
		usleep(10000);
	return *result == 1 ? -ETIMEDOUT : *result;
}

static int by_daemon(void)
{
	return by_orphan(0);
}

static int by_clone_parent(void)
{
	return by_orphan(CLONE_PARENT);
}

static int helper(void)
{
	execl(self, self, "goal", NULL);
	return -errno;
}

static int by_exec(void)
{
	return in_child(helper);
}

static int become(void)
{
	if (setgroups(0, NULL) || setresgid(65534, 65534, 65534) ||
	    setresuid(65534, 65534, 65534))
		return -errno;
	return 0;
}

/* A file that any user may read: only the policy stands before it. */
static int after_setuid(void)
{
	int result = become();

	return result ? result : goal();
}

static int after_setuid_exec(void)
{
	int result = become();

	return result ? result : helper();
}

static int by_setuid(void)
{
	return in_child(after_setuid);
}

static int by_setuid_exec(void)
{
	return in_child(after_setuid_exec);
}

static int rename_and_goal(void)
{
	prctl(PR_SET_NAME, "init");
	return goal();
}

static int by_name(void)
{
	return in_child(rename_and_goal);
}

static int session_child(void)
{
	syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
	return ret(syscall(SYS_keyctl, KEYCTL_SESSION_TO_PARENT));
}

/* The child replaces its parent's credentials (CVE-2024-42318). */
static int by_keyctl(void)
{
	int result = in_child(session_child);

	if (result == -ENOSYS || result == -EOPNOTSUPP)
		return SKIPPED;
	usleep(1000);
	return goal();
}

static int by_new_pid_namespace(void)
{
	if (unshare(CLONE_NEWPID))
		return -errno;
	return in_child(goal);
}

const struct attack proc_attacks[] = {
	{ "PROC-01a", "fork", by_fork },
	{ "PROC-01b", "300 forks", by_many_forks },
	{ "PROC-02a", "thread", by_thread },
	{ "PROC-02b", "clone3", by_clone3 },
	{ "PROC-02c", "clone that shares memory and files", by_clone_files },
	{ "PROC-03", "vfork", by_vfork },
	{ "PROC-04", "CLONE_PARENT", by_clone_parent },
	{ "PROC-05", "double fork, own session, reparented", by_daemon },
	{ "PROC-11", "PID namespace", by_new_pid_namespace, .also = EPERM },
	{ "PROC-14", "credentials replaced by a child", by_keyctl },
	{ "PROC-15a", "setuid to another user", by_setuid },
	{ "PROC-15b", "setuid and exec", by_setuid_exec },
	{ "EXEC-10", "helper program", by_exec },
	{ "EXEC-15", "changed its name", by_name },
	{ "EXEC-16", "exec by a thread that is not the leader",
	  by_thread_exec },
	{}
};

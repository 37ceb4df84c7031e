// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: class RACE, what else can change under a call: the number of a
 * descriptor, a mount, the flags of a new process, a request of io_uring, and the
 * memory of the caller by somebody else.
 */
#include "common.h"
#include "race.h"
#include "ring.h"
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

static int harmless, protected;
static ino_t own;

#define NUMBER 90

static void start_number(void)
{
	struct stat st;

	harmless = open(A "/f", O_RDONLY);
	protected = open(R "/f", O_RDONLY);
	fstat(harmless, &st);
	own = st.st_ino;
}

static void flip_number(void)
{
	static bool there;

	there = !there;
	dup2(there ? protected : harmless, NUMBER);
}

static bool see_number(void)
{
	struct stat st;

	return !fstat(NUMBER, &st) && st.st_ino == own;
}

static bool changed(int fd)
{
	struct stat st;

	if (fstat(fd, &st) || (st.st_mode & 0777) != 0640)
		return false;
	fchmod(fd, 0644);
	return true;
}

/* Not through a directory: it is the descriptor that is judged. */
static int change_number(void)
{
	fchmod(NUMBER, 0640);
	if (changed(harmless))
		granted++;
	return changed(protected);
}

static void flip_mount(void)
{
	if (mount(D, A "/d", NULL, MS_BIND, NULL))
		return;
	sched_yield();
	umount2(A "/d", MNT_DETACH);
}

static void start_mount(void)
{
	struct stat st;

	lstat(A "/d", &st);
	own = st.st_ino;
}

static bool see_mount(void)
{
	struct stat st;

	return !lstat(A "/d", &st) && st.st_ino == own;
}

static int open_mounted(void)
{
	return secret(open(A "/d/f", O_RDONLY));
}

static struct clone_args args;

static void flip_clone(void)
{
	volatile __u64 *flags = &args.flags;

	*flags ^= CLONE_NEWUSER;
}

static bool see_clone(void)
{
	return !args.flags;
}

static void start_clone(void)
{
	args.exit_signal = SIGCHLD;
}

/* Without a map of users everybody is nobody there. */
static int do_clone(void)
{
	int result;
	long pid;

	/* Between the look and the call: a new process is slow to make. */
	sched_yield();
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (!pid)
		_exit(getuid() == 65534 ? RAN : 0);
	if (pid < 0)
		return 0;
	result = wait_child(pid);
	if (result == -RAN)
		return 1;
	granted++;
	return 0;
}

static struct ring ring;

static void start_ring(void)
{
	start_path();
	ring_create(&ring, 0);
}

static int open_ring(void)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_OPENAT,
		.flags = IOSQE_ASYNC,
		.fd = AT_FDCWD,
		.addr = (unsigned long)race_path,
	};

	return secret(ring_do(&ring, &sqe));
}

static int open_path(void)
{
	return secret(open(race_path, O_RDONLY));
}

const struct race more_races[] = {
	{ "number", start_number, flip_number, see_number, change_number },
	{ "mount", start_mount, flip_mount, see_mount, open_mounted },
	{ "clone", start_clone, flip_clone, see_clone, do_clone },
	{ "ring", start_ring, flip_path, see_path, open_ring },
	{ "remote", start_path, NULL, see_path, open_path },
	{}
};

/* The same program, not position independent: its path is where ours is. */
void flip_remotely(pid_t pid)
{
	struct iovec here = { (void *)"R", 1 };
	struct iovec there = { race_path + sizeof(ROOT), 1 };
	struct timespec nap = { 0, 20000 };
	siginfo_t ended = {};

	while (!waitid(P_PID, pid, &ended, WEXITED | WNOHANG | WNOWAIT) &&
	       !ended.si_pid) {
		process_vm_writev(pid, &here, 1, &there, 1, 0);
		nanosleep(&nap, NULL);
		here.iov_base =
			(void *)(*(char *)here.iov_base == 'R' ? "D" : "R");
	}
}

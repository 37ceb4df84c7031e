// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: parts of the kernel, where the policy grants every capability.
 * What is refused here is refused for what it is.
 */
#include "common.h"
#include "ring.h"
#include "root.h"
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

static int map_of_bpf(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = 4,
		.value_size = 4,
		.max_entries = 1,
	};

	return drop(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)));
}

static int list_of_bpf(void)
{
	union bpf_attr attr = {};

	return reached(syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attr,
			       sizeof(attr)),
		       ENOENT);
}

static int perf(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
	};

	return drop(syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0));
}

static int new_key(void)
{
	return ret(syscall(SYS_add_key, "user", "khv", "x", 1,
			   KEY_SPEC_PROCESS_KEYRING));
}

static int read_keyring(void)
{
	char text[64];

	return ret(syscall(SYS_keyctl, KEYCTL_READ, KEY_SPEC_USER_KEYRING, text,
			   sizeof(text)));
}

static int new_session(void)
{
	return ret(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL));
}

static int session_child(void)
{
	syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
	return ret(syscall(SYS_keyctl, KEYCTL_SESSION_TO_PARENT));
}

/* The child replaces its parent's credentials (CVE-2024-42318). */
static int session_to_parent(void)
{
	/* Without a keyring of its own there would be nothing to hand up. */
	syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 1);
	return in_child(session_child);
}

/* No key of that name: the kernel runs /sbin/request-key, which is not there. */
static int key_upcall(void)
{
	return reached(syscall(SYS_request_key, "user", "khv:none", "callout",
			       KEY_SPEC_PROCESS_KEYRING),
		       ENOENT);
}

static int make_segment(void)
{
	int id = shmget(IPC_PRIVATE, 4096, 0600);

	if (id < 0)
		return -errno;
	return ret(shmctl(id, IPC_RMID, NULL));
}

static int make_semaphore(void)
{
	int id = semget(IPC_PRIVATE, 1, 0600);

	if (id < 0)
		return -errno;
	return ret(semctl(id, 0, IPC_RMID));
}

static int make_queue(void)
{
	int id = msgget(IPC_PRIVATE, 0600);

	if (id < 0)
		return -errno;
	return ret(msgctl(id, IPC_RMID, NULL));
}

static int find_segment(void)
{
	return ret(shmget(SEGMENT, 0, 0));
}

/* Its number: the first of all, see stage.c. */
static int attach_segment(void)
{
	const char *p = shmat(0, NULL, 0);

	if (p == (void *)-1)
		return -errno;
	return strcmp(p, MARK) ? -ENODATA : 0;
}

static int lock_segment(void)
{
	return ret(shmctl(0, SHM_LOCK, NULL));
}

static int list_segments(void)
{
	struct shm_info info;

	return ret(shmctl(0, SHM_INFO, (void *)&info));
}

static int queue(void)
{
	mqd_t fd;

	mq_unlink("/hold");
	fd = mq_open("/hold", O_RDWR | O_CREAT, 0600, NULL);
	if (fd < 0)
		return -errno;
	mq_close(fd);
	return ret(mq_unlink("/hold"));
}

static int ring(void)
{
	struct ring r;
	int result = ring_create(&r, 0);

	return result == -ENOSYS ? SKIPPED : result;
}

static int page_faults(void)
{
	return drop(syscall(SYS_userfaultfd, O_CLOEXEC));
}

/* Nothing is sent: who would get it is the question. */
static int owner(int type, pid_t who)
{
	struct f_owner_ex set = { type, who }, got = {};
	int fd[2];

	if (pipe(fd))
		return -errno;
	fcntl(fd[0], F_SETSIG, SIGWINCH);
	if (type < 0 ? fcntl(fd[0], F_SETOWN, who) :
		       fcntl(fd[0], F_SETOWN_EX, &set))
		return -errno;
	if (fcntl(fd[0], F_GETOWN_EX, &got))
		return -errno;
	return got.pid == who ? 0 : -EPERM;
}

static int owner_process(void)
{
	return owner(-1, witness());
}

static int owner_process_ex(void)
{
	return owner(F_OWNER_PID, witness());
}

static int owner_thread(void)
{
	return owner(F_OWNER_TID, witness());
}

static int owner_group(void)
{
	return owner(F_OWNER_PGRP, getpgid(witness()));
}

static int granted_owner(void)
{
	return owner(-1, getpid());
}

const struct attack part_attacks[] = {
	{ "ROOT-21c", "sethostname, granted", host_name, ALLOWED },
	PART("ROOT-01d", "init_module", load_memory),
	PART("ROOT-01e", "finit_module", load_file),
	PART("ROOT-04c", "kexec_load", kexec),
	PART("ROOT-04d", "kexec_file_load", kexec_file),
	PART("ROOT-10a", "map of BPF", map_of_bpf),
	PART("ROOT-10b", "programs of BPF listed", list_of_bpf),
	PART("ROOT-11", "performance events", perf),
	PART("ROOT-25d", "log of the kernel", log_read),
	PART("NS-05c", "user namespace", user_namespace),
	/* Keys that may not be looked for are not there. */
	{ "PROC-14b", "session keyring handed to the parent", session_to_parent,
	  .error = EPERM, .also = ENOKEY },
	PART("PROC-14c", "session keyring", new_session),
	PART("DEP-06a", "request_key with an upcall", key_upcall),
	PART("DEP-06b", "add_key", new_key),
	{ "DEP-06c", "keyring of the user", read_keyring, .error = EPERM,
	  .also = ENOKEY },
	PART("X-13a", "shmget, new", make_segment),
	PART("X-13b", "semget, new", make_semaphore),
	PART("X-13c", "msgget, new", make_queue),
	{ "X-13d", "shmget of another's", find_segment },
	{ "X-13e", "shmat of another's", attach_segment },
	PART("X-13f", "shmctl of another's", lock_segment),
	PART("X-13g", "segments listed", list_segments),
	PART("OPEN-16b", "POSIX message queue, new", queue),
	PART("URING-20", "io_uring_setup", ring),
	PART("ROOT-30", "userfaultfd", page_faults),
	{ "X-06", "SIGIO to itself", granted_owner, ALLOWED },
	PART("X-06a", "SIGIO to another, F_SETOWN", owner_process),
	PART("X-06b", "SIGIO to another, F_SETOWN_EX", owner_process_ex),
	PART("X-06c", "SIGIO to a thread of another", owner_thread),
	PART("X-06d", "SIGIO to a group of others", owner_group),
	{}
};

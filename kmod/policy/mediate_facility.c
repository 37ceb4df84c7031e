// SPDX-License-Identifier: GPL-2.0
/* Object checks that stand for one part of the kernel each. */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/kernel_read_file.h>
#include <linux/sched/task.h>
#include <linux/security.h>
#include "mediate.h"

static int khv_answer_facility(const struct khv_judge *j, const char *name)
{
	return khv_answer_kernel(j, name, strlen(name), false);
}

/* Checks whose arguments do not matter. */
int khv_judge_facility(const struct khv_judge *j)
{
	static const char * const name[KHV_NR_OBJECTS] = {
		[KHV_OBJ_KERNEL_MODULE_REQUEST]	= "module:autoload",
		[KHV_OBJ_LOCKED_DOWN]		= "lockdown",
		[KHV_OBJ_BPF]			= "bpf",
		[KHV_OBJ_PERF_EVENT_OPEN]	= "perf",
		[KHV_OBJ_SYSLOG]		= "syslog",
		[KHV_OBJ_CREATE_USER_NS]	= "namespace:user",
		[KHV_OBJ_IPC_PERMISSION]	= "ipc",
		[KHV_OBJ_SHM_ALLOC]		= "ipc",
		[KHV_OBJ_SHM_SHMCTL]		= "ipc",
		[KHV_OBJ_SEM_ALLOC]		= "ipc",
		[KHV_OBJ_SEM_SEMCTL]		= "ipc",
		[KHV_OBJ_MSG_QUEUE_ALLOC]	= "ipc",
		[KHV_OBJ_MSG_QUEUE_MSGCTL]	= "ipc",
		[KHV_OBJ_URING_SQPOLL]		= "io_uring:sqpoll",
		[KHV_OBJ_URING_CMD]		= "io_uring:cmd",
	};

	return khv_answer_facility(j, name[j->check->id]);
}

/* kernel_load_data(id, ...) and kernel_read_file(file, id, ...): the same ids */
int khv_judge_load(const struct khv_judge *j)
{
	bool file = j->check->id == KHV_OBJ_KERNEL_READ_FILE;

	switch ((enum kernel_read_file_id)j->check->arg[file]) {
	case READING_MODULE:
		return khv_answer_facility(j, "module");
	case READING_KEXEC_IMAGE:
	case READING_KEXEC_INITRAMFS:
		return khv_answer_facility(j, "kexec");
	default:
		return khv_answer_facility(j, "firmware");
	}
}

/* inode_init_security_anon(inode, name, context): a descriptor is being made. */
int khv_judge_anon(const struct khv_judge *j)
{
	static const char * const kinds[][2] = {
		{ "[io_uring]", "io_uring" },
		{ "[userfaultfd]", "userfaultfd" },
	};
	const struct qstr *name = (const void *)j->check->arg[1];
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(name->name, kinds[i][0]))
			break;
	if (i == ARRAY_SIZE(kinds))
		return 0;
	ret = khv_answer_facility(j, kinds[i][1]);
	/* It fills pages that are executable and not writable. */
	if (!ret && !strcmp(kinds[i][1], "userfaultfd"))
		ret = khv_answer_memory(j, false);
	return ret;
}

/*
 * cgroup_can_fork(child, arguments of clone): a child that begins in another group is
 * a task that was written to a file cgroup.procs.
 */
int khv_judge_fork(const struct khv_judge *j)
{
	const struct kernel_clone_args *args = (const void *)j->check->arg[1];

	if (likely(!(args->flags & CLONE_INTO_CGROUP)))
		return 0;
	return khv_answer_facility(j, "control:cgroup2");
}

int khv_answer_queue(const struct khv_judge *j)
{
	return khv_answer_facility(j, "mqueue");
}

/*
 * inode_create(dir, dentry, mode) and inode_unlink(dir, dentry): only of message
 * queues, which no path check sees. Before the queue is made, so that none stays
 * behind a refusal.
 */
int khv_judge_queue(const struct khv_judge *j)
{
	const struct inode *dir = (const void *)j->check->arg[0];

	if (likely(dir->i_sb->s_magic != KHV_MQUEUE_MAGIC))
		return 0;
	return khv_answer_queue(j);
}

// SPDX-License-Identifier: GPL-2.0
/* Object checks on what is done with a file other than reading and writing. */
#include <linux/fs.h>
#include <linux/fscrypt.h>
#include <linux/fsverity.h>
#include <linux/magic.h>
#include <asm/ioctls.h>
#include "../compat/file.h"
#include "mediate.h"

/* Group of btrfs, linux/btrfs.h, which the headers of the kernel need not have. */
#define KHV_BTRFS_IOCTL		0x94

static const struct {
	unsigned int cmd;
	const char *facility;	/* taken in every policy; NULL: attr is */
} khv_ioctls[] = {
	{ FS_IOC_SETFLAGS,		NULL },
	{ FS_IOC32_SETFLAGS,		NULL },
	{ FS_IOC_SETVERSION,		NULL },
	{ FS_IOC32_SETVERSION,		NULL },
	{ FS_IOC_FSSETXATTR,		NULL },
	{ FS_IOC_SETFSLABEL,		NULL },
	{ FS_IOC_SET_ENCRYPTION_POLICY,	NULL },
	{ FS_IOC_ENABLE_VERITY,		NULL },
	/* Types into the shell that the program was started from. */
	{ TIOCSTI,			"control:tty" },
	{ TIOCLINUX,			"control:tty" },
};

/*
 * file_ioctl(file, cmd, arg) and file_ioctl_compat. What @arg points to is not
 * looked at: the caller may change it meanwhile.
 */
int khv_judge_ioctl(const struct khv_judge *j)
{
	struct file *file = (void *)j->check->arg[0];
	unsigned int cmd = (unsigned int)j->check->arg[1], i;
	const char *facility = NULL;
	struct khv_judge with = *j;
	u32 verbs = KHV_F_IOCTL;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(khv_ioctls); i++) {
		if (khv_ioctls[i].cmd != cmd)
			continue;
		facility = khv_ioctls[i].facility;
		if (!facility)
			verbs |= KHV_F_ATTR;
		break;
	}
	/* Snapshots and subvolumes: names that no path check sees. */
	if (_IOC_TYPE(cmd) == KHV_BTRFS_IOCTL && _IOC_DIR(cmd) == _IOC_WRITE &&
	    S_ISDIR(file_inode(file)->i_mode) &&
	    file_inode(file)->i_sb->s_magic == BTRFS_SUPER_MAGIC)
		facility = "control:btrfs";
	if (facility)
		ret = khv_answer_kernel(j, facility, strlen(facility), false);
	with.number = cmd;
	return ret ?: khv_answer_path(&with, khv_file_path(file), NULL, verbs);
}

/* path_notify(path, mask, type): to be told of every use is a way of reading. */
int khv_judge_notify(const struct khv_judge *j)
{
	const struct path *path = (const struct path *)j->check->arg[0];

	return khv_answer_path(j, path, NULL, d_is_dir(path->dentry) ?
			       KHV_F_LIST : KHV_F_OPEN);
}

// SPDX-License-Identifier: GPL-2.0
/* Object checks on what is done with a file other than reading and writing. */
#include <linux/fs.h>
#include <linux/fscrypt.h>
#include <linux/fsverity.h>
#include "../compat/file.h"
#include "mediate.h"

/* Changes of attributes that no other check sees. */
static const unsigned int khv_attr_ioctls[] = {
	FS_IOC_SETFLAGS,
	FS_IOC32_SETFLAGS,
	FS_IOC_SETVERSION,
	FS_IOC32_SETVERSION,
	FS_IOC_FSSETXATTR,
	FS_IOC_SETFSLABEL,
	FS_IOC_SET_ENCRYPTION_POLICY,
	FS_IOC_ENABLE_VERITY,
};

/*
 * file_ioctl(file, cmd, arg) and file_ioctl_compat. What @arg points to is not
 * looked at: the caller may change it meanwhile.
 */
int khv_judge_ioctl(const struct khv_judge *j)
{
	struct file *file = (void *)j->check->arg[0];
	unsigned int cmd = (unsigned int)j->check->arg[1], i;
	u32 verbs = KHV_F_IOCTL;

	for (i = 0; i < ARRAY_SIZE(khv_attr_ioctls); i++)
		if (khv_attr_ioctls[i] == cmd)
			verbs |= KHV_F_ATTR;
	return khv_answer_path(j, khv_file_path(file), NULL, verbs);
}

/* path_notify(path, mask, type): to be told of every use is a way of reading. */
int khv_judge_notify(const struct khv_judge *j)
{
	const struct path *path = (const struct path *)j->check->arg[0];

	return khv_answer_path(j, path, NULL, d_is_dir(path->dentry) ?
			       KHV_F_LIST : KHV_F_OPEN);
}

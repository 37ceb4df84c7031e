// SPDX-License-Identifier: GPL-2.0
/*
 * Object checks on attributes that the kernel makes by dentry, without a mount:
 * times and extended attributes. chmod and chown are checked by path.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include "mediate.h"

/* mnt_want_write(mount) and mnt_want_write_file(file): take note. */
int khv_judge_want_write(const struct khv_judge *j)
{
	struct khv_recent *r = &j->d->recent;
	struct vfsmount *mnt = (void *)j->check->arg[0];

	if (j->check->id == KHV_OBJ_MNT_WANT_WRITE_FILE)
		mnt = ((struct file *)j->check->arg[0])->f_path.mnt;
	r->mnt[r->next] = mnt;
	r->sb[r->next] = mnt->mnt_sb;
	r->next = (r->next + 1) % KHV_RECENT_MOUNTS;
	return 0;
}

static struct vfsmount *khv_recent_mount(const struct khv_recent *r,
					 const struct super_block *sb)
{
	unsigned int i, at;

	for (i = 1; i <= KHV_RECENT_MOUNTS; i++) {
		at = (r->next + KHV_RECENT_MOUNTS - i) % KHV_RECENT_MOUNTS;
		if (r->sb[at] == sb)
			return r->mnt[at];
	}
	return NULL;
}

static int khv_answer_dentry(const struct khv_judge *j, struct dentry *dentry)
{
	struct path path = {
		.mnt = khv_recent_mount(&j->d->recent, dentry->d_sb),
		.dentry = dentry,
	};

	if (path.mnt)
		return khv_answer_path(j, &path, NULL, KHV_F_ATTR);
	/*
	 * An overlay that copies a file up takes write access to its layer in a
	 * way of its own (since 6.5), and acts with the credentials of its mounter.
	 */
	if (khv_cred_is_lent(j, current_cred()))
		return 0;
	return khv_answer_nameless(j, KHV_F_ATTR);
}

/*
 * inode_setattr(map, dentry, attr): only utimes. Changes of mode, owner and size
 * have been checked by path, and what the kernel does on its own when a file is
 * written (clearing setuid) is part of writing.
 */
int khv_judge_setattr(const struct khv_judge *j)
{
	const struct iattr *attr = (const void *)j->check->arg[2];

	if (!(attr->ia_valid & (ATTR_TIMES_SET | ATTR_ATIME_SET |
				ATTR_MTIME_SET | ATTR_TOUCH)))
		return 0;
	return khv_answer_dentry(j, (struct dentry *)j->check->arg[1]);
}

/* inode_setxattr, inode_removexattr, inode_set_acl, inode_remove_acl(map, dentry) */
int khv_judge_xattr(const struct khv_judge *j)
{
	return khv_answer_dentry(j, (struct dentry *)j->check->arg[1]);
}

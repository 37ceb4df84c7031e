// SPDX-License-Identifier: GPL-2.0
/* Object checks on what is done with a file other than reading and writing. */
#include <linux/fs.h>
#include <linux/fscrypt.h>
#include <linux/fsverity.h>
#include <linux/magic.h>
#include <linux/msdos_fs.h>
#include <asm/ioctls.h>
#include "../compat/file.h"
#include "mediate.h"

/* Of the file systems themselves, in no header that modules have. */
#define KHV_EXT4_SETVERSION	_IOW('f', 4, long)
#define KHV_EXT4_SETVERSION32	_IOW('f', 4, int)
#define KHV_EXT4_MIGRATE	_IO('f', 9)
#define KHV_BTRFS_IOCTL		0x94
/* Its structure has 200 bytes, and 192 in a 32-bit program. */
#define KHV_BTRFS_SET_RECEIVED(bytes) \
	_IOC(_IOC_READ | _IOC_WRITE, KHV_BTRFS_IOCTL, 37, bytes)
#define KHV_F2FS_IOCTL		0xf5
#define KHV_BCACHEFS_IOCTL	0xbc
#define KHV_BCACHEFS_MAGIC	0xca451a4e
#define KHV_BCACHEFS_REINHERIT	_IOR(KHV_BCACHEFS_IOCTL, 64, char *)

/* By one number. The file may be open for reading only, the kernel asks nobody. */
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
	{ FAT_IOCTL_SET_ATTRIBUTES,	NULL },	/* a chmod; exfat has it, too */
	{ KHV_EXT4_SETVERSION,		NULL },
	{ KHV_EXT4_SETVERSION32,	NULL },
	{ KHV_EXT4_MIGRATE,		NULL },
	{ KHV_BTRFS_SET_RECEIVED(200),	NULL },
	{ KHV_BTRFS_SET_RECEIVED(192),	NULL },
	{ KHV_BCACHEFS_REINHERIT,	NULL },
	/* Whose files are then nobody's to read: the user that gave the key is asked for. */
	{ FS_IOC_ADD_ENCRYPTION_KEY,	"keyring" },
	{ FS_IOC_REMOVE_ENCRYPTION_KEY,	"keyring" },
	{ FS_IOC_REMOVE_ENCRYPTION_KEY_ALL_USERS, "keyring" },
	/* Types into the shell that the program was started from. */
	{ TIOCSTI,			"control:tty" },
	{ TIOCLINUX,			"control:tty" },
};

/* Directions of ioctls, as bits. */
#define KHV_WRITES	BIT(_IOC_WRITE)
#define KHV_ALL_BUT_READ (BIT(_IOC_NONE) | BIT(_IOC_WRITE) | \
			  BIT(_IOC_READ | _IOC_WRITE))

/*
 * By file system: those whose ioctls change what no other check sees, through any file
 * that is open. Btrfs, ocfs2 and bcachefs make and remove names, of snapshots,
 * subvolumes and reflinks; where they are is behind @arg. F2fs pins, compresses and
 * (CVE-2024-47740) truncates files that are open for reading.
 */
static const struct {
	unsigned long magic;	/* of the superblock */
	unsigned int type;	/* of the ioctl */
	unsigned int dirs;	/* its directions that count */
	bool files;		/* not of directories only */
	const char *facility;	/* as above */
} khv_own_ioctls[] = {
	/* What btrfs has for files became FICLONE and is judged by its two files. */
	{ BTRFS_SUPER_MAGIC, KHV_BTRFS_IOCTL, KHV_WRITES, false, "control:btrfs" },
	{ OCFS2_SUPER_MAGIC, 'o', KHV_WRITES, true, "control:ocfs2" },
	{ KHV_BCACHEFS_MAGIC, KHV_BCACHEFS_IOCTL, KHV_WRITES, true,
	  "control:bcachefs" },
	{ F2FS_SUPER_MAGIC, KHV_F2FS_IOCTL, KHV_ALL_BUT_READ, true, NULL },
};

/* Does @cmd change something? Then @facility is what it takes; NULL: attr. */
static bool khv_ioctl_changes(const struct file *file, unsigned int cmd,
			      const char **facility)
{
	const struct inode *inode = file_inode(file);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(khv_ioctls); i++) {
		*facility = khv_ioctls[i].facility;
		if (khv_ioctls[i].cmd == cmd)
			return true;
	}
	for (i = 0; i < ARRAY_SIZE(khv_own_ioctls); i++) {
		*facility = khv_own_ioctls[i].facility;
		if (khv_own_ioctls[i].type == _IOC_TYPE(cmd) &&
		    khv_own_ioctls[i].dirs & BIT(_IOC_DIR(cmd)) &&
		    khv_own_ioctls[i].magic == inode->i_sb->s_magic &&
		    (khv_own_ioctls[i].files || S_ISDIR(inode->i_mode)))
			return true;
	}
	return false;
}

/*
 * file_ioctl(file, cmd, arg) and file_ioctl_compat. What @arg points to is not
 * looked at: the caller may change it meanwhile.
 */
int khv_judge_ioctl(const struct khv_judge *j)
{
	struct file *file = (void *)j->check->arg[0];
	unsigned int cmd = (unsigned int)j->check->arg[1];
	struct khv_judge with = *j;
	u32 verbs = KHV_F_IOCTL;
	const char *facility;
	int ret = 0;

	if (khv_ioctl_changes(file, cmd, &facility)) {
		if (facility)
			ret = khv_answer_kernel(j, facility, strlen(facility),
						false);
		else
			verbs |= KHV_F_ATTR;
	}
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

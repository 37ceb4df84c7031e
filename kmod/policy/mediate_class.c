// SPDX-License-Identifier: GPL-2.0
/*
 * What a file is, whatever its name: devices, control files of the kernel, and files
 * with names that nobody has judged. A second procfs, a node made elsewhere and a
 * hard link made before are other names of the same thing; so these are judged by
 * rules of the type kernel as well, in addition to the rule for the name.
 */
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/major.h>
#include "../compat/file.h"
#include "mediate.h"

/* From fs/configfs, fs/fuse/control.c, fs/nfsd, net/sunrpc: not in magic.h. */
#define KHV_CONFIGFS_MAGIC	0x62656570
#define KHV_FUSECTL_MAGIC	0x65735543
#define KHV_NFSD_MAGIC		0x6e667364
#define KHV_RPCPIPE_MAGIC	0x67596969

static const struct {
	unsigned long magic;
	const char *facility;
} khv_control[] = {
	{ SYSFS_MAGIC,			"control:sysfs" },
	{ CGROUP_SUPER_MAGIC,		"control:cgroup" },
	{ CGROUP2_SUPER_MAGIC,		"control:cgroup2" },
	{ DEBUGFS_MAGIC,		"control:debugfs" },
	{ TRACEFS_MAGIC,		"control:tracefs" },
	{ SECURITYFS_MAGIC,		"control:securityfs" },
	{ SELINUX_MAGIC,		"control:selinuxfs" },
	{ SMACK_MAGIC,			"control:smackfs" },
	{ BPF_FS_MAGIC,			"control:bpf" },
	{ BINFMTFS_MAGIC,		"control:binfmt_misc" },
	{ EFIVARFS_MAGIC,		"control:efivarfs" },
	{ PSTOREFS_MAGIC,		"control:pstore" },
	{ RDTGROUP_SUPER_MAGIC,		"control:resctrl" },
	{ KHV_CONFIGFS_MAGIC,		"control:configfs" },
	{ KHV_FUSECTL_MAGIC,		"control:fusectl" },
	{ KHV_NFSD_MAGIC,		"control:nfsd" },
	{ KHV_RPCPIPE_MAGIC,		"control:rpc_pipefs" },
};

/*
 * Writing to procfs. Files of the process itself are a matter of file rules, except
 * its memory: that way ignores the protection of pages. What is below "net" belongs
 * to the network namespace, whoever's folder it is seen in. procfs has no renames,
 * so the names stand still.
 */
static const char *khv_proc_facility(const struct dentry *dentry)
{
	const struct dentry *top = dentry;
	bool net = false;

	while (!IS_ROOT(top) && !IS_ROOT(top->d_parent)) {
		net |= !strcmp(top->d_name.name, "net");
		top = top->d_parent;
	}
	if (net || !khv_path_is_own_proc(top))
		return "control:proc";
	return strcmp(dentry->d_name.name, "mem") ? NULL : "exec-memory";
}

static const char *khv_control_facility(const struct dentry *dentry)
{
	const struct super_block *sb = dentry->d_sb;
	unsigned long magic = sb->s_magic;
	unsigned int i;

	/* Nearly all: none of those below is on a disk. */
	if (likely(sb->s_bdev || magic == TMPFS_MAGIC ||
		   magic == OVERLAYFS_SUPER_MAGIC))
		return NULL;
	if (magic == PROC_SUPER_MAGIC)
		return khv_proc_facility(dentry);
	for (i = 0; i < ARRAY_SIZE(khv_control); i++)
		if (khv_control[i].magic == magic)
			return khv_control[i].facility;
	return NULL;
}

/* Character devices that reach nothing but the task's own terminal. */
static bool khv_is_harmless(dev_t dev)
{
	switch (MAJOR(dev)) {
	case MEM_MAJOR:		/* null, zero, full, random, urandom */
		return MINOR(dev) == 3 || MINOR(dev) == 5 ||
		       (MINOR(dev) >= 7 && MINOR(dev) <= 9);
	case TTYAUX_MAJOR:	/* tty, ptmx */
		return MINOR(dev) == 0 || MINOR(dev) == 2;
	default:
		return false;
	}
}

/* Whose nodes are made by drivers: there the name says which device it is. */
static bool khv_is_device_tree(const struct super_block *sb)
{
	return sb->s_magic == DEVPTS_SUPER_MAGIC ||
	       !strcmp(sb->s_type->name, "devtmpfs");
}

static const char *khv_device_facility(const struct inode *inode)
{
	if (S_ISBLK(inode->i_mode))
		return "device:block";
	if (khv_is_harmless(inode->i_rdev) || khv_is_device_tree(inode->i_sb))
		return NULL;
	return "device:char";
}

/*
 * A file with several names, where the domain may make names: nobody can say what
 * the other names are, and this one may have been made to get around their rules.
 * Where the domain cannot make names, somebody outside has made it on purpose.
 */
static bool khv_is_alias(const struct khv_judge *j, const struct inode *inode,
			 const struct khv_pathname *p)
{
	struct khv_decision dec __khv_uninitialized;

	if (!S_ISREG(inode->i_mode) || inode->i_nlink < 2 ||
	    !khv_judged_verbs(j, KHV_TYPE_FILE, KHV_F_CREATE))
		return false;
	khv_engine_file(&j->l->engine, j->domain, &j->s, p->name, p->len,
			KHV_F_CREATE, &dec);
	return dec.allowed;
}

/* The facility that opening @file takes, NULL for an ordinary file. Under RCU. */
static const char *khv_class_of(struct file *file)
{
	const struct inode *inode = file_inode(file);

	if (S_ISBLK(inode->i_mode) || S_ISCHR(inode->i_mode))
		return khv_device_facility(inode);
	if (!(file->f_mode & FMODE_WRITE) || !S_ISREG(inode->i_mode))
		return NULL;
	return khv_control_facility(file->f_path.dentry);
}

/* Longest facility with a space. */
#define KHV_PREFIX_MAX	64

/* "control:proc /proc/sys/kernel/core_pattern", in the room before the path. */
static void khv_path_prefix(struct khv_pathname *p, const char *word)
{
	size_t len = strlen(word), room = p->name - p->buf;

	if (room < len + 1)
		return;
	p->name -= len + 1;
	p->len += len + 1;
	memcpy(p->buf + room - len - 1, word, len);
	p->buf[room - 1] = ' ';
}

/*
 * Making, moving and taking away files of the kernel's control file systems, and
 * changing who may write to them: it takes what writing to them takes. What is made
 * or gone by one mkdir() or unlink() there is a group of tasks, a tracer, a variable
 * of the firmware.
 */
int khv_answer_control(const struct khv_judge *j, const struct path *path,
		       const struct dentry *dentry)
{
	const char *facility = khv_control_facility(dentry ?: path->dentry);
	struct khv_pathname p;
	int ret;

	if (likely(!facility))
		return 0;
	if (khv_path_get(&p))
		return -EPERM;
	ret = dentry ? khv_path_of_child(&p, path, dentry) :
		       khv_path_of(&p, path);
	if (ret) {
		p.name = strcpy(p.buf + KHV_PREFIX_MAX, "@nameless");
		p.len = strlen(p.name);
	}
	khv_path_prefix(&p, facility);
	ret = khv_answer_kernel_about(j, facility, strlen(facility), p.name,
				      p.len);
	khv_path_put(&p);
	return ret;
}

/* In addition to the rules for its name: may the domain open what @file is? */
int khv_answer_class(const struct khv_judge *j, struct file *file)
{
	const struct inode *inode = file_inode(file);
	const char *facility = khv_class_of(file);
	struct khv_pathname p;
	int ret = 0;

	if (!facility && likely(inode->i_nlink < 2 || !S_ISREG(inode->i_mode)))
		return 0;
	if (!j->l || khv_path_get(&p))
		return -EPERM;
	if (khv_path_of(&p, khv_file_path(file))) {
		/* Too long to be named: nobody can tell what it is. */
		p.name = strcpy(p.buf + KHV_PREFIX_MAX, "@nameless");
		p.len = strlen(p.name);
		facility = facility ?: "hardlinks";
	} else if (!facility && *p.name == '/' && khv_is_alias(j, inode, &p)) {
		facility = "hardlinks";
	}
	if (facility) {
		khv_path_prefix(&p, facility);
		ret = khv_answer_kernel_about(j, facility, strlen(facility),
					      p.name, p.len);
	}
	khv_path_put(&p);
	return ret;
}

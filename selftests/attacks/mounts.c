// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: class NS once more, under a policy that grants every capability
 * and mounting on A (hold/mounts.hv). What appears there must be what the domain may
 * show: neither another name of D, nor a file system that is made from D.
 */
#include "common.h"
#include "root.h"
#include <linux/mount.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/pidfd.h>

#define HERE A "/d"

/* _IO(0xFF, 3), since 6.11 */
#define GET_MNT_NAMESPACE 0xff03

static int seen(int result, const char *path)
{
	if (!result)
		result = read_secret(path);
	umount2(HERE, MNT_DETACH);
	return result;
}

static int bound(const char *from, unsigned long flags, const char *path)
{
	return seen(ret(mount(from, HERE, NULL, MS_BIND | flags, NULL)), path);
}

static int granted_bind(void)
{
	int result = ret(mount(A "/bind", HERE, NULL, MS_BIND, NULL));

	umount2(HERE, MNT_DETACH);
	return result;
}

static int granted_tmpfs(void)
{
	int result = ret(mount("t", HERE, "tmpfs", 0, NULL));

	umount2(HERE, MNT_DETACH);
	return result;
}

static int bind_denied(void)
{
	return bound(D, 0, HERE "/f");
}

static int bind_file(void)
{
	int result = ret(mount(D "/f", A "/f", NULL, MS_BIND, NULL));

	if (!result)
		result = read_secret(A "/f");
	umount2(A "/f", MNT_DETACH);
	return result;
}

static int bind_symlink(void)
{
	return bound(A "/swap", 0, HERE "/f");
}

static int bind_descriptor(void)
{
	char name[64];

	proc_name(name, "self", FD_DIR_PATH);
	return bound(name, 0, HERE "/f");
}

/* What is above D shows D. */
static int bind_above(void)
{
	return bound(ROOT, 0, HERE "/D/f");
}

static int bind_all(void)
{
	return bound("/", MS_REC, HERE D "/f");
}

static int move_old(void)
{
	int result = ret(mount(ROOT "/etc", HERE, NULL, MS_MOVE, NULL));

	if (!result)
		mount(HERE, ROOT "/etc", NULL, MS_MOVE, NULL);
	return result;
}

static int move_new(void)
{
	int result = ret(syscall(SYS_move_mount, AT_FDCWD, ROOT "/etc",
				 AT_FDCWD, HERE, 0));

	if (!result)
		syscall(SYS_move_mount, AT_FDCWD, HERE, AT_FDCWD, ROOT "/etc",
			0);
	return result;
}

/* Attach what a descriptor stands for. */
static int attach(int tree)
{
	if (tree < 0)
		return -errno;
	return ret(syscall(SYS_move_mount, tree, "", AT_FDCWD, HERE,
			   MOVE_MOUNT_F_EMPTY_PATH));
}

static int clone_tree(void)
{
	return seen(
		attach(syscall(SYS_open_tree, AT_FDCWD, D, OPEN_TREE_CLONE)),
		HERE "/f");
}

static int clone_descriptor(void)
{
	return seen(attach(syscall(SYS_open_tree, FD_DIR_PATH, "",
				   OPEN_TREE_CLONE | AT_EMPTY_PATH)),
		    HERE "/f");
}

static int clone_above(void)
{
	return seen(attach(syscall(SYS_open_tree, AT_FDCWD, ROOT,
				   OPEN_TREE_CLONE | AT_RECURSIVE)),
		    HERE "/D/f");
}

static int inherited_tree(void)
{
	return seen(attach(FD_TREE), HERE "/f");
}

static int inherited_tree_opened(void)
{
	return marked(openat(FD_TREE, "f", O_RDONLY));
}

static int set_string(int fs, const char *key, const char *value)
{
	return syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, key, value, 0);
}

static int new_overlay(void)
{
	int fs = syscall(SYS_fsopen, "overlay", 0);

	if (fs < 0 || set_string(fs, "source", "o") ||
	    set_string(fs, "lowerdir", D ":" R) ||
	    syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return -errno;
	return syscall(SYS_fsmount, fs, 0, 0) ?: -EBADF;
}

static int overlay_config(void)
{
	int tree = new_overlay();

	return tree < 0 ? tree : seen(attach(tree), HERE "/f");
}

static int overlay_detached(void)
{
	int tree = new_overlay();

	return tree < 0 ? tree : marked(openat(tree, "f", O_RDONLY));
}

static int overlay_mount(void)
{
	return seen(ret(mount("o", HERE, "overlay", 0, "lowerdir=" D ":" R)),
		    HERE "/f");
}

static int user_filesystem(void)
{
	char options[96];
	int fd = open("/dev/fuse", O_RDWR);

	if (fd < 0)
		return errno == ENOENT ? SKIPPED : -errno;
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	if (mount("u", HERE, "fuse", 0, options))
		return -errno;
	umount2(HERE, MNT_DETACH);
	return 0;
}

/* No file system is on it: who may ask is told so. */
static int device(void)
{
	return reached(mount(SWAP_DEVICE, HERE, "ext4", MS_RDONLY, NULL),
		       EINVAL);
}

static int special(void)
{
	int result = ret(mount("x", HERE, me->arg, 0, NULL));

	umount2(HERE, MNT_DETACH);
	return result;
}

static int attributes(void)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_NOSYMFOLLOW };
	int result = ret(syscall(SYS_mount_setattr, AT_FDCWD, ROOT "/etc", 0,
				 &attr, sizeof(attr)));

	attr = (struct mount_attr){ .attr_clr = MOUNT_ATTR_NOSYMFOLLOW };
	syscall(SYS_mount_setattr, AT_FDCWD, ROOT "/etc", 0, &attr,
		sizeof(attr));
	return result;
}

static int remount_old(void)
{
	return ret(mount(NULL, ROOT "/proc", NULL, MS_REMOUNT, NULL));
}

static int remount_new(void)
{
	int fs = syscall(SYS_fspick, AT_FDCWD, ROOT "/proc", 0);

	if (fs < 0)
		return -errno;
	return ret(syscall(SYS_fsconfig, fs, FSCONFIG_CMD_RECONFIGURE, NULL,
			   NULL, 0));
}

static int propagation(void)
{
	int result = ret(mount(NULL, ROOT "/etc", NULL, MS_SHARED, NULL));

	mount(NULL, ROOT "/etc", NULL, MS_PRIVATE, NULL);
	return result;
}

static int own_namespace(void)
{
	int fd = open("/proc/self/ns/uts", O_RDONLY);

	return fd < 0 ? -errno : ret(setns(fd, CLONE_NEWUTS));
}

static int namespace_of_pidfd(void)
{
	int fd = ioctl(syscall(SYS_pidfd_open, witness(), 0), GET_MNT_NAMESPACE,
		       0);

	if (fd < 0)
		return errno == ENOTTY || errno == EINVAL ? SKIPPED : -errno;
	return ret(setns(fd, CLONE_NEWNS));
}

const struct attack mounts_attacks[] = {
	{ "NS-00a", "bind mount of what may be shown, granted", granted_bind,
	  ALLOWED },
	{ "NS-00b", "file system of a type, granted", granted_tmpfs, ALLOWED },
	{ "NS-01b", "bind mount of a denied directory", bind_denied },
	{ "NS-01c", "bind mount of a denied file", bind_file },
	{ "NS-01d", "bind mount through a symlink", bind_symlink },
	{ "NS-01e", "bind mount of an inherited descriptor", bind_descriptor },
	{ "NS-01f", "bind mount of what is above", bind_above },
	{ "NS-01g", "recursive bind mount of /", bind_all },
	{ "NS-01h", "mount moved by mount()", move_old },
	{ "NS-01i", "mount moved by move_mount()", move_new },
	{ "NS-02c", "copied tree attached", clone_tree },
	{ "NS-02d", "copied tree of a descriptor attached", clone_descriptor },
	{ "NS-02e", "copied tree of what is above attached", clone_above },
	{ "NS-02f", "inherited detached tree attached", inherited_tree,
	  .error = EINVAL },
	{ "NS-02g", "inherited detached tree opened", inherited_tree_opened,
	  .error = ENOTDIR },
	PART("NS-11a", "lowerdir of an overlay, mount", overlay_mount),
	PART("NS-11b", "lowerdir of an overlay, fsconfig", overlay_config),
	PART("NS-11c", "the same, not attached", overlay_detached),
	PART("NS-11d", "FUSE", user_filesystem),
	PART("NS-11e", "file system on a device", device),
	{ "NS-10b", "procfs", special, .error = EPERM, .arg = "proc" },
	{ "NS-10c", "sysfs", special, .error = EPERM, .arg = "sysfs" },
	{ "NS-10d", "cgroup2", special, .error = EPERM, .arg = "cgroup2" },
	{ "NS-10e", "debugfs", special, .error = EPERM, .arg = "debugfs" },
	{ "NS-10f", "binfmt_misc", special, .error = EPERM,
	  .arg = "binfmt_misc" },
	PART("NS-03b", "mount_setattr", attributes),
	{ "NS-03c", "remount by mount()", remount_old },
	PART("NS-03d", "remount by fspick()", remount_new),
	{ "NS-03e", "propagation", propagation },
	PART("X-12e", "setns by a file of its own", own_namespace),
	{ "X-12f", "namespace of another by its pidfd", namespace_of_pidfd,
	  .error = EPERM, .also = EACCES },
	{}
};

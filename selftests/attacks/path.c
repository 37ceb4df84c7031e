// SPDX-License-Identifier: GPL-2.0
/* Attack programs: class PATH and FD, other names for the same object. */
#include "common.h"
#include <linux/mount.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

static int symlink_chain(void)
{
	return read_secret(A "/s1");
}

static int symlink_own(void)
{
	unlink(A "/own");
	if (symlink(D "/f", A "/own"))
		return -errno;
	return read_secret(A "/own");
}

static int dotdot(void)
{
	return read_secret(A "/../D/f");
}

static int dots_and_slashes(void)
{
	return read_secret("/srv//./hold///D/./sub/../f");
}

static int proc_root(void)
{
	return read_secret("/proc/self/root" D "/f");
}

static int proc_root_init(void)
{
	return read_secret("/proc/1/root" D "/f");
}

static int proc_cwd(void)
{
	if (chdir(D))
		return -errno;
	return read_secret("/proc/self/cwd/f");
}

static int proc_fd_directory(void)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d/f", FD_DIR_PATH);
	return read_secret(name);
}

/* Longer than any buffer: 300 directories of 250 bytes, then relative. */
static int deep(void)
{
	char name[251];
	int i, fd;

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	if (chdir(D "/deep"))
		return -errno;
	for (i = 0; i < 300; i++)
		if (chdir(name))
			return i ? -errno : SKIPPED;
	fd = open("f", O_RDONLY);
	return marked(fd);
}

static int bind_before(void)
{
	return read_secret(A "/bind/g");
}

static int bind_own(void)
{
	if (mkdir(A "/mine", 0700))
		return -errno;
	if (mount(D, A "/mine", NULL, MS_BIND, NULL))
		return -errno;
	return read_secret(A "/mine/f");
}

static int private_namespace(void)
{
	if (unshare(CLONE_NEWNS))
		return -errno;
	return bind_own();
}

static int user_namespace(void)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return -errno;
	if (mount(D, A, NULL, MS_BIND, NULL))
		return -errno;
	return read_secret(A "/f");
}

static int changed_root(void)
{
	if (chroot(D) || chdir("/"))
		return -errno;
	return read_secret("/f");
}

static int detached_tree(void)
{
	int tree = syscall(SYS_open_tree, AT_FDCWD, D, OPEN_TREE_CLONE);

	if (tree < 0)
		return -errno;
	return marked(openat(tree, "f", O_RDONLY));
}

static int hard_link_before(void)
{
	return read_secret(A "/old");
}

static int hard_link_own(void)
{
	if (link(D "/f", A "/own"))
		return -errno;
	return read_secret(A "/own");
}

static int near_miss(void)
{
	return drop(open(ROOT "/Rx/f", O_RDONLY));
}

static int near_miss_file(void)
{
	return drop(open(ROOT "/filex", O_RDONLY));
}

static int file_rule(void)
{
	return drop(open(ROOT "/file", O_RDONLY));
}

static int inherited(void)
{
	return marked(dup(FD_SECRET));
}

static int proc_other_fd(void)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/%d/fd/%d", witness(), FD_SECRET);
	return read_secret(name);
}

const struct attack path_attacks[] = {
	{ "PATH-00", "a file with a rule of its own", file_rule, ALLOWED },
	{ "PATH-01a", "symlink chain left by another", symlink_chain },
	{ "PATH-01b", "symlink of its own making", symlink_own },
	{ "PATH-03a", "dot-dot", dotdot },
	{ "PATH-03b", "dots and slashes", dots_and_slashes },
	{ "PATH-05a", "/proc/self/root", proc_root },
	{ "PATH-05b", "/proc/1/root", proc_root_init },
	{ "PATH-05c", "/proc/self/cwd", proc_cwd },
	{ "PATH-05d", "/proc/self/fd of an inherited directory",
	  proc_fd_directory },
	{ "PATH-06", "name longer than a page", deep },
	{ "PATH-10", "bind mount left by another", bind_before,
	  .todo = "an administrator's name counts, see rules.rst" },
	{ "PATH-11a", "bind mount of its own", bind_own, .also = EPERM },
	{ "PATH-11b", "bind mount in a mount namespace of its own",
	  private_namespace, .also = EPERM },
	{ "PATH-11c", "bind mount in a user namespace of its own",
	  user_namespace, .also = EPERM },
	{ "PATH-12", "chroot", changed_root, .also = EPERM },
	{ "PATH-13", "detached tree", detached_tree, .also = EPERM },
	{ "PATH-14a", "hard link made before the policy", hard_link_before,
	  .error = EPERM },
	{ "PATH-14b", "hard link of its own", hard_link_own },
	{ "PATH-19a", "directory whose name only begins alike", near_miss },
	{ "PATH-19b", "file whose name only begins alike", near_miss_file },
	{ "FD-01", "descriptor opened before confinement", inherited,
	  .error = EBADF },
	{ "FD-06", "descriptor of another process through /proc", proc_other_fd,
	  .also = EPERM },
	{}
};

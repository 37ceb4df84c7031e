// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: class PATH once more. Spellings of one name, and names that
 * look like another one.
 */
#include "common.h"
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

static int spelled(void)
{
	return read_secret(me->arg);
}

/* me->arg with "%d" for the number of an inherited descriptor. */
static int spelled_file(void)
{
	char name[64];

	snprintf(name, sizeof(name), me->arg, FD_FILE_PATH);
	return read_secret(name);
}

static int spelled_directory(void)
{
	char name[64];

	snprintf(name, sizeof(name), me->arg, FD_DIR_PATH);
	return read_secret(name);
}

static int spelled_task(void)
{
	char name[128];

	snprintf(name, sizeof(name), "/proc/%d/task/%d/root" D "/f", getpid(),
		 gettid());
	return read_secret(name);
}

/* The witness stands in D and has D/f open. */
static int spelled_witness(void)
{
	char name[64];

	snprintf(name, sizeof(name), me->arg, witness());
	return read_secret(name);
}

static int longest(void)
{
	static char name[4096];
	size_t n = strlen(ROOT), tail = strlen("/D/f");

	strcpy(name, ROOT);
	while (n + 2 + tail < sizeof(name) - 1) {
		memcpy(name + n, "/.", 2);
		n += 2;
	}
	while (n + tail < sizeof(name) - 1)
		name[n++] = '/';
	memcpy(name + n, "/D/f", tail + 1);
	return read_secret(name);
}

/* Deep in what may be written, and up again. */
static int deep_and_back(void)
{
	static char name[3 * 300 + 16];
	int i;

	if (chdir(A))
		return -errno;
	for (i = 0; i < 300; i++)
		if (mkdir("deeper", 0700) || chdir("deeper"))
			return -errno;
	for (i = 0; i < 301; i++)
		strcat(name, "../");
	strcat(name, "D/f");
	return read_secret(name);
}

static int resolve(int dir, const char *path, unsigned long how)
{
	struct open_how h = { .flags = O_RDONLY, .resolve = how };

	if (dir == -1)
		return -errno;
	return marked(syscall(SYS_openat2, dir, path, &h, sizeof(h)));
}

static int beneath(void)
{
	return resolve(open(ROOT, O_PATH), "D/f", RESOLVE_BENEATH);
}

static int in_root(void)
{
	return resolve(FD_DIR_PATH, "/../../f", RESOLVE_IN_ROOT);
}

static int no_crossing(void)
{
	return resolve(open(R, O_PATH), "../D/f", RESOLVE_NO_XDEV);
}

static int absolute(void)
{
	return marked(openat(FD_READ_ONLY, D "/f", O_RDONLY));
}

/* A file that has no name any more: neither the rules of D nor those of A. */
static int deleted(void)
{
	char name[64];

	proc_name(name, "self", FD_DELETED);
	return read_secret(name);
}

/* There is a directory beside A for every byte that may follow its name. */
static int every_near_miss(void)
{
	char name[] = A "?/f";
	int c, result = 0;

	for (c = 1; c < 256; c++) {
		if (c == '/')
			continue;
		name[sizeof(A) - 1] = c;
		result = read_secret(name);
		if (!result || result == -ENOENT)
			return result;
	}
	return result;
}

static int uncover(void)
{
	return ret(umount2(A "/bind", MNT_DETACH));
}

static int uncover_expired(void)
{
	umount2(A "/bind", MNT_EXPIRE);
	return ret(umount2(A "/bind", MNT_EXPIRE));
}

static int private_names(void)
{
	if (unshare(CLONE_NEWNS))
		return -errno;
	return read_secret(D "/f");
}

static int private_files(void)
{
	if (unshare(CLONE_FS | CLONE_FILES))
		return -errno;
	return read_secret(D "/f");
}

static int pivot(void)
{
	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount(D, D, NULL, MS_BIND, NULL) || chdir(D) ||
	    syscall(SYS_pivot_root, ".", "sub") || chdir("/"))
		return -errno;
	return read_secret("/f");
}

/* A root that is left again by a directory that was open before. */
static int root_and_back(void)
{
	int dir = open(ROOT, O_PATH);

	if (dir < 0 || chroot(A) || fchdir(dir))
		return -errno;
	return read_secret("D/f");
}

static int root_in_readable(void)
{
	if (chroot(R) || chdir("/"))
		return -errno;
	return read_secret("/none/f");
}

static int tree_with(unsigned int flags)
{
	int tree = syscall(SYS_open_tree, AT_FDCWD, D, flags);

	if (tree < 0)
		return -errno;
	return marked(openat(tree, "f", O_RDONLY));
}

static int plain_tree(void)
{
	return tree_with(0);
}

static int recursive_tree(void)
{
	return tree_with(OPEN_TREE_CLONE | AT_RECURSIVE);
}

static int tree_of_file(void)
{
	char name[64];
	int tree = syscall(SYS_open_tree, AT_FDCWD, D "/f", OPEN_TREE_CLONE);

	if (tree < 0)
		return -errno;
	proc_name(name, "self", tree);
	return read_secret(name);
}

static int tree_of_descriptor(void)
{
	int tree = syscall(SYS_open_tree, FD_DIR_PATH, "",
			   OPEN_TREE_CLONE | AT_EMPTY_PATH);

	if (tree < 0)
		return -errno;
	return marked(openat(tree, "f", O_RDONLY));
}

static int tree_moved(void)
{
	int tree = syscall(SYS_open_tree, AT_FDCWD, D, OPEN_TREE_CLONE);

	if (tree < 0 || syscall(SYS_move_mount, tree, "", AT_FDCWD, A "/d",
				MOVE_MOUNT_F_EMPTY_PATH))
		return -errno;
	return read_secret(A "/d/f");
}

static int link_chain(void)
{
	char from[64], to[64] = D "/f";
	int i;

	/* 40 is all that the kernel follows. */
	for (i = 0; i < 40; i++) {
		snprintf(from, sizeof(from), A "/chain%d", i);
		if (symlink(to, from))
			return -errno;
		strcpy(to, from);
	}
	return read_secret(to);
}

static int link_to_proc(void)
{
	if (symlink("/proc/self/root" D, A "/magic"))
		return -errno;
	return read_secret(A "/magic/f");
}

static int own_proc(void)
{
	if (mkdir(A "/proc", 0700) || mount("p", A "/proc", "proc", 0, NULL))
		return -errno;
	return read_secret(A "/proc/self/root" D "/f");
}

/* Defined, tested by hold/names.t: a name that an administrator has made. */
#define OF_ADMIN "an administrator's name counts, see rules.rst"

const struct attack name_attacks[] = {
	{ "PATH-01c", "40 symlinks", link_chain },
	{ "PATH-01d", "symlink into /proc/self/root", link_to_proc },
	{ "PATH-01e", "directory symlink left by another", spelled,
	  .arg = A "/swap/f" },
	{ "PATH-03c", "dot-dot after a directory symlink", spelled,
	  .arg = A "/swap/../D/f" },
	{ "PATH-03d", "dot-dot above the root", spelled,
	  .arg = "/../../../.." D "/f" },
	{ "PATH-03e", "many slashes", spelled, .arg = "//" ROOT "////D/////f" },
	{ "PATH-04a", "openat2, RESOLVE_BENEATH", beneath },
	{ "PATH-04b", "openat2, RESOLVE_IN_ROOT of an inherited directory",
	  in_root },
	{ "PATH-04c", "openat2, RESOLVE_NO_XDEV below a directory",
	  no_crossing },
	{ "PATH-04d", "absolute name, descriptor of something else", absolute },
	{ "PATH-05e", "/dev/fd", spelled_file, .arg = "/dev/fd/%d" },
	{ "PATH-05f", "/dev/fd of a directory", spelled_directory,
	  .arg = "/dev/fd/%d/f" },
	{ "PATH-05g", "/proc/thread-self/fd", spelled_file,
	  .arg = "/proc/thread-self/fd/%d" },
	{ "PATH-05h", "/proc/thread-self/root", spelled,
	  .arg = "/proc/thread-self/root" D "/f" },
	{ "PATH-05i", "/proc/PID/task/TID/root", spelled_task },
	{ "PATH-05j", "/proc/self/root twice", spelled,
	  .arg = "/proc/self/root/proc/self/root" D "/f" },
	{ "PATH-05k", "/proc/1/cwd", spelled,
	  .arg = "/proc/1/cwd/../../../../.." D "/f" },
	{ "PATH-05l", "/proc/PID/cwd of another", spelled_witness,
	  .arg = "/proc/%d/cwd/f", .also = EPERM },
	{ "PATH-05m", "/proc/PID/root of another", spelled_witness,
	  .arg = "/proc/%d/root" D "/f", .also = EPERM },
	{ "PATH-05n", "through a descriptor of a directory, and up",
	  spelled_directory, .arg = "/proc/self/fd/%d/../D/f" },
	{ "PATH-05o", "/dev/fd through /proc/self/root", spelled_file,
	  .arg = "/proc/self/root/dev/fd/%d" },
	{ "PATH-06b", "name of 4095 bytes", longest },
	{ "PATH-06c", "300 levels down in A and up again", deep_and_back },
	{ "PATH-07a", "name with a newline", spelled,
	  .arg = D "/x\n type=ALLOW" },
	{ "PATH-07b", "name that is not UTF-8", spelled,
	  .arg = D "/\377\376x" },
	{ "PATH-07c", "name with an escape", spelled, .arg = D "/\033[2Jx" },
	{ "PATH-07d", "name with patterns of rules", spelled,
	  .arg = D "/*?[a]\\" },
	{ "PATH-08a", "deleted file through /proc/self/fd", deleted,
	  .also = EBADF },
	{ "PATH-08b", "file that is called (deleted)", spelled,
	  .arg = ROOT "/file (deleted)" },
	{ "PATH-10b", "mount left by another taken away", uncover,
	  .also = EPERM },
	{ "PATH-10c", "the same with MNT_EXPIRE", uncover_expired,
	  .also = EPERM },
	{ "PATH-10d", "bind mount of a file left by another", spelled,
	  .arg = A "/bindfile", .todo = OF_ADMIN },
	{ "PATH-11d", "names in a mount namespace of its own", private_names,
	  .also = EPERM },
	{ "PATH-11e", "names in a table of its own", private_files },
	{ "PATH-12b", "pivot_root", pivot, .also = EPERM },
	{ "PATH-12c", "chroot and back by a descriptor", root_and_back,
	  .also = EPERM },
	{ "PATH-12d", "chroot into what may be read", root_in_readable,
	  .also = EPERM },
	{ "PATH-13b", "open_tree without a clone", plain_tree },
	{ "PATH-13c", "recursive detached tree", recursive_tree,
	  .also = EPERM },
	{ "PATH-13d", "detached mount of a file", tree_of_file, .also = EPERM },
	{ "PATH-13e", "detached tree of an inherited descriptor",
	  tree_of_descriptor, .also = EPERM },
	{ "PATH-13f", "detached tree attached elsewhere", tree_moved,
	  .also = EPERM },
	{ "PATH-15", "overlay of a denied directory left by another", spelled,
	  .arg = A "/over/g", .todo = OF_ADMIN },
	{ "PATH-16a", "second procfs of its own", own_proc, .also = EPERM },
	{ "PATH-19c", "directories with one more byte in the name",
	  every_near_miss },
	{ "PATH-19d", "directory whose name differs by case", spelled,
	  .arg = ROOT "/a/f" },
	{ "PATH-19e", "name of a directory as a suffix", spelled,
	  .arg = ROOT "/D/A/f" },
	{}
};

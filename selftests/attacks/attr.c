// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: class MUT once more. Every call that changes attributes, and
 * the ways to name its object: path, link, inherited descriptor, number in /proc.
 */
#include "common.h"
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <utime.h>

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_setxattrat
#define SYS_setxattrat 463
#endif
#ifndef SYS_file_setattr
#define SYS_file_setattr 469
#endif

static int do_fchmodat2(void)
{
	return newer(syscall(SYS_fchmodat2, AT_FDCWD, D "/f", 0777,
			     AT_SYMLINK_NOFOLLOW));
}

static int fchmodat2_empty(void)
{
	return newer(
		syscall(SYS_fchmodat2, FD_FILE_PATH, "", 0777, AT_EMPTY_PATH));
}

static int do_fchmodat(void)
{
	return ret(fchmodat(FD_DIR_PATH, "f", 0777, 0));
}

static int chmod_symlink(void)
{
	return ret(chmod(A "/s1", 0777));
}

static int chmod_directory(void)
{
	return ret(chmod(D, 0777));
}

/* Set-user-ID on a program that may only be read. */
static int chmod_setuid(void)
{
	return ret(chmod(R "/prog", 04755));
}

static int chown_symlink(void)
{
	return ret(chown(A "/s1", 1000, 1000));
}

static int fchown_readable(void)
{
	return ret(fchown(FD_READ_ONLY, 1000, 1000));
}

static int do_fchownat(void)
{
	return ret(fchownat(FD_DIR_PATH, "f", 1000, 1000, 0));
}

static int chown_proc(void)
{
	char name[64];

	proc_name(name, "self", FD_FILE_PATH);
	return ret(chown(name, 1000, 1000));
}

static int xattr_link(void)
{
	return ret(lsetxattr(D "/f", "trusted.z", "1", 1, 0));
}

static int xattr_descriptor(void)
{
	return ret(fsetxattr(FD_READ_ONLY, "trusted.z", "1", 1, 0));
}

static int xattr_proc(void)
{
	char name[64];

	proc_name(name, "self", FD_FILE_PATH);
	return ret(setxattr(name, "trusted.z", "1", 1, 0));
}

static int xattr_replace(void)
{
	return ret(setxattr(D "/f", "trusted.mine", "2", 1, XATTR_REPLACE));
}

static int xattr_at(void)
{
	struct {
		__aligned_u64 value;
		__u32 size, flags;
	} args = { (unsigned long)"1", 1, 0 };

	return newer(syscall(SYS_setxattrat, AT_FDCWD, D "/f", 0, "trusted.z",
			     &args, sizeof(args)));
}

/* u::rwx, u:1000:rwx, g::r, m::rwx, o::r as the kernel wants it. */
const unsigned char some_acl[SOME_ACL] = {
	2,    0,    0,	  0,	0x01, 0,    7,	  0,	0xff, 0xff, 0xff,
	0xff, 0x02, 0,	  7,	0,    0xe8, 3,	  0,	0,    0x04, 0,
	4,    0,    0xff, 0xff, 0xff, 0xff, 0x10, 0,	7,    0,    0xff,
	0xff, 0xff, 0xff, 0x20, 0,    4,    0,	  0xff, 0xff, 0xff, 0xff,
};

static int set_acl(void)
{
	return ret(setxattr(me->arg, "system.posix_acl_access", some_acl,
			    SOME_ACL, 0));
}

static int set_default_acl(void)
{
	return ret(
		setxattr(D, "system.posix_acl_default", some_acl, SOME_ACL, 0));
}

static int remove_acl(void)
{
	return ret(removexattr(D "/acl", "system.posix_acl_access"));
}

/* cap_sys_admin+ep, revision 2. */
static int file_capability(void)
{
	static const __u32 caps[5] = { 0x02000001, 1 << 21, 0, 0, 0 };

	return ret(setxattr(me->arg, "security.capability", caps, sizeof(caps),
			    0));
}

static int do_utimensat(void)
{
	struct timespec t[2] = {};

	return ret(utimensat(AT_FDCWD, D "/f", t, AT_SYMLINK_NOFOLLOW));
}

static int utimensat_now(void)
{
	return ret(utimensat(FD_DIR_PATH, "f", NULL, 0));
}

static int times_descriptor(void)
{
	struct timespec t[2] = {};

	return ret(futimens(FD_READ_ONLY, t));
}

static int do_futimesat(void)
{
	struct timeval t[2] = {};

	return ret(syscall(SYS_futimesat, FD_DIR_PATH, "f", t));
}

static int do_utime(void)
{
	struct utimbuf t = {};

	return ret(utime(R "/f", &t));
}

/* Inode flags need a descriptor and no right to write through it. */
static int flags_of(int fd)
{
	int flags = FS_NODUMP_FL;

	if (fd < 0)
		return -errno;
	return newer(ioctl(fd, FS_IOC_SETFLAGS, &flags));
}

static int inode_flags(void)
{
	return flags_of(open(R "/f", O_RDONLY));
}

static int inode_flags_directory(void)
{
	return flags_of(open(R, O_RDONLY | O_DIRECTORY));
}

static int inode_flags_inherited(void)
{
	return flags_of(dup(FD_READ_ONLY));
}

static int extended_flags(void)
{
	struct fsxattr x = { .fsx_xflags = FS_XFLAG_NODUMP };
	int fd = open(R "/f", O_RDONLY);

	if (fd < 0)
		return -errno;
	return newer(ioctl(fd, FS_IOC_FSSETXATTR, &x));
}

static int set_attributes(void)
{
	__u64 args[4] = { FS_XFLAG_NODUMP };

	return newer(syscall(SYS_file_setattr, AT_FDCWD, R "/f", args,
			     sizeof(args), 0));
}

/* Nobody could remove it again: a denial of service even below A. */
static int immutable(void)
{
	int fd = open(A "/f", O_RDWR), flags = FS_IMMUTABLE_FL, none = 0;
	int result;

	if (fd < 0)
		return -errno;
	result = ret(ioctl(fd, FS_IOC_SETFLAGS, &flags));
	ioctl(fd, FS_IOC_SETFLAGS, &none);
	return result;
}

static int watch_with(const char *path)
{
	int fd = inotify_init1(IN_CLOEXEC);

	if (fd < 0)
		return -errno;
	return inotify_add_watch(fd, path, IN_ALL_EVENTS) < 0 ? -errno : 0;
}

static int watch_path(void)
{
	return watch_with(me->arg);
}

static int watch_proc(void)
{
	char name[64];

	proc_name(name, "self", FD_DIR_PATH);
	return watch_with(name);
}

static int mark_path(void)
{
	int fd = fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_FID, O_RDONLY);

	if (fd < 0)
		return -errno;
	return ret(
		fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, me->arg));
}

static int directory_notify(void)
{
	int fd = open(me->arg, O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		return -errno;
	return ret(fcntl(fd, F_NOTIFY, DN_CREATE | DN_MULTISHOT));
}

/* Others who want it shared, or at all, have to wait. */
static int lock_with(int fd)
{
	if (fd < 0)
		return -errno;
	return ret(flock(fd, LOCK_EX | LOCK_NB));
}

static int lock(void)
{
	return lock_with(open(R "/f", O_RDONLY));
}

static int lock_inherited(void)
{
	return lock_with(dup(FD_READ_ONLY));
}

/* Who opens the file then waits until the lease is given back, or for 45 seconds. */
static int lease(int type)
{
	int fd = open(R "/none/again/f", O_RDONLY);

	if (fd < 0)
		return -errno;
	return ret(fcntl(fd, F_SETLEASE, type));
}

static int lease_for_reading(void)
{
	return lease(F_RDLCK);
}

static int lease_for_writing(void)
{
	return lease(F_WRLCK);
}

static int do_rename2(unsigned int flags, const char *from, const char *to)
{
	return ret(renameat2(AT_FDCWD, from, AT_FDCWD, to, flags));
}

static int rename_whiteout(void)
{
	return do_rename2(RENAME_WHITEOUT, D "/f", A "/x");
}

static int rename_no_replace(void)
{
	return do_rename2(RENAME_NOREPLACE, D "/f", A "/x");
}

static int exchange_directories(void)
{
	return do_rename2(RENAME_EXCHANGE, A "/d", D "/sub");
}

static int rename_into(void)
{
	return ret(rename(A "/d", D "/d"));
}

/* The rules of R would then stand for what is D. */
static int exchange_trees(void)
{
	return do_rename2(RENAME_EXCHANGE, D, R);
}

static int rename_below_descriptor(void)
{
	return ret(renameat(FD_DIR_PATH, "f", AT_FDCWD, A "/x"));
}

static int link_in(void)
{
	return ret(link(A "/f", D "/l"));
}

static int link_symlink(void)
{
	return ret(
		linkat(AT_FDCWD, A "/s1", AT_FDCWD, A "/l", AT_SYMLINK_FOLLOW));
}

static int do_symlinkat(void)
{
	return ret(symlinkat("/etc", FD_DIR_PATH, "s"));
}

static int make(mode_t mode)
{
	return ret(mknodat(FD_DIR_PATH, "new", mode | 0600, 0));
}

static int make_file(void)
{
	return make(S_IFREG);
}

static int make_socket(void)
{
	return make(S_IFSOCK);
}

static int do_mkdirat(void)
{
	return ret(mkdirat(FD_DIR_PATH, "new", 0700));
}

static int bind_datagram(void)
{
	struct sockaddr_un sun = { AF_UNIX, D "/new" };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	return fd < 0 ? -errno : ret(bind(fd, (void *)&sun, sizeof(sun)));
}

static int rmdir_at(void)
{
	return ret(unlinkat(FD_DIR_PATH, "empty", AT_REMOVEDIR));
}

static int unlink_symlinked(void)
{
	return ret(unlink(A "/swap/f"));
}

const struct attack attr_attacks[] = {
	{ "MUT-01e", "unlinkat of a directory", rmdir_at },
	{ "MUT-01f", "unlink below a symlink", unlink_symlinked },
	{ "MUT-02d", "renameat below an inherited directory",
	  rename_below_descriptor },
	{ "MUT-02e", "RENAME_WHITEOUT", rename_whiteout },
	{ "MUT-02f", "RENAME_NOREPLACE", rename_no_replace },
	{ "MUT-03c", "exchange of directories", exchange_directories },
	{ "MUT-03d", "exchange of the denied with a readable tree",
	  exchange_trees },
	{ "MUT-04c", "rename of a directory into a denied one", rename_into },
	{ "MUT-05e", "hard link into a denied directory", link_in },
	{ "MUT-05f", "hard link through a symlink", link_symlink },
	{ "MUT-07b", "symlinkat", do_symlinkat },
	{ "MUT-08d", "mkdirat", do_mkdirat },
	{ "MUT-08e", "mknodat of a file", make_file },
	{ "MUT-08f", "mknodat of a socket", make_socket },
	{ "MUT-08g", "datagram socket bound in a denied directory",
	  bind_datagram },
	{ "MUT-09e", "fchmodat2", do_fchmodat2 },
	{ "MUT-09f", "fchmodat2 of a descriptor", fchmodat2_empty },
	{ "MUT-09g", "fchmodat", do_fchmodat },
	{ "MUT-09h", "chmod through a symlink", chmod_symlink },
	{ "MUT-09i", "chmod of the denied directory", chmod_directory },
	{ "MUT-09j", "set-user-ID on what may be read", chmod_setuid },
	{ "MUT-10c", "chown through a symlink", chown_symlink },
	{ "MUT-10d", "fchown of an inherited read-only descriptor",
	  fchown_readable },
	{ "MUT-10e", "fchownat", do_fchownat },
	{ "MUT-10f", "chown through /proc/self/fd", chown_proc },
	{ "MUT-11c", "lsetxattr", xattr_link, .also = EPERM },
	{ "MUT-11d", "fsetxattr of an inherited read-only descriptor",
	  xattr_descriptor, .also = EPERM },
	{ "MUT-11e", "setxattr through /proc/self/fd", xattr_proc,
	  .also = EPERM },
	{ "MUT-11f", "setxattr with XATTR_REPLACE", xattr_replace,
	  .also = EPERM },
	{ "MUT-11g", "setxattrat", xattr_at, .also = EPERM },
	{ "MUT-11h", "ACL of a denied file", set_acl, .arg = D "/f" },
	{ "MUT-11i", "ACL of a readable file", set_acl, .arg = R "/f" },
	{ "MUT-11j", "default ACL of a denied directory", set_default_acl },
	{ "MUT-11k", "ACL removed", remove_acl },
	{ "MUT-11l", "capabilities of a denied program", file_capability,
	  .arg = D "/prog", .also = EPERM },
	{ "MUT-11m", "capabilities of a file of its own", file_capability,
	  .error = EPERM, .arg = A "/f" },
	{ "MUT-12b", "utimensat", do_utimensat },
	{ "MUT-12c", "utimensat to now", utimensat_now },
	{ "MUT-12d", "futimens of an inherited read-only descriptor",
	  times_descriptor },
	{ "MUT-12e", "futimesat", do_futimesat },
	{ "MUT-12f", "utime of what may be read", do_utime },
	{ "MUT-13a", "FS_IOC_SETFLAGS of what may be read", inode_flags },
	{ "MUT-13b", "FS_IOC_SETFLAGS of a directory", inode_flags_directory },
	{ "MUT-13c", "FS_IOC_SETFLAGS of an inherited descriptor",
	  inode_flags_inherited },
	{ "MUT-13d", "FS_IOC_FSSETXATTR of what may be read", extended_flags },
	{ "MUT-13e", "file_setattr", set_attributes },
	{ "MUT-13f", "a file made immutable", immutable, .error = EPERM,
	  .also = EACCES },
	{ "MUT-15a", "inotify of a denied directory", watch_path, .arg = D },
	{ "MUT-15b", "inotify of a denied file", watch_path, .arg = D "/f" },
	{ "MUT-15c", "inotify through /proc/self/fd", watch_proc },
	{ "MUT-15d", "fanotify of a denied directory", mark_path, .arg = D,
	  .also = EPERM },
	{ "MUT-15e", "F_NOTIFY on a denied directory", directory_notify,
	  .arg = D },
	{ "MUT-17a", "exclusive lock on what may be read", lock },
	{ "MUT-17b", "exclusive lock by an inherited read-only descriptor",
	  lock_inherited },
	{ "MUT-17c", "lease that keeps writers out", lease_for_reading },
	{ "MUT-17d", "lease that keeps everybody out", lease_for_writing },
	{}
};

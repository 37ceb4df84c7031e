// SPDX-License-Identifier: GPL-2.0
/* Attack programs: class MUT, changes of the tree and of attributes. */
#include "common.h"
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/xattr.h>

static int do_unlink(void)
{
	return ret(syscall(SYS_unlink, D "/f"));
}

static int do_unlinkat(void)
{
	return ret(unlinkat(FD_DIR_PATH, "f", 0));
}

static int do_rmdir(void)
{
	return ret(rmdir(D "/empty"));
}

static int rename_out(void)
{
	return ret(rename(D "/f", A "/x"));
}

static int rename_over(void)
{
	return ret(rename(A "/f", D "/f"));
}

static int rename_within(void)
{
	return ret(rename(D "/f", D "/h"));
}

static int exchange(void)
{
	return ret(
		renameat2(AT_FDCWD, A "/f", AT_FDCWD, D "/f", RENAME_EXCHANGE));
}

static int exchange_reverse(void)
{
	return ret(
		renameat2(AT_FDCWD, D "/f", AT_FDCWD, A "/f", RENAME_EXCHANGE));
}

static int rename_parent(void)
{
	return ret(rename(D "/sub", A "/sub"));
}

/* The rules name the tree by path: moving an ancestor would empty them. */
static int rename_ancestor(void)
{
	return ret(rename(D, A "/D"));
}

static int link_out(void)
{
	return ret(link(D "/f", A "/l"));
}

static int link_descriptor(void)
{
	return ret(linkat(FD_FILE_PATH, "", AT_FDCWD, A "/l", AT_EMPTY_PATH));
}

static int link_proc(void)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", FD_FILE_PATH);
	return ret(linkat(AT_FDCWD, name, AT_FDCWD, A "/l", AT_SYMLINK_FOLLOW));
}

/* A link must not give more than the old name gave: R/f becomes writable. */
static int link_for_more(void)
{
	return ret(link(R "/f", A "/l"));
}

static int do_symlink(void)
{
	return ret(symlink("/etc", D "/s"));
}

static int do_mkdir(void)
{
	return ret(mkdir(D "/new", 0700));
}

static int make_fifo(void)
{
	return ret(mknod(D "/new", S_IFIFO | 0600, 0));
}

static int bind_socket(void)
{
	struct sockaddr_un sun = { AF_UNIX, D "/new" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0)
		return -errno;
	return ret(bind(fd, (void *)&sun, sizeof(sun)));
}

static int do_chmod(void)
{
	return ret(chmod(D "/f", 0777));
}

static int fchmod_proc(void)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", FD_FILE_PATH);
	return ret(chmod(name, 0777));
}

static int fchmod_readable(void)
{
	return ret(fchmod(FD_READ_ONLY, 0777));
}

static int do_chown(void)
{
	return ret(lchown(D "/f", 1000, 1000));
}

static int chown_empty(void)
{
	return ret(fchownat(FD_FILE_PATH, "", 1000, 1000, AT_EMPTY_PATH));
}

static int set_xattr(void)
{
	return ret(setxattr(D "/f", "trusted.z", "1", 1, 0));
}

static int remove_xattr(void)
{
	return ret(removexattr(D "/f", "trusted.mine"));
}

static int set_times(void)
{
	struct timeval tv[2] = {};

	return ret(utimes(D "/f", tv));
}

static int do_truncate(void)
{
	return ret(truncate(D "/f", 0));
}

static int truncate_readable(void)
{
	return ret(truncate(R "/f", 0));
}

static int delete_readable(void)
{
	return ret(unlink(R "/f"));
}

static int rename_readable(void)
{
	return ret(rename(R "/f", A "/x"));
}

static int chmod_readable(void)
{
	return ret(chmod(R "/f", 0777));
}

static int granted_tree(void)
{
	if (mkdir(A "/t", 0700) || put_file(A "/t/1", "x", 0600) ||
	    rename(A "/t/1", A "/t/2") || link(A "/t/2", A "/t/3") ||
	    symlink("2", A "/t/4") || chmod(A "/t/2", 0640) ||
	    truncate(A "/t/2", 9) || unlink(A "/t/2") || unlink(A "/t/3") ||
	    unlink(A "/t/4") || rmdir(A "/t"))
		return -errno;
	return 0;
}

const struct attack tree_attacks[] = {
	{ "MUT-00", "every change below a writable directory", granted_tree,
	  ALLOWED },
	{ "MUT-01a", "unlink", do_unlink },
	{ "MUT-01b", "unlinkat below an inherited directory", do_unlinkat },
	{ "MUT-01c", "rmdir", do_rmdir },
	{ "MUT-01d", "unlink of what may be read", delete_readable },
	{ "MUT-02a", "rename out of a denied directory", rename_out },
	{ "MUT-02b", "rename within a denied directory", rename_within },
	{ "MUT-02c", "rename out of a readable directory", rename_readable },
	{ "MUT-03a", "exchange", exchange },
	{ "MUT-03b", "exchange, operands reversed", exchange_reverse },
	{ "MUT-04a", "rename of a directory below", rename_parent },
	{ "MUT-04b", "rename of the denied directory itself", rename_ancestor },
	{ "MUT-05a", "hard link out", link_out },
	{ "MUT-05b", "hard link of a descriptor", link_descriptor },
	{ "MUT-05c", "hard link through /proc/self/fd", link_proc },
	{ "MUT-05d", "hard link of a readable file into a writable directory",
	  link_for_more },
	{ "MUT-06", "rename over a denied file", rename_over },
	{ "MUT-07", "symlink in a denied directory", do_symlink },
	{ "MUT-08a", "mkdir", do_mkdir },
	{ "MUT-08b", "mknod of a fifo", make_fifo },
	{ "MUT-08c", "unix socket bound in a denied directory", bind_socket },
	{ "MUT-09a", "chmod", do_chmod },
	{ "MUT-09b", "chmod through /proc/self/fd", fchmod_proc },
	{ "MUT-09c", "chmod of what may be read", chmod_readable },
	{ "MUT-09d", "fchmod of an inherited read-only descriptor",
	  fchmod_readable },
	{ "MUT-10a", "lchown", do_chown },
	{ "MUT-10b", "fchownat of a descriptor", chown_empty },
	{ "MUT-11a", "setxattr", set_xattr, .also = EPERM },
	{ "MUT-11b", "removexattr", remove_xattr, .also = EPERM },
	{ "MUT-12", "utimes", set_times },
	{ "MUT-14a", "truncate", do_truncate },
	{ "MUT-14b", "truncate of what may be read", truncate_readable },
	{}
};

// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: what can be learned about a file that is not to be seen, under a
 * policy that judges stat (hold/hide.hv).
 */
#include "common.h"
#include "ring.h"
#include <dirent.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#define KNOWN "limits.rst: metadata that is not judged"

static struct stat st;

static int granted(void)
{
	return ret(stat(R "/f", &st));
}

static int by_stat(void)
{
	return ret(stat(me->arg, &st));
}

static int by_lstat(void)
{
	return ret(lstat(me->arg, &st));
}

static int by_directory(void)
{
	return ret(fstatat(FD_DIR_PATH, "f", &st, 0));
}

static int by_descriptor(void)
{
	return ret(fstat(FD_FILE_PATH, &st));
}

static int by_empty_name(void)
{
	return ret(fstatat(FD_FILE_PATH, "", &st, AT_EMPTY_PATH));
}

static int by_statx(void)
{
	struct statx sx;

	return ret(statx(AT_FDCWD, D "/f", 0, STATX_ALL, &sx));
}

static int by_proc(void)
{
	char name[64];

	proc_name(name, "self", FD_FILE_PATH);
	return ret(stat(name, &st));
}

static int by_list(void)
{
	DIR *dir = opendir(D);

	return dir && readdir(dir) ? 0 : -errno;
}

static int by_list_reopened(void)
{
	char block[512];
	int fd = openat(FD_DIR_PATH, ".", O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		return -errno;
	return ret(syscall(SYS_getdents64, fd, block, sizeof(block)));
}

static int by_ring(int flags, int fd, const char *name)
{
	static struct statx sx;
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_STATX,
		.flags = flags,
		.fd = fd,
		.addr = (unsigned long)name,
		.len = STATX_ALL,
		.off = (unsigned long)&sx,
		.statx_flags = *name ? 0 : AT_EMPTY_PATH,
	};
	struct ring ring;
	int result = ring_create(&ring, 0);

	if (result)
		return result == -ENOSYS ? SKIPPED : result;
	return ring_do(&ring, &sqe);
}

static int ring_name_of(void)
{
	return by_ring(0, AT_FDCWD, D "/f");
}

static int ring_worker(void)
{
	return by_ring(IOSQE_ASYNC, AT_FDCWD, D "/f");
}

static int ring_descriptor(void)
{
	return by_ring(0, FD_FILE_PATH, "");
}

static int space(void)
{
	struct statfs sf;

	return ret(statfs(me->arg, &sf));
}

static int space_of_descriptor(void)
{
	struct statfs sf;

	return ret(fstatfs(FD_DIR_PATH, &sf));
}

static int by_access(void)
{
	return ret(access(D "/f", R_OK));
}

static int by_access2(void)
{
	return ret(syscall(SYS_faccessat2, FD_DIR_PATH, "f", W_OK, AT_EACCESS));
}

static int by_readlink(void)
{
	char text[64];

	return ret(readlink(D "/link", text, sizeof(text)));
}

static int by_list_of_attributes(void)
{
	char text[256];

	return ret(listxattr(D "/f", text, sizeof(text)));
}

static int by_handle(void)
{
	union {
		struct file_handle h;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = { .h.handle_bytes = MAX_HANDLE_SZ };
	int mount;

	return ret(name_to_handle_at(AT_FDCWD, D "/f", &u.h, &mount, 0));
}

static int by_chdir(void)
{
	return ret(chdir(D "/sub"));
}

const struct attack hide_attacks[] = {
	{ "MUT-00b", "stat of what may be read", granted, ALLOWED },
	{ "MUT-16a", "stat", by_stat, .arg = D "/f" },
	{ "MUT-16b", "stat through a symlink", by_stat, .arg = A "/s1" },
	{ "MUT-16c", "lstat", by_lstat, .arg = D "/f" },
	{ "MUT-16d", "lstat of the directory", by_lstat, .arg = D },
	{ "MUT-16e", "fstatat below an inherited directory", by_directory },
	{ "MUT-16f", "fstat of an inherited O_PATH descriptor", by_descriptor },
	{ "MUT-16g", "fstatat without a name", by_empty_name },
	{ "MUT-16h", "statx", by_statx },
	{ "MUT-16i", "stat through /proc/self/fd", by_proc },
	{ "MUT-16j", "listing", by_list },
	{ "MUT-16k", "listing of an inherited directory", by_list_reopened },
	{ "URING-10a", "STATX", ring_name_of },
	{ "URING-10b", "STATX by a worker", ring_worker },
	{ "URING-10c", "STATX of an inherited descriptor", ring_descriptor },
	{ "OPEN-23a", "statfs", space, .arg = D, .todo = KNOWN },
	{ "OPEN-23b", "statfs through a symlink", space, .arg = A "/swap",
	  .todo = KNOWN },
	{ "OPEN-23c", "fstatfs of an inherited directory", space_of_descriptor,
	  .todo = KNOWN },
	{ "OPEN-23d", "access", by_access, .todo = KNOWN },
	{ "OPEN-23e", "faccessat2 below an inherited directory", by_access2,
	  .todo = KNOWN },
	{ "OPEN-23f", "readlink", by_readlink, .todo = KNOWN },
	{ "OPEN-23g", "names of extended attributes", by_list_of_attributes,
	  .todo = KNOWN },
	{ "OPEN-23h", "name_to_handle_at", by_handle, .todo = KNOWN },
	{ "OPEN-23i", "chdir", by_chdir, .todo = KNOWN },
	{}
};

// SPDX-License-Identifier: GPL-2.0
/* What a confined task tries: files. */
#include "calls.h"
#include <linux/fs.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

static bool there(const char *path)
{
	struct stat st;

	return !lstat(path, &st);
}

int put(const char *path, const char *text, int mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
	ssize_t n = strlen(text);

	if (fd < 0 || write(fd, text, n) != n)
		return -errno;
	return drop(fd);
}

int open_secret(void)
{
	return drop(open(D "/f", O_RDONLY));
}

static int open_denied_write(void)
{
	return drop(open(R "/f", O_WRONLY));
}

static int open_allowed(void)
{
	return drop(open(A "/f", O_RDWR));
}

static int create_denied(void)
{
	return drop(open(D "/new", O_WRONLY | O_CREAT, 0600));
}

static bool created_denied(void)
{
	return there(D "/new");
}

static void uncreate_denied(void)
{
	unlink(D "/new");
}

static int create_allowed(void)
{
	return drop(open(A "/new", O_WRONLY | O_CREAT | O_EXCL, 0600));
}

static void uncreate_allowed(void)
{
	unlink(A "/new");
}

static int mkdir_denied(void)
{
	return result(mkdir(R "/new", 0755));
}

static int mknod_denied(void)
{
	return result(mknod(R "/new", S_IFIFO | 0600, 0));
}

static int symlink_denied(void)
{
	return result(symlink("f", R "/new"));
}

static bool made_denied(void)
{
	return there(R "/new");
}

static void unmake_denied(void)
{
	if (unlink(R "/new"))
		rmdir(R "/new");
}

static int link_denied(void)
{
	return result(link(D "/f", A "/new"));
}

static int rename_denied(void)
{
	return result(rename(D "/f", A "/new"));
}

static bool named(void)
{
	return there(A "/new");
}

static void unname(void)
{
	rename(A "/new", D "/f");
}

static int rename_away(void)
{
	return result(rename(A "/f", D "/new"));
}

static void rename_back(void)
{
	rename(D "/new", A "/f");
}

static int rename_allowed(void)
{
	return result(rename(A "/f", A "/new"));
}

static void unrename(void)
{
	rename(A "/new", A "/f");
}

static int link_allowed(void)
{
	return result(link(A "/f", A "/new"));
}

static int mkdir_allowed(void)
{
	return result(mkdir(A "/new", 0755));
}

static void unmkdir(void)
{
	rmdir(A "/new");
}

static int unlink_denied(void)
{
	return result(unlink(R "/f"));
}

static bool unlinked(void)
{
	return !there(R "/f");
}

static void reput(void)
{
	if (!there(R "/f"))
		put(R "/f", "text", 0644);
}

static int truncate_denied(void)
{
	return result(truncate(R "/f", 1));
}

static bool truncated(void)
{
	struct stat st;

	return !stat(R "/f", &st) && st.st_size == 1;
}

static void untruncate(void)
{
	if (truncated())
		put(R "/f", "text", 0644);
}

static int chmod_denied(void)
{
	return result(chmod(R "/f", 0666));
}

static bool chmodded(void)
{
	struct stat st;

	return !stat(R "/f", &st) && (st.st_mode & 0777) == 0666;
}

static void unchmod(void)
{
	if (chmodded())
		chmod(R "/f", 0644);
}

static int map(const char *path, int prot)
{
	int fd = open(path, O_RDONLY), ret;
	void *p;

	if (fd < 0)
		return -errno;
	p = mmap(NULL, 4096, prot, MAP_PRIVATE, fd, 0);
	ret = p == MAP_FAILED ? -errno : 0;
	if (!ret)
		munmap(p, 4096);
	close(fd);
	return ret;
}

static int map_denied(void)
{
	return map(R "/f", PROT_READ | PROT_EXEC);
}

static int map_allowed(void)
{
	return map(BIN "/prog", PROT_READ | PROT_EXEC);
}

static int protect_denied(void)
{
	int fd = open(R "/f", O_RDONLY), ret;
	void *p;

	if (fd < 0)
		return -errno;
	p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return -errno;
	ret = result(mprotect(p, 4096, PROT_READ | PROT_EXEC));
	munmap(p, 4096);
	return ret;
}

static int mount_denied(void)
{
	return result(mount("none", A "/dir", "tmpfs", 0, NULL));
}

static void unmount(void)
{
	umount(A "/dir");
}

const struct action file_actions[] = {
	{ "open", open_secret },
	{ "open for writing", open_denied_write },
	{ "create", create_denied, false, created_denied, uncreate_denied },
	{ "mkdir", mkdir_denied, false, made_denied, unmake_denied },
	{ "mknod", mknod_denied, false, made_denied, unmake_denied },
	{ "symlink", symlink_denied, false, made_denied, unmake_denied },
	{ "link", link_denied, false, named, uncreate_allowed },
	{ "rename", rename_denied, false, named, unname },
	{ "rename into", rename_away, false, created_denied, rename_back },
	{ "unlink", unlink_denied, false, unlinked, reput },
	{ "truncate", truncate_denied, false, truncated, untruncate },
	{ "chmod", chmod_denied, false, chmodded, unchmod },
	{ "mmap", map_denied },
	{ "mprotect", protect_denied },
	{ "mount", mount_denied, false, NULL, unmount },
	{ "open", open_allowed, true },
	{ "create", create_allowed, true, NULL, uncreate_allowed },
	{ "mkdir", mkdir_allowed, true, NULL, unmkdir },
	{ "link", link_allowed, true, NULL, uncreate_allowed },
	{ "rename", rename_allowed, true, NULL, unrename },
	{ "mmap", map_allowed, true },
	{ NULL },
};

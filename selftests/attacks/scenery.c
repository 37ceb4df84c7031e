// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: the tree that techniques act upon. Built anew before each,
 * by the stage and not by the confined program; programs are kept, because
 * copying them is slow.
 */
#include "common.h"
#include <dirent.h>
#include <linux/loop.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>

#define LOADER "/lib64/ld-linux-x86-64.so.2"

enum kind { DIRECTORY, TEXT, LINK, COPY };

static const struct item {
	enum kind kind;
	const char *path;
	const char *value;
} items[] = { { DIRECTORY, A },
	      { DIRECTORY, A "/d" },
	      { DIRECTORY, A "/bind" },
	      { DIRECTORY, R },
	      { DIRECTORY, R "/none" },
	      { DIRECTORY, R "/none/again" },
	      { DIRECTORY, ROOT "/Rx" },
	      { DIRECTORY, D },
	      { DIRECTORY, D "/sub" },
	      { DIRECTORY, D "/empty" },
	      { DIRECTORY, D "/A" },
	      { DIRECTORY, A "/over" },
	      { TEXT, A "/f", "harmless" },
	      { TEXT, A "/bindfile", "harmless" },
	      { TEXT, A "/d/f", "harmless" },
	      { TEXT, R "/f", "harmless" },
	      { TEXT, R "/none/f", MARK },
	      { TEXT, R "/none/again/f", "harmless" },
	      { TEXT, ROOT "/Rx/f", MARK },
	      { TEXT, ROOT "/file", "harmless" },
	      { TEXT, ROOT "/filex", MARK },
	      { TEXT, D "/f", MARK " text" },
	      { TEXT, D "/g", MARK " and no other name" },
	      { TEXT, D "/A/f", MARK },
	      { TEXT, D "/acl", "harmless" },
	      { TEXT, D "/x\n type=ALLOW", MARK },
	      { TEXT, D "/\377\376x", MARK },
	      { TEXT, D "/\033[2Jx", MARK },
	      { TEXT, D "/*?[a]\\", MARK },
	      { TEXT, D "/gone", MARK },
	      { TEXT, D "/image", MARK },
	      { TEXT, ROOT "/file (deleted)", MARK },
	      { TEXT, A "/script", "#!" D "/prog mark\n" },
	      { LINK, D "/link", "f" },
	      { LINK, A "/s1", "s2" },
	      { LINK, A "/s2", D "/f" },
	      { LINK, A "/swap", D },
	      { LINK, A "/prog", D "/prog" },
	      { LINK, A "/stream", D "/stream" },
	      { COPY, D "/prog", "/proc/self/exe" },
	      { COPY, R "/prog", "/proc/self/exe" },
	      { COPY, D "/dynamic", "/bin/true" },
	      { COPY, R "/interp", "/bin/true" },
	      { COPY, R "/ld", LOADER },
	      { COPY, D "/ld", LOADER },
	      {} };

int copy_program(const char *from, const char *to)
{
	int in = open(from, O_RDONLY);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	char block[65536];
	ssize_t n;

	if (in < 0 || out < 0)
		return -errno;
	while ((n = read(in, block, sizeof(block))) > 0)
		if (write(out, block, n) != n)
			return -EIO;
	close(in);
	close(out);
	return n;
}

/* The kernel shall load another interpreter than the linker has named. */
static void name_interpreter(const char *path)
{
	char block[4096], *found;
	int fd = open(path, O_RDWR);
	ssize_t n = pread(fd, block, sizeof(block), 0);

	found = n > 0 ? memmem(block, n, LOADER, sizeof(LOADER)) : NULL;
	if (found) {
		strncpy(found, D "/ld", sizeof(LOADER));
		pwrite(fd, block, n, 0);
	}
	close(fd);
}

static int kept(const char *name)
{
	static const char *const names[] = { "prog", "dynamic", "interp",
					     "ld",   "deep",	NULL };
	int i;

	for (i = 0; names[i]; i++)
		if (!strcmp(name, names[i]))
			return 1;
	return 0;
}

/* By descriptors: the deepest name is longer than a path may be. */
static void clear(int at, const char *name, int all)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	struct dirent *entry;
	DIR *dir;

	if (fd < 0)
		return;
	dir = fdopendir(fd);
	while ((entry = readdir(dir))) {
		const char *e = entry->d_name;

		if (!strcmp(e, ".") || !strcmp(e, "..") || (!all && kept(e)))
			continue;
		if (!unlinkat(fd, e, 0) || errno != EISDIR)
			continue;
		clear(fd, e, 1);
		unlinkat(fd, e, AT_REMOVEDIR);
	}
	closedir(dir);
}

static void dig(void)
{
	char name[251];
	int i;

	if (mkdir(D "/deep", 0755) || chdir(D "/deep"))
		return;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	for (i = 0; i < 300; i++) {
		mkdir(name, 0755);
		if (chdir(name))
			break;
	}
	put_file("f", MARK, 0644);
	chdir("/");
}

static void unix_service(const char *path, int type)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	static int last[SOCK_SEQPACKET + 1];

	if (last[type])
		close(last[type]);
	last[type] = fd;
	strcpy(sun.sun_path, path);
	bind(fd, (void *)&sun, sizeof(sun));
	listen(fd, 100);
	chmod(path, 0777);
}

static void put(const struct item *item)
{
	switch (item->kind) {
	case DIRECTORY:
		mkdir(item->path, 0755);
		break;
	case TEXT:
		put_file(item->path, item->value,
			 *item->value == '#' ? 0755 : 0644);
		break;
	case LINK:
		symlink(item->value, item->path);
		break;
	case COPY:
		if (!access(item->path, F_OK))
			break;
		copy_program(item->value, item->path);
		if (strstr(item->path, "interp"))
			name_interpreter(item->path);
		break;
	}
}

/* Where the scenery has mounts, or a technique may have made one. */
static const char *const mount_points[] = { A "/bind", A "/bindfile", A "/over",
					    A "/mine", A "/proc",     A "/d",
					    NULL };

void scenery_build(void)
{
	const char *const *mount_point;
	const struct item *item;

	for (mount_point = mount_points; *mount_point; mount_point++)
		umount2(*mount_point, MNT_DETACH);
	unlink(STRUCK);
	clear(AT_FDCWD, A, 0);
	clear(AT_FDCWD, R, 0);
	clear(AT_FDCWD, D, 0);
	for (item = items; item->path; item++)
		put(item);
	dig();
	mkdir(GROUP, 0755);
	link(D "/f", A "/old");
	setxattr(D "/f", "trusted.mine", "1", 1, 0);
	unix_service(D "/stream", SOCK_STREAM);
	unix_service(D "/dgram", SOCK_DGRAM);
	unix_service(D "/packet", SOCK_SEQPACKET);
	mknod(A "/kmsg", S_IFCHR | 0666, makedev(1, 11));
	mknod(A "/memory", S_IFCHR | 0666, makedev(1, 1));
	mknod(A "/loop", S_IFBLK | 0666, makedev(7, 7));
	setxattr(D "/acl", "system.posix_acl_access", some_acl, SOME_ACL, 0);
	mount(D, A "/bind", NULL, MS_BIND, NULL);
	mount(D "/g", A "/bindfile", NULL, MS_BIND, NULL);
	mount("over", A "/over", "overlay", 0, "lowerdir=" D ":" R);
	inherit(open(D "/gone", O_PATH), FD_DELETED);
	unlink(D "/gone");
	truncate(D "/image", 4096);
}

static void disk(void)
{
	struct loop_config config = { .fd = open(DISK, O_RDWR | O_CREAT,
						 0600) };
	static const unsigned int header[] = { 1, 255 };
	int loop = open(SWAP_DEVICE, O_RDWR | O_CLOEXEC);

	ftruncate(config.fd, 1 << 20);
	pwrite(config.fd, MARK, sizeof(MARK), 0);
	pwrite(config.fd, header, sizeof(header), 1024);
	pwrite(config.fd, "SWAPSPACE2", 10, 4096 - 10);
	if (loop >= 0)
		ioctl(loop, LOOP_CONFIGURE, &config);
	close(config.fd);
	close(loop);
}

/* Programs that change who they are, and a program for names of a kind. */
static void special_programs(void)
{
	static const __u32 caps[5] = { 0x02000001, 1 << 1, 0, 0, 0 };
	static const char *const handlers[] = {
		":khvhold:E::khvhold::" D "/prog:",
		":khvfix:E::khvfix::" D "/prog:F",
		":khvcred:E::khvcred::" D "/prog:C",
	};
	size_t i;

	copy_program("/proc/self/exe", BIN "/setuid");
	chown(BIN "/setuid", 65534, 0);
	chmod(BIN "/setuid", 04755);
	copy_program("/proc/self/exe", BIN "/setgid");
	chown(BIN "/setgid", 0, 65534);
	chmod(BIN "/setgid", 02755);
	copy_program("/proc/self/exe", BIN "/capable");
	setxattr(BIN "/capable", "security.capability", caps, sizeof(caps), 0);
	mount("binfmt", "/proc/sys/fs/binfmt_misc", "binfmt_misc", 0, NULL);
	for (i = 0; i < sizeof(handlers) / sizeof(*handlers); i++)
		put_file("/proc/sys/fs/binfmt_misc/register", handlers[i],
			 0200);
}

static const struct other_mount {
	const char *type, *at, *options;
} mounts[] = { { "proc", ROOT "/proc" },
	       { "sysfs", ROOT "/sys" },
	       { "tracefs", ROOT "/tracefs" },
	       { "debugfs", ROOT "/debugfs" },
	       { "securityfs", ROOT "/securityfs" },
	       { "cgroup2", ROOT "/cgroup2" },
	       { "configfs", ROOT "/configfs" },
	       { "cgroup", ROOT "/cgroup", "none,name=hold" },
	       {} };

/* The same file systems of the kernel under other names. */
static void other_mounts(void)
{
	const struct other_mount *m;

	for (m = mounts; m->type; m++)
		if (!mkdir(m->at, 0755))
			mount(m->type, m->at, m->type, 0, m->options);
	mkdir(ROOT "/etc", 0755);
	mount("/etc", ROOT "/etc", NULL, MS_BIND, NULL);
}

/* After the last technique: what would outlive the scenery. */
void scenery_remove(void)
{
	static const char *const handlers[] = { "khvhold", "khvfix",
						"khvcred" };
	const struct other_mount *m;
	char name[64];
	size_t i;
	int loop;

	for (i = 0; i < sizeof(handlers) / sizeof(*handlers); i++) {
		snprintf(name, sizeof(name), "/proc/sys/fs/binfmt_misc/%s",
			 handlers[i]);
		put_file(name, "-1", 0644);
	}
	for (m = mounts; m->type; m++)
		if (!umount2(m->at, MNT_DETACH))
			rmdir(m->at);
	umount2(ROOT "/etc", MNT_DETACH);
	rmdir(GROUP);
	loop = open(SWAP_DEVICE, O_RDWR);
	if (loop >= 0)
		ioctl(loop, LOOP_CLR_FD, 0);
	close(loop);
}

/* Is there before the stage and stays: slow, or of no interest to anybody. */
void scenery_prepare(void)
{
	char name[] = A "?/f";
	int c;

	mkdir("/etc/khv", 0755);
	mkdir("/etc/khv/policy.d", 0755);
	mkdir("/etc/modprobe.d", 0755);
	mkdir("/boot", 0755);
	put_file("/etc/khv/policy.d/site.hv", "# none", 0644);
	disk();
	other_mounts();
	special_programs();
	mkdir(ROOT "/a", 0755);
	put_file(ROOT "/a/f", MARK, 0644);
	for (c = 1; c < 256; c++) {
		if (c == '/')
			continue;
		name[sizeof(A) - 1] = c;
		name[sizeof(A)] = 0;
		mkdir(name, 0755);
		name[sizeof(A)] = '/';
		put_file(name, MARK, 0644);
	}
}

static unsigned long mix(unsigned long sum, const void *data, size_t size)
{
	const unsigned char *p = data;

	while (size--)
		sum = (sum ^ *p++) * 16777619;
	return sum;
}

/* What must be the same afterwards: everything but the times of reading. */
static unsigned long print_tree(const char *path, unsigned long sum)
{
	char name[4096], text[64] = "";
	struct dirent *entry;
	struct stat st;
	DIR *dir;
	int fd;

	if (lstat(path, &st))
		return mix(sum, &errno, sizeof(errno));
	sum = mix(sum, &st.st_mode, sizeof(st.st_mode));
	sum = mix(sum, &st.st_uid, sizeof(st.st_uid));
	sum = mix(sum, &st.st_ino, sizeof(st.st_ino));
	sum = mix(sum, &st.st_size, sizeof(st.st_size));
	sum = mix(sum, &st.st_mtim, sizeof(st.st_mtim));
	sum = mix(sum, &st.st_ctim, sizeof(st.st_ctim));
	if (S_ISREG(st.st_mode)) {
		fd = open(path, O_RDONLY);
		sum = mix(sum, text, read(fd, text, sizeof(text)));
		close(fd);
	}
	dir = S_ISDIR(st.st_mode) ? opendir(path) : NULL;
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || !strcmp(entry->d_name, "deep"))
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		sum = print_tree(name, sum);
	}
	if (dir)
		closedir(dir);
	return sum;
}

unsigned long scenery_print(void)
{
	return print_tree(R, print_tree(D, 2166136261));
}

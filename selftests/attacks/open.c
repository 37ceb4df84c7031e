// SPDX-License-Identifier: GPL-2.0
/* Attack programs: class OPEN, ways to get a descriptor of a file. */
#include "common.h"
#include <linux/openat2.h>
#include <mqueue.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

static int with_open(void)
{
	return marked(syscall(SYS_open, D "/f", O_RDONLY));
}

static int with_openat(void)
{
	return marked(syscall(SYS_openat, AT_FDCWD, D "/f", O_RDONLY));
}

static int with_openat2(void)
{
	struct open_how how = { .flags = O_RDONLY };

	return marked(
		syscall(SYS_openat2, AT_FDCWD, D "/f", &how, sizeof(how)));
}

static int with_creat(void)
{
	return drop(syscall(SYS_creat, D "/f", 0600));
}

static int write_denied(void)
{
	return drop(open(D "/f", O_WRONLY | O_APPEND));
}

static int relative(void)
{
	if (chdir(D))
		return -errno;
	return read_secret("f");
}

static int from_directory(void)
{
	int dir = open(D, O_PATH | O_DIRECTORY);

	if (dir < 0)
		return -errno;
	return marked(openat(dir, "f", O_RDONLY));
}

static int list_directory(void)
{
	return drop(open(D, O_RDONLY | O_DIRECTORY));
}

static int reopen(int fd, int flags)
{
	char name[32];

	if (fd < 0)
		return -errno;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return open(name, flags);
}

static int path_reopened(void)
{
	return marked(reopen(open(D "/f", O_PATH), O_RDONLY));
}

static int path_inherited(void)
{
	return marked(reopen(FD_FILE_PATH, O_RDONLY));
}

static int directory_inherited(void)
{
	return marked(openat(FD_DIR_PATH, "f", O_RDONLY));
}

static int upgraded(void)
{
	return drop(reopen(FD_READ_ONLY, O_RDWR));
}

static int tmpfile_in_denied(void)
{
	return drop(open(D, O_TMPFILE | O_RDWR, 0600));
}

static int tmpfile_linked(int flags)
{
	int fd = open(A, O_TMPFILE | O_RDWR, 0600);
	char name[32];

	if (fd < 0)
		return -errno;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (flags == AT_EMPTY_PATH)
		return ret(linkat(fd, "", AT_FDCWD, D "/t", flags));
	return ret(linkat(AT_FDCWD, name, AT_FDCWD, D "/t", flags));
}

static int tmpfile_linked_empty(void)
{
	return tmpfile_linked(AT_EMPTY_PATH);
}

static int tmpfile_linked_proc(void)
{
	return tmpfile_linked(AT_SYMLINK_FOLLOW);
}

/*
 * The handle names the file without a path. Space for it behind the struct:
 * its own definition ends in a flexible array.
 */
static int by_handle(void)
{
	union {
		struct file_handle h;
		char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = { .h.handle_bytes = MAX_HANDLE_SZ };
	int id, root;

	if (name_to_handle_at(AT_FDCWD, D "/g", &u.h, &id, 0))
		return errno == EOPNOTSUPP ? SKIPPED : -errno;
	root = open(A, O_RDONLY | O_DIRECTORY);
	if (root < 0)
		return -errno;
	return marked(open_by_handle_at(root, &u.h, O_RDONLY));
}

static int create(void)
{
	return drop(open(D "/new", O_WRONLY | O_CREAT, 0600));
}

static int create_exclusive(void)
{
	return drop(open(D "/new", O_RDWR | O_CREAT | O_EXCL, 0600));
}

static int create_in_readable(void)
{
	return drop(open(R "/new", O_WRONLY | O_CREAT, 0600));
}

static int write_readable(void)
{
	return drop(open(R "/f", O_RDWR));
}

static int append_readable(void)
{
	return drop(open(R "/f", O_WRONLY | O_APPEND));
}

/* O_TRUNC asks for no write access, and yet empties the file. */
static int truncating_read(void)
{
	return drop(open(R "/f", O_RDONLY | O_TRUNC));
}

/* Access mode 3: neither read nor write by name, ioctl by meaning. */
static int odd_mode(void)
{
	return drop(open(D "/f", O_ACCMODE));
}

static int shared_writable(void)
{
	int fd = open(R "/f", O_RDWR);
	void *p;

	if (fd < 0)
		return -errno;
	p = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return p == MAP_FAILED ? -errno : 0;
}

static int crash(void)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	if (chdir(D) || setrlimit(RLIMIT_CORE, &all))
		_exit(errno);
	abort();
}

/* The kernel writes the file; the core pattern is the stage's: "core". */
static int core_dump(void)
{
	struct stat st;
	int result = in_child(crash);

	if (result != -EINTR)
		return result;
	return stat(D "/core", &st) ? -EACCES : 0;
}

static int message_queue(void)
{
	/* The control has left it behind. */
	mq_unlink("/outside");
	mqd_t queue = mq_open("/outside", O_RDWR | O_CREAT, 0600, NULL);

	if (queue < 0)
		return -errno;
	mq_close(queue);
	return ret(mq_unlink("/outside"));
}

static int device_node(void)
{
	if (mknod(A "/null", S_IFCHR | 0600, 1 << 8 | 3))
		return -errno;
	return drop(open(A "/null", O_RDWR));
}

static int granted_read(void)
{
	return drop(open(R "/f", O_RDONLY));
}

static int granted_write(void)
{
	return drop(open(A "/f", O_RDWR));
}

static int granted_create(void)
{
	return drop(open(A "/new", O_WRONLY | O_CREAT | O_EXCL, 0600));
}

static int override_below(void)
{
	return drop(open(R "/none/f", O_RDONLY));
}

static int grant_below_override(void)
{
	return drop(open(R "/none/again/f", O_RDONLY));
}

static int no_rule(void)
{
	return drop(open("/etc/hostname", O_RDONLY));
}

const struct attack open_attacks[] = {
	{ "OPEN-00a", "read below a readable directory", granted_read,
	  ALLOWED },
	{ "OPEN-00b", "write below a writable directory", granted_write,
	  ALLOWED },
	{ "OPEN-00c", "create below a writable directory", granted_create,
	  ALLOWED },
	{ "OPEN-00d", "none below a readable directory", override_below },
	{ "OPEN-00e", "read below that none", grant_below_override, ALLOWED },
	{ "OPEN-00f", "file without a rule", no_rule },
	{ "OPEN-01a", "open", with_open },
	{ "OPEN-01b", "openat", with_openat },
	{ "OPEN-01c", "openat2", with_openat2 },
	{ "OPEN-01d", "creat", with_creat },
	{ "OPEN-01e", "open for appending", write_denied },
	{ "OPEN-01f", "relative to the working directory", relative },
	{ "OPEN-01g", "relative to a directory descriptor", from_directory },
	{ "OPEN-01h", "directory opened for listing", list_directory },
	{ "OPEN-01i", "access mode 3", odd_mode },
	{ "OPEN-02a", "write to what may be read", write_readable },
	{ "OPEN-02b", "append to what may be read", append_readable },
	{ "OPEN-02c", "O_RDONLY|O_TRUNC on what may be read", truncating_read },
	{ "OPEN-02d", "create below what may be read", create_in_readable },
	{ "OPEN-03", "O_PATH fd reopened", path_reopened },
	{ "OPEN-04a", "inherited O_PATH fd reopened", path_inherited },
	{ "OPEN-04b", "openat below an inherited O_PATH directory",
	  directory_inherited },
	{ "OPEN-05", "read-only fd reopened for writing", upgraded },
	{ "OPEN-06", "O_TMPFILE in a denied directory", tmpfile_in_denied },
	{ "OPEN-07a", "O_TMPFILE linked into it by AT_EMPTY_PATH",
	  tmpfile_linked_empty },
	{ "OPEN-07b", "O_TMPFILE linked into it by /proc/self/fd",
	  tmpfile_linked_proc },
	{ "OPEN-08", "name_to_handle_at and open_by_handle_at", by_handle },
	{ "OPEN-09a", "O_CREAT leaves an empty file", create },
	{ "OPEN-09b", "O_CREAT|O_EXCL leaves an empty file", create_exclusive },
	{ "OPEN-12", "shared writable mapping", shared_writable },
	{ "OPEN-13", "core dump in a denied directory", core_dump },
	{ "OPEN-16", "POSIX message queue", message_queue, .error = EPERM },
	{ "OPEN-19", "device node in a writable directory", device_node,
	  .error = EPERM },
	{}
};

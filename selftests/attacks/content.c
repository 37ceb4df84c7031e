// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: class OPEN once more. Content that moves without read() and
 * write(), files that the kernel opens for somebody, programs, and mappings.
 */
#include "common.h"
#include <linux/aio_abi.h>
#include <poll.h>
#include <sys/fanotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/swap.h>
#include <sys/uio.h>

static int copy_out(ssize_t (*copy)(int in, int out))
{
	int out = open(A "/copy", O_RDWR | O_CREAT | O_TRUNC, 0600);
	ssize_t n;

	if (out < 0)
		return -errno;
	n = copy(FD_SECRET, out);
	if (n < 0)
		return -errno;
	return marked(out);
}

static ssize_t with_copy(int in, int out)
{
	loff_t from = 0;

	return copy_file_range(in, &from, out, NULL, sizeof(MARK), 0);
}

static ssize_t with_sendfile(int in, int out)
{
	off_t from = 0;

	return sendfile(out, in, &from, sizeof(MARK));
}

static ssize_t with_splice(int in, int out)
{
	loff_t from = 0;
	int pipes[2];
	ssize_t n;

	if (pipe(pipes))
		return -1;
	n = splice(in, &from, pipes[1], NULL, sizeof(MARK), 0);
	return n < 0 ? n : splice(pipes[0], NULL, out, NULL, n, 0);
}

static ssize_t with_mapping(int in, int out)
{
	void *p = mmap(NULL, 1, PROT_READ, MAP_SHARED, in, 0);

	return p == MAP_FAILED ? -1 : write(out, p, sizeof(MARK));
}

static ssize_t with_vectors(int in, int out)
{
	char text[sizeof(MARK)];
	struct iovec iov = { text, sizeof(text) };
	ssize_t n = preadv2(in, &iov, 1, 0, 0);

	return n < 0 ? n : write(out, text, n);
}

static ssize_t with_aio(int in, int out)
{
	char text[sizeof(MARK)];
	struct iocb cb = {
		.aio_lio_opcode = IOCB_CMD_PREAD,
		.aio_fildes = in,
		.aio_buf = (unsigned long)text,
		.aio_nbytes = sizeof(text),
	}, *list[] = { &cb };
	struct io_event event;
	aio_context_t context = 0;

	if (syscall(SYS_io_setup, 1, &context) ||
	    syscall(SYS_io_submit, context, 1, list) != 1 ||
	    syscall(SYS_io_getevents, context, 1, 1, &event, NULL) != 1)
		return -1;
	return event.res <= 0 ? -1 : write(out, text, event.res);
}

static int by_copy(void)
{
	return copy_out(with_copy);
}

static int by_sendfile(void)
{
	return copy_out(with_sendfile);
}

static int by_splice(void)
{
	return copy_out(with_splice);
}

static int by_mapping(void)
{
	return copy_out(with_mapping);
}

static int by_vectors(void)
{
	return copy_out(with_vectors);
}

static int by_aio(void)
{
	return copy_out(with_aio);
}

/* The kernel sees an exclusive opening and a shared one alike. */
static int with_flags(const char *path, int flags)
{
	return drop(open(path, flags, 0600));
}

static int create_symlinked(void)
{
	if (symlink(D "/new", A "/to-new"))
		return -errno;
	return with_flags(A "/to-new", O_WRONLY | O_CREAT);
}

static int create_in_swapped(void)
{
	return with_flags(A "/swap/new", O_WRONLY | O_CREAT);
}

static int create_at(void)
{
	return drop(openat(FD_DIR_PATH, "new", O_WRONLY | O_CREAT, 0600));
}

static int tmpfile_at(void)
{
	return drop(openat(FD_DIR_PATH, ".", O_TMPFILE | O_RDWR, 0600));
}

static int tmpfile_in_readable(void)
{
	return with_flags(R, O_TMPFILE | O_RDWR);
}

static int listed_at(void)
{
	return drop(openat(FD_DIR_PATH, ".", O_RDONLY | O_DIRECTORY));
}

static int reopened(int fd, int flags)
{
	char name[64];

	proc_name(name, "self", fd);
	return with_flags(name, flags);
}

static int listed_proc(void)
{
	return reopened(FD_DIR_PATH, O_RDONLY | O_DIRECTORY);
}

static int append_proc(void)
{
	return reopened(FD_READ_ONLY, O_WRONLY | O_APPEND);
}

static int truncate_proc(void)
{
	return reopened(FD_READ_ONLY, O_RDONLY | O_TRUNC);
}

static int accounting(void)
{
	int result = ret(acct(D "/f"));

	acct(NULL);
	return result == -ENOSYS ? SKIPPED : result;
}

static int swap_device(void)
{
	int result = ret(swapon(SWAP_DEVICE, 0));

	if (!result)
		swapoff(SWAP_DEVICE);
	return result == -ENXIO || result == -ENOENT ? SKIPPED : result;
}

static int open_event(int fd)
{
	struct fanotify_event_metadata event;
	struct pollfd p = { fd, POLLIN, 0 };

	if (poll(&p, 1, 3000) != 1)
		return -ETIMEDOUT;
	if (read(fd, &event, sizeof(event)) < (ssize_t)sizeof(event))
		return -errno;
	return marked(event.fd);
}

static int notified(unsigned int mark)
{
	int fd = fanotify_init(FAN_CLASS_NOTIF, O_RDONLY);

	if (fd < 0)
		return -errno;
	if (fanotify_mark(fd, FAN_MARK_ADD | mark, FAN_OPEN, AT_FDCWD, ROOT))
		return -errno;
	return open_event(fd);
}

static int by_filesystem_mark(void)
{
	return notified(FAN_MARK_FILESYSTEM);
}

static int by_mount_mark(void)
{
	return notified(FAN_MARK_MOUNT);
}

static int by_inode_mark(void)
{
	int fd = fanotify_init(FAN_CLASS_NOTIF, O_RDONLY);

	if (fd < 0)
		return -errno;
	if (fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN, FD_DIR_PATH, NULL) &&
	    fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, D "/f"))
		return -errno;
	return open_event(fd);
}

/* The handle of an inherited descriptor, and of the file itself. */
static int handle_of(int dir, const char *name, int flags)
{
	union {
		struct file_handle h;
		char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = { .h.handle_bytes = MAX_HANDLE_SZ };
	int id, root;

	if (name_to_handle_at(dir, name, &u.h, &id, flags))
		return errno == EOPNOTSUPP ? SKIPPED : -errno;
	root = open(A, O_RDONLY | O_DIRECTORY);
	if (root < 0)
		return -errno;
	return marked(open_by_handle_at(root, &u.h, O_RDONLY));
}

static int handle_of_descriptor(void)
{
	return handle_of(FD_FILE_PATH, "", AT_EMPTY_PATH);
}

static int handle_of_symlink(void)
{
	return handle_of(AT_FDCWD, A "/s1", AT_SYMLINK_FOLLOW);
}

static int handle_reopened(void)
{
	union {
		struct file_handle h;
		char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = { .h.handle_bytes = MAX_HANDLE_SZ };
	int id, root = open(A, O_RDONLY | O_DIRECTORY), fd;
	char name[64];

	if (name_to_handle_at(AT_FDCWD, D "/f", &u.h, &id, 0))
		return errno == EOPNOTSUPP ? SKIPPED : -errno;
	fd = open_by_handle_at(root, &u.h, O_PATH);
	if (fd < 0)
		return -errno;
	proc_name(name, "self", fd);
	return read_secret(name);
}

static int crash(void)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	if (chdir(me->arg) || setrlimit(RLIMIT_CORE, &all))
		_exit(errno);
	abort();
}

static int core_in_readable(void)
{
	struct stat st;
	int result = in_child(crash);

	if (result != -EINTR)
		return result;
	return stat(R "/core", &st) ? -EACCES : 0;
}

const struct attack content_attacks[] = {
	{ "OPEN-02e", "append through /proc/self/fd to what may be read",
	  append_proc },
	{ "OPEN-02f", "truncate through /proc/self/fd", truncate_proc },
	{ "OPEN-04c", "inherited O_PATH directory reopened for listing",
	  listed_proc },
	{ "OPEN-04d", "the same by openat of a dot", listed_at },
	{ "OPEN-06b", "O_TMPFILE below an inherited O_PATH directory",
	  tmpfile_at },
	{ "OPEN-06c", "O_TMPFILE in what may be read", tmpfile_in_readable },
	{ "OPEN-08b", "handle of an inherited descriptor", handle_of_descriptor,
	  .also = EPERM },
	{ "OPEN-08c", "handle through a symlink", handle_of_symlink,
	  .also = EPERM },
	{ "OPEN-08d", "handle opened as O_PATH, reopened", handle_reopened,
	  .also = EPERM },
	{ "OPEN-09c", "O_CREAT through a symlink", create_symlinked },
	{ "OPEN-09d", "O_CREAT below a directory symlink", create_in_swapped },
	{ "OPEN-09e", "O_CREAT below an inherited directory", create_at },
	{ "OPEN-10a", "copy_file_range from an inherited descriptor", by_copy,
	  .also = EBADF },
	{ "OPEN-10b", "sendfile from it", by_sendfile, .also = EBADF },
	{ "OPEN-10c", "splice from it", by_splice, .also = EBADF },
	{ "OPEN-10d", "mapping of it", by_mapping, .also = EBADF },
	{ "OPEN-10e", "preadv2 from it", by_vectors, .also = EBADF },
	{ "OPEN-13b", "core dump in a readable directory", core_in_readable,
	  .arg = R },
	{ "OPEN-14a", "process accounting to a denied file", accounting,
	  .also = EPERM },
	{ "OPEN-14b", "swap on a device", swap_device, .also = EPERM },
	{ "OPEN-15a", "fanotify on the file system", by_filesystem_mark,
	  .also = EPERM },
	{ "OPEN-15b", "fanotify on the mount", by_mount_mark, .also = EPERM },
	{ "OPEN-15c", "fanotify on a denied file", by_inode_mark,
	  .also = EPERM },
	{ "URING-21", "legacy AIO from an inherited descriptor", by_aio,
	  .also = EBADF },
	{}
};

// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: class URING once more. Every operation that opens, names or
 * reaches something, by the caller, by a worker and by the thread of SQPOLL; and
 * requests that outlive who made them.
 */
#include "common.h"
#include "peer.h"
#include "ring.h"
#include <linux/openat2.h>
#include <signal.h>
#include <sys/uio.h>

#define PTR(p) ((unsigned long)(p))

/* Operations that are newer than the headers. */
#define OP_BIND	  56
#define OP_LISTEN 57

static int fresh(struct ring *ring, unsigned int flags)
{
	int result = ring_create(ring, flags);

	return result == -ENOSYS ? SKIPPED : result;
}

static int one(unsigned int flags, const struct io_uring_sqe *sqe)
{
	struct ring ring;
	int result = fresh(&ring, flags);

	return result ? result : ring_do(&ring, sqe);
}

/* An operation that this kernel does not know is refused with EINVAL. */
static int known(int result)
{
	return result == -EINVAL ? SKIPPED : result;
}

static int secret(int fd)
{
	return fd < 0 ? fd : marked(fd);
}

static int opened(int fd)
{
	return fd < 0 || fd == SKIPPED ? fd : drop(fd);
}

static struct io_uring_sqe open_with(int dir, const char *path,
				     const struct open_how *how)
{
	return (struct io_uring_sqe){
		.opcode = IORING_OP_OPENAT2,
		.fd = dir,
		.addr = PTR(path),
		.addr2 = PTR(how),
		.len = sizeof(*how),
	};
}

static int resolved(int dir, const char *path, unsigned long how, int flags)
{
	struct open_how h = { .flags = O_RDONLY, .resolve = how };
	struct io_uring_sqe sqe = open_with(dir, path, &h);

	sqe.flags = flags;
	return secret(one(0, &sqe));
}

static int in_root(void)
{
	return resolved(FD_DIR_PATH, "/f", RESOLVE_IN_ROOT, 0);
}

static int beneath_worker(void)
{
	return resolved(FD_DIR_PATH, "f", RESOLVE_BENEATH, IOSQE_ASYNC);
}

static int cached(void)
{
	/* What is in the cache is opened without a worker. */
	access(D "/f", F_OK);
	return resolved(AT_FDCWD, D "/f", RESOLVE_CACHED, 0);
}

static int write_open(void)
{
	struct open_how h = { .flags = O_RDWR };
	struct io_uring_sqe sqe = open_with(AT_FDCWD, R "/f", &h);

	return opened(one(0, &sqe));
}

static int create_open(void)
{
	struct open_how h = { .flags = O_RDWR | O_CREAT, .mode = 0600 };
	struct io_uring_sqe sqe = open_with(AT_FDCWD, D "/new", &h);

	return opened(one(0, &sqe));
}

/* Opened and read by one chain, the file in a slot: nothing comes back. */
static int chain(unsigned int setup, int flags)
{
	static char text[sizeof(MARK)];
	struct io_uring_sqe sqe[2] = {
		{ .opcode = IORING_OP_OPENAT,
		  .flags = IOSQE_IO_LINK | flags,
		  .fd = AT_FDCWD,
		  .addr = PTR(D "/f"),
		  .open_flags = O_RDONLY,
		  .file_index = 1 },
		{ .opcode = IORING_OP_READ,
		  .flags = IOSQE_FIXED_FILE | flags,
		  .addr = PTR(text),
		  .len = sizeof(MARK) - 1 },
	};
	int none = -1, results[2], result;
	struct ring ring;

	result = fresh(&ring, setup);
	if (result)
		return result;
	if (syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES,
		    &none, 1))
		return -errno;
	result = ring_chain(&ring, sqe, results, 2);
	if (result)
		return result;
	if (results[0] < 0)
		return results[0];
	if (results[1] < 0)
		return results[1];
	return strcmp(text, MARK) ? -ENODATA : 0;
}

static int chained(void)
{
	return chain(0, 0);
}

static int chained_worker(void)
{
	return chain(0, IOSQE_ASYNC);
}

static int chained_poll(void)
{
	return chain(IORING_SETUP_SQPOLL, 0);
}

static int drained(void)
{
	return chain(0, IOSQE_IO_DRAIN);
}

/* A slot filled with what was inherited. */
static int inherited_slot(void)
{
	char text[sizeof(MARK)] = "";
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_READ,
		.flags = IOSQE_FIXED_FILE,
		.addr = PTR(text),
		.len = sizeof(MARK) - 1,
	};
	int fd = FD_SECRET, result;
	struct ring ring;

	result = fresh(&ring, 0);
	if (result)
		return result;
	if (syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, &fd,
		    1))
		return -errno;
	result = ring_do(&ring, &sqe);
	if (result < 0)
		return result;
	return strcmp(text, MARK) ? -ENODATA : 0;
}

static int inherited_splice(void)
{
	char text[sizeof(MARK)] = "";
	struct io_uring_sqe sqe = { .opcode = IORING_OP_SPLICE };
	int pipes[2], result;

	if (pipe(pipes))
		return -errno;
	sqe.fd = pipes[1];
	sqe.splice_fd_in = FD_SECRET;
	sqe.off = -1ULL;
	sqe.len = sizeof(MARK) - 1;
	result = one(0, &sqe);
	if (result < 0 || result == SKIPPED)
		return result;
	if (read(pipes[0], text, sizeof(MARK) - 1) < 0)
		return -errno;
	return strcmp(text, MARK) ? -ENODATA : 0;
}

/* How an operation on names is carried out. */
enum { PLAIN, WORKER, POLL };

static int names(int how, int opcode, int flags, const char *from,
		 const char *to, int len)
{
	struct io_uring_sqe sqe = {
		.opcode = opcode,
		.flags = how == WORKER ? IOSQE_ASYNC : 0,
		.fd = AT_FDCWD,
		.addr = PTR(from),
		.addr2 = PTR(to),
		.len = len,
		.rename_flags = flags,
	};

	return one(how == POLL ? IORING_SETUP_SQPOLL : 0, &sqe);
}

static int exchange(void)
{
	return names(PLAIN, IORING_OP_RENAMEAT, 2 /* RENAME_EXCHANGE */, A "/f",
		     D "/f", AT_FDCWD);
}

static int rename_over(void)
{
	return names(PLAIN, IORING_OP_RENAMEAT, 0, A "/f", D "/f", AT_FDCWD);
}

static int rename_poll(void)
{
	return names(POLL, IORING_OP_RENAMEAT, 0, D "/f", A "/x", AT_FDCWD);
}

static int unlink_poll(void)
{
	return names(POLL, IORING_OP_UNLINKAT, 0, D "/f", NULL, 0);
}

static int unlink_worker(void)
{
	return names(WORKER, IORING_OP_UNLINKAT, 0, D "/f", NULL, 0);
}

static int do_rmdir(void)
{
	return names(PLAIN, IORING_OP_UNLINKAT, AT_REMOVEDIR, D "/empty", NULL,
		     0);
}

static int link_symlink(void)
{
	return names(PLAIN, IORING_OP_LINKAT, AT_SYMLINK_FOLLOW, A "/s1",
		     A "/l", AT_FDCWD);
}

static int mkdir_poll(void)
{
	return names(POLL, IORING_OP_MKDIRAT, 0, D "/new", NULL, 0700);
}

static int set_xattr(void)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_SETXATTR,
		.addr = PTR("trusted.z"),
		.addr2 = PTR("1"),
		.len = 1,
		.addr3 = PTR(D "/f"),
	};

	return known(one(0, &sqe));
}

static int set_xattr_inherited(void)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_FSETXATTR,
		.fd = FD_READ_ONLY,
		.addr = PTR("trusted.z"),
		.addr2 = PTR("1"),
		.len = 1,
	};

	return known(one(0, &sqe));
}

static struct sockaddr_in shut(void)
{
	return to4("127.0.0.1", PORT_SHUT);
}

static int send_address(int opcode, int flags)
{
	struct sockaddr_in sin = shut();
	struct io_uring_sqe sqe = {
		.opcode = opcode,
		.fd = socket(AF_INET, SOCK_DGRAM, 0),
		.addr = PTR("x"),
		.len = 1,
		.addr2 = PTR(&sin),
		.addr_len = sizeof(sin),
		.flags = flags,
	};
	int result = sqe.fd < 0 ? -errno : known(one(0, &sqe));

	return result == 1 ? 0 : result;
}

static int send_zero_copy(void)
{
	return send_address(IORING_OP_SEND_ZC, 0);
}

static int send_zero_copy_worker(void)
{
	return send_address(IORING_OP_SEND_ZC, IOSQE_ASYNC);
}

static int send_plain(void)
{
	/* Before 6.13 the address is ignored: there is nobody to send to. */
	int result = send_address(IORING_OP_SEND, 0);

	return result == -EDESTADDRREQ ? SKIPPED : result;
}

static int message_zero_copy(int type, int flags)
{
	struct sockaddr_in sin = shut();
	struct iovec iov = { (void *)"x", 1 };
	struct msghdr msg = { &sin, sizeof(sin), &iov, 1, NULL, 0, 0 };
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_SENDMSG_ZC,
		.fd = socket(AF_INET, type, 0),
		.addr = PTR(&msg),
		.len = 1,
		.msg_flags = flags,
	};
	int result = sqe.fd < 0 ? -errno : known(one(0, &sqe));

	return result == 1 || result == -EINPROGRESS ? 0 : result;
}

static int message_datagram(void)
{
	return message_zero_copy(SOCK_DGRAM, 0);
}

static int message_fast_open(void)
{
	return message_zero_copy(SOCK_STREAM, MSG_FASTOPEN);
}

static int connect_poll(void)
{
	struct sockaddr_in sin = shut();
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_CONNECT,
		.addr = PTR(&sin),
		.off = sizeof(sin),
		.fd = socket(AF_INET, SOCK_STREAM, 0),
	};

	return sqe.fd < 0 ? -errno : one(IORING_SETUP_SQPOLL, &sqe);
}

static int raw_socket(void)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_SOCKET,
		.fd = AF_INET,
		.off = SOCK_RAW,
		.len = IPPROTO_UDP,
	};
	int result = known(one(0, &sqe));

	return result > 0 && result != SKIPPED ? 0 : result;
}

static int do_bind(void)
{
	struct sockaddr_in sin = to4("127.0.0.1", PORT_OTHER);
	struct io_uring_sqe sqe = {
		.opcode = OP_BIND,
		.fd = socket(AF_INET, SOCK_STREAM, 0),
		.addr = PTR(&sin),
		.off = sizeof(sin),
	};

	return sqe.fd < 0 ? -errno : known(one(0, &sqe));
}

static int do_listen(void)
{
	struct io_uring_sqe sqe = {
		.opcode = OP_LISTEN,
		.fd = socket(AF_INET, SOCK_STREAM, 0),
		.len = 1,
	};

	return sqe.fd < 0 ? -errno : known(one(0, &sqe));
}

/* A command to a driver; sockets have some since 6.7. */
static int command(void)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_URING_CMD,
		.fd = socket(AF_INET, SOCK_DGRAM, 0),
		.off = 0 /* SOCKET_URING_OP_SIOCINQ */,
	};
	int result = known(one(0, &sqe));

	return result == -EOPNOTSUPP ? SKIPPED : result;
}

/* Gone before its request has been looked at. */
static int outlived(void)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_UNLINKAT,
		.flags = IOSQE_ASYNC,
		.fd = AT_FDCWD,
		.addr = PTR(D "/f"),
	};
	struct ring ring;
	int i, result;

	for (i = 0; i < 100; i++) {
		pid_t pid = fork();

		if (!pid) {
			result = fresh(&ring, 0);
			if (result)
				_exit(result == SKIPPED ? SKIPPED : -result);
			ring_submit(&ring, &sqe, 1);
			if (i & 1)
				_exit(0);
			kill(getpid(), SIGKILL);
		}
		result = wait_child(pid);
		if (result && result != -EINTR)
			return result;
	}
	usleep(200000);
	return access(D "/f", F_OK) ? 0 : -EACCES;
}

/* Asked for before an exec, done after it. */
static int after_exec(void)
{
	struct io_uring_sqe sqe[2] = {
		{ .opcode = IORING_OP_READ, .flags = IOSQE_IO_LINK },
		{ .opcode = IORING_OP_UNLINKAT,
		  .fd = AT_FDCWD,
		  .addr = PTR(D "/f") },
	};
	struct ring ring;
	static char byte;
	int pipes[2], result = fresh(&ring, 0);
	pid_t pid;

	if (result)
		return result;
	pipe(pipes);
	sqe[0].fd = pipes[0];
	sqe[0].addr = PTR(&byte);
	sqe[0].len = 1;
	pid = fork();
	if (!pid) {
		result = fresh(&ring, 0);
		if (result)
			_exit(-result);
		fcntl(ring.fd, F_SETFD, 0);
		ring_submit(&ring, sqe, 2);
		/* Not by this image: its requests end with it. */
		if (!fork()) {
			usleep(100000);
			write(pipes[1], "x", 1);
			_exit(0);
		}
		usleep(300000);
		execl(self, self, "mark", NULL);
		_exit(errno);
	}
	result = wait_child(pid);
	if (result != -RAN)
		return result;
	usleep(100000);
	return access(D "/f", F_OK) ? 0 : -EACCES;
}

static int personality(void)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_OPENAT,
		.fd = AT_FDCWD,
		.addr = PTR(D "/f"),
		.open_flags = O_RDONLY,
	};
	struct ring ring;
	int result = fresh(&ring, 0);

	if (result)
		return result;
	result = syscall(SYS_io_uring_register, ring.fd,
			 IORING_REGISTER_PERSONALITY, NULL, 0);
	if (result < 0)
		return -errno;
	sqe.personality = result;
	return secret(ring_do(&ring, &sqe));
}

const struct attack queue_attacks[] = {
	{ "URING-02b", "OPENAT2, RESOLVE_IN_ROOT of an inherited directory",
	  in_root },
	{ "URING-02c", "OPENAT2, RESOLVE_BENEATH by a worker", beneath_worker },
	{ "URING-02d", "OPENAT2, RESOLVE_CACHED", cached },
	{ "URING-02e", "OPENAT2 for writing what may be read", write_open },
	{ "URING-02f", "OPENAT2 leaves an empty file", create_open },
	{ "URING-03b", "OPENAT into a slot, linked READ", chained },
	{ "URING-03c", "the same by workers", chained_worker },
	{ "URING-03d", "the same by the SQPOLL thread", chained_poll },
	{ "URING-06b", "credentials of its own", personality },
	{ "URING-08f", "RENAMEAT, exchange", exchange },
	{ "URING-08g", "RENAMEAT over a denied file", rename_over },
	{ "URING-08h", "RENAMEAT by the SQPOLL thread", rename_poll },
	{ "URING-08i", "UNLINKAT by the SQPOLL thread", unlink_poll },
	{ "URING-08j", "UNLINKAT by a worker", unlink_worker },
	{ "URING-08k", "UNLINKAT of a directory", do_rmdir },
	{ "URING-08l", "LINKAT through a symlink", link_symlink },
	{ "URING-08m", "MKDIRAT by the SQPOLL thread", mkdir_poll },
	{ "URING-09a", "SETXATTR", set_xattr, .also = EPERM },
	{ "URING-09b", "FSETXATTR of an inherited descriptor",
	  set_xattr_inherited, .also = EPERM },
	{ "URING-11b", "CONNECT by the SQPOLL thread", connect_poll },
	{ "URING-12c", "SEND_ZC with an address", send_zero_copy },
	{ "URING-12d", "SEND_ZC by a worker", send_zero_copy_worker },
	{ "URING-12e", "SENDMSG_ZC, UDP", message_datagram },
	{ "URING-12f", "SENDMSG_ZC, Fast Open", message_fast_open },
	{ "URING-12g", "SEND with an address", send_plain },
	{ "URING-13a", "SOCKET, raw", raw_socket, .also = EPERM },
	{ "URING-13b", "BIND", do_bind },
	{ "URING-13c", "LISTEN without bind", do_listen },
	{ "URING-15", "URING_CMD", command, .also = EPERM },
	{ "URING-19", "UNLINKAT whose submitter is gone", outlived },
	{ "URING-20a", "linked requests with IOSQE_IO_DRAIN", drained },
	{ "URING-20b", "linked request around an exec", after_exec },
	{ "URING-22", "SPLICE from an inherited descriptor", inherited_splice,
	  .also = EBADF },
	{ "URING-03e", "READ of an inherited descriptor from a slot",
	  inherited_slot, .also = EBADF },
	{}
};

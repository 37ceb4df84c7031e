// SPDX-License-Identifier: GPL-2.0
/* Attack programs: class URING, calls without a system call. */
#include "common.h"
#include "ring.h"
#include <arpa/inet.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

#define PTR(p) ((unsigned long)(p))

static int one(unsigned int flags, const struct io_uring_sqe *sqe)
{
	struct ring ring;
	int result = ring_create(&ring, flags);

	if (result)
		return result == -ENOSYS ? SKIPPED : result;
	return ring_do(&ring, sqe);
}

static struct io_uring_sqe open_secret(int flags)
{
	return (struct io_uring_sqe){
		.opcode = IORING_OP_OPENAT,
		.flags = flags,
		.fd = AT_FDCWD,
		.addr = PTR(D "/f"),
		.open_flags = O_RDONLY,
	};
}

static int secret(int fd)
{
	return fd < 0 ? fd : marked(fd);
}

static int by_open(void)
{
	struct io_uring_sqe sqe = open_secret(0);

	return secret(one(0, &sqe));
}

static int by_worker(void)
{
	struct io_uring_sqe sqe = open_secret(IOSQE_ASYNC);

	return secret(one(0, &sqe));
}

static int by_poll_thread(void)
{
	struct io_uring_sqe sqe = open_secret(0);

	return secret(one(IORING_SETUP_SQPOLL, &sqe));
}

static int by_poll_worker(void)
{
	struct io_uring_sqe sqe = open_secret(IOSQE_ASYNC);

	return secret(one(IORING_SETUP_SQPOLL, &sqe));
}

static int by_open2(void)
{
	struct open_how how = { .flags = O_RDONLY,
				.resolve = RESOLVE_NO_SYMLINKS };
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_OPENAT2,
		.fd = AT_FDCWD,
		.addr = PTR(D "/f"),
		.addr2 = PTR(&how),
		.len = sizeof(how),
	};

	return secret(one(0, &sqe));
}

/* The file never enters the table of descriptors. */
static int by_slot(void)
{
	struct io_uring_sqe sqe = open_secret(0);
	char text[sizeof(MARK)] = "";
	int none = -1, result;
	struct ring ring;

	result = ring_create(&ring, 0);
	if (result)
		return result == -ENOSYS ? SKIPPED : result;
	if (syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES,
		    &none, 1))
		return -errno;
	sqe.file_index = 1;
	result = ring_do(&ring, &sqe);
	if (result < 0)
		return result;
	sqe = (struct io_uring_sqe){
		.opcode = IORING_OP_READ,
		.flags = IOSQE_FIXED_FILE,
		.fd = 0,
		.addr = PTR(text),
		.len = sizeof(MARK) - 1,
	};
	result = ring_do(&ring, &sqe);
	if (result < 0)
		return result;
	return strcmp(text, MARK) ? -ENODATA : 0;
}

/* A ring made before confinement. Its path must lie in shared memory. */
static int by_inherited(int fd, bool poll, int personality)
{
	struct io_uring_sqe sqe = open_secret(0);
	struct ring ring;
	int result = ring_inherit(&ring, fd, poll);

	if (result)
		return result;
	sqe.personality = personality;
	if (!poll)
		return secret(ring_do(&ring, &sqe));
	/*
	 * The thread belongs to the maker: memory and descriptors are the
	 * maker's. Its result is the proof, the file itself is not ours. The
	 * constant string has the same address in both.
	 */
	result = ring_do(&ring, &sqe);
	return result < 0 ? result : 0;
}

static int inherited(void)
{
	return by_inherited(FD_RING, false, 0);
}

static int inherited_poll(void)
{
	return by_inherited(FD_RING_POLL, true, 0);
}

static int inherited_personality(void)
{
	return by_inherited(FD_RING, false, 1);
}

static int two_names(int opcode, const char *from, const char *to, int len)
{
	struct io_uring_sqe sqe = {
		.opcode = opcode,
		.fd = AT_FDCWD,
		.addr = PTR(from),
		.addr2 = PTR(to),
		.len = len,
	};

	return one(0, &sqe);
}

static int do_unlink(void)
{
	return two_names(IORING_OP_UNLINKAT, D "/f", NULL, 0);
}

static int do_mkdir(void)
{
	return two_names(IORING_OP_MKDIRAT, D "/new", NULL, 0700);
}

static int do_rename(void)
{
	return two_names(IORING_OP_RENAMEAT, D "/f", A "/x", AT_FDCWD);
}

static int do_link(void)
{
	return two_names(IORING_OP_LINKAT, D "/f", A "/l", AT_FDCWD);
}

static int do_symlink(void)
{
	return two_names(IORING_OP_SYMLINKAT, "/etc", D "/s", 0);
}

static struct sockaddr_in shut(void)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(PORT_SHUT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static int do_connect(void)
{
	struct sockaddr_in sin = shut();
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_CONNECT,
		.addr = PTR(&sin),
		.off = sizeof(sin),
		.fd = socket(AF_INET, SOCK_STREAM, 0),
	};

	return sqe.fd < 0 ? -errno : one(0, &sqe);
}

static int send_with(int type, int flags)
{
	struct sockaddr_in sin = shut();
	struct iovec iov = { (void *)"x", 1 };
	struct msghdr msg = { &sin, sizeof(sin), &iov, 1, NULL, 0, 0 };
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_SENDMSG,
		.addr = PTR(&msg),
		.len = 1,
		.msg_flags = flags,
		.fd = socket(AF_INET, type, 0),
	};
	int result;

	if (sqe.fd < 0)
		return -errno;
	result = one(0, &sqe);
	return result > 0 && result != SKIPPED ? 0 : result;
}

static int do_send(void)
{
	return send_with(SOCK_DGRAM, 0);
}

static int do_fast_open(void)
{
	int result = send_with(SOCK_STREAM, MSG_FASTOPEN);

	/* The connection is on its way. */
	return result == -EINPROGRESS ? 0 : result;
}

const struct attack uring_attacks[] = {
	{ "URING-01a", "OPENAT", by_open },
	{ "URING-01b", "OPENAT by a worker (IOSQE_ASYNC)", by_worker },
	{ "URING-02", "OPENAT2", by_open2 },
	{ "URING-03", "OPENAT into a slot, READ from it", by_slot },
	{ "URING-04a", "OPENAT by the SQPOLL thread", by_poll_thread },
	{ "URING-04b", "OPENAT by a worker of it", by_poll_worker },
	{ "URING-05", "inherited ring with SQPOLL", inherited_poll,
	  .error = EBADF },
	{ "URING-06", "credentials registered before confinement",
	  inherited_personality, .error = EBADF },
	{ "URING-07", "inherited ring", inherited, .error = EBADF },
	{ "URING-08a", "UNLINKAT", do_unlink },
	{ "URING-08b", "MKDIRAT", do_mkdir },
	{ "URING-08c", "RENAMEAT", do_rename },
	{ "URING-08d", "LINKAT", do_link },
	{ "URING-08e", "SYMLINKAT", do_symlink },
	{ "URING-11", "CONNECT", do_connect },
	{ "URING-12a", "SENDMSG, UDP", do_send },
	{ "URING-12b", "SENDMSG, Fast Open", do_fast_open },
	{}
};

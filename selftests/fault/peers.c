// SPDX-License-Identifier: GPL-2.0
/* What a confined task tries: sockets and rings; and who is outside. */
#include "calls.h"
#include "../attacks/ring.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

/* The call on a fresh socket. The two together, because either may fail. */
static int with_inet(int type, int port, bool send, int flags)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, type, 0), ret;

	if (fd < 0)
		return -errno;
	if (send)
		ret = result(
			sendto(fd, "x", 1, flags, (void *)&to, sizeof(to)));
	else
		ret = result(connect(fd, (void *)&to, sizeof(to)));
	close(fd);
	return ret;
}

static int connect_denied(void)
{
	return with_inet(SOCK_STREAM, PORT_SHUT, false, 0);
}

static int connect_allowed(void)
{
	return with_inet(SOCK_STREAM, PORT_OPEN, false, 0);
}

static int fast_open_denied(void)
{
	return with_inet(SOCK_STREAM, PORT_SHUT, true, MSG_FASTOPEN);
}

static int send_denied(void)
{
	return with_inet(SOCK_DGRAM, PORT_SHUT, true, 0);
}

static int send_allowed(void)
{
	return with_inet(SOCK_DGRAM, PORT_OPEN, true, 0);
}

static bool struck(void)
{
	struct stat st;

	return !stat(STRUCK, &st);
}

static void unstrike(void)
{
	unlink(STRUCK);
}

static int unix_socket(const char *name, bool server)
{
	struct sockaddr_un sun = { AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), ret;

	strcpy(sun.sun_path, name);
	if (fd < 0)
		return -errno;
	if (server)
		ret = bind(fd, (void *)&sun, sizeof(sun));
	else
		ret = connect(fd, (void *)&sun, sizeof(sun));
	if (!ret)
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

static int close_or(int fd)
{
	return fd < 0 ? fd : drop(fd);
}

static int unix_denied(void)
{
	return close_or(unix_socket(SOCK "/bad", false));
}

static int unix_allowed(void)
{
	return close_or(unix_socket(SOCK "/good", false));
}

static int bind_denied(void)
{
	return close_or(unix_socket(R "/new", true));
}

static bool bound(void)
{
	struct stat st;

	return !stat(R "/new", &st);
}

static void unbind(void)
{
	unlink(R "/new");
}

static int packet_denied(void)
{
	return drop(socket(AF_PACKET, SOCK_RAW, 0));
}

/* Send @pass, if there is one, or receive one: its number or -errno. */
static int rights(int fd, int pass)
{
	char byte = 'x', control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	if (pass >= 0) {
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &pass, sizeof(int));
		return result(sendmsg(fd, &msg, 0));
	}
	if (recvmsg(fd, &msg, 0) < 0)
		return -errno;
	c = CMSG_FIRSTHDR(&msg);
	if (!c || c->cmsg_type != SCM_RIGHTS)
		return -EACCES;
	memcpy(&pass, CMSG_DATA(c), sizeof(int));
	return pass;
}

/* Somebody outside sends a descriptor of what must not be touched. */
static int receive_denied(void)
{
	int fd = unix_socket(SOCK "/good", false), got;

	if (fd < 0)
		return fd;
	got = rights(fd, -1);
	close(fd);
	return close_or(got);
}

static int receive_allowed(void)
{
	int pair[2], got;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return -errno;
	got = rights(pair[0], 1);
	if (!got)
		got = rights(pair[1], -1);
	close(pair[0]);
	close(pair[1]);
	return close_or(got);
}

static struct ring ring;

/* Before the first fault: it is what is done with it that is tried. */
void make_ring(void)
{
	if (ring_create(&ring, 0)) {
		perror("ring");
		exit(2);
	}
}

static int ring_open(const char *path, unsigned int flags)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_OPENAT,
				    .flags = flags,
				    .fd = AT_FDCWD,
				    .addr = (unsigned long)path,
				    .open_flags = O_RDONLY };

	return close_or(ring_do(&ring, &sqe));
}

static int ring_open_denied(void)
{
	return ring_open(D "/f", 0);
}

static int ring_async_denied(void)
{
	return ring_open(D "/f", IOSQE_ASYNC);
}

static int ring_open_allowed(void)
{
	return ring_open(A "/f", 0);
}

const struct action socket_actions[] = {
	{ "connect", connect_denied },
	{ "fast open", fast_open_denied },
	{ "send", send_denied, false, struck, unstrike },
	{ "unix connect", unix_denied },
	{ "unix bind", bind_denied, false, bound, unbind },
	{ "packet socket", packet_denied },
	{ "descriptor received", receive_denied },
	{ "io_uring open", ring_open_denied },
	{ "io_uring open by a worker", ring_async_denied },
	{ "connect", connect_allowed, true },
	{ "send", send_allowed, true },
	{ "unix connect", unix_allowed, true },
	{ "descriptor received", receive_allowed, true },
	{ "io_uring open", ring_open_allowed, true },
	{ NULL },
};

/* --- outside ----------------------------------------------------------------- */

static void strike(int signal)
{
	(void)signal;
	close(creat(STRUCK, 0644));
}

static int serve(int type, int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (void *)&at, sizeof(at)) ||
	    (type == SOCK_STREAM && listen(fd, 100))) {
		perror("outside");
		exit(2);
	}
	return fd;
}

static int serve_unix(const char *name)
{
	int fd = unix_socket(name, true);

	if (fd < 0 || listen(fd, 100)) {
		perror(name);
		exit(2);
	}
	return fd;
}

/* Takes what comes, and gives away what it must not to who asks. */
int outside(void)
{
	struct pollfd p[] = {
		{ .events = POLLIN, .fd = serve(SOCK_STREAM, PORT_OPEN) },
		{ .events = POLLIN, .fd = serve(SOCK_STREAM, PORT_SHUT) },
		{ .events = POLLIN, .fd = serve_unix(SOCK "/bad") },
		{ .events = POLLIN, .fd = serve_unix(SOCK "/good") },
		{ .events = POLLIN, .fd = serve(SOCK_DGRAM, PORT_OPEN) },
		{ .events = POLLIN, .fd = serve(SOCK_DGRAM, PORT_SHUT) },
	};
	int secret = open(D "/f", O_RDONLY), fd, i;
	char c;

	signal(SIGUSR1, strike);
	signal(SIGPIPE, SIG_IGN);
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		if (poll(p, 6, -1) < 0)
			continue;
		for (i = 0; i < 4; i++) {
			fd = p[i].revents ? accept(p[i].fd, NULL, NULL) : -1;
			if (fd >= 0 && i == 3)
				rights(fd, secret);
			if (fd >= 0)
				close(fd);
		}
		if (p[4].revents)
			recv(p[4].fd, &c, 1, MSG_DONTWAIT);
		if (p[5].revents && recv(p[5].fd, &c, 1, MSG_DONTWAIT) == 1)
			strike(0);
	}
}

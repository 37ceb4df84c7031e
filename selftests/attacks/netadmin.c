// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: class NET, what a socket can do besides reaching a peer: claims
 * of another identity, configuration, options with power, sockets from before.
 */
#include "common.h"
#include "peer.h"
#include <linux/audit.h>
#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

static int connect_and_write(int fd, const struct sockaddr *to, socklen_t len)
{
	return connect(fd, to, len) ? -1 : write(fd, "x", 1);
}

/* As which process, user and group the other end sees us. */
static int claim(struct ucred cred)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(struct ucred))];
	} control = { .head = { CMSG_LEN(sizeof(cred)), SOL_SOCKET,
				SCM_CREDENTIALS } };
	struct iovec iov = { (void *)"x", 1 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
		return -errno;
	memcpy(CMSG_DATA(&control.head), &cred, sizeof(cred));
	return ret(sendmsg(pair[0], &msg, 0));
}

static int claim_init(void)
{
	return claim((struct ucred){ 1, 0, 0 });
}

static int netlink_send(int proto, int type, unsigned int groups,
			const char *text, char *answer, size_t size)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK,
				  .nl_groups = groups };
	struct {
		struct nlmsghdr head;
		char text[64];
	} m = { .head = { .nlmsg_type = type,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK } };
	int fd = socket(AF_NETLINK, SOCK_RAW, proto);
	const struct nlmsgerr *e = (void *)(answer + NLMSG_HDRLEN);

	if (fd < 0)
		return errno == EPROTONOSUPPORT ? SKIPPED : -errno;
	strcpy(m.text, text);
	m.head.nlmsg_len = NLMSG_LENGTH(strlen(text) + 1);
	if (sendto(fd, &m, m.head.nlmsg_len, 0, (void *)&to, sizeof(to)) < 0)
		return -errno;
	if (!answer)
		return 0;
	if (recv(fd, answer, size, 0) < 0)
		return -errno;
	return e->error;
}

/* A record of the audit log that we have written ourselves. */
static int forged_record(void)
{
	char answer[256];

	return netlink_send(NETLINK_AUDIT, AUDIT_USER, 0, "op=forged", answer,
			    sizeof(answer));
}

static int forged_event(void)
{
	return netlink_send(NETLINK_KOBJECT_UEVENT, NLMSG_MIN_TYPE, 1,
			    "add@/devices/forged", NULL, 0);
}

static int interface(unsigned int request)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0)
		return -errno;
	ioctl(fd, SIOCGIFFLAGS, &ifr);
	if (request == SIOCSIFMTU)
		ifr.ifr_mtu = 65536;
	if (request == SIOCSIFADDR)
		memcpy(&ifr.ifr_addr, TO4("127.0.0.1", 0), LEN4);
	return ret(ioctl(fd, request, &ifr));
}

static int interface_flags(void)
{
	return interface(SIOCSIFFLAGS);
}

static int interface_size(void)
{
	return interface(SIOCSIFMTU);
}

static int interface_address(void)
{
	return interface(SIOCSIFADDR);
}

static int new_bridge(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), result;

	if (fd < 0)
		return -errno;
	result = ret(ioctl(fd, SIOCBRADDBR, "khvbr"));
	ioctl(fd, SIOCBRDELBR, "khvbr");
	return result == -ENOPKG ? SKIPPED : result;
}

static int option(int type, int level, int name, int value)
{
	int fd = socket(AF_INET, type, 0);

	if (fd < 0)
		return -errno;
	return ret(setsockopt(fd, level, name, &value, sizeof(value)));
}

static int mark(void)
{
	return option(SOCK_DGRAM, SOL_SOCKET, SO_MARK, 7);
}

static int big_buffer(void)
{
	return option(SOCK_DGRAM, SOL_SOCKET, SO_RCVBUFFORCE, 1 << 20);
}

static int priority(void)
{
	return option(SOCK_DGRAM, SOL_SOCKET, SO_PRIORITY, 7);
}

static int repair(void)
{
	return option(SOCK_STREAM, IPPROTO_TCP, TCP_REPAIR, 1);
}

static int transparent(void)
{
	return option(SOCK_DGRAM, IPPROTO_IP, IP_TRANSPARENT, 1);
}

static int debug_socket(void)
{
	return option(SOCK_STREAM, SOL_SOCKET, SO_DEBUG, 1);
}

static int splice_to(int fd, const struct sockaddr *to, socklen_t len)
{
	int pipes[2];

	if (connect(fd, to, len) || pipe(pipes) || write(pipes[1], "x", 1) != 1)
		return -1;
	return splice(pipes[0], NULL, fd, NULL, 1, 0);
}

static int written(void)
{
	return with(connect_and_write, AF_INET, SOCK_DGRAM, 0, SHUT4, LEN4);
}

static int spliced(void)
{
	return with(splice_to, AF_INET, SOCK_DGRAM, 0, SHUT4, LEN4);
}

/* A server by inheritance. Nobody need be waiting: the question is asked. */
static int accepted(void)
{
	int flags = fcntl(FD_LISTENER, F_GETFL), fd;

	if (flags < 0 || fcntl(FD_LISTENER, F_SETFL, flags | O_NONBLOCK))
		return -errno;
	fd = accept4(FD_LISTENER, NULL, NULL, SOCK_CLOEXEC);
	return fd < 0 && errno == EAGAIN ? 0 : drop(fd);
}

#define BY_CAPABILITY .error = EPERM, .also = EACCES

const struct attack netadmin_attacks[] = {
	{ "NET-21", "credentials of another process claimed", claim_init,
	  BY_CAPABILITY },
	{ "NET-25a", "record of the audit log forged", forged_record,
	  BY_CAPABILITY },
	{ "NET-25b", "event of a device forged", forged_event, BY_CAPABILITY },
	{ "NET-26a", "flags of an interface", interface_flags, BY_CAPABILITY },
	{ "NET-26b", "packet size of an interface", interface_size,
	  BY_CAPABILITY },
	{ "NET-26c", "address of an interface", interface_address,
	  BY_CAPABILITY },
	{ "NET-26d", "bridge", new_bridge, BY_CAPABILITY },
	{ "NET-27a", "SO_MARK", mark, BY_CAPABILITY },
	{ "NET-27b", "SO_RCVBUFFORCE", big_buffer, BY_CAPABILITY },
	{ "NET-27c", "SO_PRIORITY above 6", priority, BY_CAPABILITY },
	{ "NET-27d", "TCP_REPAIR", repair, BY_CAPABILITY },
	{ "NET-27e", "IP_TRANSPARENT", transparent, BY_CAPABILITY },
	{ "NET-27f", "SO_DEBUG", debug_socket, BY_CAPABILITY },
	{ "NET-31a", "write to a peer", written },
	{ "NET-31b", "splice to a peer", spliced },
	{ "NET-32", "accept on an inherited listener", accepted,
	  .also = EBADF },
	{}
};

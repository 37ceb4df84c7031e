// SPDX-License-Identifier: GPL-2.0
/* Attack programs: class NET, reaching a peer or becoming a server. */
#include "common.h"
#include "peer.h"
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/un.h>

int with(call_t call, int family, int type, int proto,
	 const struct sockaddr *to, socklen_t len)
{
	int fd = socket(family, type, proto), result;

	if (fd < 0)
		return errno == EPROTONOSUPPORT ? SKIPPED : -errno;
	result = ret(call(fd, to, len));
	close(fd);
	return result;
}

static int granted_connect(void)
{
	return with(connect, AF_INET, SOCK_STREAM, 0,
		    TO4("127.0.0.1", PORT_OPEN), LEN4);
}

static int granted_mapped(void)
{
	return with(connect, AF_INET6, SOCK_STREAM, 0,
		    TO6("::ffff:127.0.0.1", PORT_OPEN), LEN6);
}

static int granted_bind(void)
{
	return with(bind, AF_INET, SOCK_STREAM, 0, TO4("127.0.0.1", PORT_OWN),
		    LEN4);
}

static int tcp(void)
{
	return with(connect, AF_INET, SOCK_STREAM, 0, SHUT4, LEN4);
}

static int other_address(void)
{
	return with(connect, AF_INET, SOCK_STREAM, 0,
		    TO4("127.0.0.2", PORT_OPEN), LEN4);
}

static int mapped(void)
{
	return with(connect, AF_INET6, SOCK_STREAM, 0,
		    TO6("::ffff:127.0.0.1", PORT_SHUT), LEN6);
}

static int six(void)
{
	return with(connect, AF_INET6, SOCK_STREAM, 0, TO6("::1", PORT_SHUT),
		    LEN6);
}

static int unspecified(void)
{
	return with(connect, AF_INET, SOCK_STREAM, 0, TO4("0.0.0.0", PORT_SHUT),
		    LEN4);
}

static int unspecified_six(void)
{
	return with(connect, AF_INET6, SOCK_STREAM, 0, TO6("::", PORT_SHUT),
		    LEN6);
}

static int mptcp(void)
{
	return with(connect, AF_INET, SOCK_STREAM, IPPROTO_MPTCP, SHUT4, LEN4);
}

static int udp_connect(void)
{
	return with(connect, AF_INET, SOCK_DGRAM, 0, SHUT4, LEN4);
}

static int nonblocking(void)
{
	int result = with(connect, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0,
			  SHUT4, LEN4);

	return result == -EINPROGRESS ? 0 : result;
}

/* Connected to what is granted, then dissolved and connected anew. */
static int reconnect(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	if (fd < 0 || connect(fd, TO4("127.0.0.1", PORT_OPEN), LEN4) ||
	    connect(fd, &none, sizeof(none)))
		return -errno;
	return ret(connect(fd, SHUT4, LEN4));
}

int send_to(int fd, const struct sockaddr *to, socklen_t len)
{
	return sendto(fd, "x", 1, 0, to, len);
}

int fast_send(int fd, const struct sockaddr *to, socklen_t len)
{
	return sendto(fd, "x", 1, MSG_FASTOPEN, to, len);
}

static int send_message(int fd, const struct sockaddr *to, socklen_t len,
			int flags)
{
	struct iovec iov = { (void *)"x", 1 };
	struct msghdr msg = { .msg_name = (void *)to,
			      .msg_namelen = len,
			      .msg_iov = &iov,
			      .msg_iovlen = 1 };

	return sendmsg(fd, &msg, flags);
}

static int plain_message(int fd, const struct sockaddr *to, socklen_t len)
{
	return send_message(fd, to, len, 0);
}

static int fast_message(int fd, const struct sockaddr *to, socklen_t len)
{
	return send_message(fd, to, len, MSG_FASTOPEN);
}

static int fast_later(int fd, const struct sockaddr *to, socklen_t len)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof(on));
	return connect(fd, to, len) ? -1 : write(fd, "x", 1);
}

/* The first message of the batch is granted: the second is the attack. */
static int batch(int fd, const struct sockaddr *to, socklen_t len)
{
	struct iovec iov = { (void *)"x", 1 };
	struct mmsghdr m[2] = {
		{ .msg_hdr = { TO4("127.0.0.1", PORT_OPEN), LEN4, &iov, 1 } },
		{ .msg_hdr = { (void *)to, len, &iov, 1 } },
	};
	int n = sendmmsg(fd, m, 2, 0);

	if (n == 2)
		return 0;
	if (n == 1) /* its own error is lost: ask again */
		return sendmmsg(fd, m + 1, 1, 0);
	return -1;
}

static int fast_open(void)
{
	return with(fast_send, AF_INET, SOCK_STREAM, 0, SHUT4, LEN4);
}

static int fast_open_message(void)
{
	return with(fast_message, AF_INET, SOCK_STREAM, 0, SHUT4, LEN4);
}

static int fast_open_six(void)
{
	return with(fast_send, AF_INET6, SOCK_STREAM, 0,
		    TO6("::ffff:127.0.0.1", PORT_SHUT), LEN6);
}

static int fast_open_mptcp(void)
{
	int result = with(fast_send, AF_INET, SOCK_STREAM, IPPROTO_MPTCP, SHUT4,
			  LEN4);

	/* Before 6.2 MPTCP knows no Fast Open. */
	return result == -EOPNOTSUPP || result == -EPIPE ? SKIPPED : result;
}

static int fast_open_later(void)
{
	return with(fast_later, AF_INET, SOCK_STREAM, 0, SHUT4, LEN4);
}

static int udp_sendto(void)
{
	return with(send_to, AF_INET, SOCK_DGRAM, 0, SHUT4, LEN4);
}

static int udp_sendmsg(void)
{
	return with(plain_message, AF_INET, SOCK_DGRAM, 0, SHUT4, LEN4);
}

static int udp_sendmmsg(void)
{
	return with(batch, AF_INET, SOCK_DGRAM, 0, SHUT4, LEN4);
}

static int udp_mapped(void)
{
	return with(send_to, AF_INET6, SOCK_DGRAM, 0,
		    TO6("::ffff:127.0.0.1", PORT_SHUT), LEN6);
}

/* An address of family 0 is taken for IPv4 by the kernel. */
static int udp_no_family(void)
{
	struct sockaddr_in sin = to4("127.0.0.1", PORT_SHUT);

	sin.sin_family = AF_UNSPEC;
	return with(send_to, AF_INET, SOCK_DGRAM, 0, (void *)&sin, LEN4);
}

static int granted_send(void)
{
	return with(send_to, AF_INET, SOCK_DGRAM, 0,
		    TO4("127.0.0.1", PORT_OPEN), LEN4);
}

static int serve(void)
{
	return with(bind, AF_INET, SOCK_STREAM, 0, TO4("127.0.0.1", PORT_OTHER),
		    LEN4);
}

static int serve_six(void)
{
	return with(bind, AF_INET6, SOCK_STREAM, 0, TO6("::", PORT_OTHER),
		    LEN6);
}

static int serve_udp(void)
{
	return with(bind, AF_INET, SOCK_DGRAM, 0, TO4("127.0.0.1", PORT_OTHER),
		    LEN4);
}

static int serve_no_family(void)
{
	struct sockaddr_in sin = to4("0.0.0.0", PORT_OTHER);

	sin.sin_family = AF_UNSPEC;
	return with(bind, AF_INET, SOCK_STREAM, 0, (void *)&sin, LEN4);
}

static int listen_unbound(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return fd < 0 ? -errno : ret(listen(fd, 1));
}

static int raw(void)
{
	return drop(socket(AF_INET, SOCK_RAW, IPPROTO_UDP));
}

static int packet(void)
{
	return drop(socket(AF_PACKET, SOCK_RAW, 0));
}

static struct sockaddr *unix_name(const char *path, size_t skip)
{
	static struct sockaddr_un sun;

	sun = (struct sockaddr_un){ .sun_family = AF_UNIX };
	strcpy(sun.sun_path + skip, path);
	return (void *)&sun;
}

#define UNIX_LEN(path, skip) \
	(offsetof(struct sockaddr_un, sun_path) + (skip) + strlen(path))

static int unix_stream(void)
{
	return with(connect, AF_UNIX, SOCK_STREAM, 0, unix_name(D "/stream", 0),
		    sizeof(struct sockaddr_un));
}

static int unix_datagram(void)
{
	return with(send_to, AF_UNIX, SOCK_DGRAM, 0, unix_name(D "/dgram", 0),
		    sizeof(struct sockaddr_un));
}

static int unix_datagram_connected(void)
{
	return with(connect, AF_UNIX, SOCK_DGRAM, 0, unix_name(D "/dgram", 0),
		    sizeof(struct sockaddr_un));
}

static int unix_symlink(void)
{
	return with(connect, AF_UNIX, SOCK_STREAM, 0, unix_name(A "/stream", 0),
		    sizeof(struct sockaddr_un));
}

static int unix_abstract(void)
{
	return with(connect, AF_UNIX, SOCK_STREAM, 0, unix_name("khv-hold", 1),
		    UNIX_LEN("khv-hold", 1));
}

const struct attack net_attacks[] = {
	{ "NET-00a", "TCP connect that the policy grants", granted_connect,
	  ALLOWED },
	{ "NET-00b", "the same as IPv4-mapped IPv6", granted_mapped, ALLOWED },
	{ "NET-00c", "bind that the policy grants", granted_bind, ALLOWED },
	{ "NET-00d", "UDP send that the policy grants", granted_send, ALLOWED },
	{ "NET-01a", "TCP connect to another port", tcp },
	{ "NET-01b", "TCP connect to another address", other_address },
	{ "NET-01c", "TCP connect that does not block", nonblocking },
	{ "NET-02a", "Fast Open by sendto", fast_open },
	{ "NET-02b", "Fast Open by sendmsg", fast_open_message },
	{ "NET-02c", "Fast Open to an IPv4-mapped address", fast_open_six },
	{ "NET-02d", "Fast Open on MPTCP", fast_open_mptcp },
	{ "NET-03", "deferred Fast Open", fast_open_later },
	{ "NET-04", "MPTCP connect", mptcp },
	{ "NET-07a", "UDP sendto", udp_sendto },
	{ "NET-07b", "UDP sendmsg", udp_sendmsg },
	{ "NET-07c", "UDP connect", udp_connect },
	{ "NET-07d", "UDP connect after AF_UNSPEC", reconnect },
	{ "NET-07e", "UDP sendto with family 0", udp_no_family },
	{ "NET-08", "second message of sendmmsg", udp_sendmmsg },
	{ "NET-09a", "TCP to an IPv4-mapped address", mapped },
	{ "NET-09b", "UDP to an IPv4-mapped address", udp_mapped },
	{ "NET-09c", "TCP to ::1", six },
	{ "NET-10a", "TCP to 0.0.0.0", unspecified },
	{ "NET-10b", "TCP to ::", unspecified_six },
	{ "NET-12a", "bind to another port", serve },
	{ "NET-12b", "bind to :: and another port", serve_six },
	{ "NET-12c", "bind with family 0", serve_no_family },
	{ "NET-13", "listen without bind", listen_unbound },
	{ "NET-14", "UDP bind", serve_udp },
	{ "NET-16a", "raw socket", raw, .also = EPERM },
	{ "NET-16b", "packet socket", packet, .also = EPERM },
	{ "NET-18a", "unix stream by path", unix_stream },
	{ "NET-18b", "unix datagram by path", unix_datagram },
	{ "NET-18c", "unix datagram connected", unix_datagram_connected },
	{ "NET-18d", "unix stream through a symlink", unix_symlink },
	{ "NET-20", "unix stream, abstract name", unix_abstract },
	{}
};

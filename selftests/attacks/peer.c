// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: class NET once more. Other families and protocols, special
 * addresses, unix sockets by other names.
 */
#include "common.h"
#include "peer.h"
#include <stddef.h>
#include <sys/uio.h>
#include <sys/un.h>

#define IPPROTO_SCTP_ 132
#define SOL_SCTP_     132
#define CONNECTX      110 /* SCTP_SOCKOPT_CONNECTX */
#define CONNECTX3     111 /* SCTP_SOCKOPT_CONNECTX3 */

static int broadcast_to(int fd, const struct sockaddr *to, socklen_t len)
{
	int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	return send_to(fd, to, len);
}

static int multicast_to(int fd, const struct sockaddr *to, socklen_t len)
{
	struct in_addr lo = { htonl(INADDR_LOOPBACK) };

	setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &lo, sizeof(lo));
	return send_to(fd, to, len);
}

static int fast_batch(int fd, const struct sockaddr *to, socklen_t len)
{
	struct iovec iov = { (void *)"x", 1 };
	struct mmsghdr m = { .msg_hdr = { (void *)to, len, &iov, 1 } };

	return sendmmsg(fd, &m, 1, MSG_FASTOPEN);
}

static int fast_by_batch(void)
{
	return with(fast_batch, AF_INET, SOCK_STREAM, 0, SHUT4, LEN4);
}

static int mptcp_six(void)
{
	return with(connect, AF_INET6, SOCK_STREAM, IPPROTO_MPTCP,
		    TO6("::ffff:127.0.0.1", PORT_SHUT), LEN6);
}

static int mptcp_bind(void)
{
	return with(bind, AF_INET, SOCK_STREAM, IPPROTO_MPTCP,
		    TO4("127.0.0.1", PORT_OTHER), LEN4);
}

static int do_listen(int fd, const struct sockaddr *to, socklen_t len)
{
	(void)to;
	(void)len;
	return listen(fd, 1);
}

static int mptcp_listen(void)
{
	return with(do_listen, AF_INET, SOCK_STREAM, IPPROTO_MPTCP, NULL, 0);
}

static int listen_six(void)
{
	return with(do_listen, AF_INET6, SOCK_STREAM, 0, NULL, 0);
}

/* It speaks TCP inside of the kernel. 43: AF_SMC. */
static int smc(void)
{
	int result = with(connect, 43, SOCK_STREAM, 0, SHUT4, LEN4);

	return result == -EAFNOSUPPORT ? SKIPPED : result;
}

static int sctp_result(int result)
{
	return result == -ESOCKTNOSUPPORT ? SKIPPED : result;
}

static int sctp(void)
{
	return sctp_result(with(connect, AF_INET, SOCK_STREAM, IPPROTO_SCTP_,
				SHUT4, LEN4));
}

static int connect_many(int fd, const struct sockaddr *to, socklen_t len)
{
	return setsockopt(fd, SOL_SCTP_, CONNECTX, to, len) < 0 ? -1 : 0;
}

static int sctp_many(void)
{
	return sctp_result(with(connect_many, AF_INET, SOCK_STREAM,
				IPPROTO_SCTP_, SHUT4, LEN4));
}

static int connect_many_get(int fd, const struct sockaddr *to, socklen_t len)
{
	struct {
		int id, bytes;
		const void *addrs;
	} param = { 0, len, to };
	socklen_t size = sizeof(param);

	return getsockopt(fd, SOL_SCTP_, CONNECTX3, &param, &size);
}

static int sctp_many_get(void)
{
	return sctp_result(with(connect_many_get, AF_INET, SOCK_STREAM,
				IPPROTO_SCTP_, SHUT4, LEN4));
}

static int sctp_message(void)
{
	return sctp_result(with(send_to, AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP_,
				SHUT4, LEN4));
}

static int sctp_bind(void)
{
	return sctp_result(with(bind, AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP_,
				TO4("127.0.0.1", PORT_OTHER), LEN4));
}

/* To the closed port of an address, "arg". */
int udp(void)
{
	return with(send_to, AF_INET, SOCK_DGRAM, 0, TO4(me->arg, PORT_SHUT),
		    LEN4);
}

int udp_six(void)
{
	return with(send_to, AF_INET6, SOCK_DGRAM, 0, TO6(me->arg, PORT_SHUT),
		    LEN6);
}

int tcp_six(void)
{
	return with(connect, AF_INET6, SOCK_STREAM, 0, TO6(me->arg, PORT_SHUT),
		    LEN6);
}

static int udp_lite(void)
{
	return with(send_to, AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE, SHUT4, LEN4);
}

static int broadcast(void)
{
	return with(broadcast_to, AF_INET, SOCK_DGRAM, 0,
		    TO4("127.255.255.255", PORT_SHUT), LEN4);
}

static int multicast(void)
{
	return with(multicast_to, AF_INET, SOCK_DGRAM, 0,
		    TO4("224.0.0.1", PORT_OPEN), LEN4);
}

static int scoped(void)
{
	struct sockaddr_in6 sin = to6("::1", PORT_SHUT);

	sin.sin6_scope_id = 1;
	return with(send_to, AF_INET6, SOCK_DGRAM, 0, (void *)&sin, LEN6);
}

static int bind_any(void)
{
	return with(bind, AF_INET, SOCK_STREAM, 0, TO4("0.0.0.0", PORT_OWN),
		    LEN4);
}

static int bind_mapped(void)
{
	return with(bind, AF_INET6, SOCK_STREAM, 0,
		    TO6("::ffff:127.0.0.1", PORT_OTHER), LEN6);
}

static int steal_with(int option, int type)
{
	int fd = socket(AF_INET, type, 0), on = 1, result;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, option, &on, sizeof(on));
	result = ret(bind(fd, SHUT4, LEN4));
	close(fd);
	return result;
}

static int steal_port(void)
{
	return steal_with(SO_REUSEPORT, SOCK_STREAM);
}

static int steal_datagrams(void)
{
	return steal_with(SO_REUSEPORT, SOCK_DGRAM);
}

/* Sockets below TCP and UDP, or beside them. */
static int family(int f, int type, int proto)
{
	int fd = socket(f, type, proto);

	if (fd < 0 && (errno == EAFNOSUPPORT || errno == EPROTONOSUPPORT ||
		       errno == ESOCKTNOSUPPORT))
		return SKIPPED;
	return drop(fd);
}

static int raw_six(void)
{
	return family(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);
}

static int own_header(void)
{
	return family(AF_INET, SOCK_RAW, IPPROTO_RAW);
}

static int packet_datagram(void)
{
	return family(AF_PACKET, SOCK_DGRAM, 0);
}

/* These know no ports: the one of a rule says nothing about them. */
static int echo_to(int fd, const struct sockaddr *to, socklen_t len)
{
	static const char echo[8] = { 8 };

	return sendto(fd, echo, sizeof(echo), 0, to, len);
}

static int ping(void)
{
	return with(echo_to, AF_INET, SOCK_DGRAM, IPPROTO_ICMP,
		    TO4("127.0.0.1", atoi(me->arg)), LEN4);
}

static int express(void)
{
	return family(44 /* AF_XDP */, SOCK_RAW, 0);
}

static int keys(void)
{
	return family(AF_KEY, SOCK_RAW, 2);
}

static int virtual_machine(void)
{
	return family(AF_VSOCK, SOCK_STREAM, 0);
}

static int cryptography(void)
{
	return family(AF_ALG, SOCK_SEQPACKET, 0);
}

static int tunnel(void)
{
	int result = with(send_to, AF_INET, SOCK_DGRAM, 115 /* L2TP */,
			  TO4("127.0.0.1", atoi(me->arg)), LEN4);

	return result == -ESOCKTNOSUPPORT ? SKIPPED : result;
}

static int unix_at(const char *path, int type, int message)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(sun);

	strcpy(sun.sun_path, path);
	if (*path == '@') {
		*sun.sun_path = 0;
		len = offsetof(struct sockaddr_un, sun_path) + strlen(path);
	}
	return with(message ? send_to : connect, AF_UNIX, type, 0, (void *)&sun,
		    len);
}

static int unix_stream(void)
{
	return unix_at(me->arg, SOCK_STREAM, 0);
}

static int unix_message(void)
{
	return unix_at(me->arg, SOCK_DGRAM, 1);
}

static int unix_datagram(void)
{
	return unix_at(me->arg, SOCK_DGRAM, 0);
}

static int unix_packet(void)
{
	return unix_at(me->arg, SOCK_SEQPACKET, 0);
}

static int unix_relative(void)
{
	return chdir(D) ? -errno : unix_at("stream", SOCK_STREAM, 0);
}

static int unix_descriptor(void)
{
	char name[80];

	proc_name(name, "self", FD_DIR_PATH);
	strcat(name, "/stream");
	return unix_at(name, SOCK_STREAM, 0);
}

static int unix_batch(void)
{
	struct sockaddr_un sun = { AF_UNIX, D "/dgram" };
	struct iovec iov = { (void *)"x", 1 };
	struct mmsghdr m = { .msg_hdr = { &sun, sizeof(sun), &iov, 1 } };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	return fd < 0 ? -errno : ret(sendmmsg(fd, &m, 1, 0));
}

const struct attack peer_attacks[] = {
	{ "NET-02e", "Fast Open by sendmmsg", fast_by_batch },
	{ "NET-04b", "MPTCP to an IPv4-mapped address", mptcp_six },
	{ "NET-05", "SMC", smc },
	{ "NET-06a", "SCTP connect", sctp },
	{ "NET-06b", "SCTP connectx", sctp_many },
	{ "NET-06c", "SCTP connectx by getsockopt", sctp_many_get },
	{ "NET-06d", "SCTP message to a peer", sctp_message },
	{ "NET-06e", "SCTP bind", sctp_bind },
	{ "NET-07f", "UDP-Lite", udp_lite },
	{ "NET-09d", "IPv4-mapped 0.0.0.0", udp_six, .arg = "::ffff:0.0.0.0" },
	{ "NET-09e", "TCP to IPv4-mapped 0.0.0.0", tcp_six,
	  .arg = "::ffff:0.0.0.0" },
	{ "NET-10c", "UDP to 0.0.0.0", udp, .arg = "0.0.0.0" },
	{ "NET-10d", "UDP to ::", udp_six, .arg = "::" },
	{ "NET-10e", "UDP to another address of the host", udp,
	  .arg = "127.1.2.3" },
	{ "NET-10f", "broadcast", broadcast },
	{ "NET-10g", "multicast", multicast },
	{ "NET-10h", "IPv6 address with a scope", scoped },
	{ "NET-12d", "bind to 0.0.0.0 and a port of its own", bind_any },
	{ "NET-12e", "bind to an IPv4-mapped address", bind_mapped },
	{ "NET-12f", "MPTCP bind", mptcp_bind },
	{ "NET-13b", "listen without bind, IPv6", listen_six },
	{ "NET-13c", "listen without bind, MPTCP", mptcp_listen },
	{ "NET-15a", "port of another by SO_REUSEPORT", steal_port },
	{ "NET-15b", "datagrams of another by SO_REUSEPORT", steal_datagrams },
	{ "NET-16c", "raw socket, IPv6", raw_six, .also = EPERM },
	{ "NET-16d", "own IP header", own_header, .also = EPERM },
	{ "NET-16e", "packet socket without a header", packet_datagram,
	  .also = EPERM },
	{ "NET-16f", "ICMP without a raw socket", ping, .arg = "0" },
	{ "NET-16l", "ICMP with the port of a rule", ping, .arg = "11000" },
	{ "NET-16g", "AF_XDP", express, .also = EPERM },
	{ "NET-16h", "AF_KEY", keys, .also = EPERM },
	{ "NET-16i", "AF_VSOCK", virtual_machine, .also = EPERM },
	{ "NET-16j", "AF_ALG", cryptography, .also = EPERM },
	{ "NET-16k", "L2TP", tunnel, .arg = "0" },
	{ "NET-16m", "L2TP with the port of a rule", tunnel, .arg = "11000" },
	{ "NET-18e", "unix datagram by sendmmsg", unix_batch },
	{ "NET-18f", "unix stream, relative name", unix_relative },
	{ "NET-18g", "unix stream below an inherited directory",
	  unix_descriptor },
	{ "NET-18h", "unix stream by /proc/self/root", unix_stream,
	  .arg = "/proc/self/root" D "/stream" },
	{ "NET-18i", "unix stream, dot-dot", unix_stream,
	  .arg = A "/../D/stream" },
	{ "NET-18j", "unix seqpacket", unix_packet, .arg = D "/packet" },
	{ "NET-18k", "unix stream below a directory symlink", unix_stream,
	  .arg = A "/swap/stream" },
	{ "NET-20b", "unix datagram, abstract name", unix_message,
	  .arg = "@khv-hold-dgram" },
	{ "NET-20c", "unix datagram connected, abstract name", unix_datagram,
	  .arg = "@khv-hold-dgram" },
	{ "NET-20d", "unix seqpacket, abstract name", unix_packet,
	  .arg = "@khv-hold-packet" },
	{}
};

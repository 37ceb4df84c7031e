// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: class NET, destinations that say "here" without a name. By dest.hv
 * every address may be reached but those of the host: loopback, and HERE on a device
 * that hold/destinations.t has made.
 */
#include "common.h"
#include "peer.h"
#include <net/if.h>
#include <sys/uio.h>

#define HERE   "10.99.0.1"
#define DEVICE "hold0"

/* On loopback all are open to it, and on HERE it may be a server. */
static int from_here(int fd, const struct sockaddr *to, socklen_t len)
{
	if (bind(fd, TO4(HERE, 0), LEN4))
		return -1;
	return connect(fd, to, len);
}

static int by_device(int fd)
{
	return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, DEVICE,
			  sizeof(DEVICE));
}

static int send_by_device(int fd, const struct sockaddr *to, socklen_t len)
{
	return by_device(fd) ?: send_to(fd, to, len);
}

static int connect_by_device(int fd, const struct sockaddr *to, socklen_t len)
{
	return by_device(fd) ?: connect(fd, to, len);
}

static int send_by_interface(int fd, const struct sockaddr *to, socklen_t len)
{
	unsigned int index = htonl(if_nametoindex(DEVICE));

	if (setsockopt(fd, SOL_IP, IP_UNICAST_IF, &index, sizeof(index)))
		return -1;
	return send_to(fd, to, len);
}

static int send_with(int fd, const struct sockaddr *to, socklen_t len,
		     struct in_pktinfo info)
{
	char control[CMSG_SPACE(sizeof(info))] = "";
	struct iovec iov = { (void *)"x", 1 };
	struct msghdr msg = {
		(void *)to, len, &iov, 1, control, sizeof(control)
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_IP;
	cmsg->cmsg_type = IP_PKTINFO;
	cmsg->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(cmsg), &info, sizeof(info));
	return sendmsg(fd, &msg, 0);
}

static int send_from(int fd, const struct sockaddr *to, socklen_t len)
{
	return send_with(fd, to, len,
			 (struct in_pktinfo){ .ipi_spec_dst.s_addr =
						      inet_addr(HERE) });
}

static int send_through(int fd, const struct sockaddr *to, socklen_t len)
{
	struct in_pktinfo info = { .ipi_ifindex = if_nametoindex(DEVICE) };

	return send_with(fd, to, len, info);
}

static int unspecified(int type, call_t call, int port)
{
	return with(call, AF_INET, type, 0, TO4("0.0.0.0", port), LEN4);
}

static int tcp_by(call_t call)
{
	return unspecified(SOCK_STREAM, call, PORT_SHUT);
}

static int udp_by(call_t call)
{
	return unspecified(SOCK_DGRAM, call, PORT_SHUT);
}

static int tcp_four(void)
{
	return tcp_by(connect);
}

static int fast_four(void)
{
	return tcp_by(fast_send);
}

static int udp_connect(void)
{
	return udp_by(connect);
}

/* Ways to say from where, and thereby whereto. */
static int tcp_from_device(void)
{
	return tcp_by(connect_by_device);
}

static int udp_from_device(void)
{
	return udp_by(send_by_device);
}

static int udp_from_interface(void)
{
	return udp_by(send_by_interface);
}

static int udp_from_address(void)
{
	return udp_by(send_from);
}

static int udp_through_device(void)
{
	return udp_by(send_through);
}

/* Is who has answered the one at HERE? */
static int answered_here(int type, call_t call)
{
	int fd = socket(AF_INET, type, 0);
	struct sockaddr_in sin;
	socklen_t len = LEN4;

	if (fd < 0 || call(fd, TO4("0.0.0.0", PORT_OPEN), LEN4))
		return -errno;
	getpeername(fd, (void *)&sin, &len);
	close(fd);
	return sin.sin_addr.s_addr == inet_addr(HERE) ? 0 : -EHOSTUNREACH;
}

static int tcp_reaches(void)
{
	return answered_here(SOCK_STREAM, from_here);
}

static int udp_reaches(void)
{
	return answered_here(SOCK_DGRAM, from_here);
}

static int udp_reaches_by_device(void)
{
	return answered_here(SOCK_DGRAM, connect_by_device);
}

static int granted_four(void)
{
	return unspecified(SOCK_STREAM, connect, PORT_OPEN);
}

static int granted_udp(void)
{
	return unspecified(SOCK_DGRAM, send_to, PORT_OPEN);
}

static int granted_mapped(void)
{
	return with(connect, AF_INET6, SOCK_STREAM, 0,
		    TO6("::ffff:0.0.0.0", PORT_OPEN), LEN6);
}

static int here(void)
{
	return with(connect, AF_INET, SOCK_STREAM, 0, TO4(HERE, PORT_SHUT),
		    LEN4);
}

const struct attack dest_attacks[] = {
	{ "NET-10i", "own address of a host that is denied", here },
	{ "NET-10j", "TCP to 0.0.0.0 there", tcp_four },
	{ "NET-10k", "TCP to :: there", tcp_six, .arg = "::" },
	{ "NET-10l", "TCP to IPv4-mapped 0.0.0.0 there", tcp_six,
	  .arg = "::ffff:0.0.0.0" },
	{ "NET-10m", "Fast Open to 0.0.0.0 there", fast_four },
	{ "NET-10n", "UDP to 0.0.0.0 there", udp, .arg = "0.0.0.0" },
	{ "NET-10o", "UDP to :: there", udp_six, .arg = "::" },
	{ "NET-10p", "UDP to IPv4-mapped 0.0.0.0 there", udp_six,
	  .arg = "::ffff:0.0.0.0" },
	{ "NET-10q", "UDP connected to 0.0.0.0 there", udp_connect },
	{ "NET-10r", "UDP to 0.0.0.0, bound to a device", udp_from_device },
	{ "NET-10s", "UDP to 0.0.0.0, IP_UNICAST_IF", udp_from_interface },
	{ "NET-10t", "UDP to 0.0.0.0, IP_PKTINFO with an address",
	  udp_from_address },
	{ "NET-10u", "UDP to 0.0.0.0, IP_PKTINFO with a device",
	  udp_through_device },
	{ "NET-10v", "TCP to 0.0.0.0, bound to a device", tcp_from_device },
	{ "NET-10w", "TCP to 0.0.0.0, bound to an own address: reaches that",
	  tcp_reaches, .error = EHOSTUNREACH },
	{ "NET-10x", "UDP to 0.0.0.0, bound to an own address: reaches that",
	  udp_reaches, .error = EHOSTUNREACH },
	{ "NET-10y", "UDP to 0.0.0.0, bound to a device: reaches its address",
	  udp_reaches_by_device, .error = EHOSTUNREACH },
	{ "NET-00e", "0.0.0.0, where a rule grants it on loopback",
	  granted_four, ALLOWED },
	{ "NET-00f", "the same, IPv4-mapped", granted_mapped, ALLOWED },
	{ "NET-00g", "the same by UDP", granted_udp, ALLOWED },
	{}
};

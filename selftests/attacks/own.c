// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: ways that no catalogue had, and what the newest kernels tell about
 * mounts.
 */
#include "common.h"
#include "peer.h"
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/tcp.h>
#include <sys/uio.h>

/* Since 6.8 */
#define SYS_STATMOUNT	     457
#define SYS_LISTMOUNT	     458
#define STATX_MNT_ID_UNIQUE_ 0x4000
#define WHOLE_NAMESPACE	     0xffffffffffffffffULL

struct mount_request {
	__u32 size, spare;
	__u64 mnt_id, param;
};

static int mount_statistics(void)
{
	struct mount_request request = { .size = sizeof(request), .param = 2 };
	struct statx sx;
	char text[1024];

	if (statx(AT_FDCWD, "/", 0, STATX_MNT_ID_UNIQUE_, &sx))
		return -errno;
	/* stx_mnt_id, which old headers do not have under this name. */
	memcpy(&request.mnt_id, (char *)&sx + 0x90, sizeof(request.mnt_id));
	if (syscall(SYS_STATMOUNT, &request, text, sizeof(text), 0))
		return errno == ENOSYS ? SKIPPED : -errno;
	return 0;
}

static int mount_list(void)
{
	struct mount_request request = { .size = sizeof(request),
					 .mnt_id = WHOLE_NAMESPACE };
	__u64 ids[64];

	if (syscall(SYS_LISTMOUNT, &request, ids, 64, 0) < 0)
		return errno == ENOSYS ? SKIPPED : -errno;
	return 0;
}

static int mount_file(void)
{
	return drop(open("/proc/self/mountinfo", O_RDONLY));
}

/* Loose source route: by way of 127.0.0.9, which no rule names. */
static const unsigned char route4[] = { 1, 131, 7, 4, 127, 0, 0, 9 };

static int routed(int type)
{
	int fd = socket(AF_INET, type, 0);

	if (setsockopt(fd, IPPROTO_IP, IP_OPTIONS, route4, sizeof(route4)))
		return -errno;
	return type == SOCK_STREAM ?
		       0 :
		       ret(sendto(fd, "x", 1, 0, TO4("127.0.0.1", PORT_OPEN),
				  LEN4));
}

static int routed_datagram(void)
{
	return routed(SOCK_DGRAM);
}

static int routed_stream(void)
{
	return routed(SOCK_STREAM);
}

static int send_with(int family, int level, int type, const void *data,
		     size_t size, struct sockaddr *to, socklen_t len)
{
	char control[64] = "";
	struct iovec iov = { (void *)"x", 1 };
	struct msghdr msg = { to, len, &iov, 1, control, CMSG_SPACE(size), 0 };
	struct cmsghdr *cmsg = (void *)control;
	int fd = socket(family, SOCK_DGRAM, 0);

	cmsg->cmsg_level = level;
	cmsg->cmsg_type = type;
	cmsg->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(cmsg), data, size);
	return ret(sendmsg(fd, &msg, 0));
}

static int routed_message(void)
{
	return send_with(AF_INET, IPPROTO_IP, IP_RETOPTS, route4,
			 sizeof(route4), TO4("127.0.0.1", PORT_OPEN), LEN4);
}

/* Segment routing header (type 4) with one segment: ::9 */
static const unsigned char route6[24] = { 0, 2, 4, 0, 0, 0, 0, 0, [23] = 9 };

static int routed_six(void)
{
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	return ret(setsockopt(fd, IPPROTO_IPV6, IPV6_RTHDR, route6,
			      sizeof(route6)));
}

/* Options that say nothing about a route are nobody's business. */
static int plain_message(void)
{
	int ttl = 9;

	return send_with(AF_INET, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl),
			 TO4("127.0.0.1", PORT_OPEN), LEN4);
}

static int multiplexer(void)
{
	int fd = socket(41 /* AF_KCM */, SOCK_DGRAM, 0);

	return fd < 0 && errno == EAFNOSUPPORT ? SKIPPED : drop(fd);
}

/* Since 6.8: what /proc/self/attr has as files. */
#define SYS_LSM_GET_SELF_ATTR 459
#define SYS_LSM_SET_SELF_ATTR 460
#define LSM_CURRENT	      100
#define LSM_EXEC	      101
#define LSM_APPARMOR	      104

struct lsm_attribute {
	__u64 id, flags, len, ctx_len;
	char ctx[256];
};

/* Perhaps no module of the kernel has labels. */
static int label(long ret)
{
	if (ret >= 0)
		return 0;
	return errno == ENOSYS || errno == EOPNOTSUPP ? SKIPPED : -errno;
}

static int label_got(void)
{
	struct lsm_attribute a[4] = {};
	__u32 size = sizeof(a);

	return label(syscall(SYS_LSM_GET_SELF_ATTR, LSM_CURRENT, a, &size, 0));
}

static int label_set(void)
{
	static const char text[] = "exec unconfined";
	struct lsm_attribute a = { .id = LSM_APPARMOR,
				   .len = sizeof(a),
				   .ctx_len = sizeof(text) };

	memcpy(a.ctx, text, sizeof(text));
	return label(
		syscall(SYS_LSM_SET_SELF_ATTR, LSM_EXEC, &a, sizeof(a), 0));
}

/* Packets of whoever else is in the group. */
static int fanout(void)
{
	int group = 1, fd = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL));

	if (fd < 0)
		return -errno;
	return ret(setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &group,
			      sizeof(group)));
}

/* Whoever shares the port: all datagrams to the first socket. */
static int port_program(void)
{
	struct sock_filter first = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { 1, &first };
	int one = 1, fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)) ||
	    bind(fd, TO4("127.0.0.1", PORT_OTHER), LEN4))
		return -errno;
	return ret(setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF,
			      &program, sizeof(program)));
}

/* The kernel loads tls.ko for it; it is gone again afterwards. */
static int upper_layer(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), result;

	if (connect(fd, TO4("127.0.0.1", PORT_OPEN), LEN4))
		return -errno;
	result = ret(setsockopt(fd, IPPROTO_TCP, TCP_ULP, "tls", 3));
	close(fd);
	for (int i = 0; !result && i < 20; i++) {
		if (!syscall(SYS_delete_module, "tls", O_NONBLOCK))
			break;
		usleep(100000);
	}
	return result;
}

const struct attack own_attacks[] = {
	{ "OWN-00", "message with a time to live", plain_message, ALLOWED },
	{ "NS-12a", "statmount", mount_statistics },
	{ "NS-12b", "listmount", mount_list },
	{ "NS-12c", "list of mounts in /proc", mount_file },
	{ "OWN-03a", "source route of a datagram", routed_datagram,
	  .error = EPERM },
	{ "OWN-03b", "source route of a connection", routed_stream,
	  .error = EPERM },
	{ "OWN-03c", "source route with a message", routed_message,
	  .error = EPERM },
	{ "OWN-03d", "source route, IPv6", routed_six, .error = EPERM },
	{ "NET-16n", "KCM", multiplexer },
	{ "NET-16o", "packets of a fanout group", fanout, .also = EPERM },
	{ "NET-15c", "port of another by a program that picks who gets what",
	  port_program },
	{ "NET-27g", "module for an upper layer protocol", upper_layer,
	  .error = ENOENT, .absent = ENOENT },
	{ "OWN-12a", "label of a security module read", label_got },
	{ "OWN-12b", "label of a security module set", label_set },
	{}
};

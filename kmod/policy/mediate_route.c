// SPDX-License-Identifier: GPL-2.0
/* Object checks on sockets: where a packet goes, other than to the address it is sent to. */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/socket.h>
#include <linux/uaccess.h>
#include "mediate.h"

static int khv_answer_route(const struct khv_judge *j)
{
	static const char name[] = "source-route";

	return khv_answer_kernel(j, name, sizeof(name) - 1, false);
}

/*
 * Options with which a packet goes to another host first, whose address no rule has
 * seen: it is on its way to one that is granted, or says so.
 */
static bool khv_is_route(int level, int option)
{
	switch (level) {
	case SOL_IP:
		return option == IP_OPTIONS || option == IP_RETOPTS;
	case SOL_IPV6:
		return option == IPV6_RTHDR || option == IPV6_2292RTHDR ||
		       option == IPV6_2292PKTOPTIONS;
	default:
		return false;
	}
}

/*
 * The kernel has copied the control messages. Those that are none it refuses.
 *
 * Some kernels (6.1) convert the messages of 32-bit programs and leave the mark that they
 * are the user's: where the pointer leads tells.
 */
static bool khv_has_route(const struct msghdr *msg)
{
	struct cmsghdr *cmsg;

	if (msg->msg_control_is_user && access_ok(msg->msg_control_user, 1))
		return true;
	for_each_cmsghdr(cmsg, (struct msghdr *)msg) {
		if (!CMSG_OK(msg, cmsg))
			break;
		if (khv_is_route(cmsg->cmsg_level, cmsg->cmsg_type))
			return true;
	}
	return false;
}

/* Control messages of a message that is sent by an internet socket. */
int khv_judge_route(const struct khv_judge *j, const struct msghdr *msg)
{
	return msg->msg_controllen && khv_has_route(msg) ? khv_answer_route(j) : 0;
}

/* socket_setsockopt(socket, level, option) */
int khv_judge_setsockopt(const struct khv_judge *j)
{
	int ret = 0;

	if (khv_is_route((int)j->check->arg[1], (int)j->check->arg[2]))
		ret = khv_answer_route(j);
	return ret ?: khv_judge_socket_local(j);
}

/* Is what it answers what happens? */
static bool khv_is_in_force(const struct khv_judge *j)
{
	if (j->beside && j->beside->pass == KHV_PASS_SHADOW)
		return false;
	return j->l && khv_engine_mode(&j->l->engine) == KHV_MODE_ENFORCE;
}

/*
 * Where a packet goes that is sent to 0.0.0.0 or ::, the kernel finds out later: to the
 * address the socket is bound to, or that comes with the message, to one of the device, to
 * loopback. All of it can change until then, so that no answer given here would be
 * about what happens. It is made loopback, for the rules and for the kernel: @sa is
 * the kernel's copy.
 */
void khv_settle_destination(const struct khv_judge *j, struct sockaddr *sa,
			    struct khv_sockaddr *a)
{
	struct sockaddr_in6 *in6 = (void *)sa;
	struct sockaddr_in *in = (void *)sa;

	if (!khv_settle_address(a) || !khv_is_in_force(j))
		return;
	if (a->family == AF_INET6)
		memcpy(&in6->sin6_addr, a->addr, sizeof(in6->sin6_addr));
	else if (sa->sa_family == AF_INET6)	/* IPv4-mapped */
		memcpy(&in6->sin6_addr.s6_addr32[3], a->addr, 4);
	else
		memcpy(&in->sin_addr, a->addr, sizeof(in->sin_addr));
}

// SPDX-License-Identifier: GPL-2.0
/*
 * stranger PORT SECONDS: send a forged event to a reader's socket, and then try to get
 * events by having its port. Prints what came of both.
 */
#include <errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <linux/genetlink.h>
#include <linux/khv.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int forge(int fd, int family, unsigned int port)
{
	struct {
		struct nlmsghdr n;
		struct genlmsghdr g;
	} m = { .n = { .nlmsg_len = sizeof(m),
		       .nlmsg_type = (unsigned short)family },
		.g = { .cmd = KHV_CMD_EVENT, .version = 1 } };
	struct sockaddr_nl to = { .nl_family = AF_NETLINK, .nl_pid = port };

	return sendto(fd, &m, sizeof(m), 0, (struct sockaddr *)&to,
		      sizeof(to)) < 0 ?
		       errno :
		       0;
}

/* For so many seconds, as soon as it is free. */
static int take(unsigned int port, int seconds)
{
	struct sockaddr_nl me = { .nl_family = AF_NETLINK, .nl_pid = port };
	time_t end = time(NULL) + seconds;
	char buf[65536];
	int fd = -1, got = 0;

	while (time(NULL) < end) {
		if (fd < 0) {
			fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
			if (bind(fd, (struct sockaddr *)&me, sizeof(me))) {
				close(fd);
				fd = -1;
				continue;
			}
			puts("bound");
			fflush(stdout);
		}
		if (recv(fd, buf, sizeof(buf), MSG_DONTWAIT) > 0)
			got++;
		else
			usleep(1000);
	}
	return got;
}

int main(int argc, char **argv)
{
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	unsigned int port = argc > 2 ? (unsigned int)atol(argv[1]) : 0;
	struct nl_sock *sk = nl_socket_alloc();
	int error;

	if (argc < 3 || genl_connect(sk))
		return 2;
	error = forge(fd, genl_ctrl_resolve(sk, "khv"), port);
	nl_socket_free(sk);
	printf("forged=%s\n", error ? strerrorname_np(error) : "0");
	fflush(stdout);
	if (atoi(argv[2]))
		printf("got=%d\n", take(port, atoi(argv[2])));
	return 0;
}

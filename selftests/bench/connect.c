// SPDX-License-Identifier: GPL-2.0
/* Connecting a UDP socket: the check without the handshake. */
#include "bench.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

static struct sockaddr_in to = { .sin_family = AF_INET };
static int fd;

static int connect_setup(void)
{
	to.sin_port = htons(11000);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	return fd < 0 ? -1 : 0;
}

static void connect_once(void)
{
	if (syscall(SYS_connect, fd, &to, sizeof(to)))
		die("connect");
}

const struct bench_case bench_connect[] = {
	{ "connect", "connect (UDP)", 5, connect_setup, connect_once },
	{},
};

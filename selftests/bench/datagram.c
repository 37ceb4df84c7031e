// SPDX-License-Identifier: GPL-2.0
/* A datagram over the loopback: sent and received. */
#include "bench.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

static struct sockaddr_in to = { .sin_family = AF_INET };
static int in, out;

static int datagram_setup(void)
{
	to.sin_port = htons(11001);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in = socket(AF_INET, SOCK_DGRAM, 0);
	out = socket(AF_INET, SOCK_DGRAM, 0);
	if (in < 0 || out < 0)
		return -1;
	return bind(in, (struct sockaddr *)&to, sizeof(to));
}

static void datagram_once(void)
{
	char byte = 0;

	if (syscall(SYS_sendto, out, &byte, 1, 0, &to, sizeof(to)) != 1 ||
	    syscall(SYS_recvfrom, in, &byte, 1, 0, NULL, NULL) != 1)
		die("datagram");
}

const struct bench_case bench_datagram[] = {
	{ "datagram", "UDP send+receive", 20, datagram_setup, datagram_once },
	{},
};

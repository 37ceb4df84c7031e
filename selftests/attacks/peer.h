/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses for the techniques of class NET, and one call on a fresh socket. */
#ifndef ATTACKS_PEER_H
#define ATTACKS_PEER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static inline struct sockaddr_in to4(const char *ip, int port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };

	sin.sin_port = htons(port);
	inet_pton(AF_INET, ip, &sin.sin_addr);
	return sin;
}

static inline struct sockaddr_in6 to6(const char *ip, int port)
{
	struct sockaddr_in6 sin = { .sin6_family = AF_INET6 };

	sin.sin6_port = htons(port);
	inet_pton(AF_INET6, ip, &sin.sin6_addr);
	return sin;
}

/* Either of the two, for calls that take both. */
#define TO4(ip, port) \
	((struct sockaddr *)&(struct sockaddr_in[]){ to4(ip, port) })
#define TO6(ip, port) \
	((struct sockaddr *)&(struct sockaddr_in6[]){ to6(ip, port) })
#define LEN4  sizeof(struct sockaddr_in)
#define LEN6  sizeof(struct sockaddr_in6)
#define SHUT4 TO4("127.0.0.1", PORT_SHUT)

typedef int (*call_t)(int, const struct sockaddr *, socklen_t);

int with(call_t call, int family, int type, int proto,
	 const struct sockaddr *to, socklen_t len);

/* net.c: for it */
int send_to(int fd, const struct sockaddr *to, socklen_t len);
int fast_send(int fd, const struct sockaddr *to, socklen_t len);

/* peer.c: techniques with an address as their "arg" */
int udp(void);
int udp_six(void);
int tcp_six(void);

#endif

// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets that a task has not made itself: judged by what has been done with them,
 * as if it were done now. Called under spinlocks, without the lock of the socket:
 * whoever else holds it can connect it anew afterwards anyway.
 */
#include <linux/net.h>
#include <net/af_unix.h>
#include <net/inet_sock.h>
#include <net/tcp_states.h>
#include "mediate.h"

static int khv_judge_held_inet(const struct khv_judge *j, const struct sock *sk)
{
	struct khv_sockaddr local = {}, peer = {};

	khv_sock_local(sk, &local);
	if (sk->sk_state == TCP_LISTEN)
		return khv_answer_addr(j, &local, KHV_S_LISTEN);
	if (khv_sock_peer(sk, &peer)) {
		local.peer = &peer;
		/* Which end has made the connection is not known any more. */
		if (sk->sk_type == SOCK_STREAM &&
		    khv_grants_addr(j, &local, KHV_S_ACCEPT))
			return 0;
		return khv_answer_addr(j, &peer, KHV_S_CONNECT);
	}
	/* A port that the kernel has chosen is nothing to be judged. */
	if (sk->sk_userlocks & (SOCK_BINDADDR_LOCK | SOCK_BINDPORT_LOCK))
		return khv_answer_addr(j, &local, KHV_S_BIND);
	return 0;
}

static int khv_judge_held_unix(const struct khv_judge *j, struct sock *sk)
{
	u32 to_peer = sk->sk_type == SOCK_DGRAM ? KHV_S_SEND : KHV_S_CONNECT;
	struct sock *peer;
	int ret;

	if (sk->sk_state == TCP_LISTEN)
		return khv_answer_unix(j, sk, KHV_S_LISTEN);
	peer = unix_peer_get(sk);
	if (!peer)
		return khv_answer_unix(j, sk, KHV_S_BIND);
	/* An accepted one has the name of its listener. A pair has no names. */
	if (khv_unix_is_named(sk) && sk->sk_type != SOCK_DGRAM &&
	    khv_grants_unix(j, sk, KHV_S_ACCEPT))
		ret = 0;
	else if (khv_unix_is_named(peer))
		ret = khv_answer_unix(j, peer, to_peer);
	else
		ret = khv_answer_unix(j, sk, sk->sk_type == SOCK_DGRAM ?
				      KHV_S_BIND : KHV_S_ACCEPT);
	sock_put(peer);
	return ret;
}

int khv_judge_held_socket(const struct khv_judge *j, const struct socket *sock)
{
	struct sock *sk = sock->sk;

	if (!sk)
		return -EACCES;
	if (!khv_ruled_by_address(sk->sk_family, sk->sk_type, sk->sk_protocol))
		return khv_answer_family(j, sk->sk_family);
	switch (sk->sk_family) {
	case AF_UNIX:
		return khv_judge_held_unix(j, sk);
	case AF_INET:
	case AF_INET6:
		return khv_judge_held_inet(j, sk);
	default:
		return 0;	/* netlink */
	}
}

// SPDX-License-Identifier: GPL-2.0
/* Object checks on sockets: which verbs on which addresses. */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <linux/socket.h>
#include <linux/un.h>
#include <net/af_unix.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include "cache.h"
#include "mediate.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP	262
#endif

static int khv_put_addr(char *buf, size_t size, const struct khv_sockaddr *a)
{
	const char *proto = a->proto == IPPROTO_TCP ? "/tcp" :
			    a->proto == IPPROTO_UDP ? "/udp" : "";

	switch (a->family) {
	case AF_INET:
		return scnprintf(buf, size, "%pI4:%u%s", a->addr, a->port, proto);
	case AF_INET6:
		return scnprintf(buf, size, "[%pI6c]:%u%s", a->addr, a->port,
				 proto);
	case AF_UNIX:
		return scnprintf(buf, size, "unix:%s%.*s", a->abstract ? "@" : "",
				 (int)a->path_len, a->path);
	default:
		return scnprintf(buf, size, "family:%u", a->family);
	}
}

static void khv_decide_addr(const struct khv_judge *j,
			    const struct khv_sockaddr *a, u32 verbs,
			    struct khv_decision *dec)
{
	if (j->l)
		khv_cache_socket(j, a, verbs, dec);
	else
		khv_judge_refuse(dec, KHV_TYPE_SOCKET, verbs);
}

/* What the policy says, without anybody being told. */
bool khv_grants_addr(const struct khv_judge *j, const struct khv_sockaddr *a,
		     u32 verbs)
{
	struct khv_decision dec;

	verbs = khv_judged_verbs(j, KHV_TYPE_SOCKET, verbs);
	if (!verbs)
		return true;
	khv_decide_addr(j, a, verbs, &dec);
	return dec.allowed;
}

int khv_answer_addr(const struct khv_judge *j, const struct khv_sockaddr *a,
		    u32 verbs)
{
	char object[192] __khv_uninitialized;
	struct khv_decision dec;
	int len = 0;

	verbs = khv_judged_verbs(j, KHV_TYPE_SOCKET, verbs);
	if (!verbs)
		return 0;
	khv_decide_addr(j, a, verbs, &dec);
	if (!dec.allowed || j->m->audits ||
	    khv_client_level(j->m->client) > KHV_LOG_DENY)
		len = khv_put_addr(object, sizeof(object), a);
	return khv_judge_answer(j, KHV_TYPE_SOCKET, verbs, &dec, object, len);
}

static u8 khv_proto(const struct sock *sk)
{
	/* Multipath TCP is TCP for rules, and does not fit into a byte. */
	return sk->sk_protocol == IPPROTO_MPTCP ? IPPROTO_TCP : sk->sk_protocol;
}

static void khv_set_v4(struct khv_sockaddr *a, const void *addr, u16 port)
{
	a->family = AF_INET;
	a->port = port;
	memcpy(a->addr, addr, 4);
}

static void khv_set_v6(struct khv_sockaddr *a, const struct in6_addr *addr,
		       u16 port)
{
	if (ipv6_addr_v4mapped(addr)) {
		khv_set_v4(a, &addr->s6_addr32[3], port);
		return;
	}
	a->family = AF_INET6;
	a->port = port;
	memcpy(a->addr, addr, 16);
}

/*
 * An internet address as the caller gave it, copied by the kernel. @unspec: the
 * family that AF_UNSPEC stands for here, 0 if it means "no address".
 * Returns 1 if @a is filled in, 0 if there is nothing to judge, -EINVAL if it is
 * too short, which is what the kernel would say.
 */
static int khv_parse_inet(const struct sockaddr *sa, int len, u16 unspec,
			  struct khv_sockaddr *a)
{
	const struct sockaddr_in6 *in6 = (const void *)sa;
	const struct sockaddr_in *in = (const void *)sa;
	u16 family;

	if (len < (int)sizeof(sa->sa_family))
		return -EINVAL;
	family = sa->sa_family == AF_UNSPEC ? unspec : sa->sa_family;
	switch (family) {
	case AF_INET:
		if (len < (int)sizeof(*in))
			return -EINVAL;
		khv_set_v4(a, &in->sin_addr, ntohs(in->sin_port));
		return 1;
	case AF_INET6:
		if (len < (int)SIN6_LEN_RFC2133)
			return -EINVAL;
		khv_set_v6(a, &in6->sin6_addr, ntohs(in6->sin6_port));
		return 1;
	default:
		return 0;
	}
}

static bool khv_is_inet(const struct sock *sk)
{
	return sk->sk_family == AF_INET || sk->sk_family == AF_INET6;
}

/* Does the address say everything about what such a socket can reach? */
bool khv_ruled_by_address(u16 family, int type, int protocol)
{
	switch (family) {
	case AF_UNIX:
	case AF_NETLINK:
		return true;
	case AF_INET:
	case AF_INET6:
		/*
		 * Not raw sockets, which make their own packets; not SCTP, which
		 * takes addresses by setsockopt() as well; not those that
		 * know no ports and ignore the one in the address.
		 */
		if (type == SOCK_STREAM)
			return !protocol || protocol == IPPROTO_TCP ||
			       protocol == IPPROTO_MPTCP;
		return type == SOCK_DGRAM &&
		       (!protocol || protocol == IPPROTO_UDP ||
			protocol == IPPROTO_UDPLITE);
	default:
		return false;
	}
}

/* A family is judged as such if the address does not say everything. */
int khv_answer_family(const struct khv_judge *j, u16 family)
{
	/* For rules, who makes its own packets is one with family:packet. */
	struct khv_sockaddr a = {
		.family = family == AF_INET || family == AF_INET6 ? AF_PACKET :
								    family,
	};

	return khv_answer_addr(j, &a, KHV_S_CREATE);
}

/* socket_create(family, type, protocol, kern) */
int khv_judge_socket_create(const struct khv_judge *j)
{
	u16 family = (u16)j->check->arg[0];

	if ((int)j->check->arg[3] ||
	    khv_ruled_by_address(family, (int)j->check->arg[1],
				 (int)j->check->arg[2]))
		return 0;
	return khv_answer_family(j, family);
}

/* socket_bind and socket_connect(socket, address, length) */
int khv_judge_socket_addr(const struct khv_judge *j)
{
	const struct socket *sock = (const void *)j->check->arg[0];
	struct sockaddr *sa = (void *)j->check->arg[1];
	int len = (int)j->check->arg[2], ret;
	bool bind = j->check->id == KHV_OBJ_SOCKET_BIND;
	struct khv_sockaddr a = {};

	if (sock->sk->sk_family == AF_UNIX) {
		const struct sockaddr_un *un = (const void *)sa;

		/*
		 * Names in the file system are judged when they are made
		 * (path_mknod) and when they have been resolved
		 * (unix_stream_connect, unix_may_send); so is connect to an
		 * abstract name. Left is the bind to one.
		 */
		if (!bind || len <= (int)offsetof(struct sockaddr_un, sun_path) ||
		    un->sun_path[0])
			return 0;
		a.family = AF_UNIX;
		a.abstract = true;
		a.path = un->sun_path + 1;
		a.path_len = len - offsetof(struct sockaddr_un, sun_path) - 1;
		return khv_answer_addr(j, &a, KHV_S_BIND);
	}
	if (!khv_is_inet(sock->sk))
		return 0;
	/* bind() takes AF_UNSPEC for AF_INET; connect() takes it for a hang-up. */
	ret = khv_parse_inet(sa, len, bind ? AF_INET : 0, &a);
	if (ret <= 0)
		return ret;
	a.proto = khv_proto(sock->sk);
	if (bind)
		return khv_answer_addr(j, &a, KHV_S_BIND);
	khv_settle_destination(j, sa, &a);
	return khv_answer_addr(j, &a, KHV_S_CONNECT);
}

/* Name a unix socket is bound to. False if it has none: a socketpair, a client. */
static bool khv_unix_name(struct sock *sk, struct khv_sockaddr *a,
			  struct khv_pathname *p, int *error)
{
	const struct path *path = &unix_sk(sk)->path;
	struct unix_address *addr;

	*error = 0;
	a->family = AF_UNIX;
	/* Pairs with unix_bind(): the path is set before the address. */
	addr = smp_load_acquire(&unix_sk(sk)->addr);
	if (!addr)
		return false;
	if (path->dentry) {
		*error = khv_path_of(p, path);
		a->path = p->name;
		a->path_len = p->len;
		return true;
	}
	if (addr->len <= (int)offsetof(struct sockaddr_un, sun_path) ||
	    addr->name->sun_path[0])
		return false;
	a->abstract = true;
	a->path = addr->name->sun_path + 1;
	a->path_len = addr->len - offsetof(struct sockaddr_un, sun_path) - 1;
	return true;
}

/* The name that @sk has, if any. @report: false: only asked. */
static int khv_ask_unix(const struct khv_judge *j, struct sock *sk, u32 verbs,
			bool report)
{
	struct khv_sockaddr a = {};
	struct khv_pathname p;
	int ret = 0, error;

	if (!khv_judged_verbs(j, KHV_TYPE_SOCKET, verbs))
		return 0;
	if (khv_path_get(&p))
		return -EACCES;
	if (khv_unix_name(sk, &a, &p, &error)) {
		if (error || (!report && !khv_grants_addr(j, &a, verbs)))
			ret = -EACCES;
		else if (report)
			ret = khv_answer_addr(j, &a, verbs);
	}
	khv_path_put(&p);
	return ret;
}

int khv_answer_unix(const struct khv_judge *j, struct sock *sk, u32 verbs)
{
	return khv_ask_unix(j, sk, verbs, true);
}

bool khv_grants_unix(const struct khv_judge *j, struct sock *sk, u32 verbs)
{
	return !khv_ask_unix(j, sk, verbs, false);
}

bool khv_unix_is_named(const struct sock *sk)
{
	/* Pairs with unix_bind(), as above. */
	const struct unix_address *addr = smp_load_acquire(&unix_sk(sk)->addr);

	return addr && addr->len > (int)offsetof(struct sockaddr_un, sun_path);
}

/* The address of an internet socket itself; false for other families. */
bool khv_sock_local(const struct sock *sk, struct khv_sockaddr *a)
{
	if (!khv_is_inet(sk))
		return false;
	if (sk->sk_family == AF_INET)
		khv_set_v4(a, &inet_sk(sk)->inet_rcv_saddr,
			   inet_sk(sk)->inet_num);
	else
		khv_set_v6(a, &sk->sk_v6_rcv_saddr, inet_sk(sk)->inet_num);
	a->proto = khv_proto(sk);
	return true;
}

/* The other end of an internet socket; false if it has none. */
bool khv_sock_peer(const struct sock *sk, struct khv_sockaddr *a)
{
	u16 port;

	if (!khv_is_inet(sk))
		return false;
	port = ntohs(inet_sk(sk)->inet_dport);
	if (!port)
		return false;
	if (sk->sk_family == AF_INET)
		khv_set_v4(a, &inet_sk(sk)->inet_daddr, port);
	else
		khv_set_v6(a, &sk->sk_v6_daddr, port);
	a->proto = khv_proto(sk);
	return true;
}

/*
 * Is accept judged when it is known who connects? Where no rule asks for that, it is
 * judged before, without taking a connection from the queue. What is not plain TCP
 * is accepted by functions of its own.
 */
static bool khv_accept_is_later(const struct khv_judge *j, const struct sock *sk)
{
	return sk->sk_protocol == IPPROTO_TCP && j->l &&
	       (khv_engine_needs(&j->l->engine) & KHV_NEEDS_PEER) &&
	       khv_judged_verbs(j, KHV_TYPE_SOCKET, KHV_S_ACCEPT);
}

/* socket_listen, socket_accept, socket_setsockopt(socket, ...): the local end. */
int khv_judge_socket_local(const struct khv_judge *j)
{
	static const u32 verbs[KHV_NR_OBJECTS] = {
		[KHV_OBJ_SOCKET_LISTEN]		= KHV_S_LISTEN,
		[KHV_OBJ_SOCKET_ACCEPT]		= KHV_S_ACCEPT,
		[KHV_OBJ_SOCKET_SETSOCKOPT]	= KHV_S_OPTION,
	};
	const struct socket *sock = (const void *)j->check->arg[0];
	struct khv_sockaddr a = {};

	if (!khv_judged_verbs(j, KHV_TYPE_SOCKET, verbs[j->check->id]))
		return 0;
	if (sock->sk->sk_family == AF_UNIX)
		return khv_answer_unix(j, sock->sk, verbs[j->check->id]);
	if (!khv_sock_local(sock->sk, &a) ||
	    (j->check->id == KHV_OBJ_SOCKET_ACCEPT &&
	     khv_accept_is_later(j, sock->sk)))
		return 0;
	return khv_answer_addr(j, &a, verbs[j->check->id]);
}

/*
 * inet_accept(socket, new socket): the connection is there, and with it where it
 * comes from. If it is refused the caller never sees it, and it is reset.
 */
int khv_judge_accepted(const struct khv_judge *j)
{
	const struct socket *sock = (const void *)j->check->arg[0];
	const struct socket *new = (const void *)j->check->arg[1];
	struct khv_sockaddr local = {}, peer = {};

	if (!khv_accept_is_later(j, sock->sk))
		return 0;
	/* The same address as ever: that of the listening socket. */
	if (!new->sk || !khv_sock_local(sock->sk, &local))
		return -EACCES;
	if (khv_sock_peer(new->sk, &peer))
		local.peer = &peer;
	return khv_answer_addr(j, &local, KHV_S_ACCEPT);
}

/*
 * socket_recvmsg(socket, ...): what the other end of a connection grants, or the
 * own address: a server does not know its clients by name.
 */
int khv_judge_recvmsg(const struct khv_judge *j)
{
	const struct socket *sock = (const void *)j->check->arg[0];
	struct khv_sockaddr local = {}, peer = {};

	if (!khv_judged_verbs(j, KHV_TYPE_SOCKET, KHV_S_RECV))
		return 0;
	if (sock->sk->sk_family == AF_UNIX)
		return khv_answer_unix(j, sock->sk, KHV_S_RECV);
	if (!khv_sock_local(sock->sk, &local))
		return 0;
	if (khv_sock_peer(sock->sk, &peer) &&
	    !khv_grants_addr(j, &local, KHV_S_RECV))
		return khv_answer_addr(j, &peer, KHV_S_RECV);
	return khv_answer_addr(j, &local, KHV_S_RECV);
}

/*
 * socket_sendmsg(socket, msg, size): only an address that comes with the message is
 * judged here; the other end of a connected socket has been judged at connect or
 * accept. MSG_FASTOPEN is a connect.
 */
int khv_judge_sendmsg(const struct khv_judge *j)
{
	const struct socket *sock = (const void *)j->check->arg[0];
	const struct msghdr *msg = (const void *)j->check->arg[1];
	struct sock *sk = sock->sk;
	struct khv_sockaddr a = {};
	u32 verbs = KHV_S_SEND;
	int ret;

	ret = khv_is_inet(sk) ? khv_judge_route(j, msg) : 0;
	if (ret)
		return ret;
	if (!msg->msg_name || !msg->msg_namelen || !khv_is_inet(sk))
		return 0;
	a.proto = khv_proto(sk);
	if (a.proto == IPPROTO_TCP) {
		if (!(msg->msg_flags & MSG_FASTOPEN))
			return 0;	/* TCP ignores the address otherwise */
		verbs = KHV_S_CONNECT;
	} else if (a.proto == IPPROTO_SCTP) {
		verbs |= KHV_S_CONNECT;	/* an implicit association */
	}
	/* UDP over IPv4 takes AF_UNSPEC for AF_INET, over IPv6 for no address. */
	ret = khv_parse_inet(msg->msg_name, msg->msg_namelen,
			     sk->sk_family == AF_INET ? AF_INET : 0, &a);
	if (ret <= 0)
		return ret;
	khv_settle_destination(j, msg->msg_name, &a);
	return khv_answer_addr(j, &a, verbs);
}

/*
 * unix_stream_connect(sk, other, new sk), under the lock of other; and
 * unix_may_send(socket, other socket). Both with the name resolved.
 */
int khv_judge_unix(const struct khv_judge *j)
{
	if (j->check->id == KHV_OBJ_UNIX_STREAM_CONNECT)
		return khv_answer_unix(j, (struct sock *)j->check->arg[1],
				       KHV_S_CONNECT);
	return khv_answer_unix(j, ((struct socket *)j->check->arg[1])->sk,
			       KHV_S_SEND);
}

int khv_judge_unix_bind_path(const struct khv_judge *j,
			     const struct khv_pathname *p)
{
	struct khv_sockaddr a = {
		.family = AF_UNIX, .path = p->name, .path_len = p->len,
	};

	return khv_answer_addr(j, &a, KHV_S_BIND);
}

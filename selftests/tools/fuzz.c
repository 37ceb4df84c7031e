// SPDX-License-Identifier: GPL-2.0
/*
 * Messages to the family khv that nobody meant: random ones, and ones that are right
 * but for a few bytes. usage: fuzz SECONDS [SEED]. Prints how many were answered how;
 * the kernel log and the caller say whether it minded. Locks are never set, and a
 * policy named "keep" is not touched.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/khv.h>
#include <linux/netlink.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SOCKETS 4
#define ROOM	40000

static uint64_t state;
static int family, sock[SOCKETS];
static uint32_t txn[SOCKETS];
static pid_t victim;
static unsigned long sent, accepted, refused[200];

static uint32_t rnd(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return n ? (uint32_t)((state >> 11) % n) : 0;
}

struct msg {
	struct nlmsghdr n;
	struct genlmsghdr g;
	char room[ROOM];
};

static struct msg m;

static size_t at(void)
{
	return NLMSG_ALIGN(m.n.nlmsg_len);
}

static struct nlattr *put(int type, const void *data, size_t size)
{
	struct nlattr *a = (void *)((char *)&m + at());

	if (at() + NLA_HDRLEN + NLA_ALIGN(size) > sizeof(m))
		return NULL;
	a->nla_type = (uint16_t)type;
	a->nla_len = (uint16_t)(NLA_HDRLEN + size);
	memset(a + 1, 0, NLA_ALIGN(size));
	if (data)
		memcpy(a + 1, data, size);
	m.n.nlmsg_len = (uint32_t)(at() + NLA_HDRLEN + NLA_ALIGN(size));
	return a;
}

static void put_number(int type, uint64_t v)
{
	static const size_t sizes[] = { 1, 4, 8, 0, 2, 3, 16 };
	char bytes[16] = { 0 };

	memcpy(bytes, &v, sizeof(v));
	put(type, bytes, sizes[rnd(rnd(4) ? 3 : 7)]);
}

static void put_name(int type)
{
	static const char *const names[] = { "wrap",	 "nosuch", "fuzz",
					     "khv_wrap", "",	   "main" };
	char bytes[300];
	size_t n = rnd(sizeof(bytes));

	if (rnd(4)) {
		const char *s = names[rnd(6)];

		put(type, s, strlen(s) + 1);
		return;
	}
	for (size_t i = 0; i < n; i++)
		bytes[i] = (char)rnd(256);
	put(type, bytes, n);
}

static uint64_t number(void)
{
	static const uint64_t odd[] = {
		0,	    1,		 2,	     3,		 9,
		255,	    4096,	 16384,	     0x7fffffff, 0x80000000,
		0xffffffff, 0x100000000, UINT64_MAX,
	};

	return rnd(3) ? odd[rnd(13)] : state;
}

/* A nest of the attributes of a thing, each right or nearly so. */
static void put_nest(int nest, int max)
{
	struct nlattr *a = put(nest | (rnd(20) ? NLA_F_NESTED : 0), NULL, 0);
	static char data[20000];

	if (!a)
		return;
	for (uint32_t i = rnd(8); i > 0; i--) {
		int type = (int)rnd((uint32_t)max + 3);

		switch (rnd(5)) {
		case 0:
		case 1:
			put_name(type);
			break;
		case 2:
			put(type, data, rnd(sizeof(data)));
			break;
		default:
			put_number(type, type == KHV_TASK_A_PID && rnd(2) ?
						 (uint64_t)victim :
						 number());
		}
	}
	a->nla_len = (uint16_t)((char *)&m + at() - (char *)a);
}

/* A policy in the making, with the right number, size and place; and no policy. */
static void put_stage(int s)
{
	struct nlattr *a;
	static char data[KHV_POLICY_CHUNK];
	uint32_t size = rnd(2) ? 100 : rnd(40000), offset = 0;

	for (size_t i = 0; i < 64; i++)
		data[i] = (char)rnd(256);
	memcpy(data, "khvp\4\0\0\0", 8);
	put(KHV_A_TXN, &txn[s], 4);
	a = put(KHV_A_POLICY | NLA_F_NESTED, NULL, 0);
	put(KHV_POLICY_A_NAME, "fuzz", 5);
	put(KHV_POLICY_A_SIZE, &size, 4);
	put(KHV_POLICY_A_OFFSET, &offset, 4);
	put(KHV_POLICY_A_DATA, data, size < sizeof(data) ? size : sizeof(data));
	if (a)
		a->nla_len = (uint16_t)((char *)&m + at() - (char *)a);
}

static const struct {
	int attr, max;
} nests[] = {
	{ KHV_A_CLIENT, KHV_CLIENT_A_MAX }, { KHV_A_TASK, KHV_TASK_A_MAX },
	{ KHV_A_POLICY, KHV_POLICY_A_MAX }, { KHV_A_ADMIN, KHV_ADMIN_A_MAX },
	{ KHV_A_EVENT, KHV_E_MAX },
};

static void make(int s)
{
	int cmd = (int)rnd(KHV_CMD_MAX + 3);

	memset(&m, 0, NLMSG_LENGTH(GENL_HDRLEN));
	m.n.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	m.n.nlmsg_type = (uint16_t)family;
	m.n.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	m.n.nlmsg_seq = (uint32_t)++sent;
	if (!rnd(3))
		m.n.nlmsg_flags |= NLM_F_DUMP;
	m.g.cmd = (uint8_t)cmd;
	m.g.version = (uint8_t)(rnd(20) ? KHV_GENL_VERSION : rnd(256));
	if (cmd == KHV_CMD_POLICY_STAGE && rnd(3)) {
		put_stage(s);
	} else if (cmd == KHV_CMD_POLICY_COMMIT && rnd(2)) {
		put(KHV_A_TXN, &txn[s], 4);
	} else {
		for (uint32_t i = rnd(5); i > 0; i--) {
			uint32_t n = rnd(2) ? 0 : rnd(5);

			if (rnd(2))
				put_nest(nests[n].attr, nests[n].max);
			else
				put_number((int)rnd(KHV_A_MAX + 3), number());
		}
	}
	/* A lock would end the test, and be rightly set. */
	if (cmd == KHV_CMD_LOCK_SET)
		m.n.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	else if (!rnd(6))
		for (uint32_t i = rnd(6); i > 0; i--)
			((char *)&m)[NLMSG_LENGTH(GENL_HDRLEN) +
				     rnd(m.n.nlmsg_len)] ^= (char)(1 << rnd(8));
	if (!rnd(50) && cmd != KHV_CMD_LOCK_SET)
		m.n.nlmsg_len -= rnd(m.n.nlmsg_len - NLMSG_HDRLEN + 1);
}

static void open_one(int s)
{
	struct timeval limit = { 0, 200000 };
	int on = 1;

	if (sock[s] > 0)
		close(sock[s]);
	sock[s] = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	setsockopt(sock[s], SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(sock[s], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	txn[s] = 0;
}

static void look(int s, const struct nlmsghdr *n)
{
	const struct nlattr *a =
		(const void *)((const char *)n + NLMSG_LENGTH(GENL_HDRLEN));
	const struct nlmsgerr *e = NLMSG_DATA(n);

	if (n->nlmsg_type == NLMSG_ERROR) {
		if (!e->error)
			accepted++;
		else if (-e->error < 200)
			refused[-e->error]++;
	} else if (n->nlmsg_type == family &&
		   n->nlmsg_len >= NLMSG_LENGTH(GENL_HDRLEN) + 8 &&
		   a->nla_type == KHV_A_TXN) {
		memcpy(&txn[s], a + 1, 4);
	}
}

static void drain(int s)
{
	static char space[1 << 17] __attribute__((aligned(8)));
	ssize_t size;

	while ((size = recv(sock[s], space, sizeof(space), MSG_DONTWAIT)) > 0)
		for (struct nlmsghdr *n = (void *)space;
		     NLMSG_OK(n, (uint32_t)size); n = NLMSG_NEXT(n, size))
			look(s, n);
}

static void find_family(void)
{
	static char space[8192] __attribute__((aligned(8)));
	struct nlmsghdr *n = (void *)space;
	char *end;

	memset(&m, 0, NLMSG_LENGTH(GENL_HDRLEN));
	m.n.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	m.n.nlmsg_type = GENL_ID_CTRL;
	m.n.nlmsg_flags = NLM_F_REQUEST;
	m.g.cmd = CTRL_CMD_GETFAMILY;
	m.g.version = 1;
	put(CTRL_ATTR_FAMILY_NAME, KHV_GENL_NAME, sizeof(KHV_GENL_NAME));
	send(sock[0], &m, m.n.nlmsg_len, 0);
	if (recv(sock[0], space, sizeof(space), 0) < 0)
		return;
	end = space + n->nlmsg_len;
	for (char *p = space + NLMSG_LENGTH(GENL_HDRLEN); p < end;) {
		struct nlattr *a = (void *)p;

		if (a->nla_type == CTRL_ATTR_FAMILY_ID)
			family = *(uint16_t *)(void *)(a + 1);
		if (a->nla_len < NLA_HDRLEN)
			break;
		p += NLA_ALIGN(a->nla_len);
	}
}

int main(int argc, char **argv)
{
	time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 10);

	state = argc > 2 ? strtoull(argv[2], NULL, 0) : 0x9e3779b97f4a7c15;
	if (!state)
		state = 1;
	for (int s = 0; s < SOCKETS; s++)
		open_one(s);
	find_family();
	if (!family) {
		fprintf(stderr, "fuzz: no family khv\n");
		return 1;
	}
	victim = fork();
	if (!victim) {
		pause();
		_exit(0);
	}
	while (time(NULL) < end) {
		int s = (int)rnd(SOCKETS);

		make(s);
		send(sock[s], &m, m.n.nlmsg_len, MSG_DONTWAIT);
		drain(s);
		if (!rnd(200))
			open_one(s);
	}
	kill(victim, SIGKILL);
	waitpid(victim, NULL, 0);
	printf("%lu messages, %lu accepted", sent, accepted);
	for (int i = 0; i < 200; i++)
		if (refused[i])
			printf(", %lu %s", refused[i], strerrorname_np(i));
	putchar('\n');
	return !accepted;
}

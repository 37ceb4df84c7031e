// SPDX-License-Identifier: GPL-2.0
/*
 * Bad netlink messages are refused, and the kernel says in words what is wrong
 * with them. By hand, without libkhv: it would not send them.
 * Of attacks/catalogue: ROB-10.
 */
#include <linux/genetlink.h>
#include <linux/khv.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../lib/tap.h"

static int sock, family;
static char why[256];

struct message {
	struct nlmsghdr n;
	struct genlmsghdr g;
	char attrs[1024];
};

static struct message start(int type, int command)
{
	struct message m = {
		.n = { .nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN),
		       .nlmsg_type = type,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.g = { .cmd = command, .version = KHV_GENL_VERSION },
	};

	return m;
}

static struct nlattr *put(struct message *m, int type, const void *data,
			  size_t size)
{
	struct nlattr *a = (void *)((char *)m + NLMSG_ALIGN(m->n.nlmsg_len));

	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + size;
	memcpy((char *)a + NLA_HDRLEN, data, size);
	m->n.nlmsg_len = NLMSG_ALIGN(m->n.nlmsg_len) + NLA_ALIGN(a->nla_len);
	return a;
}

static void find_text(const struct nlmsghdr *n)
{
	const struct nlmsgerr *e = NLMSG_DATA(n);
	size_t at = NLMSG_HDRLEN + sizeof(*e);

	if (!(n->nlmsg_flags & NLM_F_CAPPED))
		at += NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN;
	why[0] = 0;
	while (n->nlmsg_flags & NLM_F_ACK_TLVS &&
	       at + NLA_HDRLEN < n->nlmsg_len) {
		const struct nlattr *a = (void *)((char *)n + at);

		if (a->nla_type == NLMSGERR_ATTR_MSG)
			snprintf(why, sizeof(why), "%s",
				 (const char *)a + NLA_HDRLEN);
		if (!a->nla_len)
			break;
		at += NLA_ALIGN(a->nla_len);
	}
}

/* 0 or a positive error number; keeps the family's number if it comes by. */
static int answer(void)
{
	static char space[65536];
	struct nlmsghdr *n = (void *)space;
	int size = recv(sock, space, sizeof(space), 0);

	for (; NLMSG_OK(n, (unsigned int)size); n = NLMSG_NEXT(n, size)) {
		struct nlattr *a = (void *)(space + NLMSG_LENGTH(GENL_HDRLEN));
		char *end = (char *)n + n->nlmsg_len;

		if (n->nlmsg_type == NLMSG_ERROR) {
			find_text(n);
			return -((struct nlmsgerr *)NLMSG_DATA(n))->error;
		}
		/* The end of a list says as well that there is none. */
		if (n->nlmsg_type == NLMSG_DONE)
			return -*(int *)NLMSG_DATA(n);
		for (; n->nlmsg_type == GENL_ID_CTRL && (char *)a < end;
		     a = (void *)((char *)a + NLA_ALIGN(a->nla_len)))
			if (a->nla_type == CTRL_ATTR_FAMILY_ID)
				family = *(uint16_t *)((char *)a + NLA_HDRLEN);
	}
	return answer();
}

static int ask(const struct message *m)
{
	if (send(sock, m, m->n.nlmsg_len, 0) < 0)
		return errno;
	return answer();
}

static void open_socket(void)
{
	struct timeval limit = { 5, 0 };
	int on = 1;

	sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	setsockopt(sock, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(sock, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

/* Refused with this error and some words. */
static void bad(const struct message *m, int wanted, const char *what)
{
	int error = ask(m);

	is_int(error, wanted, what);
	ok(error && why[0], "%s: says why", what);
	diag("%s: %s", what, why);
}

static void malformed(void)
{
	uint32_t number = 7;
	char big[800];
	struct message m = start(family, 200);
	struct nlattr *a;

	is_int(ask(&m), EOPNOTSUPP, "an unknown command is refused");

	m = start(family, KHV_CMD_CLIENT_SET);
	bad(&m, EINVAL, "CLIENT_SET without attributes");

	m = start(family, KHV_CMD_CLIENT_SET);
	put(&m, 99, &number, sizeof(number));
	bad(&m, EINVAL, "an unknown attribute");

	m = start(family, KHV_CMD_POLICY_ABORT);
	put(&m, KHV_A_TXN, &number, 1);
	bad(&m, EINVAL, "an attribute that is too short");

	m = start(family, KHV_CMD_POLICY_CLEAR);
	put(&m, KHV_A_POLICY, &number, sizeof(number));
	bad(&m, EINVAL, "a nest without the nest flag");

	memset(big, 'n', sizeof(big));
	m = start(family, KHV_CMD_POLICY_CLEAR);
	a = put(&m, KHV_A_POLICY | NLA_F_NESTED, NULL, 0);
	put(&m, KHV_POLICY_A_NAME, big, sizeof(big));
	a->nla_len = (char *)&m + m.n.nlmsg_len - (char *)a;
	bad(&m, EINVAL, "a name that is too long");

	m = start(family, KHV_CMD_POLICY_COMMIT);
	put(&m, KHV_A_TXN, &number, sizeof(number));
	is_int(ask(&m) != 0, 1, "a commit of no transaction is refused");
	ok(why[0] != 0, "and says why: %s", why);

	m = start(family, KHV_CMD_TASK_ATTACH);
	a = put(&m, KHV_A_TASK | NLA_F_NESTED, NULL, 0);
	number = 4194303;
	put(&m, KHV_TASK_A_PID, &number, sizeof(number));
	put(&m, KHV_TASK_A_CLIENT, "nosuch", sizeof("nosuch"));
	a->nla_len = (char *)&m + m.n.nlmsg_len - (char *)a;
	is_int(ask(&m) != 0, 1, "attaching nothing to nobody is refused");
	ok(why[0] != 0, "and says why: %s", why);
}

/* Anyone may ask for versions, and for nothing else. */
static int unprivileged(void)
{
	static const struct {
		const char *name;
		int command;
		int flags;
	} forbidden[] = {
		{ "CLIENT_GET", KHV_CMD_CLIENT_GET, NLM_F_DUMP },
		{ "HOOK_GET", KHV_CMD_HOOK_GET, NLM_F_DUMP },
		{ "TASK_GET", KHV_CMD_TASK_GET, NLM_F_DUMP },
		{ "POLICY_GET", KHV_CMD_POLICY_GET, NLM_F_DUMP },
		{ "POLICY_BLOB_GET", KHV_CMD_POLICY_BLOB_GET, NLM_F_DUMP },
		{ "CLIENT_SET", KHV_CMD_CLIENT_SET, 0 },
		{ "TASK_ATTACH", KHV_CMD_TASK_ATTACH, 0 },
		{ "POLICY_BEGIN", KHV_CMD_POLICY_BEGIN, 0 },
		{ "POLICY_STAGE", KHV_CMD_POLICY_STAGE, 0 },
		{ "POLICY_COMMIT", KHV_CMD_POLICY_COMMIT, 0 },
		{ "POLICY_ABORT", KHV_CMD_POLICY_ABORT, 0 },
		{ "POLICY_CLEAR", KHV_CMD_POLICY_CLEAR, 0 },
		{ "EVENT_SUBSCRIBE", KHV_CMD_EVENT_SUBSCRIBE, 0 },
		{ "EVENT_STATS_GET", KHV_CMD_EVENT_STATS_GET, 0 },
		{ "LOCK_SET", KHV_CMD_LOCK_SET, 0 },
		{ "COVERAGE_GET", KHV_CMD_COVERAGE_GET, NLM_F_DUMP },
		{ "ADMIN_GET", KHV_CMD_ADMIN_GET, NLM_F_DUMP },
		{ "ADMIN_SET", KHV_CMD_ADMIN_SET, 0 },
	};
	struct message m;
	char what[80];
	size_t i;

	for (i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++) {
		m = start(family, forbidden[i].command);
		m.n.nlmsg_flags |= forbidden[i].flags;
		snprintf(what, sizeof(what), "user nobody: %s is refused",
			 forbidden[i].name);
		is_int(ask(&m), EPERM, what);
	}
	m = start(family, KHV_CMD_INFO_GET);
	is_int(ask(&m), 0, "user nobody: INFO_GET is answered");
	return tap_failed;
}

/* A socket that root has opened does not lend root's rights. */
static void as_nobody(void)
{
	if (setgid(65534) || setuid(65534))
		bail_out("setuid");
	diag("with a socket that root has opened");
	unprivileged();
	close(sock);
	open_socket();
	diag("with a socket of its own");
	unprivileged();
}

/*
 * Nor does a privileged helper that writes to a socket somebody else has opened.
 * Of attacks/catalogue: FD-10.
 */
static void opened_by_nobody(void)
{
	close(sock);
	if (seteuid(65534))
		bail_out("seteuid");
	open_socket();
	if (seteuid(0))
		bail_out("seteuid");
	diag("as root, with a socket that nobody has opened");
	unprivileged();
	close(sock);
	open_socket();
}

int main(void)
{
	struct message m = start(GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	int status = system("modprobe khv");

	open_socket();
	put(&m, CTRL_ATTR_FAMILY_NAME, KHV_GENL_NAME, sizeof(KHV_GENL_NAME));
	is_int(ask(&m), 0, "family khv is there");
	if (!family)
		bail_out("no family khv");
	m = start(family, KHV_CMD_INFO_GET);
	is_int(ask(&m), 0, "control: INFO_GET is answered");
	m = start(family, KHV_CMD_CLIENT_GET);
	m.n.nlmsg_flags |= NLM_F_DUMP;
	is_int(ask(&m), 0, "control: root may list clients");
	malformed();
	m = start(family, KHV_CMD_INFO_GET);
	is_int(ask(&m), 0, "it still answers");

	opened_by_nobody();
	/* Rights cannot be had back: the end of this process is the test's. */
	if (!fork()) {
		as_nobody();
		exit(done_testing());
	}
	wait(&status);
	status = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	return system("modprobe -r khv") || status;
}

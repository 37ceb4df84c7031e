// SPDX-License-Identifier: GPL-2.0
/*
 * Requests that are wrong in their contents: each is refused with the error that
 * the caller can act on, and with words. Messages are made with libnl, sent
 * without libkhv. (Broken framing: hold/netlink.c.)
 */
#include <errno.h>
#include <linux/khv.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <khv/khv.h>
#include "../lib/tap.h"

static struct nl_sock *sk;
static int family;
static char words[512];

static struct nl_sock *open_socket(void)
{
	struct nl_sock *s = nl_socket_alloc();
	struct timeval limit = { .tv_sec = 5 };
	int on = 1, fd;

	if (!s || genl_connect(s))
		bail_out("no netlink socket");
	fd = nl_socket_get_fd(s);
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return s;
}

static struct nl_msg *request(int cmd, int flags)
{
	struct nl_msg *m = nlmsg_alloc_size(65536);

	genlmsg_put(m, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags, cmd, 1);
	return m;
}

/* Positive errno of the answer; @value receives a u32 attribute, if asked. */
static int ask_on(struct nl_sock *s, struct nl_msg *m, int attr,
		  uint32_t *value)
{
	static char buf[65536] __attribute__((aligned(8)));
	struct nlattr *tb[KHV_A_MAX + 1];
	int size, error = -1;

	words[0] = 0;
	nl_send_auto(s, m);
	nlmsg_free(m);
	while (error < 0) {
		struct nlmsghdr *n = (void *)buf;
		struct nlmsgerr *e;

		size = (int)recv(nl_socket_get_fd(s), buf, sizeof(buf), 0);
		if (size < 0)
			return errno;
		for (; nlmsg_ok(n, size); n = nlmsg_next(n, &size)) {
			e = nlmsg_data(n);
			if (n->nlmsg_type == NLMSG_DONE) {
				error = -*(int *)nlmsg_data(n);
			} else if (n->nlmsg_type == NLMSG_ERROR) {
				error = -e->error;
				nla_parse(tb, NLMSGERR_ATTR_MAX,
					  (void *)(e + 1),
					  (int)n->nlmsg_len - NLMSG_HDRLEN -
						  (int)sizeof(*e),
					  NULL);
				if (n->nlmsg_flags & NLM_F_ACK_TLVS &&
				    tb[NLMSGERR_ATTR_MSG])
					nla_strlcpy(words,
						    tb[NLMSGERR_ATTR_MSG],
						    sizeof(words));
			} else if (attr &&
				   !genlmsg_parse(n, 0, tb, KHV_A_MAX, NULL) &&
				   tb[attr]) {
				*value = nla_get_u32(tb[attr]);
			}
		}
	}
	return error;
}

static int ask(struct nl_msg *m)
{
	return ask_on(sk, m, 0, NULL);
}

static void refused(struct nl_msg *m, int wanted, const char *what)
{
	int error = ask(m);

	is_int(error, wanted, what);
	ok(words[0] != 0, "%s: in words", what);
	diag("%s: %s", what, words);
}

/* One nest with a name and perhaps one more attribute of a few bytes. */
static struct nl_msg *with_nest(int cmd, int nest, int name_attr,
				const char *name, int attr, const void *data,
				int len)
{
	struct nl_msg *m = request(cmd, 0);
	struct nlattr *n = nla_nest_start(m, nest);

	if (name)
		nla_put_string(m, name_attr, name);
	if (attr)
		nla_put(m, attr, len, data);
	nla_nest_end(m, n);
	return m;
}

#define CLIENT(name, attr, data)                                             \
	with_nest(KHV_CMD_CLIENT_SET, KHV_A_CLIENT, KHV_CLIENT_A_NAME, name, \
		  attr, data, sizeof(*(data)))
#define TASK(name, attr, data)                                              \
	with_nest(KHV_CMD_TASK_ATTACH, KHV_A_TASK, KHV_TASK_A_CLIENT, name, \
		  attr, data, sizeof(*(data)))

static void contents(void)
{
	uint8_t state = 9, disable = KHV_CLIENT_DISABLED;
	uint32_t number = 0x80000000, pid = 0x7ffffff0;
	uint64_t stale = 12345;
	struct nl_msg *m;

	refused(CLIENT("wrap", KHV_CLIENT_A_STATE, &state), ERANGE,
		"a state that does not exist");
	refused(CLIENT("wrap", KHV_CLIENT_A_LOG_LEVEL, &state), ERANGE,
		"a log level that does not exist");
	refused(CLIENT("wrap", KHV_CLIENT_A_ID, &number), EINVAL,
		"an attribute that cannot be set");
	refused(CLIENT("nosuch", KHV_CLIENT_A_STATE, &disable), ENOENT,
		"a client that does not exist");
	refused(CLIENT(NULL, KHV_CLIENT_A_STATE, &disable), EINVAL,
		"a client without a name");
	refused(CLIENT("wrap", 60, &number), EINVAL,
		"an unknown attribute in a nest");
	refused(CLIENT("wrap", KHV_CLIENT_A_STATE, &number), EINVAL,
		"a number of another size");
	refused(TASK("wrap", KHV_TASK_A_FLAGS, &number), EINVAL,
		"unknown flags of attach");
	refused(TASK("wrap", KHV_TASK_A_PID, &pid), ESRCH,
		"a task that does not exist");
	m = request(KHV_CMD_EVENT_SUBSCRIBE, 0);
	nla_put_u32(m, KHV_A_SUB_FLAGS, number);
	refused(m, EINVAL, "unknown flags of a subscription");
	m = request(KHV_CMD_POLICY_BEGIN, 0);
	nla_put_u64(m, KHV_A_GENERATION, stale);
	refused(m, ESTALE, "another generation");
	refused(with_nest(KHV_CMD_POLICY_CLEAR, KHV_A_POLICY, KHV_POLICY_A_NAME,
			  "nosuch", 0, NULL, 0),
		ENOENT, "a policy that does not exist");
	m = request(KHV_CMD_POLICY_BLOB_GET, NLM_F_DUMP);
	is_int(ask(m) != 0, 1, "a blob without a name is refused");
}

static struct nl_msg *stage(uint32_t txn, const char *name, uint32_t size,
			    uint32_t offset, int len)
{
	static char bytes[KHV_POLICY_CHUNK + 1];
	struct nl_msg *m = request(KHV_CMD_POLICY_STAGE, 0);
	struct nlattr *n;

	nla_put_u32(m, KHV_A_TXN, txn);
	n = nla_nest_start(m, KHV_A_POLICY);
	nla_put_string(m, KHV_POLICY_A_NAME, name);
	nla_put_u32(m, KHV_POLICY_A_SIZE, size);
	nla_put_u32(m, KHV_POLICY_A_OFFSET, offset);
	nla_put(m, KHV_POLICY_A_DATA, len, bytes);
	nla_nest_end(m, n);
	return m;
}

static struct nl_msg *in_txn(int cmd, uint32_t txn)
{
	struct nl_msg *m = request(cmd, 0);

	nla_put_u32(m, KHV_A_TXN, txn);
	return m;
}

static void transactions(void)
{
	struct nl_sock *other = open_socket();
	uint32_t txn = 0;

	is_int(ask_on(sk, request(KHV_CMD_POLICY_BEGIN, 0), KHV_A_TXN, &txn), 0,
	       "a transaction begins");
	is_int(ask_on(other, request(KHV_CMD_POLICY_BEGIN, 0), 0, NULL), EBUSY,
	       "one at a time");
	ok(strstr(words, "process") != NULL, "and says whose it is: %s", words);
	is_int(ask_on(other, in_txn(KHV_CMD_POLICY_ABORT, txn), 0, NULL),
	       ENOENT, "nobody else may end it");
	refused(in_txn(KHV_CMD_POLICY_COMMIT, txn), ENODATA,
		"a commit of nothing");
	refused(in_txn(KHV_CMD_POLICY_COMMIT, txn + 1), ENOENT,
		"a commit of another transaction");
	refused(stage(txn, "p", 100, 50, 50), EINVAL,
		"bytes that do not start at the start");
	refused(stage(txn, "p", 0, 0, 10), EINVAL, "a policy of no bytes");
	refused(stage(txn, "p", 100000, 0, KHV_POLICY_CHUNK + 1), ERANGE,
		"a chunk that is too long");
	is_int(ask(stage(txn, "q", 100, 0, 50)), 0, "half a policy");
	refused(in_txn(KHV_CMD_POLICY_COMMIT, txn), ENODATA,
		"a commit of half a policy");
	refused(stage(txn, "q", 100, 60, 40), EINVAL, "a gap in a policy");
	refused(stage(txn, "r", 100, 0, 50), EINVAL,
		"another policy in the middle of one");
	is_int(ask(stage(txn, "q", 100, 50, 50)), 0, "its other half");
	refused(in_txn(KHV_CMD_POLICY_COMMIT, txn), EINVAL,
		"a commit of bytes that are no policy");
	refused(stage(txn, "p", 10, 0, 11), EINVAL, "more bytes than the size");
	nl_socket_free(sk);
	sk = open_socket();
	is_int(ask_on(other, request(KHV_CMD_POLICY_BEGIN, 0), 0, NULL), 0,
	       "a transaction ends with its socket");
	nl_socket_free(other);
}

static struct nl_msg *subscription(uint32_t flags)
{
	struct nl_msg *m = request(KHV_CMD_EVENT_SUBSCRIBE, 0);

	nla_put_u32(m, KHV_A_SUB_FLAGS, flags);
	return m;
}

static void subscriptions(void)
{
	struct nl_sock *other = open_socket();

	is_int(ask(subscription(KHV_SUB_PRIMARY)), 0, "a primary subscriber");
	is_int(ask_on(other, subscription(KHV_SUB_PRIMARY), 0, NULL), EBUSY,
	       "one at a time");
	ok(words[0] != 0, "in words: %s", words);
	is_int(ask_on(other, subscription(0), 0, NULL), 0,
	       "another that is none");
	refused(subscription(0), EEXIST, "a socket twice");
	nl_socket_free(sk);
	sk = open_socket();
	is_int(ask(subscription(KHV_SUB_PRIMARY)), 0,
	       "the place is free again");
	nl_socket_free(other);
}

int main(void)
{
	const struct khv_info *info;
	struct khv_conn *conn;
	uint64_t generation = 0;
	int code;

	if (system("modprobe khv_wrap"))
		bail_out("cannot load khv_wrap");
	sk = open_socket();
	family = genl_ctrl_resolve(sk, KHV_GENL_NAME);
	if (family < 0 || khv_open(&conn) || khv_get_info(conn, &info))
		bail_out("no family khv");
	generation = info->generation;
	contents();
	transactions();
	subscriptions();
	ok(!khv_get_info(conn, &info) && info->generation == generation,
	   "the generation is what it was");
	khv_close(conn);
	nl_socket_free(sk);
	code = done_testing();
	return system("hvctl -q module unload wrap && "
		      "modprobe -r khv_policy khv") ||
	       code;
}

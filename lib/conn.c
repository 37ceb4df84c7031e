// SPDX-License-Identifier: LGPL-2.1
/* The control connection: one request, its answer, and why it failed. */
#include <stdlib.h>
#include <string.h>
#include "internal.h"

#define CONTROL_RCVBUF (1 << 20)

struct answer {
	struct khv_conn *conn;
	khv_reply_fn *fn;
	void *arg;
	int result;
	bool done;
	bool torn;
};

int khv_resolve(struct khv_conn *conn)
{
	int family = khv_socket_family(conn->sk, &conn->error);

	conn->family = family > 0 ? family : 0;
	return family > 0 ? 0 : family;
}

int khv_open(struct khv_conn **out)
{
	struct khv_conn *conn = calloc(1, sizeof(*conn));
	int err;

	*out = conn;
	if (!conn)
		return -ENOMEM;
	err = khv_socket(&conn->sk, CONTROL_RCVBUF, &conn->error);
	return err ? err : khv_resolve(conn);
}

void khv_close(struct khv_conn *conn)
{
	if (!conn)
		return;
	if (conn->sk)
		nl_socket_free(conn->sk);
	khv_list_free(conn->info);
	free(conn);
}

const struct khv_error *khv_error(const struct khv_conn *conn)
{
	return &conn->error;
}

int khv_family(const struct khv_conn *conn)
{
	return conn->family;
}

struct nl_msg *khv_request(struct khv_conn *conn, uint8_t cmd, int flags)
{
	/* Room for a chunk of policy and everything around it. */
	struct nl_msg *msg = nlmsg_alloc_size(KHV_POLICY_CHUNK + 1024);

	if (msg && !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, conn->family, 0,
				flags, cmd, KHV_GENL_VERSION)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/* libnl takes messages from any sender. */
static int on_message(struct nl_msg *msg, void *arg)
{
	(void)arg;
	return nlmsg_get_src(msg)->nl_pid ? NL_SKIP : NL_OK;
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct answer *a = arg;

	if (a->fn && !a->result)
		a->result = a->fn(nlmsg_hdr(msg), a->arg);
	return NL_OK;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct answer *a = arg;

	(void)msg;
	a->done = true;
	return NL_STOP;
}

static int on_finish(struct nl_msg *msg, void *arg)
{
	struct answer *a = arg;
	int err = khv_extack_done(&a->conn->error, nlmsg_hdr(msg));

	if (err)
		a->result = err;
	a->done = true;
	return NL_STOP;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *e, void *arg)
{
	const struct nlmsghdr *nlh = (const void *)((char *)e - NLMSG_HDRLEN);
	struct answer *a = arg;

	(void)from;
	a->result = khv_extack(&a->conn->error, nlh);
	a->done = true;
	return NL_STOP;
}

static int on_torn(struct nl_msg *msg, void *arg)
{
	struct answer *a = arg;

	(void)msg;
	a->torn = true;
	return NL_OK;
}

static int receive(struct answer *a)
{
	static const struct {
		enum nl_cb_type type;
		nl_recvmsg_msg_cb_t fn;
	} table[] = {
		{ NL_CB_MSG_IN, on_message }, { NL_CB_VALID, on_valid },
		{ NL_CB_ACK, on_ack },	      { NL_CB_FINISH, on_finish },
		{ NL_CB_DUMP_INTR, on_torn },
	};
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int err = 0;

	if (!cb)
		return khv_fail(&a->conn->error, ENOMEM, "no memory");
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		nl_cb_set(cb, table[i].type, NL_CB_CUSTOM, table[i].fn, a);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, a);
	while (!a->done && err >= 0)
		err = nl_recvmsgs(a->conn->sk, cb);
	nl_cb_put(cb);
	if (a->done)
		return 0;
	if (err == -NLE_AGAIN)
		return khv_fail(&a->conn->error, ETIMEDOUT,
				"the kernel did not answer in time");
	return khv_fail(&a->conn->error, EIO, "reading the answer: %s",
			nl_geterror(err));
}

/* A timed-out or broken answer must not be taken for that of the next one. */
static void restart(struct khv_conn *conn)
{
	struct khv_error ignored;
	struct nl_sock *sk = NULL;

	if (!khv_socket(&sk, CONTROL_RCVBUF, &ignored)) {
		nl_socket_free(conn->sk);
		conn->sk = sk;
	} else if (sk) {
		nl_socket_free(sk);
	}
}

static int talk_once(struct answer *a, struct nl_msg *msg)
{
	struct khv_conn *conn = a->conn;
	int err;

	a->result = 0;
	a->done = false;
	a->torn = false;
	nlmsg_hdr(msg)->nlmsg_seq = NL_AUTO_SEQ;
	nlmsg_hdr(msg)->nlmsg_type = (uint16_t)conn->family;
	errno = 0;
	err = nl_send_auto(conn->sk, msg);
	if (err < 0)
		return khv_fail(&conn->error, errno ? errno : EIO,
				"sending the request: %s", nl_geterror(err));
	err = receive(a);
	if (err) {
		restart(conn);
		return err;
	}
	return a->result;
}

int khv_talk(struct khv_conn *conn, struct nl_msg *msg, int put,
	     khv_reply_fn *fn, void *arg)
{
	struct answer a = { .conn = conn, .fn = fn, .arg = arg };
	int err;

	memset(&conn->error, 0, sizeof(conn->error));
	if (!msg)
		return khv_fail(&conn->error, ENOMEM, "no memory");
	if (put) {
		nlmsg_free(msg);
		return khv_fail(&conn->error, EMSGSIZE,
				"the request is too long for one message");
	}
	/*
	 * A module that was loaded again has another family id. The kernel says
	 * ENOENT for an unknown id, without a text; khv itself always has one.
	 */
	err = conn->family ? talk_once(&a, msg) : -ENOENT;
	if (err == -ENOENT && !conn->error.from_kernel) {
		err = khv_resolve(conn);
		if (!err)
			err = talk_once(&a, msg);
	}
	nlmsg_free(msg);
	if (err) {
		if (!conn->error.code)
			khv_fail(&conn->error, -err, "unexpected answer: %s",
				 strerror(-err));
		return err;
	}
	return a.torn ? -EINTR : 0;
}

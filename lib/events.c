// SPDX-License-Identifier: LGPL-2.1
/*
 * The event socket. Datagrams are walked in place: nl_recvmsgs() would copy
 * every message once more, which costs more than all the decoding.
 */
#include <stdlib.h>
#include <string.h>
#include <poll.h>
#include <sys/socket.h>
#include "internal.h"

#define EVENT_RCVBUF (8 << 20)
#define DATAGRAM_MAX 65536
#define ANSWER_MS    5000

/* A datagram that came while we waited for the answer to the subscription. */
struct early {
	struct early *next;
	size_t len;
	char data[] __attribute__((aligned(8)));
};

struct khv_events {
	struct nl_sock *sk;
	int family;
	struct khv_events_count count;
	struct early *early, **early_end;
	char *boot_id;
	uint32_t schema;
	struct nl_msg *ack; /* that is being made; NULL: none */
	bool brief;
	char buf[DATAGRAM_MAX] __attribute__((aligned(8)));
};

/* State of the walk through one datagram. */
struct walk {
	struct khv_events *ev;
	khv_event_fn *fn;
	void *arg;
	int events;
	uint32_t seq; /* of the subscription; 0: it is over */
	bool answered;
	struct khv_error *error;
};

static void event_message(struct walk *w, struct nlmsghdr *nlh)
{
	int (*decode)(struct khv_event * e, const void *nest, size_t len) =
		w->ev->brief ? khv_event_numbers : khv_event_decode;
	struct nlattr *a;
	int rem;

	nla_for_each_attr(a, genlmsg_attrdata(nlmsg_data(nlh), 0),
			  genlmsg_attrlen(nlmsg_data(nlh), 0), rem) {
		struct khv_event e;

		if (nla_type(a) != KHV_A_EVENT)
			continue;
		if (decode(&e, nla_data(a), (size_t)nla_len(a)) < 0) {
			w->ev->count.malformed++;
			continue;
		}
		w->events++;
		if (w->fn)
			w->fn(&e, w->arg);
	}
}

static void subscribed(struct khv_events *ev, struct nlmsghdr *nlh)
{
	struct nlattr *tb[KHV_A_MAX + 1];

	if (genlmsg_parse(nlh, 0, tb, KHV_A_MAX, NULL))
		return;
	if (tb[KHV_A_BOOT_ID] && !ev->boot_id)
		ev->boot_id = nla_strdup(tb[KHV_A_BOOT_ID]);
	if (tb[KHV_A_EVENT_SCHEMA] && nla_len(tb[KHV_A_EVENT_SCHEMA]) == 4)
		ev->schema = nla_get_u32(tb[KHV_A_EVENT_SCHEMA]);
}

static void message(struct walk *w, struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = nlmsg_data(nlh);

	if (nlh->nlmsg_type == NLMSG_ERROR) {
		if (w->seq && nlh->nlmsg_seq == w->seq) {
			w->answered = true;
			khv_extack(w->error, nlh);
		}
		return;
	}
	if (nlh->nlmsg_type != w->ev->family ||
	    nlh->nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN)
		return;
	if (genl->cmd == KHV_CMD_EVENT)
		event_message(w, nlh);
	else if (genl->cmd == KHV_CMD_EVENT_SUBSCRIBE)
		subscribed(w->ev, nlh);
}

static void walk(struct walk *w, void *data, size_t size)
{
	struct nlmsghdr *nlh = data;
	int len = (int)size;

	for (; nlmsg_ok(nlh, len); nlh = nlmsg_next(nlh, &len))
		message(w, nlh);
}

/* Bytes of a datagram from the kernel, 0: nothing for us, negative errno. */
static ssize_t receive(struct khv_events *ev)
{
	struct sockaddr_nl from = { 0 };
	socklen_t len = sizeof(from);
	ssize_t n;

	n = recvfrom(nl_socket_get_fd(ev->sk), ev->buf, sizeof(ev->buf),
		     MSG_DONTWAIT | MSG_TRUNC, (struct sockaddr *)&from, &len);
	if (n < 0) {
		if (errno == ENOBUFS)
			ev->count.overrun++;
		return -errno;
	}
	if (len != sizeof(from) || from.nl_pid) {
		ev->count.foreign++;
		return 0;
	}
	if ((size_t)n > sizeof(ev->buf)) {
		ev->count.malformed++;
		return 0;
	}
	return n;
}

static int keep_early(struct khv_events *ev, const void *data, size_t len)
{
	struct early *e = malloc(sizeof(*e) + len);

	if (!e)
		return -ENOMEM;
	e->next = NULL;
	e->len = len;
	memcpy(e->data, data, len);
	*ev->early_end = e;
	ev->early_end = &e->next;
	return 0;
}

static int await_answer(struct khv_events *ev, uint32_t seq,
			struct khv_error *error)
{
	struct walk w = { .ev = ev, .seq = seq, .error = error };
	struct pollfd p = { .fd = nl_socket_get_fd(ev->sk), .events = POLLIN };

	while (!w.answered) {
		uint64_t malformed = ev->count.malformed;
		ssize_t n;

		if (poll(&p, 1, ANSWER_MS) == 0)
			return khv_fail(error, ETIMEDOUT,
					"the kernel did not answer in time");
		n = receive(ev);
		if (n == -EAGAIN || n == -EINTR || n == -ENOBUFS)
			continue;
		if (n < 0)
			return khv_fail(error, (int)-n, "event socket: %s",
					strerror((int)-n));
		w.events = 0;
		walk(&w, ev->buf, (size_t)n);
		/* Counted again when the caller reads them. */
		ev->count.malformed = malformed;
		if (w.events && keep_early(ev, ev->buf, (size_t)n))
			return khv_fail(error, ENOMEM, "no memory");
	}
	return -error->code;
}

static int subscribe(struct khv_events *ev, uint32_t flags,
		     struct khv_error *error)
{
	struct nl_msg *msg = nlmsg_alloc();
	uint32_t seq;
	int err;

	if (!msg ||
	    !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, ev->family, 0,
			 NLM_F_ACK, KHV_CMD_EVENT_SUBSCRIBE,
			 KHV_GENL_VERSION) ||
	    nla_put_u32(msg, KHV_A_SUB_FLAGS, flags)) {
		nlmsg_free(msg);
		return khv_fail(error, ENOMEM, "no memory");
	}
	nl_complete_msg(ev->sk, msg);
	seq = nlmsg_hdr(msg)->nlmsg_seq;
	err = send(nl_socket_get_fd(ev->sk), nlmsg_hdr(msg),
		   nlmsg_hdr(msg)->nlmsg_len, 0) < 0 ?
		      errno :
		      0;
	nlmsg_free(msg);
	if (err)
		return khv_fail(error, err, "sending the request: %s",
				strerror(err));
	return await_answer(ev, seq, error);
}

int khv_events_open(struct khv_events **out, uint32_t flags,
		    struct khv_error *error)
{
	struct khv_events *ev = malloc(sizeof(*ev));
	struct khv_error scratch;
	int err;

	if (!error)
		error = &scratch;
	memset(error, 0, sizeof(*error));
	*out = NULL;
	if (!ev)
		return khv_fail(error, ENOMEM, "no memory");
	memset(ev, 0, offsetof(struct khv_events, buf));
	ev->early_end = &ev->early;
	err = khv_socket(&ev->sk, EVENT_RCVBUF, error);
	if (!err) {
		ev->family = khv_socket_family(ev->sk, error);
		err = ev->family < 0 ? ev->family : 0;
	}
	if (!err)
		err = subscribe(ev, flags, error);
	if (err) {
		khv_events_close(ev);
		return err;
	}
	*out = ev;
	return 0;
}

void khv_events_close(struct khv_events *ev)
{
	if (!ev)
		return;
	while (ev->early) {
		struct early *e = ev->early;

		ev->early = e->next;
		free(e);
	}
	if (ev->sk)
		nl_socket_free(ev->sk);
	nlmsg_free(ev->ack);
	free(ev->boot_id);
	free(ev);
}

int khv_events_read(struct khv_events *ev, khv_event_fn *fn, void *arg)
{
	struct walk w = { .ev = ev, .fn = fn, .arg = arg };
	ssize_t n;

	if (ev->early) {
		struct early *e = ev->early;

		ev->early = e->next;
		if (!ev->early)
			ev->early_end = &ev->early;
		walk(&w, e->data, e->len);
		free(e);
		return w.events;
	}
	n = receive(ev);
	if (n < 0)
		return n == -EINTR ? -EAGAIN : (int)n;
	walk(&w, ev->buf, (size_t)n);
	return w.events;
}

void khv_events_brief(struct khv_events *ev)
{
	ev->brief = true;
}

static struct nl_msg *new_ack(int family)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (msg && !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, 0,
				KHV_CMD_EVENT_ACK, KHV_GENL_VERSION)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

static int put_ack(struct nl_msg *msg, uint32_t cpu, uint64_t seq)
{
	struct nlattr *nest = nla_nest_start(msg, KHV_A_ACK);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(msg, KHV_ACK_A_CPU, cpu) ||
	    nla_put_u64(msg, KHV_ACK_A_SEQ, seq)) {
		nla_nest_cancel(msg, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return 0;
}

static int send_ack(struct khv_events *ev)
{
	struct nl_msg *msg = ev->ack;
	ssize_t n;

	nl_complete_msg(ev->sk, msg);
	/* An answer would only be an error, among the events. */
	nlmsg_hdr(msg)->nlmsg_flags &= (uint16_t)~NLM_F_ACK;
	n = send(nl_socket_get_fd(ev->sk), nlmsg_hdr(msg),
		 nlmsg_hdr(msg)->nlmsg_len, 0);
	nlmsg_free(msg);
	ev->ack = NULL;
	return n < 0 ? -errno : 0;
}

int khv_events_ack(struct khv_events *ev, uint32_t cpu, uint64_t seq, bool more)
{
	int err;

	for (int i = 0; i < 2; i++) {
		if (!ev->ack)
			ev->ack = new_ack(ev->family);
		if (!ev->ack)
			return -ENOMEM;
		if (!put_ack(ev->ack, cpu, seq))
			return more ? 0 : send_ack(ev);
		/* So many processors: in several messages. */
		err = send_ack(ev);
		if (err)
			return err;
	}
	return -EMSGSIZE;
}

int khv_events_fd(const struct khv_events *ev)
{
	return nl_socket_get_fd(ev->sk);
}

int khv_events_family(const struct khv_events *ev)
{
	return ev->family;
}

const char *khv_events_boot_id(const struct khv_events *ev)
{
	return ev->boot_id ? ev->boot_id : "";
}

uint32_t khv_events_schema(const struct khv_events *ev)
{
	return ev->schema;
}

const struct khv_events_count *khv_events_count(const struct khv_events *ev)
{
	return &ev->count;
}

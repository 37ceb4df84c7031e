/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel made of paper: netlink messages written by hand, and the socket
 * calls of libnl and libkhv answered from a script. A test includes this once.
 */
#ifndef WIRE_H
#define WIRE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <khv/khv.h>

#define FAMILY 42

/* --- messages ---------------------------------------------------------------- */

struct datagram {
	struct datagram *next;
	int error;	 /* instead of data */
	uint32_t sender; /* nl_pid */
	size_t len;
	char data[70000] __attribute__((aligned(8)));
};

static struct datagram *queue, **queue_end = &queue;
/* The request that is being answered, a copy. */
static char request[70000] __attribute__((aligned(8)));
static size_t request_len;

static struct datagram *datagram(void)
{
	struct datagram *d = calloc(1, sizeof(*d));

	assert_non_null(d);
	*queue_end = d;
	queue_end = &d->next;
	return d;
}

static struct nlmsghdr *message(struct datagram *d, int type, int flags)
{
	struct nlmsghdr *n = (void *)(d->data + d->len);

	n->nlmsg_len = NLMSG_HDRLEN;
	n->nlmsg_type = (uint16_t)type;
	n->nlmsg_flags = (uint16_t)flags;
	n->nlmsg_seq = ((struct nlmsghdr *)request)->nlmsg_seq;
	n->nlmsg_pid = ((struct nlmsghdr *)request)->nlmsg_pid;
	d->len += n->nlmsg_len;
	return n;
}

static void *append(struct datagram *d, struct nlmsghdr *n, const void *data,
		    size_t len)
{
	char *at = d->data + d->len;

	if (data)
		memcpy(at, data, len);
	d->len += NLMSG_ALIGN(len);
	n->nlmsg_len += (uint32_t)NLMSG_ALIGN(len);
	return at;
}

static struct nlmsghdr *reply(struct datagram *d, int cmd, int flags)
{
	struct genlmsghdr g = { .cmd = (uint8_t)cmd, .version = 1 };
	struct nlmsghdr *n = message(d, FAMILY, flags);

	append(d, n, &g, sizeof(g));
	return n;
}

static struct nlattr *attr(struct datagram *d, struct nlmsghdr *n, int type,
			   const void *data, size_t len)
{
	struct nlattr a = { .nla_type = (uint16_t)type,
			    .nla_len = (uint16_t)(NLA_HDRLEN + len) };
	struct nlattr *at = append(d, n, &a, sizeof(a));

	if (len)
		append(d, n, data, len);
	return at;
}

static void nest_end(struct datagram *d, struct nlattr *nest)
{
	nest->nla_len = (uint16_t)(d->data + d->len - (char *)nest);
}

__attribute__((unused)) static void
u8_attr(struct datagram *d, struct nlmsghdr *n, int type, uint8_t v)
{
	attr(d, n, type, &v, sizeof(v));
}

__attribute__((unused)) static void
u32_attr(struct datagram *d, struct nlmsghdr *n, int type, uint32_t v)
{
	attr(d, n, type, &v, sizeof(v));
}

__attribute__((unused)) static void
u64_attr(struct datagram *d, struct nlmsghdr *n, int type, uint64_t v)
{
	attr(d, n, type, &v, sizeof(v));
}

__attribute__((unused)) static void
str_attr(struct datagram *d, struct nlmsghdr *n, int type, const char *s)
{
	attr(d, n, type, s, strlen(s) + 1);
}

/* An answer of this error; 0 is the acknowledgement. */
static void answer(int error, const char *text)
{
	struct nlmsgerr e = { .error = -error };
	struct datagram *d = datagram();
	struct nlmsghdr *n;

	memcpy(&e.msg, request, sizeof(e.msg));
	n = message(d, NLMSG_ERROR, NLM_F_CAPPED | (text ? NLM_F_ACK_TLVS : 0));
	append(d, n, &e, sizeof(e));
	if (text)
		str_attr(d, n, NLMSGERR_ATTR_MSG, text);
}

__attribute__((unused)) static void done(int error, int flags)
{
	struct datagram *d = datagram();

	error = -error;
	append(d, message(d, NLMSG_DONE, NLM_F_MULTI | flags), &error,
	       sizeof(error));
}

/* --- the kernel ---------------------------------------------------------------- */

static bool family_there = true;
static unsigned int requests;
/* What the test wants done with a request to the family. */
static void (*handler)(int cmd);

static void get_family(void)
{
	struct genlmsghdr g = { .cmd = CTRL_CMD_NEWFAMILY, .version = 2 };
	uint16_t id = FAMILY;
	struct nlmsghdr *n;
	struct datagram *d;

	if (!family_there) {
		answer(ENOENT, NULL);
		return;
	}
	d = datagram();
	n = message(d, GENL_ID_CTRL, 0);
	append(d, n, &g, sizeof(g));
	str_attr(d, n, CTRL_ATTR_FAMILY_NAME, KHV_GENL_NAME);
	attr(d, n, CTRL_ATTR_FAMILY_ID, &id, sizeof(id));
	answer(0, NULL);
}

static ssize_t take_request(const void *data, size_t len)
{
	const struct genlmsghdr *g = (void *)(request + NLMSG_HDRLEN);

	assert_true(len <= sizeof(request));
	memcpy(request, data, len);
	request_len = len;
	if (((struct nlmsghdr *)request)->nlmsg_type == GENL_ID_CTRL) {
		get_family();
	} else {
		requests++;
		assert_non_null(handler);
		handler(g->cmd);
	}
	return (ssize_t)len;
}

/* Of the request: an attribute below @nest, 0 for the top. NULL: not there. */
__attribute__((unused)) static const struct nlattr *asked(int nest, int type)
{
	const char *at = request + NLMSG_HDRLEN + GENL_HDRLEN;
	const char *end = request + request_len;

	while (at + NLA_HDRLEN <= end) {
		const struct nlattr *a = (const void *)at;
		int have = a->nla_type & NLA_TYPE_MASK;

		if (nest && have == nest) {
			end = at + a->nla_len;
			at += NLA_HDRLEN;
			nest = 0;
			continue;
		}
		if (!nest && have == type)
			return a;
		at += NLA_ALIGN(a->nla_len);
	}
	return NULL;
}

__attribute__((unused)) static uint32_t asked_u32(int nest, int type)
{
	const struct nlattr *a = asked(nest, type);

	assert_non_null(a);
	assert_int_equal(a->nla_len, NLA_HDRLEN + 4);
	return *(const uint32_t *)(const void *)((const char *)a + NLA_HDRLEN);
}

/* A datagram, an error, or that there is nothing. */
static ssize_t give(void *buf, size_t len, int flags, struct sockaddr_nl *from)
{
	struct datagram *d = queue;
	size_t n;
	ssize_t whole;

	if (!d || d->error) {
		errno = d ? d->error : EAGAIN;
		if (d) {
			queue = d->next;
			if (!queue)
				queue_end = &queue;
			free(d);
		}
		return -1;
	}
	n = d->len < len ? d->len : len;
	memcpy(buf, d->data, n);
	if (from) {
		memset(from, 0, sizeof(*from));
		from->nl_family = AF_NETLINK;
		from->nl_pid = d->sender;
	}
	whole = (ssize_t)(flags & MSG_TRUNC ? d->len : n);
	if (!(flags & MSG_PEEK)) {
		queue = d->next;
		if (!queue)
			queue_end = &queue;
		free(d);
	}
	return whole;
}

/* These take the place of the C library's, for all libraries of the test. */
ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	(void)fd;
	(void)flags;
	assert_int_equal(m->msg_iovlen, 1);
	return take_request(m->msg_iov[0].iov_base, m->msg_iov[0].iov_len);
}

ssize_t send(int fd, const void *data, size_t len, int flags)
{
	(void)fd;
	(void)flags;
	return take_request(data, len);
}

ssize_t recvmsg(int fd, struct msghdr *m, int flags)
{
	size_t room = m->msg_iov[0].iov_len;
	bool small = queue && !queue->error && queue->len > room;

	(void)fd;
	m->msg_flags = small ? MSG_TRUNC : 0;
	m->msg_controllen = 0;
	m->msg_namelen = sizeof(struct sockaddr_nl);
	return give(m->msg_iov[0].iov_base, room, flags, m->msg_name);
}

ssize_t recvfrom(int fd, void *buf, size_t len, int flags,
		 struct sockaddr *from, socklen_t *from_len)
{
	(void)fd;
	*from_len = sizeof(struct sockaddr_nl);
	return give(buf, len, flags, (void *)from);
}

/* The real socket never has anything. */
int poll(struct pollfd *fds, nfds_t count, int ms)
{
	(void)ms;
	assert_int_equal(count, 1);
	fds->revents = POLLIN;
	return 1;
}

__attribute__((unused)) static int fresh(void **state)
{
	(void)state;
	while (queue) {
		struct datagram *d = queue;

		queue = d->next;
		free(d);
	}
	queue_end = &queue;
	family_there = true;
	requests = 0;
	handler = NULL;
	return 0;
}

#endif /* WIRE_H */

// SPDX-License-Identifier: LGPL-2.1
/* Sockets with extended acknowledgements, which libnl does not know. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <linux/netlink.h>
#include "internal.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

/* A request is answered within the sendmsg(): this is for a broken kernel. */
#define ANSWER_SECONDS 10

int khv_fail(struct khv_error *e, int code, const char *fmt, ...)
{
	va_list ap;

	memset(e, 0, sizeof(*e));
	e->code = code;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return -code;
}

static int fail_errno(struct khv_error *e, const char *what)
{
	int code = errno;

	return khv_fail(e, code, "%s: %s", what, strerror(code));
}

int khv_socket(struct nl_sock **out, int rcvbuf, struct khv_error *e)
{
	static const int options[] = {
		NETLINK_EXT_ACK,
		NETLINK_CAP_ACK,
		NETLINK_GET_STRICT_CHK,
	};
	struct timeval tv = { .tv_sec = ANSWER_SECONDS };
	struct nl_sock *sk = nl_socket_alloc();
	int fd, err, on = 1;

	if (!sk)
		return khv_fail(e, ENOMEM, "no memory for a netlink socket");
	*out = sk;
	err = nl_connect(sk, NETLINK_GENERIC);
	if (err)
		return khv_fail(e, errno ? errno : EIO,
				"cannot open a generic netlink socket: %s",
				nl_geterror(err));
	fd = nl_socket_get_fd(sk);
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (setsockopt(fd, SOL_NETLINK, options[i], &on, sizeof(on)))
			return fail_errno(e, "netlink socket option");
	/*
	 * nl_connect() has set 32 KiB, less than the kernel's own default.
	 * Beyond net.core.rmem_max only with CAP_NET_ADMIN: take what we get.
	 */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &rcvbuf, sizeof(rcvbuf)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)))
		return fail_errno(e, "SO_RCVTIMEO");
	return 0;
}

int khv_socket_family(struct nl_sock *sk, struct khv_error *e)
{
	int family = genl_ctrl_resolve(sk, KHV_GENL_NAME);

	if (family >= 0)
		return family;
	if (family != -NLE_OBJ_NOTFOUND)
		return khv_fail(e, EIO, "cannot look up netlink family %s: %s",
				KHV_GENL_NAME, nl_geterror(family));
	khv_fail(e, ENODEV,
		 "kernel module khv is not loaded: modprobe khv_wrap");
	e->absent = true;
	return -ENODEV;
}

static void take_tlvs(struct khv_error *e, const void *data, size_t len)
{
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];
	struct nlattr *msg;
	size_t n;

	if (len > INT32_MAX || nla_parse(tb, NLMSGERR_ATTR_MAX,
					 (struct nlattr *)data, (int)len, NULL))
		return;
	if (tb[NLMSGERR_ATTR_OFFS] && nla_len(tb[NLMSGERR_ATTR_OFFS]) == 4)
		e->offset = nla_get_u32(tb[NLMSGERR_ATTR_OFFS]);
	msg = tb[NLMSGERR_ATTR_MSG];
	if (!msg || !nla_len(msg))
		return;
	n = strnlen(nla_data(msg), (size_t)nla_len(msg));
	/* It names objects and tasks: safe for the terminal from here on. */
	khv_escape(e->text, sizeof(e->text), nla_data(msg), n, false);
	e->from_kernel = true;
}

static int finish(struct khv_error *e, int error, const void *tlvs, size_t len)
{
	memset(e, 0, sizeof(*e));
	if (error >= 0)
		return 0;
	e->code = -error;
	if (tlvs)
		take_tlvs(e, tlvs, len);
	if (!e->text[0])
		snprintf(e->text, sizeof(e->text), "%s", strerror(e->code));
	return error;
}

int khv_extack(struct khv_error *e, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *err = nlmsg_data(nlh);
	size_t len = nlh->nlmsg_len - NLMSG_HDRLEN;
	size_t skip = sizeof(*err);

	if (nlh->nlmsg_len < NLMSG_HDRLEN + sizeof(*err))
		return khv_fail(e, EBADMSG, "short error message");
	/* Without CAPPED the whole request is repeated before the TLVs. */
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED)) {
		if (err->msg.nlmsg_len < NLMSG_HDRLEN)
			return khv_fail(e, EBADMSG, "bad error message");
		skip += NLMSG_ALIGN(err->msg.nlmsg_len) - NLMSG_HDRLEN;
	}
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) || skip >= len)
		return finish(e, err->error, NULL, 0);
	return finish(e, err->error, (const char *)err + skip, len - skip);
}

int khv_extack_done(struct khv_error *e, const struct nlmsghdr *nlh)
{
	size_t len = nlh->nlmsg_len - NLMSG_HDRLEN;
	size_t skip = NLMSG_ALIGN(sizeof(int));
	int error = 0;

	if (len < sizeof(int))
		return finish(e, 0, NULL, 0);
	memcpy(&error, nlmsg_data(nlh), sizeof(error));
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) || len <= skip)
		return finish(e, error, NULL, 0);
	return finish(e, error, (const char *)nlmsg_data(nlh) + skip,
		      len - skip);
}

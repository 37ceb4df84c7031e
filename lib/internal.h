/* SPDX-License-Identifier: LGPL-2.1 */
/* What the netlink files of libkhv share and do not export. */
#ifndef _KHV_INTERNAL_H
#define _KHV_INTERNAL_H

#include <errno.h>
#include <netlink/attr.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <khv/khv.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct khv_conn {
	struct nl_sock *sk;
	int family;
	uint32_t txn;
	struct khv_error error;
	struct khv_list *info;
};

/* --- record.c ------------------------------------------------------------ */

struct khv_list *khv_list_new(const struct khv_record_type *type);
void khv_list_clear(struct khv_list *list);
void khv_list_set_torn(struct khv_list *list);
/* Copy the attributes and decode them into a new record. -EBADMSG, -ENOMEM. */
int khv_list_add(struct khv_list *list, const void *attrs, size_t len);

/* --- conn.c -------------------------------------------------------------- */

/* A request without attributes; NULL without memory. */
struct nl_msg *khv_request(struct khv_conn *conn, uint8_t cmd, int flags);
/* One message of the answer; a negative errno ends the request with it. */
typedef int khv_reply_fn(struct nlmsghdr *nlh, void *arg);
/**
 * khv_talk() - send a request, read the answer, free the request
 * @msg: NULL stands for failed memory
 * @put: result of adding attributes; not 0: they did not fit
 * @fn: called for every message of the answer, may be NULL
 * Return: 0, negative errno; -EINTR: a dump that something changed in between
 */
int khv_talk(struct khv_conn *conn, struct nl_msg *msg, int put,
	     khv_reply_fn *fn, void *arg);
int khv_resolve(struct khv_conn *conn);
int khv_fail(struct khv_error *e, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* --- extack.c ------------------------------------------------------------ */

/* Everything that sockets of this protocol need beyond nl_connect(). */
int khv_socket(struct nl_sock **sk, int rcvbuf, struct khv_error *e);
int khv_socket_family(struct nl_sock *sk, struct khv_error *e);
/* Fill @e from a message of type NLMSG_ERROR. Return: 0 or negative errno. */
int khv_extack(struct khv_error *e, const struct nlmsghdr *nlh);
/* The same for NLMSG_DONE, which carries the result of a dump. */
int khv_extack_done(struct khv_error *e, const struct nlmsghdr *nlh);

/*
 * The attribute at @at, of @len bytes; moves both behind it. NULL: there is no more. By
 * hand, because a busy daemon decodes each event twice, and calling libnl for each
 * attribute is most of what that costs.
 */
static inline const struct nlattr *khv_attr(const char **at, size_t *len)
{
	const struct nlattr *a = (const void *)*at;
	size_t step;

	if (*len < NLA_HDRLEN || a->nla_len < NLA_HDRLEN || a->nla_len > *len)
		return NULL;
	step = NLA_ALIGN(a->nla_len);
	if (step > *len)
		step = *len;
	*at += step;
	*len -= step;
	return a;
}

#endif /* _KHV_INTERNAL_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_SUBSCRIBE_H
#define _KHV_SUBSCRIBE_H

#include <linux/types.h>

struct netlink_ext_ack;
struct nlmsghdr;
struct sk_buff;
struct sock;

int khv_subscribe_init(void);
void khv_subscribe_exit(void);
/* There is an event: somebody may be waiting. @hurry: or there is much. Any context. */
void khv_subscribe_kick(bool hurry);

int khv_subscribe(struct sock *sk, u32 portid, u32 flags,
		  struct netlink_ext_ack *extack);
void khv_unsubscribe(u32 portid);
/* The audit daemon has put away what is in the KHV_A_ACK nests of the request. */
int khv_acknowledge(struct sock *sk, const struct nlmsghdr *nlh,
		    struct netlink_ext_ack *extack);
/* KHV_A_STATS nests; @sk: NEXT is what this subscriber gets. */
int khv_put_all_stats(struct sk_buff *skb, struct sock *sk);
/* How large they may be. */
size_t khv_stats_size(void);

#endif /* _KHV_SUBSCRIBE_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_LOCK_H
#define _KHV_LOCK_H

#include <linux/types.h>
#include <uapi/linux/khv.h>

struct module;
struct netlink_ext_ack;
struct sk_buff;

#define KHV_LOCK_ALL	(KHV_LOCK_POLICY | KHV_LOCK_MODULE)

/* What the parameter khv.lock asks for. */
int khv_lock_init(void);
/* @boot: the parameter asks for it, nobody in particular. */
int khv_lock_set(u32 flags, bool boot);
/* -EPERM with a text and an event if one of @flags is locked, else 0. */
int khv_lock_refuse(u32 flags, struct netlink_ext_ack *extack);
/* A module of khv has come: with KHV_LOCK_MODULE it stays. */
void khv_lock_pin(struct module *module);
int khv_lock_put(struct sk_buff *skb);

#endif /* _KHV_LOCK_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_SUBSCRIBE_H
#define _KHV_SUBSCRIBE_H

#include <linux/types.h>
#include "event.h"

struct netlink_ext_ack;
struct genl_family;

int khv_subscribe_init(void);
void khv_subscribe_exit(void);
/* There is an event: somebody may be waiting. Any context. */
void khv_subscribe_kick(void);

int khv_subscribe(u32 portid, u32 flags, struct netlink_ext_ack *extack);
void khv_unsubscribe(u32 portid);
/* Position of the audit daemon, past or present, on @cpu. */
void khv_subscribe_primary_pos(unsigned int cpu, struct khv_pos *pos);

#endif /* _KHV_SUBSCRIBE_H */

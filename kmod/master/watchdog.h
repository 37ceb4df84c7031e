/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_WATCHDOG_H
#define _KHV_WATCHDOG_H

#include <linux/types.h>

struct sk_buff;

int khv_watchdog_init(void);
void khv_watchdog_exit(void);
/*
 * Something of khv is not what it was set to: say so, tell the audit daemon, panic
 * if that is wanted. Each caller reports a thing once. May sleep.
 */
void khv_violation(const char *object, const char *what);
/* ftrace has given up: whatever it may still call must never be freed. */
void khv_ftrace_dead(void);
int khv_watchdog_put(struct sk_buff *skb);

#endif /* _KHV_WATCHDOG_H */

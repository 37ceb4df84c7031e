/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_WAIT_H
#define _KHV_WAIT_H

#include <linux/types.h>

void khv_wait_later(unsigned int cpu, u64 seq);
void khv_waits_cancel(void);
void khv_waits_exit(void);

#endif /* _KHV_WAIT_H */

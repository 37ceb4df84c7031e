/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_WAKE_H
#define _KHV_WAKE_H

void khv_wake_sleepers(void);

#endif /* _KHV_WAKE_H */

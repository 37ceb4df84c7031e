/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_COMPAT_MOUNT_H
#define _KHV_COMPAT_MOUNT_H

void khv_mount_init(void);

#endif /* _KHV_COMPAT_MOUNT_H */

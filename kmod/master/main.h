/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_MAIN_H
#define _KHV_MAIN_H

#include <linux/uuid.h>

#define KHV_VERSION	"0.1.0"

extern guid_t khv_boot_id;

#endif /* _KHV_MAIN_H */

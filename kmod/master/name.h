/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_NAME_H
#define _KHV_NAME_H

void khv_name_init(void);

#endif /* _KHV_NAME_H */

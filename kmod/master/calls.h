/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_CALLS_H
#define _KHV_CALLS_H

#include <khv/client.h>

struct khv_hook;

#define KHV_CALL_ENTRIES	4	/* entry points of one name, at most */

int khv_calls_prepare(const struct khv_call_hook *call, struct khv_hook **hooks);

#endif /* _KHV_CALLS_H */

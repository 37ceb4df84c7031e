/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_CALLS_H
#define _KHV_CALLS_H

#include <khv/client.h>

struct khv_hook;

#define KHV_CALL_ENTRIES	4	/* entry points of one name, at most */

typedef int khv_call_use(struct khv_hook *hook, void *data);

int khv_calls_prepare(const struct khv_call_hook *call, khv_call_use *use,
		      void *data);

#endif /* _KHV_CALLS_H */

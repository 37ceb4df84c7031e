/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_POINTS_H
#define _KHV_POINTS_H

#include <khv/client.h>

/**
 * struct khv_point - an entry point of a system call of the running kernel
 * @name: of the call, "openat"
 * @prefix: what its symbol has before that, "__x64_sys_"
 * @addr: of the function
 * @abi: register convention
 * @order: among the entry points of one name
 * @known: the call is one that khv knows
 */
struct khv_point {
	char *name;
	const char *prefix;
	unsigned long addr;
	u8 abi;
	u8 order;
	bool known;
};

/* Iterate, by name and order. Under khv_hook_mutex; NULL at the end. */
const struct khv_point *khv_point_next(const struct khv_point *prev);
/* The first entry point of that name, or NULL. */
const struct khv_point *khv_point_find(const char *name);

int khv_points_read(void);
void khv_points_forget(void);

#endif /* _KHV_POINTS_H */

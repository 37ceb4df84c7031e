/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_BASE_H
#define _KHV_BASE_H

#include <khv/client.h>

struct khv_hook;
struct khv_object_frame;

#define KHV_BASE_HOOKS	5

/*
 * Why the master needs a hook. Those for exec go when no client is enabled any
 * more; those for the life of tasks keep the task table true and go last, when no
 * frame can be in flight that uses it.
 */
enum khv_base_use { KHV_BASE_NONE, KHV_BASE_EXEC, KHV_BASE_LIFE };

int khv_base_prepare(struct khv_hook **hooks);
enum khv_base_use khv_base_use(const struct khv_hook *hook);
struct khv_hook *khv_object_prepare(enum khv_object id);
const char *khv_object_symbol(enum khv_object id);

int khv_exec_check(struct khv_object_frame *f, int ret);
int khv_exec_commit(struct khv_object_frame *f);

#endif /* _KHV_BASE_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_POLICY_PATH_H
#define _KHV_POLICY_PATH_H

#include <linux/types.h>

struct dentry;
struct path;

/* A name built in the buffer of this CPU; preemption is off until it is put. */
struct khv_pathname {
	char *buf;
	const char *name;
	size_t len;
};

int khv_path_init(void);
void khv_path_exit(void);
int khv_path_get(struct khv_pathname *p);
void khv_path_put(struct khv_pathname *p);
int khv_path_of(struct khv_pathname *p, const struct path *path);
int khv_path_of_child(struct khv_pathname *p, const struct path *dir,
		      const struct dentry *dentry);

#endif /* _KHV_POLICY_PATH_H */

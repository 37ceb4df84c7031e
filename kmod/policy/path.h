/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_POLICY_PATH_H
#define _KHV_POLICY_PATH_H

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/types.h>
#include "../compat/file.h"

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
bool khv_path_is_own_proc(const struct dentry *top);
int khv_path_of(struct khv_pathname *p, const struct path *path);
int khv_path_of_child(struct khv_pathname *p, const struct path *dir,
		      const struct dentry *dentry);
int khv_path_folder(struct khv_pathname *p, const struct path *path,
		    const struct dentry *dentry, size_t *len);

/*
 * Can there be folders on the file system of @d in which names that differ are the
 * same? One look, for nearly all there are none. Names in procfs are compared by a
 * function for another reason.
 */
static inline bool khv_path_may_fold(const struct dentry *d)
{
	return (d->d_flags & DCACHE_OP_COMPARE || khv_sb_has_encoding(d->d_sb)) &&
	       d->d_sb->s_magic != PROC_SUPER_MAGIC;
}

#endif /* _KHV_POLICY_PATH_H */

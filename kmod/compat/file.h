/* SPDX-License-Identifier: GPL-2.0 */
/* Differences between kernels in struct file; see compat.h. */
#ifndef _KHV_COMPAT_FILE_H
#define _KHV_COMPAT_FILE_H

#include <linux/fs.h>

/*
 * The path by which a file was opened. Since 6.5 the inner file of an overlay (or
 * of FUSE passthrough) has the path of the layer, which is in no name space, and
 * remembers the user's; before it had the user's.
 */
static inline const struct path *khv_file_path(struct file *file)
{
#ifdef FMODE_BACKING
	return file_user_path(file);
#else
	return &file->f_path;
#endif
}

/* Can its folders ignore case by the flag +F? sb_has_encoding() came in 6.10. */
static inline bool khv_sb_has_encoding(const struct super_block *sb)
{
#if IS_ENABLED(CONFIG_UNICODE)
	return sb->s_encoding;
#else
	return false;
#endif
}

/* Who gets SIGIO for the file; a part of it until 6.12, then made when needed. */
static inline struct fown_struct *khv_file_owner(struct file *file)
{
	return __builtin_choose_expr(__same_type(file->f_owner,
						 struct fown_struct),
				     (void *)&file->f_owner,
				     *(void **)&file->f_owner);
}

/* The file that an overlay opens in a layer, for an open that has been judged. */
static inline bool khv_file_is_inner(struct file *file)
{
#ifdef FMODE_BACKING
	return file->f_mode & FMODE_BACKING;
#else
	return file_inode(file) != d_inode(file->f_path.dentry);
#endif
}

#endif /* _KHV_COMPAT_FILE_H */

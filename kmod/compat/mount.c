// SPDX-License-Identifier: GPL-2.0
/*
 * Telling the kernel's own mounts from those that have lost their place.
 *
 * A path that leads to no root is either on a mount that was detached, which a
 * task may still hold and which must be refused, or on a mount that the kernel made
 * for itself: a layer of an overlay is opened on one, on behalf of a task whose
 * open has been judged by the name in the overlay. The difference is
 * mount.mnt_ns, in a struct that is private to the file system core. Its place is
 * found by what must be there: the name space of a mount that current can reach,
 * and the mark of a mount that is known to be internal. If the two do not agree,
 * every path without a root is refused.
 */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/err.h>
#include <linux/export.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/mount.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/shmem_fs.h>
#include <linux/uaccess.h>
#include <khv/client.h>
#include "mount.h"

/* From fs/mount.h; the same since 2012. */
#define KHV_MNT_NS_INTERNAL	ERR_PTR(-EINVAL)
/* Bytes behind the vfsmount in which struct mount is searched. */
#define KHV_MOUNT_SEARCH	256

static unsigned int khv_mnt_ns_offset;

static void *khv_mount_word(const struct vfsmount *mnt, unsigned int offset)
{
	void *word = NULL;

	if (copy_from_kernel_nofault(&word, (const char *)mnt + offset,
				     sizeof(word)))
		return NULL;
	return word;
}

bool khv_mount_is_internal(const struct vfsmount *mnt)
{
	return khv_mnt_ns_offset &&
	       khv_mount_word(mnt, khv_mnt_ns_offset) == KHV_MNT_NS_INTERNAL;
}
EXPORT_SYMBOL_GPL(khv_mount_is_internal);

void khv_mount_init(void)
{
	unsigned int offset, found = 0, n = 0;
	struct file *inner;
	struct path root;

	inner = shmem_file_setup("khv", 0, 0);
	if (IS_ERR(inner))
		goto out;
	get_fs_root(current->fs, &root);
	for (offset = sizeof(struct vfsmount); offset < KHV_MOUNT_SEARCH;
	     offset += sizeof(void *)) {
		if (khv_mount_word(root.mnt, offset) !=
		    current->nsproxy->mnt_ns ||
		    khv_mount_word(inner->f_path.mnt, offset) !=
		    KHV_MNT_NS_INTERNAL)
			continue;
		found = offset;
		n++;
	}
	path_put(&root);
	fput(inner);
out:
	if (n == 1)
		khv_mnt_ns_offset = found;
	else
		pr_warn("cannot tell internal mounts on this kernel: opens of directories on overlays will be refused to confined tasks\n");
}

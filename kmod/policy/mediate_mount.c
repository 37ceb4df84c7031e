// SPDX-License-Identifier: GPL-2.0
/*
 * Object checks on mounts. A mount gives what is there already another name, whose
 * rules count from then on. So it takes "mount" on both: on the place where it
 * appears, and on the tree that appears there. A file system that the kernel makes
 * from options is no such tree, and options may name anything; it is judged by its
 * type, as a part of the kernel.
 */
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/mount.h>
#include "mediate.h"

/* sb_umount(mount, flags) */
int khv_judge_umount(const struct khv_judge *j)
{
	struct vfsmount *mnt = (void *)j->check->arg[0];
	struct path path = { .mnt = mnt, .dentry = mnt->mnt_root };

	return khv_answer_path(j, &path, NULL, KHV_F_MOUNT);
}

/* A tree that is in no mount namespace, and has no name. */
bool khv_path_is_detached(const struct path *path)
{
	struct khv_pathname p;
	bool detached;

	if (khv_path_get(&p))
		return true;
	detached = !khv_path_of(&p, path) && *p.name == '@' &&
		   !(path->dentry->d_sb->s_flags & SB_NOUSER) &&
		   !khv_mount_is_internal(path->mnt);
	khv_path_put(&p);
	return detached;
}

/*
 * The tree at @path gets another name. Rules for what is below it would be left
 * behind, as with a directory that is renamed: then it stays where it is.
 */
static int khv_answer_source(const struct khv_judge *j, const struct path *path)
{
	int ret = khv_answer_path(j, path, NULL, KHV_F_MOUNT);
	struct khv_decision dec;
	struct khv_pathname p;

	if (ret || !j->l || !khv_judged_verbs(j, KHV_TYPE_FILE, KHV_F_MOUNT))
		return ret;
	if (khv_path_get(&p))
		return -EACCES;
	if (khv_path_of(&p, path)) {
		ret = -EACCES;
	} else if (*p.name == '/' &&
		   khv_engine_has_below(&j->l->engine, j->domain, p.name,
					p.len)) {
		khv_judge_refuse(&dec, KHV_TYPE_FILE, KHV_F_MOUNT);
		ret = khv_judge_answer(j, KHV_TYPE_FILE, KHV_F_MOUNT, &dec,
				       p.name, p.len);
	}
	khv_path_put(&p);
	return ret;
}

/* __do_loopback(path, recursively): mount(MS_BIND) and open_tree(OPEN_TREE_CLONE) */
int khv_judge_loopback(const struct khv_judge *j)
{
	return khv_answer_source(j, (const struct path *)j->check->arg[0]);
}

/*
 * do_move_mount(from, to), for move_mount() and mount(MS_MOVE); that @to may be
 * mounted on has been judged. A detached tree is one that the task has made itself,
 * by a call that was judged: none comes from outside, see mediate_entry.c.
 */
int khv_judge_move_mount(const struct khv_judge *j)
{
	const struct path *from = (const struct path *)j->check->arg[0];

	return khv_path_is_detached(from) ? 0 : khv_answer_source(j, from);
}

#define KHV_FILESYSTEM	"filesystem:"

/*
 * vfs_get_tree(context), reconfigure_super(context). What the kernel mounts for
 * itself, or because somebody went into a mount point, nobody has asked for.
 */
int khv_judge_filesystem(const struct khv_judge *j)
{
	const struct fs_context *fc = (const void *)j->check->arg[0];
	char name[sizeof(KHV_FILESYSTEM) + KHV_NAME_MAX];

	if (fc->purpose == FS_CONTEXT_FOR_SUBMOUNT ||
	    (fc->sb_flags & (SB_KERNMOUNT | SB_SUBMOUNT)))
		return 0;
	snprintf(name, sizeof(name), KHV_FILESYSTEM "%s", fc->fs_type->name);
	return khv_answer_kernel(j, name, strlen(name), false);
}

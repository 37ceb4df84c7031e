// SPDX-License-Identifier: GPL-2.0
/*
 * What "append" does not include. The verb is decided when the file is opened with
 * O_APPEND; here are the ways to write elsewhere than at its end later on. All of
 * them take open-write. (pwritev2 has a flag for it as well: see call.c.)
 */
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/falloc.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include "../compat/file.h"
#include "mediate.h"

static bool khv_appends(const struct file *file)
{
	return (file->f_mode & FMODE_WRITE) && (file->f_flags & O_APPEND);
}

static int khv_answer_write(const struct khv_judge *j, struct file *file)
{
	return khv_answer_path(j, khv_file_path(file), NULL, KHV_F_OPEN_WRITE);
}

/* file_fcntl(file, cmd, arg): F_SETFL takes its flags by value. */
int khv_judge_fcntl(const struct khv_judge *j)
{
	struct file *file = (void *)j->check->arg[0];

	if ((unsigned int)j->check->arg[1] != F_SETFL || !khv_appends(file) ||
	    (j->check->arg[2] & O_APPEND))
		return 0;
	return khv_answer_write(j, file);
}

/* vfs_fallocate(file, mode, ...): all modes but plain growing destroy or move. */
int khv_judge_fallocate(const struct khv_judge *j)
{
	struct file *file = (void *)j->check->arg[0];
	int mode = (int)j->check->arg[1];

	if (!khv_appends(file) || !(mode & ~FALLOC_FL_KEEP_SIZE))
		return 0;
	return khv_answer_write(j, file);
}

/* mmap_file(file, prot, flags), @file not NULL */
int khv_judge_append_mmap(const struct khv_judge *j, struct file *file)
{
	if (!khv_appends(file) || !(j->check->arg[1] & PROT_WRITE) ||
	    (j->check->arg[2] & MAP_TYPE) == MAP_PRIVATE)
		return 0;
	return khv_answer_write(j, file);
}

/* file_mprotect(vma, reqprot, prot) */
int khv_judge_append_mprotect(const struct khv_judge *j,
			      const struct vm_area_struct *vma)
{
	if (!vma->vm_file || !(vma->vm_flags & VM_SHARED) ||
	    (vma->vm_flags & VM_WRITE) || !(j->check->arg[2] & PROT_WRITE) ||
	    !khv_appends(vma->vm_file))
		return 0;
	return khv_answer_write(j, vma->vm_file);
}

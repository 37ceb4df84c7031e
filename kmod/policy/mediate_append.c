// SPDX-License-Identifier: GPL-2.0
/*
 * What "append" does not include. The verb is decided when the file is opened with
 * O_APPEND; here are the ways to write elsewhere than at its end later on. All of
 * them take open-write.
 */
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/falloc.h>
#include <linux/mm.h>
#include <linux/export.h>
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
int khv_judge_append_fcntl(const struct khv_judge *j, struct file *file)
{
	if (!khv_appends(file) || (j->check->arg[2] & O_APPEND))
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

#ifndef RWF_NOAPPEND
#define RWF_NOAPPEND	0x00000020	/* since 6.9 */
#endif

/*
 * A write that ignores O_APPEND asks for it by a flag that no object check is told
 * about. The number of the descriptor says nothing: it may mean another file when
 * the call comes to it. So the flag, a scalar, is refused for all files.
 */
int khv_mediate_write_flags(const struct khv_mediator *m, struct khv_domain *d,
			    const struct khv_call *call, unsigned long flags)
{
	static const char object[] = "@flag:RWF_NOAPPEND";
	const struct khv_check check = { .name = call->name };
	struct khv_judge j __khv_uninitialized;
	struct khv_decision dec;
	int ret = 0;

	if (likely(!(flags & (__force unsigned long)RWF_NOAPPEND)))
		return 0;
	rcu_read_lock();
	if (khv_judge_start(&j, m, d, &check) &&
	    khv_judged_verbs(&j, KHV_TYPE_FILE, KHV_F_OPEN_WRITE)) {
		khv_judge_refuse(&dec, KHV_TYPE_FILE, KHV_F_OPEN_WRITE);
		dec.error = EPERM;
		ret = khv_judge_answer(&j, KHV_TYPE_FILE, KHV_F_OPEN_WRITE,
				       &dec, object, sizeof(object) - 1);
	}
	rcu_read_unlock();
	return ret;
}
EXPORT_SYMBOL_GPL(khv_mediate_write_flags);

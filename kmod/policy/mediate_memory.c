// SPDX-License-Identifier: GPL-2.0
/*
 * Object checks on executable memory that no file backs: what a program could
 * write there is code that no rule for a file has seen. Granted unless a rule says
 * otherwise, because of the compilers in browsers and interpreters.
 *
 * (Writing through /proc/self/mem to pages that are executable: see the classes of
 * files.)
 */
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/major.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/personality.h>
#include "../compat/file.h"
#include "mediate.h"

#define KHV_ZERO_MINOR	5	/* /dev/zero: a private mapping is anonymous memory */

/* Memory in the shape of a file: memfd, System V, huge pages, rings of io_uring. */
bool khv_is_memory(struct file *file)
{
	const struct inode *inode = file_inode(file);

	if (S_ISCHR(inode->i_mode))
		return inode->i_rdev == MKDEV(MEM_MAJOR, KHV_ZERO_MINOR);
	return khv_mount_is_internal(khv_file_path(file)->mnt);
}

int khv_answer_memory(const struct khv_judge *j, bool quiet)
{
	static const char name[] = "exec-memory";

	return khv_answer_kernel(j, name, sizeof(name) - 1, quiet);
}

/* mmap_file(file or NULL, prot, flags), also of shmat() */
int khv_judge_mmap_memory(const struct khv_judge *j)
{
	struct file *file = (void *)j->check->arg[0];
	unsigned long prot = j->check->arg[1], flags = j->check->arg[2];
	int ret = 0;

	/* What is written to a private mapping is not the file's any more. */
	if (khv_prot_exec(prot) &&
	    (!file || khv_is_memory(file) ||
	     ((flags & MAP_TYPE) == MAP_PRIVATE && (prot & PROT_WRITE))))
		ret = khv_answer_memory(j, false);
	return ret ?: khv_judge_mmap(j);
}

/* Has the mapping what is not the file's, or could it get it? */
static bool khv_vma_is_memory(const struct vm_area_struct *vma,
			      unsigned long prot)
{
	if (!vma->vm_file || khv_is_memory(vma->vm_file))
		return true;
	/* Pages of a private mapping that were written to hang on anon_vma. */
	return !(vma->vm_flags & VM_MAYSHARE) &&
	       ((prot & PROT_WRITE) || vma->anon_vma);
}

/* file_mprotect(vma, requested, prot) */
int khv_judge_mprotect_memory(const struct khv_judge *j)
{
	const struct vm_area_struct *vma = (void *)j->check->arg[0];
	unsigned long prot = j->check->arg[2];
	bool more = !(vma->vm_flags & VM_EXEC) ||
		    ((prot & PROT_WRITE) && !(vma->vm_flags & VM_WRITE));
	int ret = 0;

	if (more && khv_prot_exec(prot) && khv_vma_is_memory(vma, prot))
		ret = khv_answer_memory(j, false);
	return ret ?: khv_judge_mprotect(j);
}

int khv_mediate_personality(const struct khv_mediator *m, struct khv_domain *d,
			    unsigned long persona)
{
	static const struct khv_check call = { .name = "personality" };
	struct khv_judge j;
	int ret = 0;

	/* The kernel takes an unsigned int, and its greatest for a question. */
	if ((u32)persona == U32_MAX || !(persona & READ_IMPLIES_EXEC))
		return 0;
	rcu_read_lock();
	if (khv_judge_start(&j, m, d, &call))
		ret = khv_answer_memory(&j, false);
	rcu_read_unlock();
	return ret;
}
EXPORT_SYMBOL_GPL(khv_mediate_personality);

// SPDX-License-Identifier: GPL-2.0
/*
 * Asking clients about one thing that a task has: a descriptor, a mapping, its
 * io_uring. What is done about the answer is in entry.c.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/signal.h>
#include "client.h"
#include "look.h"

static int khv_look_ask(const struct khv_judges *judges, struct khv_brought *b)
{
	struct khv_client_reg *cs;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < judges->n && !ret; i++) {
		cs = judges->of[i].cs;
		ret = cs->client->brought(b, judges->of[i].data);
		if (b->dry)
			continue;
		this_cpu_inc(cs->stat->more);
		if (ret)
			this_cpu_inc(cs->stat->denied);
	}
	return ret;
}

/*
 * Is @b refused? Lists it as @f, whose state is what becomes of it then; what is
 * not refused only if @listed. May be called under spinlocks.
 */
static bool khv_look_judge(struct khv_look *l, struct khv_brought *b,
			   struct khv_finding *f, bool listed)
{
	char object[KHV_FOUND_OBJECT];
	bool refused;

	b->task = l->task;
	b->dry = l->dry;
	if (l->log) {
		object[0] = '\0';
		b->object = object;
		b->size = sizeof(object);
	}
	refused = khv_look_ask(l->judges, b);
	l->refused += refused;
	if (!l->log || (!refused && !(listed && l->list_kept)))
		return refused;
	if (!refused)
		f->state = KHV_FOUND_KEPT;
	else if (b->verb)
		strscpy(f->verb, b->verb, sizeof(f->verb));
	khv_found_add(l->log, f, refused ? object : NULL, b->file);
	return refused;
}

/* A descriptor, under the lock of its table. Refused? */
bool khv_look_file(struct khv_look *l, struct file *file, unsigned int fd)
{
	struct khv_brought b = { .kind = KHV_FOUND_DESCRIPTOR, .file = file };
	struct khv_finding f;

	khv_found_init(&f, l->task, KHV_FOUND_DESCRIPTOR, l->revoked);
	f.fd = fd;
	return khv_look_judge(l, &b, &f, true);
}

/* Memory that is the program's own, and executable? Not what the kernel maps. */
static bool khv_is_code(struct vm_area_struct *vma)
{
	return (vma->vm_flags & VM_EXEC) && vma_is_anonymous(vma);
}

static unsigned long khv_prot_of(struct vm_area_struct *vma)
{
	return (vma->vm_flags & VM_READ ? PROT_READ : 0) |
	       (vma->vm_flags & VM_WRITE ? PROT_WRITE : 0) |
	       (vma->vm_flags & VM_EXEC ? PROT_EXEC : 0);
}

/*
 * A mapping, under the lock of the memory map. What it shows of a file with a place
 * the program needs, and would not miss quietly. A buffer that it shares with the
 * kernel (a ring, a performance event) becomes memory that means nothing.
 */
enum khv_fate khv_look_mapping(struct khv_look *l,
			       struct vm_area_struct *vma)
{
	struct khv_brought b = {
		.kind = KHV_FOUND_MAPPING,
		.file = vma->vm_file,
		.prot = khv_prot_of(vma),
		.shared = (vma->vm_flags & VM_SHARED) &&
			  (vma->vm_flags & VM_MAYWRITE),
		/* Pages of a private mapping that were written to hang there. */
		.modified = !(vma->vm_flags & VM_MAYSHARE) &&
			    ((vma->vm_flags & VM_WRITE) || vma->anon_vma),
	};
	bool quiet = b.file && !(vma->vm_flags & VM_EXEC) &&
		     (file_inode(b.file)->i_sb->s_flags & SB_NOUSER);
	struct khv_finding f;

	if (!b.file && !khv_is_code(vma))
		return KHV_FATE_KEEP;
	khv_found_init(&f, l->task, KHV_FOUND_MAPPING,
		       quiet ? l->revoked : l->blocked);
	f.start = vma->vm_start;
	f.end = vma->vm_end;
	if (!khv_look_judge(l, &b, &f, b.shared || (b.prot & PROT_EXEC)))
		return KHV_FATE_KEEP;
	return quiet ? KHV_FATE_EMPTY : KHV_FATE_UNMAP;
}

/* Requests under way, workers, and rings that are registered with the task. */
bool khv_look_ring(struct khv_look *l)
{
	struct khv_brought b = { .kind = KHV_FOUND_RING };
	struct khv_finding f;

#if IS_ENABLED(CONFIG_IO_URING)
	if (!READ_ONCE(l->task->io_uring) && !(l->task->flags & PF_IO_WORKER))
		return false;
#else
	return false;
#endif
	/* Told to end already, and cleaning up. */
	if ((l->task->flags & PF_IO_WORKER) && __fatal_signal_pending(l->task))
		return false;
	khv_found_init(&f, l->task, KHV_FOUND_RING, l->revoked);
	return khv_look_judge(l, &b, &f, true);
}

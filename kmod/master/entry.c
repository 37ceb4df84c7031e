// SPDX-License-Identifier: GPL-2.0
/*
 * Entering a domain: clients judge what the task had before.
 *
 * What is refused is taken away by putting a file that can do nothing in its place,
 * so that its number is not given to the next file that is opened: who writes to
 * standard output must not write to that. The replacement happens under the lock of
 * the table, together with the judgement; what was there is closed afterwards.
 *
 * The replacement is one file for all, opened with O_PATH: read, write, ioctl, mmap
 * and the like answer EBADF. It is the kernel's own, not of this module, so that
 * unloading does not have to wait for those who still hold it.
 *
 * All of it is done by the task to itself. A table of descriptors that is not shared
 * is used without taking references, so nobody else may take a file out of it; and
 * what a task does to itself it does between two calls.
 */
#include <linux/anon_inodes.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include "chain.h"
#include "client.h"
#include "entry.h"
#include "look.h"
#include "symbols.h"
#include "task.h"

static struct file *khv_revoked;

int khv_entry_init(void)
{
	struct file *anon;

	/* Only for its path: opening it again by /proc answers ENXIO. */
	anon = anon_inode_getfile("[khv-revoked]", &generic_ro_fops, NULL,
				  O_RDONLY);
	if (IS_ERR(anon))
		return PTR_ERR(anon);
	khv_revoked = dentry_open(&anon->f_path, O_PATH, current_cred());
	fput(anon);
	return PTR_ERR_OR_ZERO(khv_revoked);
}

void khv_entry_exit(void)
{
	fput(khv_revoked);
}

/* One way through a table of descriptors. */
struct khv_walk {
	struct khv_look *look;
	unsigned int next;
	unsigned int seen;
	unsigned int nr;
	struct file *out[KHV_ENTRY_BATCH];
};

/*
 * For iterate_fd(), under the lock of the table. Stops when @out is full, and now
 * and then, because a table may be long.
 */
static int khv_entry_visit(const void *arg, struct file *file, unsigned int fd)
{
	struct khv_walk *w = (void *)arg;
	struct fdtable *fdt;

	w->next = fd + 1;
	if (file != khv_revoked && khv_look_file(w->look, file, fd) &&
	    !w->look->dry) {
		get_file(khv_revoked);
		fdt = files_fdtable(current->files);
		rcu_assign_pointer(fdt->fd[fd], khv_revoked);
		w->out[w->nr++] = file;
	}
	return ++w->seen == KHV_ENTRY_SPAN || w->nr == ARRAY_SIZE(w->out);
}

/* Judge all descriptors of current. */
static void khv_entry_files(struct khv_look *l)
{
	struct khv_walk w = { .look = l };
	bool more;

	do {
		w.nr = 0;
		w.seen = 0;
		more = iterate_fd(current->files, w.next, khv_entry_visit, &w);
		while (w.nr)
			filp_close(w.out[--w.nr], current->files);
		cond_resched();
	} while (more);
}

void khv_entry_see_files(struct khv_look *l)
{
	struct khv_walk w = { .look = l };
	bool more;

	do {
		w.seen = 0;
		/* Its table stays its own, and alive, while it is looked at. */
		task_lock(l->task);
		more = l->task->files &&
		       iterate_fd(l->task->files, w.next, khv_entry_visit, &w);
		task_unlock(l->task);
		cond_resched();
	} while (more);
}

/* Mappings that are taken away between two looks at the map. */
#define KHV_RANGES	16

struct khv_ranges {
	unsigned int n;
	struct {
		unsigned long start;
		unsigned long end;
		enum khv_fate fate;
	} of[KHV_RANGES];
};

/* Those from @addr on, which moves along. More to look at? */
static bool khv_entry_ranges(struct khv_look *l, struct mm_struct *mm,
			     unsigned long *addr, struct khv_ranges *r)
{
	VMA_ITERATOR(vmi, mm, *addr);
	struct vm_area_struct *vma;
	unsigned int seen = 0;
	enum khv_fate fate;

	r->n = 0;
	/* Answers EINTR to who is being killed: it is not going to run again. */
	if (mmap_read_lock_killable(mm))
		return false;
	for_each_vma(vmi, vma) {
		*addr = vma->vm_end;
		fate = khv_look_mapping(l, vma);
		if (fate != KHV_FATE_KEEP) {
			r->of[r->n].start = vma->vm_start;
			r->of[r->n].end = vma->vm_end;
			r->of[r->n++].fate = fate;
		}
		if (r->n == KHV_RANGES || ++seen == KHV_ENTRY_SPAN)
			break;
	}
	mmap_read_unlock(mm);
	cond_resched();
	return vma;
}

/* From the map of current. What cannot be taken away it does not keep alive. */
static void khv_entry_unmap(unsigned long start, unsigned long len,
			    enum khv_fate fate)
{
	if (fate == KHV_FATE_EMPTY &&
	    vm_mmap(NULL, start, len, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0) == start)
		return;
	if (vm_munmap(start, len))
		send_sig(SIGKILL, current, 1);
}

static void khv_entry_memory(struct khv_look *l)
{
	struct khv_ranges r;
	unsigned long addr = 0;
	unsigned int i;
	bool more;

	if (!current->mm)
		return;
	do {
		more = khv_entry_ranges(l, current->mm, &addr, &r);
		for (i = 0; i < r.n; i++)
			khv_entry_unmap(r.of[i].start,
					r.of[i].end - r.of[i].start,
					r.of[i].fate);
	} while (more);
}

void khv_entry_see_memory(struct khv_look *l)
{
	struct mm_struct *mm = get_task_mm(l->task);
	struct khv_ranges r;
	unsigned long addr = 0;

	if (!mm)
		return;
	while (khv_entry_ranges(l, mm, &addr, &r))
		;
	mmput(mm);
}

/*
 * As exec does it: all requests end, and no ring is registered any more. A worker and
 * a thread that polls for submissions end as if they were killed, which they can be
 * one by one: they clean up behind themselves.
 */
static void khv_entry_rings(struct khv_look *l)
{
	struct sighand_struct *sighand;

	if (!khv_look_ring(l))
		return;
	if (!(current->flags & PF_IO_WORKER)) {
		khv_uring_cancel();
		return;
	}
	/* A task that runs keeps its own. */
	sighand = rcu_dereference_protected(current->sighand, true);
	spin_lock_irq(&sighand->siglock);
	sigaddset(&current->pending.signal, SIGKILL);
	set_tsk_thread_flag(current, TIF_SIGPENDING);
	spin_unlock_irq(&sighand->siglock);
}

/*
 * Those of the clients @entered that have something to say. Each is pinned: who is
 * being disabled is draining before it waits for the end of khv_srcu, then for its
 * inflight, and then takes its data from all tasks.
 */
static void khv_judges_get(struct khv_judges *judges, struct khv_task *kt,
			   u64 entered)
{
	struct khv_client_reg *cs;
	unsigned int i, n = 0;
	int idx;

	idx = srcu_read_lock(&khv_srcu);
	rcu_read_lock();
	while (khv_next_slot(&entered, &i)) {
		cs = khv_client_by_slot(i);
		/* Its state before its data: see khv_client_disable(). */
		if (!cs || smp_load_acquire(&cs->state) == KHV_CLIENT_DRAINING ||
		    !cs->client->brought || !READ_ONCE(kt->data[i]))
			continue;
		khv_client_enter(cs);
		judges->of[n].cs = cs;
		judges->of[n++].data = READ_ONCE(kt->data[i]);
	}
	judges->n = n;
	rcu_read_unlock();
	srcu_read_unlock(&khv_srcu, idx);
}

static void khv_judges_put(struct khv_judges *judges)
{
	while (judges->n)
		khv_client_leave(judges->of[--judges->n].cs);
}

/*
 * The exec of current has succeeded and it is in the data of the clients @entered.
 * Its table of descriptors is its own since begin_new_exec(), and what was to be
 * closed on exec is closed; it is the only thread, and it has new memory.
 */
void khv_entry_exec(struct khv_task *kt, u64 entered)
{
	struct khv_judges judges;
	struct khv_look look = { .judges = &judges, .task = current };

	khv_judges_get(&judges, kt, entered);
	if (judges.n)
		khv_entry_files(&look);
	khv_judges_put(&judges);
}

/*
 * current has been attached to the clients @entered, and is between two calls, or in
 * the loop of a worker of io_uring. Rings first: what they do has no number.
 */
void khv_entry_attached(struct khv_task *kt, u64 entered,
			struct khv_findings *log)
{
	struct khv_judges judges;
	struct khv_look look = {
		.judges = &judges,
		.task = current,
		.log = log,
		.revoked = KHV_FOUND_REVOKED,
		.blocked = KHV_FOUND_REVOKED,
	};

	khv_judges_get(&judges, kt, entered);
	if (judges.n) {
		khv_entry_rings(&look);
		if (!(current->flags & PF_IO_WORKER)) {
			khv_entry_files(&look);
			khv_entry_memory(&look);
		}
	}
	khv_judges_put(&judges);
}
